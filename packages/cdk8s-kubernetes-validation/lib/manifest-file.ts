import * as fs from 'node:fs';
import { isMap, isPair, isScalar, isSeq, LineCounter, Node, parseDocument } from 'yaml';
import { judgeYaml, MOST_CHARACTERS } from './server-code';
import { ServerFinding } from './server-finding';

/** What the API server would say of an object in a file. */
export interface FileFinding extends ServerFinding {
  readonly file: string;
  /** The line of the field, or of what is nearest to it; the first line of the file is 1. */
  readonly line: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface FileVerdict {
  /** How many documents the file has, not counting empty ones. */
  readonly documents: number;
  readonly findings: readonly FileFinding[];
}

/**
 * The text of a file, by its path or, for the standard input, its descriptor. Read piece by piece: nobody knows how much
 * there is in a pipe.
 *
 * @throws when it has more than can be judged
 */
export function readText(file: string | number): string {
  const descriptor = typeof file === 'number' ? file : fs.openSync(file, 'r');
  try {
    const piece = Buffer.alloc(64 * 1024);
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const read = fs.readSync(descriptor, piece);
      if (read === 0) {
        return Buffer.concat(pieces).toString();
      }
      length += read;
      if (length > MOST_CHARACTERS) {
        const name = typeof file === 'number' ? 'the standard input' : file;
        throw new Error(`${name} has more than the ${MOST_CHARACTERS} bytes that are looked at; split it`);
      }
      pieces.push(Buffer.from(piece.subarray(0, read)));
    }
  } finally {
    if (descriptor !== file) {
      fs.closeSync(descriptor);
    }
  }
}

/** Judges all objects in a text of YAML documents, or of JSON, which is YAML. */
export function judgeFile(file: string, text: string, version?: string): FileVerdict {
  const documents = split(text.replace(/^\uFEFF/, ''));
  const findings = documents.flatMap(({ firstLine, content }) => {
    const { findings, ...object } = judgeYaml(content, version);
    const lineOf = findings.length === 0 ? () => 1 : lineFinder(content);
    const before = firstLine - 1;
    return findings
      .map((finding) => ({
        file,
        line: before + lineOf(finding),
        ...object,
        ...finding,
        message: inFile(finding, before),
      }))
      .sort((a, b) => a.line - b.line);
  });
  return { documents: documents.length, findings };
}

interface Document {
  /** Of its content, in the file. */
  readonly firstLine: number;
  readonly content: string;
}

/** As kubectl does it: a line that begins with `---` separates, whatever else the text may mean by it. */
function split(text: string): Document[] {
  const documents: Document[] = [];
  // A pattern, not a list of lines: that of a file of line ends takes more memory than there is.
  const separator = /(?<=^|\n)---(?=\s|$)/g;
  let begin = 0;
  let firstLine = 1;
  const end = (next: number): void => {
    const content = text.slice(begin, next);
    // Comments and directives alone are no document.
    if (/^(?![^\S\n]*(#.*)?$|%|---[^\S\n]*(#.*)?$|\.\.\.[^\S\n]*$)/m.test(content)) {
      documents.push({ firstLine, content });
    }
    firstLine += linesOf(content);
    begin = next;
  };
  for (const { index } of text.matchAll(separator)) {
    end(index);
  }
  end(text.length);
  return documents;
}

function linesOf(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines += 1;
  }
  return lines;
}

const LINE = /\bline (\d+):/;

/** The message with the lines of the file: the parser counts those of the document. */
function inFile({ field, message }: ServerFinding, before: number): string {
  return field === '' ? message.replace(LINE, (_, line) => `line ${Number(line) + before}:`) : message;
}

/** What the server reads of one object. A tree of much more than that may need more memory than there is. */
const MOST_WITH_LINES = 3 * 1024 * 1024;

/** Finds lines in one document, which is parsed for it only where there is something to find. */
function lineFinder(content: string): (finding: ServerFinding) => number {
  const counter = new LineCounter();
  let root: Node | null = null;
  try {
    if (content.length <= MOST_WITH_LINES) {
      root = parseDocument(content, { lineCounter: counter, uniqueKeys: false, version: '1.1' }).contents;
    }
  } catch {
    // Nested too deeply, say: the finding says so itself.
  }
  return ({ field, message }) => {
    // What is no YAML has no fields; the parser says where it stopped.
    const said = field === '' ? LINE.exec(message) : null;
    return said ? Number(said[1]) : root ? counter.linePos(offsetOf(root, stepsOf(field))).line : 1;
  };
}

/** The steps of a path as the API server writes it: `spec.ports[0]`, `data[a.b]`. */
function stepsOf(field: string): string[] {
  const steps = field.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  return steps.map((step) => (step.startsWith('[') ? step.slice(1, -1) : step));
}

/** Where a field is, or what is nearest to it: the key, where it has one. */
function offsetOf(root: Node | null, steps: readonly string[]): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (let index = 0; index < steps.length; index++) {
    if (isSeq(node)) {
      node = node.items[Number(steps[index])];
    } else if (isMap(node)) {
      // A key may have dots of its own.
      const { items } = node;
      const keys = steps.slice(index).map((_, more) => steps.slice(index, index + more + 1).join('.'));
      const found = keys.findIndex((key) => items.some((item) => keyOf(item) === key));
      const pair = items.find((item) => keyOf(item) === keys[found]);
      if (found < 0 || !isPair(pair)) {
        return offset;
      }
      offset = startOf(pair.key);
      node = pair.value;
      index += found;
      continue;
    }
    if (node === undefined || node === null) {
      return offset;
    }
    offset = startOf(node);
  }
  return offset;
}

function keyOf({ key }: { key: unknown }): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
