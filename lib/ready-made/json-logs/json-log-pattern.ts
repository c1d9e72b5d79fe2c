/*
 * Regular expressions with named groups, as the expressions of awk, which has no names, refers to nine groups only, and
 * counts them by their brackets. What the two would read differently is refused.
 *
 * No parser of JavaScript's expressions (such as @eslint-community/regexpp) is used: it knows neither `(?P<name>` nor
 * `[[:alpha:]]`, and does not say of what awk lacks what to give instead.
 */

/** A character of one byte: one of those, or, negated, any other byte. */
interface Characters {
  readonly kind: 'characters';
  readonly codes: ReadonlySet<number>;
  readonly negated?: boolean;
}

type Node =
  | Characters
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly body: Node }
  | { readonly kind: 'sequence' | 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max?: number };

/** A part of a line that awk matches at once. */
export interface AwkMatch {
  /** What stands between slashes in awk. */
  readonly regex: string;
  /** The number of the group of each field. */
  readonly fields: readonly { readonly name: string; readonly group: number }[];
  /** The group that has what the next part is for. */
  readonly rest?: number;
}

/** What awk can refer to. */
const MAX_GROUPS = 9;
/** The most that POSIX promises. */
const MAX_COUNT = 255;
/** How often, in all, brackets inside one another repeat: as in RE2. */
const MAX_PRODUCT = 1000;

/** How deep brackets may be inside one another: more than awk refers to, and few enough for each pass over them. */
const MAX_DEPTH = 100;

/** What is wrong with a regular expression, or the names of its fields. */
export function patternFields(pattern: string): readonly string[] | { readonly problem: string } {
  try {
    const node = new Parser(pattern).parse();
    const names = fieldsOf(node);
    partsOf(node);
    return names;
  } catch (error) {
    if (error instanceof PatternError) {
      return { problem: error.message };
    }
    throw error;
  }
}

/** A regular expression without problems, for awk: a match, and others for what the one before it leaves. */
export function awkMatches(pattern: string): readonly AwkMatch[] {
  return partsOf(new Parser(pattern).parse());
}

/** A character of ASCII that stands for itself, between awk's slashes. */
export function awkCharacter(character: string): string {
  return written(characters(character.charCodeAt(0)));
}

class PatternError extends Error {}

function fieldsOf(node: Node): string[] {
  switch (node.kind) {
    case 'field':
      return [node.name, ...fieldsOf(node.body)];
    case 'sequence':
    case 'choice':
      return node.items.flatMap(fieldsOf);
    case 'repeat':
      return fieldsOf(node.body);
    default:
      return [];
  }
}

/** What one reference of awk cannot reach is in the last group, and looked at again. */
function partsOf(node: Node): AwkMatch[] {
  const items = node.kind === 'sequence' ? node.items : [node];
  const parts: AwkMatch[] = [];
  let left = items;
  while (left.length > 0) {
    const fits = groupsOf(left) <= MAX_GROUPS ? left.length : countUpTo(left, MAX_GROUPS - 1);
    if (fits === 0) {
      throw new PatternError(
        `it has more than ${MAX_GROUPS - 1} pairs of brackets inside others, or of alternatives; give fewer`,
      );
    }
    const writer = new Writer();
    const regex = left.slice(0, fits).map((item) => writer.write(item));
    const { fields } = writer;
    if (fits < left.length) {
      parts.push({
        regex: `^${regex.join('')}(${left
          .slice(fits)
          .map((item) => new Writer().write(item))
          .join('')})$`,
        fields,
        rest: writer.groups + 1,
      });
    } else {
      parts.push({ regex: `^${regex.join('')}$`, fields });
    }
    left = left.slice(fits);
  }
  return parts;
}

function groupsOf(nodes: readonly Node[]): number {
  const writer = new Writer();
  nodes.forEach((node) => writer.write(node));
  return writer.groups;
}

function countUpTo(nodes: readonly Node[], groups: number): number {
  let count = 0;
  while (count < nodes.length && groupsOf(nodes.slice(0, count + 1)) <= groups) {
    count += 1;
  }
  return count;
}

/** Writes nodes as awk reads them, and counts the groups. */
class Writer {
  public groups = 0;
  public readonly fields: { name: string; group: number }[] = [];

