import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentOf, filesIn, project, run, runTool, withFolder } from '../support/project';

/** The text of the first code block in a language. */
function firstBlock(markdown: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(markdown);
  if (!block) {
    throw new Error(`README.md has no \`\`\`${language} block`);
  }
  return block[1];
}

const readme = readFileSync(join(project, 'README.md'), 'utf8');
const example = firstBlock(readme, 'ts');
const manifest = firstBlock(readme.slice(readme.indexOf(example)), 'yaml');

/** Packs the library as it was last built. */
function pack(folder: string): { filename: string; files: { path: string }[]; bundled: string[] } {
  const printed = run(project, 'npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [packed] = JSON.parse(printed) as [ReturnType<typeof pack>];
  return packed;
}

/** Makes a project in a folder, with the library installed as users do, and calls a function with it. */
function inProject(use: (folder: string) => void): void {
  withFolder((folder) => {
    const { filename } = pack(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    // The peers come from this project's node_modules, copied: the registry is not asked, and the versions are ours.
    const peers = ['cdk8s', 'cdk8s-plus-28', 'constructs'].map((name) => join(project, 'node_modules', name));
    run(folder, 'npm', ['install', '--omit=dev', '--offline', '--install-links', join(folder, filename), ...peers]);
    use(folder);
  });
}

describe('the packed library', () => {
  test('holds what a user needs, and nothing else', () => {
    const { files, bundled } = withFolder(pack);
    const ours = files.map(({ path }) => path).filter((path) => !/^node_modules\/(?:re2js|yaml)\//.test(path));
    const sources = filesIn(join(project, 'lib'));
    const built = sources
      .map((file) => `build/${file.replace(/\.ts$/, '')}`)
      .flatMap((module) => [`${module}.js`, `${module}.d.ts`, `${module}.d.ts.map`]);
    const docs = filesIn(join(project, 'docs')).map((file) => `docs/${file}`);
    expect(ours.sort()).toEqual(
      [
        '.jsii',
        'API.md',
        'CHANGELOG.md',
        'LICENSE',
        'README.ko.md',
        'README.md',
        'package.json',
        ...sources.map((file) => `lib/${file}`),
        ...built,
        ...docs,
      ].sort(),
    );
    expect(bundled).toEqual(['re2js', 'yaml']);
    expect(files).toContainEqual(expect.objectContaining({ path: 'node_modules/yaml/dist/index.js' }));
  });

  test("synthesizes the README's example in a strict TypeScript project", () => {
    inProject((folder) => {
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'src/main.ts'), example);
      const compilerOptions = {
        target: 'ES2022',
        module: 'NodeNext',
        strict: true,
        skipLibCheck: false,
        types: [],
        rootDir: 'src',
        outDir: 'out',
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
      runTool(folder, 'tsc', []);
      run(folder, process.execPath, ['out/main.js']);
      expect(contentOf(join(folder, 'dist'))).toEqual({ 'web.k8s.yaml': manifest });
    });
  }, 120_000);

  test("synthesizes the README's example in a JavaScript project", () => {
    inProject((folder) => {
      writeFileSync(join(folder, 'main.mjs'), example);
      run(folder, process.execPath, ['main.mjs']);
      expect(contentOf(join(folder, 'dist'))).toEqual({ 'web.k8s.yaml': manifest });
    });
  }, 120_000);
});
