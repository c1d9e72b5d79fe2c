/** A text in which there are JSONPaths in braces, as kubectl and the exporter read it. */
export interface JsonPathText {
  /** What stands between the paths, and the paths. */
  readonly parts: readonly (string | JsonPath)[];
}

/** What stands in braces: each node is applied to what the one before it finds. */
export type JsonPath = readonly JsonPathNode[];

type JsonPathNode =
  | { readonly kind: 'field' | 'wildcard' | 'recursive' | 'number' | 'bool' | 'slice' | 'union' | 'filter' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'identifier'; readonly text: string };

const TERMINATORS = ['.', ',', '[', ']', '$', '@', '{', '}', ' ', '\t', '\r', '\n', undefined];
const LETTER = /^[_\p{L}\p{Nd}]$/u;
const DIGIT = /^\p{Nd}$/u;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const SLICE = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/;
/** What may stand in quotes, without a quote of its own kind. */
const ESCAPED =
  /^(?:[^\\]|\\(?:[abfnrtv\\]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|U(?:000[0-9a-fA-F]|0010)(?![dD][89a-fA-F])[0-9a-fA-F]{4}|QUOTE))*$/;
const OPERATORS = ['<', '>', '==', '!=', '<=', '>='];

/** @throws what is wrong with it, for a sentence */
export function parseJsonPath(text: string): JsonPathText {
  return { parts: new Parser(text).parse() };
}

/**
 * Reads what client-go's package jsonpath does, in the same way: what it takes and what it refuses differs in many a detail
 * from other JSONPaths. What it takes and then fails at, whatever it looks at, is refused as well.
 */
class Parser {
  private readonly input: readonly string[];
  private position = 0;
  private parts: (string | JsonPath)[] = [];

  public constructor(text: string) {
    this.input = Array.from(text);
  }

  public parse(): (string | JsonPath)[] {
    while (this.position < this.input.length) {
      const start = this.position;
      while (this.peek() !== undefined && this.peek() !== '{') {
        this.position++;
      }
      if (this.position > start) {
        this.parts.push(this.since(start));
      }
      if (this.next() === '{') {
        this.parts.push(this.inside());
      }
    }
    return this.parts;
  }

  private inside(): JsonPath {
    const nodes: JsonPathNode[] = [];
    for (;;) {
      if (this.takes('[?(')) {
        nodes.push(this.filter());
        continue;
      }
      if (this.takes('..')) {
        if (nodes.at(-1)?.kind === 'recursive') {
          throw new Error('there are two ".." in a row');
        }
        nodes.push({ kind: 'recursive' });
        if (LETTER.test(this.peek() ?? '')) {
          nodes.push(this.field());
        }
        continue;
      }
      const start = this.position;
      const character = this.next();
      if (character === '}') {
        return nodes;
      } else if (character === undefined || character === '\n' || character === '\r') {
        throw new Error('a brace is not closed');
      } else if (character === '[') {
        nodes.push(...this.array());
      } else if (character === '"' || character === "'") {
        nodes.push({ kind: 'text', text: this.quoted(start, character) });
      } else if (character === '.') {
        nodes.push(this.field());
      } else if (character === '+' || character === '-' || DIGIT.test(character)) {
        nodes.push(this.number(start));
      } else if (LETTER.test(character)) {
        nodes.push(this.identifier(start));
      } else if (![' ', '@', '$'].includes(character)) {
        throw new Error(`${JSON.stringify(character)} is not understood`);
      }
    }
  }

  private field(): JsonPathNode {
    const start = this.position;
    while (!TERMINATORS.includes(this.peek())) {
      this.position += this.peek() === '\\' ? 2 : 1;
    }
    return { kind: this.since(start) === '*' ? 'wildcard' : 'field' };
  }

  private number(start: number): JsonPathNode {
    while (this.peek() === '.' || DIGIT.test(this.peek() ?? '')) {
      this.position++;
    }
    const text = this.since(start);
    if (!NUMBER.test(text) || !Number.isFinite(Number(text))) {
      throw new Error(`"${text}" is no number`);
    }
    return { kind: 'number' };
  }

  private identifier(start: number): JsonPathNode {
    while (!TERMINATORS.includes(this.peek())) {
      this.position++;
    }
    const text = this.since(start);
    return text === 'true' || text === 'false' ? { kind: 'bool' } : { kind: 'identifier', text };
  }

