import { describeWithModule, describeWithOracle } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { FindingLevel } from '../../packages/cdk8s-kubernetes-validation/lib';
import { Chart, Include } from 'cdk8s';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManifestApp, PodChecks } from '../../lib';
import { manifestsIn, withPod } from '../oracle/manifests';
import { withFolder } from '../support/project';
import { Result, resultsOf } from './results';
import { publicTypes, Snippet, snippetsOfDocstrings, snippetsOfPages } from './snippets';

const snippets = [...snippetsOfPages(), ...snippetsOfDocstrings()];

/** Examples of the other package, whose module is built with Go. */
const askTheServer = ({ code }: Snippet) => code.includes("'cdk8s-kubernetes-validation'");

/** What became of those that were run. */
const results = new Map<Snippet, Result>();

describe('the examples', () => {
  testAll(snippets.filter((snippet) => !askTheServer(snippet)));
});

describeWithModule('the examples that ask for the verdict of the API server', () => {
  testAll(snippets.filter(askTheServer));
});

function testAll(some: readonly Snippet[]): void {
  beforeAll(() => {
    resultsOf(some).forEach((result, snippet) => results.set(snippet, result));
  }, 300_000);

  test.each(some.map((snippet) => [snippet.place, snippet] as const))('%s compiles and runs', (_, snippet) => {
    expect(results.get(snippet)?.problem).toBe('');
  });

  test('no rule has anything to say against what they write', () => {
    const found = some.map((snippet) => [snippet.place, findingsIn(results.get(snippet)?.written ?? '')] as const);
    expect(found.filter(([, said]) => said !== '')).toEqual([]);
  });

  const printed = some.filter(({ manifest }) => manifest !== undefined);
  if (printed.length > 0) {
    test.each(printed.map((snippet) => [snippet.place, snippet] as const))(
      '%s writes what is printed below it',
      (_, snippet) => {
        expect(results.get(snippet)?.written).toBe(snippet.manifest);
      },
    );
  }
}

// It judges what became of the examples above, which are not run again; alone, with -t, it finds none.
describeWithOracle('the code of the API server', (ask) => {
  test('accepts what the examples write, and the pods that come of it', () => {
    const written = [...results].flatMap(([{ place }, result]) =>
      manifestsIn(result.written)
        .flatMap(withPod)
        .map((object) => ({ place, object })),
    );
    expect(written.length).toBeGreaterThan(100);

    const verdicts = ask(written);
    const said = written.map(({ place }, index) => {
      const errors = verdicts[index].findings.filter(({ level }) => level === FindingLevel.ERROR);
      return [place, ...errors.map(({ field, message }) => `${field}: ${message}`)];
    });
    expect(said.filter((each) => each.length > 1)).toEqual([]);
  });
});

test('a manifest that breaks a rule is found', () => {
  const container = '{ name: main, image: "busybox:1.37.0", command: [sleep, "3600"] }';
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [${container}] }\n`;
  expect(findingsIn(pod)).toContain('sigterm');
});

/** What the rules say against manifests; the empty string where they say nothing. */
function findingsIn(manifests: string): string {
  return withFolder((folder) => {
    const url = join(folder, 'manifests.yaml');
    writeFileSync(url, manifests);
    const app = new ManifestApp();
    new Include(new Chart(app, 'chart'), 'include', { url });
    PodChecks.of(app).checkAll();
    try {
      app.synthYaml();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  });
}

test('an example that does not compile, fails, or makes something that fails at synthesis is found', () => {
  const wrong = [
    `nobody();`,
    `throw new Error('no');`,
    `import { Sidecar } from 'cdk8s-pod-patterns';\nnew Sidecar(web, 'nginx', { container: { name: 'nginx', image: 'x' } });`,
  ].map((code) => ({ place: '', code }));
  const problems = [...resultsOf(wrong).values()].map(({ problem }) => problem);
  expect(problems[0]).toBe("Cannot find name 'nobody'.");
  expect(problems[1]).toBe('Error: no');
  expect(problems[2]).toContain('container-conflict');
});

test('every public class has an example', () => {
  const without = publicTypes().filter(({ kind, docs }) => kind === 'class' && docs?.example === undefined);
  expect(without.map(({ name }) => name)).toEqual([]);
});
