import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { contentOf, project, run, withFolder } from '../support/project';
import { Snippet, undeclaredNamesIn } from './snippets';

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

/** What became of an example. */
export interface Result {
  /** What the compiler says, or else what happens when it runs. */
  readonly problem: string;
  /** All that it writes to `dist/`. */
  readonly written: string;
}

/** Compiles and runs examples: one compilation and one process for all of them. */
export function resultsOf(snippets: readonly Snippet[]): Map<Snippet, Result> {
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
