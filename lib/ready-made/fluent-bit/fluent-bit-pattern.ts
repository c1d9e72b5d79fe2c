import { shown } from '../../values/shape';
import { compiledRe2 } from '../settings/re2';

/*
 * Fluent Bit's expressions are those of Onigmo, which only C can read. What RE2 takes as well, and reads alike, can be judged
 * here: so that is what there is.
 */
const ESCAPE = '\\\\(?:[dDwWsStnrfv]|x[0-7][0-9A-Fa-f]|[!-/:-@[-`{-~ ])';
const CLASS = `\\[\\^?(?:${ESCAPE}|\\[:\\^?[a-z]+:\\]|[^\\[\\]\\\\&]|&(?!&))+\\]`;
const GROUP = '\\((?!\\?)|\\(\\?(?:i?:|<[A-Za-z_]\\w*>)';
/** What can be repeated for RE2, and not for Onigmo. */
const ASSERTION = '(?:[\\^$]|\\\\[AzbB])(?![*+?]|\\{\\d)';
/** `{2}?` is lazy for RE2, and optional for Onigmo. */
const COUNT = '[*+?]\\??|\\{\\d+(?:,\\d*)?\\}(?!\\?)';
const CHARACTER = '[^\\\\[\\](){}*+?|^$\\p{Cc}\\p{Cs}\\u2028\\u2029]';
const TOKEN = new RegExp([ESCAPE, CLASS, GROUP, ASSERTION, COUNT, CHARACTER, '[)|]'].join('|'), 'uy');

/** What is wrong with a regular expression. */
export function patternProblems(what: string, pattern: string, named = false): string[] {
  const is = `${what} is ${shown(pattern)}`;
  if (pattern === '') {
    return [`${is}; give a regular expression`];
  }
  const at = strangeAt(pattern);
  if (at !== undefined) {
    return [
      `${is}, which Onigmo and RE2 do not read alike at ${shown(pattern.slice(at, at + 20))}; there are (?<name>…), (?:…), ` +
        '(?i:…), [a-z], \\d, \\w, \\s, counts such as {1,3}, and "\\" before what is meant as it is',
    ];
  }
  const compiled = compiledRe2(pattern);
  if (typeof compiled === 'string') {
    return [`${is}, which is no regular expression: ${compiled}`];
  }
  return named && Object.keys(compiled.namedGroups()).length === 0
    ? [`${is}, which has no named group; name what becomes a field: "(?<level>[A-Z]+)"`]
    : [];
}

function strangeAt(pattern: string): number | undefined {
  for (let at = 0; at < pattern.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    if (!TOKEN.test(pattern)) {
      return at;
    }
  }
  return undefined;
}
