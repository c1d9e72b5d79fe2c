import { describeWithModule } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { Result, resultsOf } from './results';
import { publicTypes, Snippet, snippetsOfDocstrings, snippetsOfPages } from './snippets';

const snippets = [...snippetsOfPages(), ...snippetsOfDocstrings()];

/** Examples of the other package, whose module is built with Go. */
const askTheServer = ({ code }: Snippet) => code.includes("'cdk8s-kubernetes-validation'");

describe('the examples', () => {
  testAll(snippets.filter((snippet) => !askTheServer(snippet)));
});

describeWithModule('the examples that ask for the verdict of the API server', () => {
  testAll(snippets.filter(askTheServer));
});

function testAll(some: readonly Snippet[]): void {
  let results: Map<Snippet, Result>;

  beforeAll(() => {
    results = resultsOf(some);
  }, 300_000);

  test.each(some.map((snippet) => [snippet.place, snippet] as const))('%s compiles and runs', (_, snippet) => {
    expect(results.get(snippet)?.problem).toBe('');
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
}, 120_000);

test('every public class has an example', () => {
  const without = publicTypes().filter(({ kind, docs }) => kind === 'class' && docs?.example === undefined);
  expect(without.map(({ name }) => name)).toEqual([]);
});
