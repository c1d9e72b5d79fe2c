import { isAlias, isCollection, isMap, isPair, isSeq, Node, Scalar } from 'yaml';
import { writeDirectly } from './direct-writer';
import { parseFieldPath, select } from './field-path';
import { FormatEntry } from './format-entry';
import { formatFinding } from '../findings/finding';
import { numberProblems } from '../values/finite';
import { asJson } from '../values/text';
import { ranksOf } from './key-order';
import { ManifestStyle } from './manifest-style';
import { CONTAINER_LISTS, SECTIONS } from './sections';
import { escapeCharacter, isString, nameOf, putFirst, stringify, toDocument, WrittenDocument } from './yaml-document';

/** What is wrong with a document, or does not fit it in its format. */
export class FormatError extends Error {
  public constructor(public readonly findings: readonly string[]) {
    super(findings.join('\n'));
  }
}

/**
 * One document as YAML, with a final line break.
 *
 * @throws FormatError with everything that is wrong with the document's numbers, or with the format
 */
export function writeManifest(manifest: unknown, format: readonly FormatEntry[], style: ManifestStyle): string {
  if (manifest === undefined) {
    return '\n'; // as cdk8s does
  }
  const direct = format.length === 0 ? writeDirectly(manifest, style) : undefined;
  if (direct !== undefined) {
    return direct;
  }
  const problems = numberProblems(manifest);
  if (problems.length > 0) {
    throw new FormatError(problems.map((message) => formatFinding({ rule: 'finite-number', message })));
  }
  return writeThroughTree(manifest, format, style);
}

/** As `writeManifest`, by way of a tree of YAML nodes: what has comments or is no plain data, and what to measure by. */
export function writeThroughTree(manifest: unknown, format: readonly FormatEntry[], style: ManifestStyle): string {
  const document = toDocument(manifest, style);
  const findings: string[] = [];
  const apply = (entry: FormatEntry) => {
    try {
      applyEntry(entry, document, manifest, style);
    } catch (error) {
      findings.push((error as Error).message);
    }
  };
  // Empty lines and comments belong to the line that comes first in the end.
  format.filter(({ kind }) => kind === 'order').forEach(apply);
  if (style.blankLines) {
    addBlankLines(document.contents);
  }
  format.filter(({ kind }) => kind !== 'order').forEach(apply);
  if (findings.length > 0) {
    throw new FormatError(findings);
  }
  return stringify(document, style);
}

/** A text as lines that no YAML reader takes for anything but a comment, without a final line break. */
export function toComment(text: string): string {
  return text
    .split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/)
    .map((line) => `# ${line.replace(UNPRINTABLE, escapeCharacter)}`.trimEnd())
    .join('\n');
}

