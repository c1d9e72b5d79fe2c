import * as fc from 'fast-check';
import { ManifestStyle } from '../../lib';
import { writeDirectly } from '../../lib/manifests/direct-writer';
import { writeThroughTree } from '../../lib/manifests/manifest-writer';
import { documents, nastyText, styles } from '../support/documents';

// RUNS=300000 takes a quarter of an hour.
const runs = { numRuns: Number(process.env.RUNS ?? 1000) };

test('writes JSON in every style, with the bytes of the yaml package', () => {
  fc.assert(
    fc.property(json(), styles(LINE_WIDTHS), (document, style) => {
      expectBytesOfPackage(document, style);
    }),
    runs,
  );
});

test('writes pods in every style, with the bytes of the yaml package', () => {
  fc.assert(
    fc.property(pods(), styles(LINE_WIDTHS), (document, style) => {
      expectBytesOfPackage(document, style);
    }),
    runs,
  );
});

test('writes whatever else JavaScript has with the bytes of the yaml package, or leaves it to that', () => {
  fc.assert(
    fc.property(anything(), styles(LINE_WIDTHS), (document, style) => {
      const tree = writeThroughTree(document, [], style);

      expect(writeDirectly(document, style) ?? tree).toBe(tree);
    }),
    runs,
  );
});

test('writes fields that look like parts of the language as any others', () => {
  const document = JSON.parse(
    '{"__proto__": {"containers": [{}]}, "hasOwnProperty": "", "10": {}, "9": []}',
  ) as unknown;

  expect(writeDirectly(document, new ManifestStyle())).toBe(
    '"9": []\n"10": {}\n__proto__:\n  containers:\n  - {}\nhasOwnProperty: ""\n',
  );
});

test.each<[string, unknown, ManifestStyle?]>([
  ['dates', { a: new Date(0) }],
  ['maps', { a: new Map([['b', 1]]) }],
  ['sets', { a: [new Set(['b'])] }],
  ['bytes', { a: Buffer.from('b') }],
  ['big integers', { a: 1n }],
  ['numbers that JSON does not have', { a: Infinity }],
  ['objects of a class', { a: Object.assign(Object.create({ inherited: 1 }) as object, { b: 1 }) }],
  ['functions that say what an object is in JSON', { a: { toJSON: () => 'b' } }],
  ['keys that need lines of their own', { ['a'.repeat(1025)]: 1 }],
  ['keys that need lines of their own once quoted', { ['"'.repeat(600) + "'"]: 1 }],
  ['single values', 'a'],
  ['no value', null],
  ['nothing in it', {}],
  ['objects that get an anchor', twice({ b: 1 }), ManifestStyle.APP],
  ['empty objects that get an anchor', twice([]), ManifestStyle.APP],
])('leaves documents with %s to the yaml package', (_, document, style = new ManifestStyle()) => {
  expect(writeDirectly(document, style)).toBeUndefined();
});

test('asks the yaml package again for strings that it has forgotten', () => {
  const style = new ManifestStyle();
  const document = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`${index}`, `# ${index}`]));
  const text = writeThroughTree(document, [], style);

  expect(writeDirectly(document, style)).toBe(text);
  expect(writeDirectly(document, style)).toBe(text);
});

function expectBytesOfPackage(document: unknown, style: ManifestStyle): void {
  const direct = writeDirectly(document, style);
  const tree = writeThroughTree(document, [], style);

  // Where lines are folded, keys that get their length afterwards are left to the package.
  expect(style.lineWidth > 0 ? (direct ?? tree) : direct).toBe(tree);
}

const LINE_WIDTHS = [0, 20, 80, 1, 7, 30, 50];

/** Strings that are easily taken for something else, or folded. */
function strings(): fc.Arbitrary<string> {
  return fc.oneof(
    nastyText(),
    fc.constantFrom('y', 'YES', 'No', 'oFF', 'TRUE', 'Null', 'e1', 'E-12', 'e+3', 'e', '-', '?', '.', '/', ''),
    fc.constantFrom(
      'nginx:1.27',
      'a:',
      ':a',
      '/var/log',
      'a:b:c',
      'a-',
      '-a',
      'a#b',
      'a #b',
      'a.b/c-d_e',
      'é:1',
      '---a',
    ),
    fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', '.', ':', '/', '_', 'e', ' ') }),
    fc.string({
      unit: fc.constantFrom('a', 'word', ' ', '  ', '\n', '"', "'", '\t', '#', '%', '\ud800'),
      maxLength: 30,
    }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme-ascii' }),
    fc.string({ unit: fc.constantFrom('word ', 'a', '\\', 'long', "'"), minLength: 100, maxLength: 300 }),
  );
}

function scalars(): fc.Arbitrary<unknown> {
  return fc.oneof(
    strings(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 1e21, 1e-7, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, true, false, null, undefined),
  );
}

function names(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('metadata', 'spec', 'template', 'labels', 'name', 'kind', 'ports', 'data', 'selector', 'command'),
    fc.constantFrom('containers', 'initContainers', 'ephemeralContainers', 'volumes'),
    fc.constantFrom('1', '10', '2', '01', '-1', '<<', '=', 'constructor', 'toString'),
    strings().filter((name) => name !== '__proto__' && JSON.stringify(name).length < 1000),
  );
}

function json(): fc.Arbitrary<unknown> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalars(), tie('map'), fc.array(tie('value'), { maxLength: 4 })),
    map: fc.dictionary(names(), tie('value'), { maxKeys: 6 }),
  }));
  return fc.oneof(
    documents().filter((document) => Object.keys(document).length > 0),
    fc.dictionary(names(), value, { minKeys: 1, maxKeys: 6 }),
    fc.array(value, { minLength: 1 }),
  );
}

/** Pod specs, with what the sections have that empty lines stand after: blocks that end with some, too. */
function pods(): fc.Arbitrary<unknown> {
  const blocks = fc.constantFrom('a\n', 'a\n\n', 'a', '\n', ' a\n\n\n', 'a\n ', 'a\n\t\n', '  a\nb\n\n');
  const container = fc.dictionary(fc.constantFrom('name', 'args', 'env', 'image'), fc.oneof(blocks, fc.array(blocks)), {
    minKeys: 1,
    noNullPrototype: true,
  });
  const section = fc.array(fc.oneof({ weight: 9, arbitrary: container }, blocks, fc.array(blocks)), { maxLength: 3 });
  const sections = fc.constantFrom('containers', 'initContainers', 'volumes', 'ephemeralContainers', 'restartPolicy');
  const spec = fc
    .tuple(fc.array(container, { maxLength: 3 }), fc.dictionary(sections, fc.oneof(section, container, blocks)))
    .map(([containers, others]) => ({ ...others, containers }));
  return fc.tuple(spec, spec, spec, spec, names()).map(([pod, job, nested, free, name]) => ({
    [name]: 1,
    template: { spec: pod },
    jobs: [job, [nested], { data: free }],
    kind: 'Pod',
  }));
}

/** Objects that occur in several places, and those that JSON does not have. */
function anything(): fc.Arbitrary<unknown> {
  const value = fc.anything({
    key: names(),
    values: [scalars(), fc.double(), fc.date({ noInvalidDate: true })],
    withBigInt: true,
    withBoxedValues: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withTypedArray: true,
    maxDepth: 3,
  });
  return fc
    .tuple(value, fc.dictionary(names(), value), fc.array(value), fc.nat())
    .map(([a, map, list, places]) => ({ map, a: places & 1 ? map : a, list: places & 2 ? [...list, map, map] : list }));
}

function twice(object: object): object {
  return { a: object, b: [object] };
}
