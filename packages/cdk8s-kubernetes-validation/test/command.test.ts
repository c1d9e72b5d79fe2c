import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KubernetesValidationPlugin } from '../lib';
import { Outcome, run } from '../lib/command';
import { project, run as execute } from '../../../test/support/project';
import { describeWithModule } from './go';

const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };

const FILE = `# A Service, and what Helm leaves of an empty template.
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
  - port: 81
    name: b
---
# nothing
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    example.com/a.b: 1
spec:
  replicas: "2"
  selector:
    matchLabels: &labels
      app: on
---
apiVersion: example.com/v1
kind: Thing
---
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  volumes:
  - {name: g, gitRepo: {repository: r}}
  containers:
  - name: a
    image: b
    image: c
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubernetes-validation-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function runOn(text: string, ...args: string[]): Outcome {
  return run(args, () => text);
}

describeWithModule('the command', () => {
  test('says where and what is wrong, one line each, in the order of the lines', () => {
    const file = join(folder, 'web.yaml');
    writeFileSync(file, FILE);
    expect(run([file], () => '')).toEqual({
      status: 1,
      stderr: '',
      stdout: [
        `${file}:9: error: Service web: spec.ports[0].name: Required value`,
        `${file}:20: error: Deployment web: metadata.annotations[example.com/a.b]: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string`,
        `${file}:22: error: Deployment web: spec.replicas: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`,
        `${file}:25: error: Deployment web: spec.selector.matchLabels.app: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal bool into Go struct field LabelSelector.spec.selector.matchLabels of type string`,
        `${file}:27: unjudged: Thing: no verdict: this package does not judge Thing of example.com/v1`,
        `${file}:35: warning: Pod pod: spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+`,
        `${file}:39: error: Pod pod: yaml: unmarshal errors: line 39: key "image" already set in map`,
        '',
      ].join('\n'),
    });
  });

  test('reads the standard input, and writes JSON', () => {
    const { status, stdout } = runOn('{"apiVersion": "v1",\n"kind": "ConfigMap"}', '--output', 'json', '-');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      kubernetesVersion: 'v1.34.4',
      objects: 1,
      findings: [
        {
          file: 'stdin',
          line: 1,
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name: '',
          level: 'error',
          field: 'metadata.name',
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
        },
      ],
    });
  });

  const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  const CUSTOM = 'apiVersion: example.com/v1\nkind: Thing\n';
  const WARNED = FILE.slice(FILE.lastIndexOf('---')).replace('    image: c\n', '');

  test.each([
    ['what is accepted', GOOD, [], 0],
    ['what is rejected', `${GOOD}spec: {}\n`, [], 1],
    ['what cannot be judged', CUSTOM, [], 0],
    ['what cannot be judged, if that counts', CUSTOM, ['--fail-on-unjudged'], 1],
    ['what the server warns of', WARNED, [], 0],
    ['what the server warns of, if that counts', WARNED, ['--fail-on-warnings'], 1],
    ['an older version', GOOD, ['--kubernetes-version', 'v1.31.4-eks-1'], 0],
    ['what is no YAML', 'a: [', [], 1],
    ['what is no object', 'hello', [], 1],
    ['nothing', '# nothing\n---\n', [], 2],
    ['an empty file', '', [], 2],
    ['spaces, comments and line ends of Windows', ' \r\n# a\r\n---\r\n\t# b\r\n...\r\n', [], 2],
    ['an option that is not there', GOOD, ['--strict'], 2],
    ['a version that is none', GOOD, ['--kubernetes-version', 'latest'], 2],
    ['an output that is none', GOOD, ['--output', 'xml'], 2],
    ['a file that is not there', GOOD, ['/nowhere/a.yaml'], 2],
  ])('of %s', (_, text, args, status) => {
    const outcome = runOn(text, ...args);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr === '').toBe(status !== 2);
  });

  test('looks for files in a folder', () => {
    mkdirSync(join(folder, 'b/c'), { recursive: true });
    writeFileSync(join(folder, 'b/c/one.yml'), 'kind: A\n');
    writeFileSync(join(folder, 'b/two.json'), '{}');
    writeFileSync(join(folder, 'a.yaml'), GOOD);
    writeFileSync(join(folder, 'README.md'), 'no manifest');
    const { stdout } = run([folder], () => '');
    expect(stdout.split('\n').map((line) => line.slice(folder.length).split(': ')[0])).toEqual([
      '/b/c/one.yml:1',
      '/b/two.json:1',
      '/b/two.json:1',
      '',
    ]);
  });

  test('reads links in a folder, as kubectl does, and says where one leads nowhere', () => {
    mkdirSync(join(folder, 'links'));
    writeFileSync(join(folder, 'wrong.yaml'), `${GOOD}spec: {}\n`);
    symlinkSync(join(folder, 'wrong.yaml'), join(folder, 'links/wrong.yaml'));
    expect(run([join(folder, 'links')], () => '')).toMatchObject({ status: 1, stderr: '' });

    symlinkSync(join(folder, 'nowhere'), join(folder, 'links/dead.yaml'));
    expect(run([join(folder, 'links')], () => '')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('links/dead.yaml') as string,
    });
  });

  test('takes no more of a file of gigabytes than it looks at', () => {
    const file = join(folder, 'large.yaml');
    writeFileSync(file, GOOD);
    truncateSync(file, 5 * 2 ** 30);
    expect(run([file], () => '')).toEqual({
      status: 2,
      stdout: '',
      stderr: `cdk8s-kubernetes-validation: ${file} has more than the 67108864 bytes that are looked at; split it\n`,
    });
  });

  test('survives a document that is larger than any object, line by line and as a whole', () => {
    expect(runOn('\n'.repeat(3_000_000))).toMatchObject({ status: 2 });
    const { status, stdout } = runOn(`${GOOD}data: {a: ${'x'.repeat(3_200_000)}}`);
    expect(status).toBe(1);
    expect(stdout).toBe('stdin:1: error: ConfigMap a: Request entity too large: limit is 3145728\n');
    expect(runOn(`# deep\n---\n${GOOD}data: ${'['.repeat(9_000)}`).stdout).toMatch(/^stdin:[2-9]: error: /);
  });

  test('writes a finding in one line, whatever the names in it', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a\nb\u001b[2J' } });
    const { stdout } = runOn(text);
    expect(stdout).toMatch(/^stdin:1: error: ConfigMap a\\x0ab\\x1b\[2J: metadata\.name: .*\n$/);
  });

  test('judges each item of a List, also of one in a List, at its own line', () => {
    const list = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec:
    ports: []
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: right}
- apiVersion: example.com/v1
  kind: Thing
- apiVersion: v1
  kind: List
  items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: s}
    data:
      a: "?"
- just text
`;
    const { status, stdout } = runOn(list);
    expect(stdout).toBe(
      [
        'stdin:8: error: List: items[0].spec.ports: Required value',
        'stdin:12: unjudged: List: items[2]: no verdict: this package does not judge Thing of example.com/v1',
        'stdin:21: error: List: items[3].items[0].data.a: Secret in version "v1" cannot be handled as a Secret: illegal ' +
          'base64 data at input byte 0',
        'stdin:22: error: List: items[4]: not an object: the manifest is "just text"',
        '',
      ].join('\n'),
    );
    expect(status).toBe(1);
    const listed = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: right}}\n`;
    expect(runOn(listed)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('reads YAML as kubectl does: 1.1, with anchors and merges, and Windows line ends', () => {
    const text = [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: pod}',
      'x: &x {name: a, image: b}',
      'spec:',
      '  hostNetwork: on',
      '  terminationGracePeriodSeconds: 0x10',
      '  containers: [{<<: *x, tty: yes}]',
      '  volumes: [{name: v, secret: {secretName: s, defaultMode: 0644}}]',
    ].join('\r\n');
    expect(runOn(`\uFEFF---\r\n${text}\r\n`).stdout).toBe(
      'stdin:5: error: Pod pod: x: strict decoding error: unknown field "x"\n',
    );
  });
});