/** What YAML 1.1 does not allow in a stream, besides line breaks. */
const UNPRINTABLE = /[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function applyEntry(entry: FormatEntry, document: WrittenDocument, manifest: unknown, style: ManifestStyle): void {
  if (entry.kind === 'head') {
    addAbove(document.contents, toComment(entry.text));
    return;
  }
  const spots = select(manifest, parseFieldPath(entry.path)).map(({ at }) => find(document, at));
  switch (entry.kind) {
    case 'above':
      spots.forEach(({ line }) => {
        addAbove(line, toComment(entry.text));
      });
      break;
    case 'endOfLine':
      spots.forEach((spot) => {
        addAtEndOfLine(spot, entry);
      });
      break;
    case 'commentedOut':
      spots.forEach(({ line, fieldName }) => {
        const text = stringify(toDocument(entry.value, style, fieldName), style);
        addAbove(line, toComment(text.slice(0, -1)));
      });
      break;
    case 'order':
      order(spots, entry);
      break;
    case 'quoted':
      spots.forEach((spot) => {
        quote(spot, entry);
      });
  }
}

/** Where a place of the document is in the tree of YAML nodes. */
interface Spot {
  /** The key, of a field. */
  readonly key?: Node;
  readonly value: Node;
  /** What begins the line, and has the comments above it. */
  readonly line: Node;
  /** The name of the field that the place is in. */
  readonly fieldName?: string;
}

function find(document: WrittenDocument, at: readonly (string | number)[]): Spot {
  const fieldName = at
    .slice(0, -1)
    .filter((step) => typeof step === 'string')
    .at(-1);
  let spot: Spot = { value: document.contents, line: document.contents };
  let isElement = false;
  for (const step of at) {
    const parent = isAlias(spot.value) ? spot.value.resolve(document) : spot.value;
    const index = isMap(parent) ? parent.items.findIndex((pair) => nameOf(pair) === step) : Number(step);
    const child = isCollection(parent) ? parent.items[index] : undefined;
    const [key, value] = isPair(child) ? [child.key as Node, child.value as Node] : [undefined, child as Node];
    // An element of a list begins on the line of its first field.
    const line = isElement && index === 0 ? spot.line : (key ?? value);
    spot = { key, value, line, fieldName };
    isElement = key === undefined;
  }
  return spot;
}

function addAbove(line: Node, comment: string): void {
  line.commentBefore = line.commentBefore ? `${line.commentBefore}\n${comment}` : comment;
}

function addAtEndOfLine(spot: Spot, { path, text }: { readonly path: string; readonly text: string }): void {
  const comment = toComment(text);
  if (comment.includes('\n')) {
    addAbove(spot.line, comment);
    return;
  }
  const end = endOfLine(spot);
  if (end.comment) {
    throw new Error(
      `the line of ${path} ends with a comment already, ${end.comment.trim()}; put one of the two above it`,
    );
  }
  end.comment = ` ${comment}`; // one more space comes from the YAML writer
  if (isCollection(end)) {
    end.flow = true; // as `{}` or `[]` on this line
  }
}

/** What ends the line on which something begins. */
function endOfLine({ key, value }: Pick<Spot, 'key' | 'value'>): Node {
  if (!isCollection(value) || value.items.length === 0) {
    return value;
  }
  if (key) {
    return key;
  }
  const [first] = value.items;
  return isPair(first)
    ? endOfLine({ key: first.key as Node, value: first.value as Node })
    : endOfLine({ value: first as Node });
}

function order(
  spots: readonly Spot[],
  { path, keys }: { readonly path: string; readonly keys: readonly string[] },
): void {
  const maps = spots.map(({ value }) => value).filter((value) => isMap(value));
  if (maps.length < spots.length) {
    throw new Error(`${path} is no object, so its keys have no order`);
  }
  const known = new Set(maps.flatMap(({ items }) => items.map(nameOf)));
  const unknown = keys.filter((key) => !known.has(key));
  if (unknown.length > 0) {
    throw new Error(`${path} has no ${unknown.join(', ')} to put in order; it has ${[...known].join(', ')}`);
  }
  const ranks = ranksOf(keys);
  maps.forEach((map) => {
    putFirst(map, ranks);
  });
}

function quote({ value }: Spot, { path, quotes }: { readonly path: string; readonly quotes: Scalar.Type }): void {
  const values = isMap(value) ? value.items.map((pair) => pair.value) : isSeq(value) ? value.items : [];
  const strings = isString(value) ? [value] : values.filter((each) => isString(each) && !each.value.includes('\n'));
  if (strings.length === 0) {
    throw new Error(`${path} is ${asJson(value)}, where no string is; quotes would make one of it`);
  }
  for (const string of strings) {
    (string as Scalar).type = quotes;
  }
}

/** An empty line after each section of a pod spec, wherever the pod spec is, and between containers. */
function addBlankLines(node: unknown): void {
  if (isSeq(node)) {
    node.items.forEach(addBlankLines);
  } else if (isMap(node)) {
    const inPodSpec = isListOfMaps(node.get('containers', true));
    node.items.forEach((pair, index) => {
      if (inPodSpec && index > 0 && SECTIONS.has(nameOf(node.items[index - 1]))) {
        (pair.key as Node).spaceBefore = true;
      }
      if (inPodSpec && CONTAINER_LISTS.has(nameOf(pair)) && isSeq<Node>(pair.value)) {
        for (const container of pair.value.items.slice(1)) {
          container.spaceBefore = true;
        }
      }
      addBlankLines(pair.value);
    });
  }
}

function isListOfMaps(node: unknown): boolean {
  return isSeq(node) && node.items.length > 0 && node.items.every((item) => isMap(item));
}