  public write(node: Node): string {
    switch (node.kind) {
      case 'characters':
        return written(node);
      case 'text':
        return node.text;
      case 'field': {
        this.groups += 1;
        this.fields.push({ name: node.name, group: this.groups });
        return `(${node.body.kind === 'choice' ? this.choice(node.body.items) : this.write(node.body)})`;
      }
      case 'sequence':
        return node.items.map((item) => this.write(item)).join('');
      case 'choice':
        return this.bracketed(() => this.choice(node.items));
      case 'repeat':
        return `${this.repeated(node.body)}${quantifier(node)}`;
    }
  }

  private choice(items: readonly Node[]): string {
    return items.map((item) => this.write(item)).join('|');
  }

  private repeated(body: Node): string {
    return ['characters', 'field', 'choice'].includes(body.kind)
      ? this.write(body)
      : this.bracketed(() => this.write(body));
  }

  private bracketed(write: () => string): string {
    this.groups += 1;
    return `(${write()})`;
  }
}

function quantifier({ min, max }: { readonly min: number; readonly max?: number }): string {
  if (max === undefined) {
    return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  }
  return min === 0 && max === 1 ? '?' : min === max ? `{${min}}` : `{${min},${max}}`;
}

/** Characters as awk reads them, between its slashes: what a backslash could change there is in brackets, or octal. */
function written({ codes, negated = false }: Characters): string {
  const list = [...codes].sort((one, other) => one - other);
  if (negated) {
    return list.length === 0 ? '.' : `[^${members(list)}]`;
  }
  const [only] = list;
  if (list.length > 1) {
    const inside = members(list);
    return inside === '^-' ? '[-^]' : `[${inside}]`;
  }
  const character = String.fromCharCode(only);
  return character === '^' ? '\\^' : /[.[\]()*+?{}|$\\]/.test(character) ? `[${inBrackets(only)}]` : inBrackets(only);
}

/** The order is that in which none of them means anything in brackets. */
function members(codes: readonly number[]): string {
  const isSpecial = (code: number): boolean => code === 0 || ']\\/[^-'.includes(String.fromCharCode(code));
  const ranges: number[][] = [];
  for (const code of codes.filter((each) => !isSpecial(each))) {
    const last = ranges.at(-1);
    if (last?.at(-1) === code - 1) {
      last.push(code);
    } else {
      ranges.push([code]);
    }
  }
  const special = (wanted: string): string =>
    Array.from(wanted)
      .flatMap((each) => (codes.includes(each.charCodeAt(0)) ? [inBrackets(each.charCodeAt(0))] : []))
      .join('');
  return [
    special(']'),
    ...ranges.map((range) =>
      range.length > 2 ? `${inBrackets(range[0])}-${inBrackets(range.at(-1) ?? 0)}` : range.map(inBrackets).join(''),
    ),
    special('\0\\/[^-'),
  ].join('');
}

function inBrackets(code: number): string {
  if (code === 0) {
    // What stands for it in the lines that awk reads.
    return '\\377';
  }
  const character = String.fromCharCode(code);
  return character === '\\' ? '\\\\' : character === '/' || code < 32 || code === 127 ? octal(code) : character;
}

function octal(code: number): string {
  return `\\${code.toString(8).padStart(3, '0')}`;
}

const DIGIT = codesOf('0-9');
const WORD = codesOf('0-9A-Za-z_');
const SPACE = [9, 10, 12, 13, 32];
const CLASSES: Readonly<Record<string, readonly number[]>> = { d: DIGIT, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };
const POSIX: Readonly<Record<string, readonly number[]>> = {
  alnum: codesOf('0-9A-Za-z'),
  alpha: codesOf('A-Za-z'),
  blank: [9, 32],
  digit: DIGIT,
  lower: codesOf('a-z'),
  space: [9, 10, 11, 12, 13, 32],
  upper: codesOf('A-Z'),
  xdigit: codesOf('0-9A-Fa-f'),
};