describeWithModule('the command of the package as it is packed', () => {
  const packageFolder = join(__dirname, '..');

  test('has a version that says that of Kubernetes, also where the README gives it', () => {
    const [minor] = /(?<=^v1\.)\d+/.exec(run(['--version'], () => '').stdout) ?? [];
    expect(version).toMatch(new RegExp(`^0\\.${minor}\\.\\d+$`));
    const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
    expect(readme).toContain(`    version: ${version}\n`);
    expect(readme).toContain(`This version, 0.${minor}, has the code of Kubernetes 1.${minor}.`);
  });

  test('works in an empty project that has no Go', () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    execute(packageFolder, 'npm', ['run', 'bundle']);
    const options = ['--ignore-scripts', '--json', '--pack-destination', folder];
    const [{ filename, files }] = JSON.parse(execute(packageFolder, 'npm', ['pack', ...options])) as [
      { filename: string; files: { path: string }[] },
    ];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['.jsii', 'LICENSE', 'README.md', 'build/bin.js', 'wasm/kubernetes.wasm.br']),
    );
    expect(paths.filter((path) => /^(go|lib|test|native)\//.test(path))).toEqual([]);

    const peers = ['cdk8s', 'constructs'].map((name) => join(project, 'node_modules', name));
    const install = ['install', '--omit=dev', '--offline', '--install-links', join(folder, filename), ...peers];
    execute(folder, 'npm', install);
    const command = join(folder, 'node_modules/.bin/cdk8s-kubernetes-validation');
    writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n');
    const env = { PATH: dirname(process.execPath) };
    const { stdout, stderr, status } = spawnSync(command, ['a.yaml'], { cwd: folder, encoding: 'utf8', env });
    expect([stdout, stderr, status]).toEqual(['a.yaml:1: error: Service a: spec.ports: Required value\n', '', 1]);

    writeFileSync(
      join(folder, 'main.js'),
      `const { ApiObject, App, Chart } = require('cdk8s');
       const { KubernetesValidation, KubernetesValidationPlugin } = require('cdk8s-kubernetes-validation');
       const app = new App();
       new ApiObject(new Chart(app, 'chart'), 'web', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } });
       KubernetesValidation.of(app).checkAll();
       new KubernetesValidationPlugin();
       app.synth();`,
    );
    const synthesis = spawnSync(process.execPath, ['main.js'], { cwd: folder, encoding: 'utf8', env });
    expect(synthesis.stderr).toContain('[chart/web] kube-apiserver: spec.ports: Required value');
  }, 120_000);
});

