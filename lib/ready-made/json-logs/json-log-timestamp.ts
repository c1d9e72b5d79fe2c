import { awkCharacter } from './json-log-pattern';
import { JsonLogTimestampOptions } from './json-log-type';
import { shown } from '../../values/shape';
import { quoteList } from '../../values/text';

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

interface Directive {
  /** What it is in awk's expressions; a group if it is used. */
  readonly regex: string;
  readonly part?: Part;
}

type Part = 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'zone';

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  Y: { regex: '([0-9][0-9][0-9][0-9])', part: 'year' },
  m: { regex: '([0-9][0-9])', part: 'month' },
  b: { regex: `(${MONTHS.match(/.../g)?.join('|')})`, part: 'monthName' },
  d: { regex: '([0-9][0-9])', part: 'day' },
  e: { regex: ' ?([0-9][0-9]?)', part: 'day' },
  H: { regex: '([0-9][0-9])', part: 'hour' },
  M: { regex: '([0-9][0-9])', part: 'minute' },
  S: { regex: '([0-9][0-9])', part: 'second' },
  f: { regex: '([0-9]+)', part: 'fraction' },
  // Two groups: hours and minutes.
  z: { regex: '(Z|[-+][0-9][0-9]):?([0-9][0-9])?', part: 'zone' },
  a: { regex: '[A-Z][a-z][a-z]' },
};

/** What ISO 8601 takes, month by month save for the days that some have not. */
const ISO =
  '^[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)' +
  '([.][0-9]+)?(Z|[-+]([01][0-9]|2[0-3]):[0-5][0-9])$';

type Token = { readonly text: string } | { readonly letter: string };

function tokensOf(layout: string): Token[] {
  return [...layout.matchAll(/%([^]?)|[^%]/gu)].map(([text, letter]: readonly (string | undefined)[]) =>
    letter === undefined ? { text: text ?? '' } : letter === '%' ? { text: '%' } : { letter },
  );
}

/** All that is wrong with a layout and the offset that goes with it. */
export function timestampProblems(layout: string, { utcOffset }: JsonLogTimestampOptions, path: string): string[] {
  const letters = tokensOf(layout).flatMap((token) => ('letter' in token ? [token.letter] : []));
  const unknown = letters.filter((letter) => !Object.hasOwn(DIRECTIVES, letter));
  const what = `${path} has the layout ${shown(layout)}`;
  if (unknown.length > 0) {
    return [
      `${what}; ${quoteList(unknown.map((letter) => `%${letter}`))} is not known, there are ` +
        quoteList([...Object.keys(DIRECTIVES), '%'].map((letter) => `%${letter}`)),
    ];
  }
  const parts = letters.map((letter) => (letter === 'b' ? 'month' : (DIRECTIVES[letter].part ?? letter)));
  const missing = [['%Y'], ['%m', '%b'], ['%d', '%e'], ['%H'], ['%M'], ['%S']].filter(
    (choices) => !choices.some((choice) => letters.includes(choice[1])),
  );
  return [
    ...(missing.length > 0
      ? [`${what}, which has no ${missing.map((choices) => choices.join(' or ')).join(', ')}; a moment has all of them`]
      : []),
    ...(new Set(parts).size < parts.length ? [`${what}, which has something twice; give each once`] : []),
    ...(/[^\x20-\x7e]/.test(layout) ? [`${what}; give ASCII characters only`] : []),
    ...(utcOffset !== undefined && !/^(Z|[-+]([01]\d|2[0-3]):[0-5]\d)$/.test(utcOffset)
      ? [`${path} has the utcOffset ${shown(utcOffset)}; give "Z", or one as in "+09:00"`]
      : []),
    ...(utcOffset !== undefined && parts.includes('zone')
      ? [`${path} has a utcOffset, but the layout has %z; leave one of them out`]
      : []),
  ];
}

/** A function of awk that makes ISO 8601 of what is written in a layout, or nothing where it is not. */
export function timestampFunction(name: string, layout: string, { utcOffset = 'Z' }: JsonLogTimestampOptions): string {
  const tokens = tokensOf(layout);
  const groups: Part[] = tokens.flatMap((token) => {
    const part = 'letter' in token ? DIRECTIVES[token.letter].part : undefined;
    return part === undefined ? [] : part === 'zone' ? [part, part] : [part];
  });
  const regex = tokens.map((token) => ('letter' in token ? DIRECTIVES[token.letter].regex : awkCharacter(token.text)));
  // The first one is empty, so that there are two even where there is one group.
  const part = (wanted: Part, offset = 0): string | undefined =>
    groups.includes(wanted) ? `t[${groups.indexOf(wanted) + 2 + offset}]` : undefined;
  const month = part('month') ?? `sprintf("%02d", (index("${MONTHS}", ${part('monthName') ?? ''}) + 2) / 3)`;
  const fraction = part('fraction');
  const zone = part('zone');
  const minutes = part('zone', 1) ?? '';
  const offset = zone
    ? `(${zone} == "Z" ? "Z" : ${zone} ":" (${minutes} == "" ? "00" : ${minutes}))`
    : `"${utcOffset}"`;
  return `# ${layout}
function ${name}(s) {
  if (s == last_${name}) return iso_${name}
  last_${name} = s
  iso_${name} = ""
  if (split(gensub(/^${regex.join('')}$/, "${references(groups.length)}", 1, s), t, "\\n") != ${groups.length + 1}) return ""
  s = ${part('year') ?? ''} "-" ${month} "-" sprintf("%02d", ${part('day') ?? ''}) "T" ${part('hour') ?? ''} ":" ${part('minute') ?? ''} ":" ${part('second') ?? ''}
  s = s ${fraction ? `"." ${fraction} ` : ''}${offset}
  return iso_${name} = s ~ /${ISO}/ ? s : ""
}
`;
}

/** All groups of a match, in lines that `split` takes apart. */
export function references(groups: number): string {
  return Array.from({ length: groups }, (_, index) => `\\n\\\\${index + 1}`).join('');
}