function codesOf(ranges: string): number[] {
  return [...ranges.matchAll(/(.)(?:-(.))?/g)].flatMap(([, first, last = first]) =>
    range(first.charCodeAt(0), last.charCodeAt(0)),
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

class Parser {
  private readonly characters: readonly string[];
  private at = 0;
  private depth = 0;
  private readonly names = new Set<string>();

  public constructor(pattern: string) {
    this.characters = Array.from(pattern);
  }

  public parse(): Node {
    if (this.next === '^') {
      this.at += 1;
    }
    const node = this.choice();
    if (this.next !== undefined) {
      throw this.wrong('")" closes nothing; for a bracket itself write "\\)"');
    }
    if (this.names.size === 0) {
      throw new PatternError('it has no field; give it a named group, as in (?<message>.*)');
    }
    return node;
  }

  private get next(): string | undefined {
    return this.characters[this.at];
  }

  /** Whether these come next, which are then passed. */
  private passes(text: string): boolean {
    const length = Array.from(text).length;
    const does = this.characters.slice(this.at, this.at + length).join('') === text;
    this.at += does ? length : 0;
    return does;
  }

  private wrong(what: string): PatternError {
    return new PatternError(`at ${JSON.stringify(this.characters.slice(this.at).join('').slice(0, 20))}: ${what}`);
  }

  private choice(): Node {
    const items = [this.sequence()];
    while (this.passes('|')) {
      items.push(this.sequence());
    }
    return items.length === 1 ? items[0] : { kind: 'choice', items };
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') {
      if (this.next === '$' && this.at === this.characters.length - 1) {
        this.at += 1;
        break;
      }
      items.push(this.quantified());
    }
    if (items.length === 0) {
      throw this.wrong('there is nothing to match; for what may be missing write "?" behind it');
    }
    return items.length === 1 ? items[0] : { kind: 'sequence', items };
  }

  private quantified(): Node {
    const start = this.at;
    const names = this.names.size;
    const body = this.atom();
    const count = this.count();
    if (count === undefined) {
      return body;
    }
    const { min, max } = count;
    if (this.next === '?' || this.next === '+') {
      throw this.wrong('nothing is lazy or possessive here; say what must not be in the field, as in [^ ]*');
    }
    if (this.next === '*' || (this.next === '{' && this.count() !== undefined)) {
      throw this.wrong('it is repeated already');
    }
    const times = Math.max(min, max ?? min, 1);
    if (this.names.size > names && max !== 1) {
      this.at = start;
      throw this.wrong('a field that is repeated has one value only; put the name around the repetition');
    }
    if (productOf(body) * times > MAX_PRODUCT) {
      this.at = start;
      throw this.wrong(`it repeats more than ${MAX_PRODUCT} times in all`);
    }
    return { kind: 'repeat', body, min, max };
  }

  private count(): { min: number; max?: number } | undefined {
    if (this.passes('*')) {
      return { min: 0 };
    }
    if (this.passes('+')) {
      return { min: 1 };
    }
    if (this.passes('?')) {
      return { min: 0, max: 1 };
    }
    if (this.next !== '{') {
      return undefined;
    }
    const found = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.characters.slice(this.at, this.at + 12).join(''));
    if (!found) {
      throw this.wrong('for a brace itself write "\\{"');
    }
    const [all, least, comma, most] = found as unknown as [string, string, string | undefined, string | undefined];
    const min = Number(least);
    const max = comma === undefined ? min : most === undefined ? undefined : Number(most);
    if (min > MAX_COUNT || (max !== undefined && (max > MAX_COUNT || max < min || max === 0))) {
      throw this.wrong(`give counts from 1 to ${MAX_COUNT}, the smaller one first`);
    }
    this.at += all.length;
    return { min, max };
  }

  private atom(): Node {
    const character = this.next ?? '';
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.brackets();
      case '\\':
        return this.escape();
      case '.':
        this.at += 1;
        return { kind: 'characters', codes: new Set(), negated: true };
      case '^':
      case '$':
        throw this.wrong(
          `"^" is for the beginning and "$" for the end of the whole expression; for the character write "\\${character}"`,
        );
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.wrong(`"${character}" repeats nothing; for the character write "\\${character}"`);
      default: {
        this.at += 1;
        const code = character.codePointAt(0) ?? 0;
        if (code < 128) {
          return characters(code);
        }
        if (/\p{Cs}/u.test(character)) {
          throw new PatternError('it has half of a character');
        }
        return { kind: 'text', text: character };
      }
    }
  }

  private group(): Node {
    const start = this.at;
    this.at += 1;
    let name: string | undefined;
    if (this.passes('?')) {
      if (!this.passes(':')) {
        const isNamed = this.passes('P<') || (this.passes('<') && this.next !== '=' && this.next !== '!');
        const found = isNamed ? /^([A-Za-z_][A-Za-z0-9_]*)>/.exec(this.characters.slice(this.at).join('')) : null;
        if (!found) {
          this.at = start;
          throw this.wrong(
            'there are groups (…), (?:…) and, for a field, (?<name>…), whose name is letters, digits and "_"',
          );
        }
        [, name] = found;
        this.at += name.length + 1;
        if (this.names.has(name)) {
          this.at = start;
          throw this.wrong('the name is there before; give each field its own');
        }
        this.names.add(name);
      }
    }
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new PatternError(
        `it has more than ${MAX_DEPTH} brackets inside one another; leave out those that say nothing`,
      );
    }
    const body = this.choice();
    this.depth -= 1;
    if (!this.passes(')')) {
      this.at = start;
      throw this.wrong('the bracket is not closed; for a bracket itself write "\\("');
    }
    return name === undefined ? body : { kind: 'field', name, body };
  }

  private escape(): Characters {
    const code = this.escapedCode();
    if (code !== undefined) {
      return characters(code);
    }
    const letter = this.characters[this.at + 1] ?? '';
    const codes = Object.hasOwn(CLASSES, letter.toLowerCase()) ? CLASSES[letter.toLowerCase()] : undefined;
    if (!codes) {
      throw this.wrong(
        'there are \\d, \\w, \\s, \\D, \\W, \\S, \\t, \\x and two hexadecimal digits up to 7f, and what is no letter or digit',
      );
    }
    this.at += 2;
    return { kind: 'characters', codes: new Set(codes), negated: letter !== letter.toLowerCase() };
  }

  /** The one character that an escape stands for. */
  private escapedCode(): number | undefined {
    const letter = this.characters[this.at + 1] ?? '';
    const hex = /^\\x([0-7][0-9A-Fa-f])/.exec(this.characters.slice(this.at, this.at + 4).join(''));
    const code = hex
      ? parseInt(hex[1], 16)
      : Object.hasOwn(CONTROLS, letter)
        ? CONTROLS[letter]
        : /^[!-/:-@[-`{-~ ]$/.test(letter)
          ? letter.charCodeAt(0)
          : undefined;
    this.at += code === undefined ? 0 : hex ? 4 : 2;
    return code;
  }

  private brackets(): Characters {
    const start = this.at;
    this.at += 1;
    const negated = this.passes('^');
    const codes = new Set<number>();
    if (this.next === ']') {
      throw this.wrong('for a bracket itself write "\\]"');
    }
    while (this.next !== ']') {
      if (this.next === undefined) {
        this.at = start;
        throw this.wrong('the bracket is not closed; for a bracket itself write "\\["');
      }
      this.member().forEach((code) => codes.add(code));
    }
    this.at += 1;
    return { kind: 'characters', codes, negated };
  }

  private member(): readonly number[] {
    const posix = /^\[:([a-z]+):\]/.exec(this.characters.slice(this.at, this.at + 12).join(''));
    if (posix && Object.hasOwn(POSIX, posix[1])) {
      this.at += posix[0].length;
      return POSIX[posix[1]];
    }
    const letter = this.next === '\\' ? (this.characters[this.at + 1] ?? '') : '';
    if (Object.hasOwn(CLASSES, letter)) {
      this.at += 2;
      return CLASSES[letter];
    }
    const first = this.memberCode();
    if (this.next !== '-' || this.characters[this.at + 1] === ']') {
      return [first];
    }
    this.at += 1;
    const last = this.memberCode();
    if (last < first) {
      throw this.wrong(`the range before this ends before it begins`);
    }
    return range(first, last);
  }

  private memberCode(): number {
    const character = this.next ?? '';
    if (character === '\\') {
      const code = this.escapedCode();
      if (code === undefined) {
        throw this.wrong('in brackets there are \\d, \\w, \\s, \\t, \\x20 and what is no letter or digit');
      }
      return code;
    }
    const code = character.codePointAt(0) ?? Infinity;
    if (code > 127 || character === '[') {
      throw this.wrong(
        code > 127
          ? 'in brackets there is ASCII only; give others as alternatives, (?:é|è)'
          : 'in brackets, for a bracket itself write "\\["',
      );
    }
    this.at += 1;
    return code;
  }
}

function characters(code: number): Characters {
  return { kind: 'characters', codes: new Set([code]) };
}

/** How often the most repeated part of a node can be there, as engines count it. */
function productOf(node: Node): number {
  switch (node.kind) {
    case 'field':
      return productOf(node.body);
    case 'sequence':
    case 'choice':
      return Math.max(...node.items.map(productOf));
    case 'repeat':
      return Math.max(node.min, node.max ?? node.min, 1) * productOf(node.body);
    default:
      return 1;
  }
}
