import * as fc from 'fast-check';
import { KubernetesValidation, FindingLevel, ServerVerdict } from '../lib';
import { judgeYaml } from '../lib/server-code';
import { describeWithModule } from './go';

const GOOD = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

function messagesOf({ findings }: ServerVerdict): string[] {
  return findings
    .filter(({ level }) => level === FindingLevel.ERROR)
    .map(({ field, message }) => `${field}: ${message}`);
}

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level++) {
    value = { a: value };
  }
  return value;
}

describeWithModule('bad input is an error, and the module goes on', () => {
  afterEach(() => {
    expect(KubernetesValidation.judge(GOOD).findings).toEqual([]);
  });

  const circular: Record<string, unknown> = { ...GOOD };
  circular.data = circular;

  test.each([
    ['a number', 5, ': not an object: the manifest is 5'],
    ['a string', 'text', ': not an object: the manifest is "text"'],
    ['nothing', undefined, ': not an object: the manifest is undefined'],
    ['a function', () => 1, ': not an object: the manifest is function'],
    ['null', null, "apiVersion: Object 'apiVersion' is missing in 'null'"],
    ['a list', [GOOD], `: not an object: the manifest is ${JSON.stringify([GOOD]).slice(0, 60)}...`],
    ['no kind', { apiVersion: 'v1' }, `kind: Object 'kind' is missing in '{"apiVersion":"v1"}'`],
    ['a kind that is no string', { apiVersion: 'v1', kind: 5 }, 'kind: must be a string, and is 5'],
    ['a circle', circular, ': cannot be written as JSON: Converting circular structure to JSON'],
    ['a bigint', { ...GOOD, data: 1n }, ': cannot be written as JSON: Do not know how to serialize a BigInt'],
    ['NaN', { ...GOOD, data: { 'a.b': [null, NaN] } }, 'data[a.b][1]: NaN is no number that JSON can hold'],
    ['infinity', { ...GOOD, data: -Infinity }, 'data: -Infinity is no number that JSON can hold'],
    ['what JSON cannot nest', nested(100_000), ': cannot be written as JSON: Maximum call stack size exceeded'],
  ])('%s', (_, value, message) => {
    expect(messagesOf(KubernetesValidation.judge(value))[0]).toContain(message);
  });

  test('more than the server reads', () => {
    const large = { ...GOOD, data: { a: 'x'.repeat(3 * 2 ** 20) } };
    expect(messagesOf(KubernetesValidation.judge(large))).toEqual([': Request entity too large: limit is 3145728']);
  });

  test('more than anybody writes', () => {
    const huge = { ...GOOD, data: { a: 'x'.repeat(70 * 2 ** 20) } };
    expect(messagesOf(KubernetesValidation.judge(huge))[0]).toMatch(/^: \d+ characters are more than are looked at/);
  });

  test.each([1_000, 3_000, 9_000, 20_000, 1_000_000])('YAML lists %d deep', (depth) => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: ${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(messagesOf(judgeYaml(text))).not.toEqual([]);
  });

  test('whatever the module dies of, in the middle of an object', () => {
    KubernetesValidation.judge(GOOD);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => {
      throw new Error('no time');
    });
    const verdict = KubernetesValidation.judge(GOOD);
    clock.mockRestore();
    expect(messagesOf(verdict)).toEqual([': could not be judged: no time']);

    // Its memory is as it was at that moment: the next one begins anew.
    const { Instance } = WebAssembly;
    const begun = jest.spyOn(WebAssembly, 'Instance').mockImplementation((...args) => new Instance(...args));
    KubernetesValidation.judge(GOOD);
    KubernetesValidation.judge(GOOD);
    expect(begun).toHaveBeenCalledTimes(1);
    begun.mockRestore();
  });

  test('a document of references to references', () => {
    const text = 'b c d e f g h i j'
      .split(' ')
      .reduce(
        (all, letter) =>
          `${all}${letter}: &${letter} [${`*${String.fromCharCode(letter.charCodeAt(0) - 1)},`.repeat(9)}]\n`,
        'a: &a [x]\n',
      );
    expect(messagesOf(judgeYaml(text))[0]).toContain('excessive aliasing');
  });

  test('no string whatsoever is more than a string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { name, findings } = KubernetesValidation.judge({
          ...GOOD,
          metadata: { name: text },
          data: { [text]: text },
        });
        expect(name).toBe(Buffer.from(text).toString());
        expect(findings.every(({ level }) => level === FindingLevel.ERROR)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('no JSON and no YAML whatsoever', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        expect(messagesOf(judgeYaml(text)).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  test('no value of any field of a pod', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, container) => {
        const pods = [spec, { containers: container }, { containers: [container] }];
        for (const each of pods) {
          const verdict = KubernetesValidation.judge({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'a' },
            spec: each as object,
          });
          expect(messagesOf(verdict)).not.toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