test.each([
  [{ version: 'latest' }, 'validations: version is "latest"; write it in quotes, for instance "1.31"'],
  [{ version: 1.31 }, 'validations: version is 1.31; write it in quotes, for instance "1.31"'],
  [{ failOnWarnings: 'false' }, 'validations: failOnWarnings is "false"; write true or false, without quotes'],
  [{ failOnUnjudged: 1 }, 'validations: failOnUnjudged is 1; write true or false, without quotes'],
])('the plugin of cdk8s-cli says at once that properties are wrong: %j', (properties, message) => {
  expect(() => new KubernetesValidationPlugin(properties as object)).toThrow(new Error(message));
});

describeWithModule('the validation plugin of cdk8s-cli', () => {
  const packageFolder = join(__dirname, '..');

  /** Runs `cdk8s synth` on an app that writes a Service. */
  function synth(spec: object, properties?: object): { output: string; status: number | null } {
    return synthObject({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec }, properties);
  }

  function synthObject(manifest: object, properties?: object): { output: string; status: number | null } {
    symlinkSync(join(packageFolder, '../../node_modules'), join(folder, 'node_modules'));
    writeFileSync(
      join(folder, 'main.js'),
      `const { ApiObject, App, Chart } = require('cdk8s');
       const app = new App();
       new ApiObject(new Chart(app, 'chart'), 'web', ${JSON.stringify(manifest)});
       app.synth();`,
    );
    const validation = {
      package: './node_modules/cdk8s-kubernetes-validation',
      version,
      class: 'KubernetesValidationPlugin',
    };
    const config = { language: 'typescript', app: 'node main.js', validations: [{ ...validation, properties }] };
    writeFileSync(join(folder, 'cdk8s.yaml'), JSON.stringify(config));
    const { stdout, stderr, status } = spawnSync(join(folder, 'node_modules/.bin/cdk8s'), ['synth'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
    });
    return { output: stdout + stderr, status };
  }

  test('reports what the API server would say, with the path of the construct', () => {
    const { output, status } = synth({ ports: [{ port: 80 }, { port: 81, name: 'b' }] });
    expect(output).toContain('error: spec.ports[0].name (FieldValueRequired) (1 occurrences)');
    expect(output).toContain('Construct Path: chart/web');
    expect(output).toContain('> spec.ports[0].name (line 7)');
    expect(output).toContain('Recommendation: Required value');
    expect(output).toContain('v1.34.4');
    expect(status).not.toBe(0);
  }, 60_000);

  test('lets pass what it would accept', () => {
    expect(synth({ ports: [{ port: 80 }] }, { version: '1.31' }).status).toBe(0);
  }, 60_000);

  test('judges each item of a List', () => {
    const item = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [] } };
    const { output, status } = synthObject({ apiVersion: 'v1', kind: 'List', metadata: {}, items: [item] });
    expect(output).toContain('error: items[0].spec.ports (FieldValueRequired) (1 occurrences)');
    expect(output).toContain('Construct Path: chart/web');
    expect(status).not.toBe(0);
  }, 60_000);

  test('says that a property is none', () => {
    const { output, status } = synth({ ports: [{ port: 80 }] }, { strict: true });
    expect(output).toContain('there is no property strict; there are version, failOnWarnings, failOnUnjudged');
    expect(status).not.toBe(0);
  }, 60_000);
});
