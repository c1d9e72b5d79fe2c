import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { describeWithModule } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { contentOf, project, run, withFolder } from '../support/project';
import { publicTypes, Snippet, snippetsOfDocstrings, snippetsOfPages, undeclaredNamesIn } from './snippets';

const GIVEN = join(__dirname, 'given.ts');
const OURS = ['cdk8s-pod-patterns', 'cdk8s-kubernetes-validation'];

/** Runs each example in a folder of its own, and synthesizes what it was given. */
const RUNNER = `
const { mkdirSync } = require('node:fs');
const { join } = require('node:path');
const errors = {};
for (const name of process.argv.slice(2)) {
  mkdirSync(join(__dirname, 'run', name), { recursive: true });
  process.chdir(join(__dirname, 'run', name));
  try {
    require(join(__dirname, name)).app?.synth();
  } catch (error) {
    errors[name] = String(error);
  }
}
process.stdout.write(JSON.stringify(errors));
`;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

/** The names that given.ts gives. */
const givenNames = (/return \{\s+(.*?),?\s+\};/s.exec(readFileSync(GIVEN, 'utf8'))?.[1] ?? '')
  .split(/,\s*/)
  .map((name) => name.split(':')[0]);

/** An example as a module that exports the app it was given, if it uses what is given. */
function moduleOf({ code }: Snippet): string {
  const wanted = undeclaredNamesIn(code);
  const names = givenNames.filter((name) => wanted.has(name));
  return names.length === 0
    ? code
    : `import { given } from './given';
const $given = given();
export const $app = $given.app;
const { ${names.join(', ')} } = $given;
${code}`;
}

interface Result {
  /** What the compiler says, or else what happens when it runs. */
  readonly problem: string;
  /** All that it writes to `dist/`. */
  readonly written: string;
}

function resultsOf(snippets: readonly Snippet[]): Map<Snippet, Result> {
  return withFolder((folder) => {
    for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', '@types/node', ...OURS]) {
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(name === 'cdk8s-pod-patterns' ? project : join(project, 'node_modules', name), link);
    }
    copyFileSync(GIVEN, join(folder, 'given.ts'));
    writeFileSync(join(folder, 'run.js'), RUNNER.replace('.app?.synth', '.$app?.synth'));
    const byName = new Map(snippets.map((snippet, index) => [`example${String(index)}`, snippet]));
    for (const [name, snippet] of byName) {
      writeFileSync(join(folder, `${name}.ts`), `${moduleOf(snippet)}\nexport {};\n`);
    }
    const files = [...byName.keys()].map((name) => join(folder, `${name}.ts`));
    const program = ts.createProgram([join(folder, 'given.ts'), ...files], OPTIONS);
    program.emit();
    const errors = JSON.parse(run(folder, process.execPath, ['run.js', ...byName.keys()])) as Record<string, string>;
    return new Map(
      [...byName].map(([name, snippet]) => {
        const file = program.getSourceFile(join(folder, `${name}.ts`));
        const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
        const said = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
        const written = Object.values(contentOf(join(folder, 'run', name, 'dist'))).join('');
        return [snippet, { problem: said.join('\n') || (errors[name] ?? ''), written }];
      }),
    );
  });
}

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
