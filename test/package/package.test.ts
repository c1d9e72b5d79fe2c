import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { contentOf, filesIn, project, run, runTool } from '../support/project';

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

describe('the packed library', () => {
  let folder: string;
  let packed: ReturnType<typeof pack>;

  // Once for all, in a project without development dependencies.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'user-'));
    packed = pack(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    // The peers come from this project's node_modules, copied: the registry is not asked, and the versions are ours.
    const peers = ['cdk8s', 'cdk8s-plus-28', 'constructs'].map((name) => join(project, 'node_modules', name));
    run(folder, 'npm', [
      'install',
      '--omit=dev',
      '--offline',
      '--install-links',
      join(folder, packed.filename),
      ...peers,
    ]);
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
  });

  test('holds what a user needs, and nothing else', () => {
    const { files, bundled } = packed;
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

  test.each([
    ['CommonJS', 'Node10', 'cts'],
    ['Node16', 'Node16', 'cts'],
    ['NodeNext', 'NodeNext', 'mts'],
    ['ESNext', 'Bundler', 'mts'],
  ])(
    "synthesizes the README's example in a strict TypeScript project: module %s, resolution %s",
    (...options) => {
      const [module, moduleResolution, extension] = options;
      const skipLibCheck = moduleResolution !== 'NodeNext'; // once is enough
      const compilerOptions = {
        target: 'ES2022',
        module,
        moduleResolution,
        strict: true,
        skipLibCheck,
        types: [],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`main.${extension}`] }));
      writeFileSync(join(folder, `main.${extension}`), example);
      runTool(folder, 'tsc', []);
      run(folder, process.execPath, [`main.${extension.replace('ts', 'js')}`]);
      expect(contentOf(join(folder, 'dist'))).toEqual({ 'web.k8s.yaml': manifest });
    },
    120_000,
  );

  test("synthesizes the README's example in a JavaScript project", () => {
    writeFileSync(join(folder, 'javascript.mjs'), example);
    run(folder, process.execPath, ['javascript.mjs']);
    expect(contentOf(join(folder, 'dist'))).toEqual({ 'web.k8s.yaml': manifest });
  });

  test('is enough for another package to define a ready-made helper, as its page says, and for a user of that', () => {
    const page = readFileSync(join(project, 'docs/ready-made/write-your-own.md'), 'utf8');
    const [definition, use] = firstBlock(page, 'ts').split(/^(?=new TlsAmbassador)/m);
    const other = join(folder, 'node_modules/@other/tls-ambassador');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'package.json'), '{ "name": "@other/tls-ambassador", "version": "1.0.0" }');
    writeFileSync(join(other, 'index.ts'), definition);
    const compilerOptions = { target: 'ES2022', module: 'Node16', strict: true, declaration: true, types: [] };
    writeFileSync(join(other, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['index.ts'] }));
    runTool(other, 'tsc', []);
    rmSync(join(other, 'index.ts'));
    writeFileSync(join(folder, 'user.cts'), USER.replace('// use', use));
    const options = { ...compilerOptions, declaration: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['user.cts'] }));
    runTool(folder, 'tsc', []);

    run(folder, process.execPath, ['user.cjs']);

    const [deployment, ...others] = parseAllDocuments(readFileSync(join(folder, 'dist/web.k8s.yaml'), 'utf8')).map(
      (document) => document.toJS() as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } },
    );
    const [main, helper] = deployment.spec.template.spec.containers;
    expect(main.env).toEqual([{ name: 'REDIS_URL', value: 'redis://localhost:6379/0' }]);
    expect(helper).toMatchObject({
      image: 'registry.example/nginxinc/nginx-unprivileged:1.30.4',
      ports: [{ containerPort: 6379 }],
      securityContext: { runAsNonRoot: true, runAsUser: 101, readOnlyRootFilesystem: true },
    });
    expect(others).toMatchObject([
      {
        kind: 'ConfigMap',
        immutable: true,
        data: {
          'nginx.conf': expect.stringMatching(/listen 127\.0\.0\.1:6379;\s+proxy_pass redis\.example:6380;/) as string,
        },
      },
    ]);
    expect(readFileSync(join(folder, 'refusal.txt'), 'utf8')).toBe(`web/web/wrong: no nginx.conf can be made:
  lissen is no property; did you mean listen?
  host is "redis_example"; give the DNS name that the server's certificate is for
  port is 70000; give a whole number from 1 to 65535
  "image" is that of the ready-made container, but "container" is given; say it there`);
  });

  test('keeps its rooms to itself, and shows what tools ask for', () => {
    const load = (path: string) => run(folder, process.execPath, ['-p', `require.resolve(${JSON.stringify(path)})`]);
    expect(() => load('cdk8s-pod-patterns/build/weaving/weave')).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
    expect(load('cdk8s-pod-patterns/package.json')).toContain('package.json');
    expect(load('cdk8s-pod-patterns/.jsii')).toContain('.jsii');
  });

  test('has the source that each of its types leads to', () => {
    const installed = join(folder, 'node_modules/cdk8s-pod-patterns');
    const maps = packed.files
      .map(({ path }) => path)
      .filter((path) => path.startsWith('build/') && path.endsWith('.map'));
    const sources = maps.flatMap((path) => {
      const map = JSON.parse(readFileSync(join(installed, path), 'utf8')) as { sources: string[] };
      return map.sources.map((source) => join(installed, dirname(path), source));
    });
    expect(sources).toHaveLength(filesIn(join(project, 'lib')).length);
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
  });

  test('has no link on its pages that leads nowhere', () => {
    const installed = join(folder, 'node_modules/cdk8s-pod-patterns');
    const pages = packed.files.map(({ path }) => path).filter((path) => /^[^/]*\.md$|^docs\/.*\.md$/.test(path));
    const dead = pages.flatMap((page) =>
      [...readFileSync(join(installed, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link]) => link)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => !leadsSomewhere(join(installed, page), link))
        .map((link) => `${page}: ${link}`),
    );
    expect(pages).toContain('README.md');
    expect(dead).toEqual([]);
  });
});

/** An app of somebody who has installed the package of the page, and says something wrong besides. */
const USER = `
import { TlsAmbassador } from '@other/tls-ambassador';
import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ImageRegistry, ManifestApp } from 'cdk8s-pod-patterns';
const { writeFileSync } = require('node:fs');

const app = new ManifestApp();
const deployment = new k8s.KubeDeployment(new Chart(app, 'web'), 'web', {
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.example/web:1.0.0' }] },
    },
  },
});
// use
ImageRegistry.target(app, 'registry.example');
const wrong = {
  host: 'redis_example', port: 70000, lissen: 6379, caSecret: 'ca', image: 'nginx', container: { name: 'tls' },
};
try {
  new TlsAmbassador(deployment, 'wrong', wrong);
} catch (error) {
  writeFileSync('refusal.txt', (error as Error).message);
}
app.synth();

declare function require(name: string): { writeFileSync(file: string, text: string): void };
`;

/** Whether a relative link of a page leads to a file, and to a heading or an anchor in it. */
function leadsSomewhere(page: string, link: string): boolean {
  const [file, anchor] = link.split('#') as [string, string | undefined];
  const target = file === '' ? page : join(dirname(page), file);
  if (!existsSync(target) || anchor === undefined) {
    return existsSync(target);
  }
  const text = readFileSync(target, 'utf8');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return headings.includes(anchor) || text.includes(`id="${anchor}"`) || text.includes(`name="${anchor}"`);
}