  private quoted(start: number, quote: string): string {
    for (;;) {
      const character = this.next();
      if (character === undefined || character === '\n') {
        throw new Error('a quote is not closed');
      }
      if (character === quote && this.input[this.position - 2] !== '\\') {
        break;
      }
    }
    const text = this.since(start + 1).slice(0, -1);
    if (text.includes('\\') && !new RegExp(ESCAPED.source.replace('QUOTE', quote), 'u').test(text)) {
      throw new Error(`${quote}${text}${quote} has something behind a "\\" that it cannot have`);
    }
    return text;
  }

  private array(): readonly JsonPathNode[] {
    const start = this.position;
    for (;;) {
      const character = this.next();
      if (character === undefined || character === '\n') {
        throw new Error('a "[" is not closed');
      }
      if (character === ']') {
        break;
      }
    }
    const text = this.since(start).slice(0, -1);
    const parts = text.split(',');
    if (parts.length > 1) {
      parts.forEach((part) => nested(`[${part.replace(/^ +| +$/g, '')}]`));
      return [{ kind: 'union' }];
    }
    const key = /^'([^']*)'$/.exec(text)?.[1];
    if (key !== undefined) {
      if (/(?<!\\)[.}]/.test(key)) {
        throw new Error(
          `['${key}'] would be read as more than a name; write "\\." for a dot of it, and "\\}" for a brace`,
        );
      }
      return nested(`.${key}`, true);
    }
    const slice = SLICE.exec(text === '*' ? ':' : text);
    if (!slice) {
      throw new Error(`[${text}] is no index, slice or name in single quotes`);
    }
    const [from, to, step] = slice.slice(1).map((bound: string | undefined) => bound ?? '');
    if ([from, to, step].includes('-')) {
      throw new Error(`[${text}] has a "-" without a number`);
    }
    if (step !== '' && Number(step) <= 0) {
      throw new Error(`[${text}] has a step that is not above 0`);
    }
    if (isNegative(from) === isNegative(to) && to !== '' && Number(from) > Number(to)) {
      throw new Error(`[${text}] ends before it begins`);
    }
    return [{ kind: 'slice' }];
  }

  private filter(): JsonPathNode {
    const start = this.position;
    let quote: string | undefined;
    let isClosed = false;
    for (;;) {
      const character = this.next();
      if (character === undefined || character === '\n') {
        throw new Error('a "[?(" is not closed');
      }
      if (character === '"' || character === "'") {
        if (quote === undefined) {
          quote = character;
          continue;
        }
        isClosed ||= this.input[this.position - 2] !== '\\' && character === quote;
      }
      if (character === ')' && (quote !== undefined) === isClosed) {
        break;
      }
    }
    if (this.next() !== ']') {
      throw new Error('a "[?(" does not end with ")]"');
    }
    const text = this.since(start).slice(0, -2);
    const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    if (!comparison) {
      nested(text);
    } else {
      const [, left, operator, right] = comparison;
      nested(left);
      nested(right);
      if (!OPERATORS.includes(operator)) {
        throw new Error(`"${operator}" compares nothing; there are ${OPERATORS.join(', ')}`);
      }
    }
    return { kind: 'filter' };
  }

  private takes(text: string): boolean {
    const found = this.input.slice(this.position, this.position + text.length).join('') === text;
    this.position += found ? text.length : 0;
    return found;
  }

  private next(): string | undefined {
    return this.position < this.input.length ? this.input[this.position++] : undefined;
  }

  private peek(): string | undefined {
    return this.input[this.position];
  }

  private since(start: number): string {
    return this.input.slice(start, this.position).join('');
  }
}

/** What is inside of another path: no word has a meaning there. */
function nested(text: string, isName = false): JsonPath {
  const nodes = parseJsonPath(`{${text}}`).parts[0] as JsonPath;
  const word = nodes.find((node) => node.kind === 'identifier');
  if (word) {
    throw new Error(
      isName
        ? `['${text.slice(1)}'] is read as more than a name`
        : `"${word.text}" is nothing; write "@.${word.text}", or quotes around a text`,
    );
  }
  return nodes;
}

function isNegative(bound: string): boolean {
  return bound.startsWith('-');
}
