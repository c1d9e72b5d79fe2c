import * as fc from 'fast-check';
import { ManifestStyle } from '../../lib';

/** Every style there is. */
export function styles(lineWidths: readonly number[] = [0, 20, 80]) {
  return fc.oneof(
    fc.constant(ManifestStyle.APP),
    fc
      .record({
        indentSequences: fc.boolean(),
        lineWidth: fc.constantFrom(...lineWidths),
        blankLines: fc.boolean(),
        conventionalOrder: fc.boolean(),
        singleQuotes: fc.boolean(),
        defensiveQuotes: fc.boolean(),
        anchors: fc.boolean(),
      })
      .map((props) => new ManifestStyle(props)),
  );
}

const SNIPPETS = [
  ...[
    '# no',
    '---',
    '...',
    '%',
    '- a',
    'a: b',
    ' ',
    '\t',
    '\n',
    '\n\n',
    '\n ',
    ' \n',
    '|',
    '>',
    '{',
    '&a',
    '*a',
    '!t',
    "'",
    '"',
  ],
  ...['\r', '\r\n', '\u2028', '\u2029', '\u0085', '\ufeff', '\x00', '\x07', '\x7f', 'é', '로그', '😀', '\\', '<<', '='],
  ...[
    'yes',
    'null',
    '~',
    '0755',
    '0o14',
    '1e3',
    '12:30',
    '2020-01-01',
    '1_000',
    '.inf',
    'very long words without an end ',
  ],
];

/** Strings that YAML finds hard. */
export function nastyText() {
  return fc.oneof(
    fc.constantFrom(...SNIPPETS),
    fc
      .array(fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ maxLength: 5 })), { maxLength: 6 })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }),
  );
}

/** Documents that JSON can hold, with the names of Kubernetes and others. */
export function documents() {
  const names = fc.oneof(
    fc.constantFrom('metadata', 'spec', 'containers', 'volumes', 'name', 'env', 'ports', 'labels', 'command'),
    nastyText().filter((name) => name !== '__proto__'),
  );
  const scalars = fc.oneof(
    nastyText(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  return fc.letrec<{ value: unknown; map: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalars, tie('map'), fc.array(tie('value'), { maxLength: 4 })),
    map: fc.dictionary(names, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  })).map;
}
