import { isDeepStrictEqual } from 'node:util';
import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { ManifestStyle } from '../../lib';
import { FormatEntry } from '../../lib/manifests/format-entry';
import { toComment, writeManifest } from '../../lib/manifests/manifest-writer';
import { documents, nastyText, styles } from '../support/documents';

test('whatever a document holds, reading it gives the same document, with and without a format', () => {
  fc.assert(
    fc.property(documents(), styles(), fc.infiniteStream(entries()), (document, style, stream) => {
      const unformatted = writeManifest(document, [], style);
      // Some strings, as cdk8s writes them, are read as something else: a key `<<`, a byte order mark at the start.
      fc.pre(style.defensiveQuotes || isReadAs(unformatted, document));

      expect(read(unformatted)).toStrictEqual([document]);
      expect(read(writeManifest(document, formatFor(document, stream), style))).toStrictEqual([document]);
    }),
    { numRuns: 500 },
  );
});

test('writes no space at the end of a line', () => {
  fc.assert(
    fc.property(
      documents(),
      fc.infiniteStream(entries()),
      fc.constantFrom(0, 20, 80),
      (document, stream, lineWidth) => {
        const format = formatFor(document, stream);
        const text = writeManifest(document, format, new ManifestStyle({ lineWidth }));

        expect(text).not.toMatch(/[ \t]$/m);
        expect(text.endsWith('\n')).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('writes the bytes of cdk8s in its style', () => {
  fc.assert(
    fc.property(documents(), (document) => {
      expect(writeManifest(document, [], ManifestStyle.APP)).toBe(Yaml.stringify(document));
    }),
    { numRuns: 300 },
  );
});

test('expands what occurs twice, save where the style asks for anchors', () => {
  const shared = { cpu: 1 };
  const document = { limits: shared, requests: shared };

  expect(writeManifest(document, [], new ManifestStyle())).toBe('limits:\n  cpu: 1\nrequests:\n  cpu: 1\n');
  expect(writeManifest(document, [], ManifestStyle.APP)).toBe('limits: &a1\n  cpu: 1\nrequests: *a1\n');
  expect(writeManifest(document, [{ kind: 'endOfLine', path: 'requests.cpu', text: 'one' }], ManifestStyle.APP)).toBe(
    'limits: &a1\n  cpu: 1  # one\nrequests: *a1\n',
  );
});

test('a comment is a comment, whatever its text', () => {
  fc.assert(
    fc.property(nastyText(), (text) => {
      for (const line of toComment(text).split('\n')) {
        expect(line).toMatch(/^#( .*\S)?$/);
        expect(line).not.toMatch(/[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u);
      }
    }),
  );
  expect(toComment('a\r\nb\u2028c\u0085d\n\n---\te \x07')).toBe('# a\n# b\n# c\n# d\n#\n# ---\te \\u0007');
  expect(toComment('a\u3000\n\xa0')).toBe('# a\n#');
});

test.each([
  ['spaces at line ends', 'a \nb\n', '"a\\ \\nb\\n"'],
  ['empty lines only', '\n\n', '"\\n\\n"'],
  ['byte order marks', '\ufeff# a', '"\\ufeff# a"'],
  ['line breaks of Unicode', 'a\u2028b\u0085c', '"a\\u2028b\\u0085c"'],
  ['numbers of YAML 1.2', '0o14', '"0o14"'],
  ['numbers of YAML 1.1', '1_000', '"1_000"'],
  ['booleans of YAML 1.1', 'yes', '"yes"'],
  ['octal modes', '0755', '"0755"'],
  ['dates', '2020-01-01', '"2020-01-01"'],
])('quotes strings with %s', (_, text, expected) => {
  expect(writeManifest({ a: text }, [], new ManifestStyle())).toBe(`a: ${expected}\n`);
});

const read = (text: string): unknown[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (!('errors' in document) || document.errors.length > 0) {
      throw new Error(`${String(document)}\n${text}`);
    }
    return document.toJS() as unknown;
  });

function isReadAs(text: string, document: unknown): boolean {
  try {
    return isDeepStrictEqual(read(text), [document]);
  } catch {
    return false;
  }
}

/** Entries for any place; the path is put in later. */
function entries(): fc.Arbitrary<object> {
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('above', 'endOfLine'), text: nastyText() }),
    fc.record({
      kind: fc.constant('commentedOut'),
      value: nastyText().map((text) => ({ env: [{ value: text, name: text }] })),
    }),
  );
}

/** An entry for each place, but one end of line only: an element and its first field share a line. */
function formatFor(document: object, stream: Iterator<object>): FormatEntry[] {
  const format = pathsOf(document).map((path) => ({ ...(stream.next().value as object), path }) as FormatEntry);
  const end = format.find(({ kind }) => kind === 'endOfLine');
  return format.filter((entry) => entry.kind !== 'endOfLine' || entry === end);
}

/** A path to each place of a document that a path can name. */
function pathsOf(value: unknown, prefix: readonly string[] = []): string[] {
  const children = Array.isArray(value)
    ? value.map((child: unknown, index) => ({ step: String(index), child }))
    : Object.entries(value ?? {})
        .filter(([key]) => typeof value === 'object' && /^[^*[\\]+$/.test(key))
        .map(([key, child]: [string, unknown]) => ({ step: key.replaceAll('.', '\\.'), child }));
  return children.flatMap(({ step, child }) => {
    const path = [...prefix, step];
    return [path.join('.'), ...pathsOf(child, path)];
  });
}
