import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutations } from '../../../test/oracle/mutations';
import { manifestsIn } from '../../../test/oracle/manifests';
import { KubernetesValidation } from '../lib';
import { describeWithModule, describeWithOracle } from './go';

const ONE_OF_EACH = manifestsIn(readFileSync(join(__dirname, 'fixtures/kinds.yaml'), 'utf8'));

/** The keys of the strategies in `go/kinds.go`. */
const KINDS = [...readFileSync(join(__dirname, '../go/kinds.go'), 'utf8').matchAll(/"([A-Z]\w+)": +\w+\.Strategy/g)];

describeWithModule('the kinds', () => {
  test('that are judged are those of the fixture, and those that the README lists', () => {
    const kinds = [...new Set(KINDS.map(([, kind]) => kind))].sort();
    expect(kinds.length).toBeGreaterThan(30);
    expect([...new Set(ONE_OF_EACH.map(({ kind }) => kind))].sort()).toEqual(kinds);
    const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
    expect(kinds.filter((kind) => !readme.includes(`\`${kind}\``))).toEqual([]);
  });

  test.each(ONE_OF_EACH)('$apiVersion $kind', (manifest) => {
    const warnings = KubernetesValidation.judge(manifest).findings.map(({ message }) => message);
    const { kind, apiVersion, metadata } = manifest;
    expect(warnings).toEqual(
      kind === 'Endpoints' ? ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'] : [],
    );

    const misspelt = KubernetesValidation.judge({ ...manifest, speck: {} });
    expect(misspelt).toEqual({
      apiVersion,
      kind,
      name: (metadata as { name: string }).name,
      findings: expect.arrayContaining([
        {
          level: 'error',
          field: 'speck',
          reason: 'BadRequest',
          message: 'strict decoding error: unknown field "speck"',
        },
      ]) as unknown,
    });
  });
});

describeWithOracle('the same code built for this machine', (ask) => {
  test('says the same as the WebAssembly module of every mistake, in any version', () => {
    const mistakes = mutations(ONE_OF_EACH, 500, 3);
    for (const version of ['1.31', undefined]) {
      const verdicts = ask(mistakes.map((object) => ({ object, version })));
      expect(mistakes.map((mistake) => KubernetesValidation.judge(mistake, version))).toEqual(verdicts);
    }
  });
});
