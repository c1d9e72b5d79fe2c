import { ApiObject, App, Chart, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  Adapter,
  Ambassador,
  AmbassadorListener,
  ConfigChange,
  ConfigFiles,
  ConfigFilesMount,
  Helper,
  Sidecar,
} from '../../lib';
import { Manifest } from '../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec, template } from '../support/workloads';

const container = { name: 'shipper', image: 'shipper:1' };
const redis: AmbassadorListener = { port: 6379, upstream: 'redis:6379' };

function sidecar(scope: k8s.KubeDeployment | k8s.KubePod | k8s.KubeJob, ...files: ConfigFilesMount[]): Sidecar {
  return new Sidecar(scope, 'shipper', { container, files });
}

function configMaps(chart: Chart): Manifest[] {
  return synthManifests(chart).filter(({ kind }) => kind === 'ConfigMap');
}

function annotationsOf(chart: Chart): unknown {
  const [{ spec }] = synthManifests(chart) as { spec: { template: { metadata: { annotations?: unknown } } } }[];
  return spec.template.metadata.annotations;
}

test('files become a ConfigMap that the helper mounts as a folder', () => {
  const chart = Testing.chart();

  sidecar(deployment(chart), ConfigFiles.of({ 'shipper.conf': 'path /logs\n' }).at('/etc/shipper'));

  expect(Yaml.stringify(...synthManifests(chart))).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - image: nginx:1.27
          name: app
        - image: shipper:1
          name: shipper
          volumeMounts:
            - mountPath: /etc/shipper
              name: shipper-config
      volumes:
        - configMap:
            name: test-web-shipper-config-c806fc25
          name: shipper-config
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: test-web-shipper-config-c806fc25
data:
  shipper.conf: |
    path /logs
`);
});

test('the ConfigMap and the volume can be named', () => {
  const chart = Testing.chart();
  const files = ConfigFiles.of({ a: '1' }, { configMapName: 'settings' });

  const { configMaps: made } = sidecar(deployment(chart), files.at('/etc/a', { volumeName: 'cfg' }));

  expect(made.map(({ name }) => name)).toStrictEqual(['settings']);
  expect(synthPodSpec(chart).volumes).toStrictEqual([{ name: 'cfg', configMap: { name: 'settings' } }]);
  expect(synthPodSpec(chart).containers?.[1].volumeMounts).toStrictEqual([{ name: 'cfg', mountPath: '/etc/a' }]);
});

test('a helper can have several folders', () => {
  const chart = Testing.chart();

  sidecar(
    deployment(chart),
    ConfigFiles.of({ a: '1' }, { configMapName: 'one' }).at('/one'),
    ConfigFiles.of({ b: '2' }, { configMapName: 'two' }).at('/two'),
  );

  expect(synthPodSpec(chart).containers?.[1].volumeMounts).toStrictEqual([
    { name: 'shipper-config', mountPath: '/one' },
    { name: 'shipper-config-2', mountPath: '/two' },
  ]);
  expect(configMaps(chart).map(({ data }) => data)).toStrictEqual([{ a: '1' }, { b: '2' }]);
});

test('every pattern takes files, and there are none where none are given', () => {
  const chart = Testing.chart();
  const files = [ConfigFiles.of({ a: '1' }).at('/etc/a')];
  const helpers: Helper[] = [
    new Sidecar(deployment(chart, 'one'), 'helper', { container, files }),
    new Adapter(deployment(chart, 'two'), 'helper', { container, files }),
    new Ambassador(deployment(chart, 'three'), 'helper', { container, listeners: [redis], files }),
    new Sidecar(deployment(chart, 'four'), 'helper', { container }),
  ];

  expect(helpers.map((helper) => helper.configMaps.length)).toStrictEqual([1, 1, 1, 0]);
});

test.each([
  ['of the workload', 'team-a', undefined],
  ['of the chart', undefined, 'team-b'],
  ['of the workload rather than of the chart', 'team-a', 'team-b'],
])('the ConfigMap is in the namespace %s', (_, namespace, chartNamespace) => {
  const chart = new Chart(Testing.app(), 'test', { namespace: chartNamespace });
  const spec = { containers: [{ name: 'app', image: 'nginx:1.27' }] };

  sidecar(new k8s.KubePod(chart, 'pod', { metadata: { namespace }, spec }), ConfigFiles.of({ a: '1' }).at('/a'));

  expect(configMaps(chart)[0].metadata?.namespace).toBe(namespace ?? chartNamespace);
});

test('a file of a name that no ConfigMap can have is an error', () => {
  const chart = Testing.chart();

  sidecar(deployment(chart), ConfigFiles.of({ 'conf.d/a': '1' }).at('/etc/a'));

  expect(synthErrors(chart)).toStrictEqual([
    expect.stringMatching(/^\[test\/web\/shipper\/config\] config-map-key: data has the key "conf.d\/a"; /),
  ]);
});

test('files have a shape', () => {
  const of = (files: unknown, options?: unknown): ConfigFiles => ConfigFiles.of(files as never, options as never);
  expect(() => of({})).toThrow(new Error('ConfigFiles.of: files is an object; give at least one file'));
  expect(() => of({ a: { b: 1 }, c: undefined }, { onChange: 'restart' })).toThrow(
    new Error(`ConfigFiles.of:
  files["a"] is an object; give a string
  files["c"] is missing; give a string
  options.onChange is "restart"; give one of ConfigChange.KEEP_RUNNING, ConfigChange.RESTART, ConfigChange.REPLACE`),
  );
  expect(() => of({ a: '' }).at(undefined as never)).toThrow(
    new Error('ConfigFiles.at: mountPath is missing; give a string'),
  );
});

describe('the same files', () => {
  test('are one ConfigMap for all helpers that get them, across charts too', () => {
    const app = Testing.app();
    const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
    const files = ConfigFiles.of({ a: '1' });

    const one = sidecar(deployment(a), files.at('/etc/one'));
    const two = sidecar(deployment(b), files.at('/etc/two'));

    expect(two.configMaps).toStrictEqual(one.configMaps);
    expect([...configMaps(a), ...configMaps(b)]).toHaveLength(1);
    expect(synthPodSpec(b).volumes).toStrictEqual([
      { name: 'shipper-config', configMap: { name: one.configMaps[0].name } },
    ]);
  });

  test('are one ConfigMap in each namespace, as a pod mounts those of its own only', () => {
    const app = Testing.app();
    const charts = ['team-a', 'team-b'].map((namespace) => new Chart(app, namespace, { namespace }));
    const files = ConfigFiles.of({ a: '1' }, { configMapName: 'settings' });

    charts.forEach((chart) => sidecar(deployment(chart), files.at('/etc/a')));

    expect(charts.flatMap(configMaps).map(({ metadata }) => metadata)).toStrictEqual([
      { name: 'settings', namespace: 'team-a' },
      { name: 'settings', namespace: 'team-b' },
    ]);
  });

  test('are one ConfigMap in each app', () => {
    const charts = [Testing.chart(), new Chart(new App(), 'test')];
    const files = ConfigFiles.of({ a: '1' });

    charts.forEach((chart) => sidecar(deployment(chart), files.at('/etc/a')));

    expect(charts.map((chart) => configMaps(chart).length)).toStrictEqual([1, 1]);
  });

  test('written twice are two ConfigMaps of different names', () => {
    const chart = Testing.chart();

    const names = ['one', 'two'].map((id) => {
      const { configMaps: made } = sidecar(deployment(chart, id), ConfigFiles.of({ a: '1' }).at('/etc/a'));
      return made[0].name;
    });

    expect(new Set(names).size).toBe(2);
    expect(configMaps(chart).map(({ metadata }) => metadata?.name)).toStrictEqual(names);
  });

  test('whose ConfigMap goes with the helper that brought it are an error for those that stay', () => {
    const chart = Testing.chart();
    const files = ConfigFiles.of({ a: '1' }, { configMapName: 'settings' });
    const one = deployment(chart, 'one');
    sidecar(one, files.at('/etc/a'));
    sidecar(deployment(chart, 'two'), files.at('/etc/a'));

    one.node.tryRemoveChild('shipper');

    expect(synthErrors(chart)).toStrictEqual([
      '[test/two] object-missing: test/two/shipper: it mounts the ConfigMap "settings" of test/one/shipper, which was ' +
        'removed; give it files of its own',
    ]);
  });

  test('get another ConfigMap when the helper that brought the first was removed before', () => {
    const chart = Testing.chart();
    const files = ConfigFiles.of({ a: '1' }, { configMapName: 'settings' });
    const one = deployment(chart, 'one');
    sidecar(one, files.at('/etc/a'));
    one.node.tryRemoveChild('shipper');

    sidecar(deployment(chart, 'two'), files.at('/etc/a'));

    expect(configMaps(chart)).toHaveLength(1);
    expect(synthErrors(chart)).toStrictEqual([]);
  });
});

describe('in the files of an ambassador', () => {
  const contentFor = (file: string, ...listeners: AmbassadorListener[]): unknown => {
    const chart = Testing.chart();
    new Ambassador(deployment(chart), 'proxy', {
      container: { name: 'proxy', image: 'proxy:1' },
      listeners,
      files: [ConfigFiles.of({ 'proxy.conf': file }).at('/etc/proxy')],
    });
    return (configMaps(chart)[0].data as Record<string, unknown>)['proxy.conf'];
  };

  test('{port} and {upstream} stand for what its listener says', () => {
    expect(contentFor('listen {port};\nproxy_pass http://{upstream}; # {port}\n', redis)).toBe(
      'listen 6379;\nproxy_pass http://redis:6379; # 6379\n',
    );
  });

  test('other braces are nothing special, and a backslash makes these literal', () => {
    const file = 'server { x {host} {PORT} { port } {"a":1} ${port} ${upstream} {{port}} {{ port }} {port }\\{other}';
    expect(contentFor(`${file} \\{port} \\\\{upstream} $\\{port}`, redis)).toBe(`${file} {port} \\{upstream} \${port}`);
  });

  test('what the values hold is text, not a pattern', () => {
    expect(contentFor('{upstream}', { ...redis, upstream: '$& $1 {port}' })).toBe('$& $1 {port}');
  });

  test('a placeholder that could be any of several listeners is an error, one for which they agree is none', () => {
    const dns = { port: 6379, upstream: 'dns:53' };
    expect(() => contentFor('{upstream} {port}', redis, { port: 53, upstream: 'dns:53' })).toThrow(
      'test/web/proxy: {upstream} in its files could be any of "redis:6379", "dns:53", as it has several listeners; ' +
        'write the one that is meant, or \\{upstream} for these very characters',
    );
    expect(contentFor('no {other} \\{port}', redis, { port: 53, upstream: 'dns:53' })).toBe('no {other} {port}');
    expect(contentFor('{port}', redis, { ...dns, protocol: 'UDP' as never })).toBe('6379');
  });

  test('the same files are one ConfigMap only if the same stands in them', () => {
    const chart = Testing.chart();
    const files = ConfigFiles.of({ a: 'listen {port}', b: 'nothing' });
    const add = (id: string, port: number) =>
      new Ambassador(deployment(chart, id), 'proxy', {
        container: { name: 'proxy', image: 'proxy:1' },
        listeners: [{ ...redis, port }],
        files: [files.at('/etc/proxy')],
      });
    add('one', 6379);
    add('two', 6379);

    expect(configMaps(chart)).toHaveLength(1);
    expect(() => add('three', 6380)).toThrow(
      'test/three/proxy: cannot share the files of test/one/proxy: with what their listeners say in it, "a" differ; ' +
        'give each ConfigFiles of its own',
    );
  });

  test('and of no other pattern: a sidecar has its files as they are', () => {
    const chart = Testing.chart();
    sidecar(deployment(chart), ConfigFiles.of({ a: '{port} \\{port}' }).at('/etc/a'));
    expect(configMaps(chart)[0].data).toStrictEqual({ a: '{port} \\{port}' });
  });
});

describe('when the files change', () => {
  const withFiles = (content: string, onChange?: ConfigChange, configMapName?: string): Chart => {
    const chart = Testing.chart();
    sidecar(deployment(chart), ConfigFiles.of({ a: content }, { onChange, configMapName }).at('/etc/a'));
    return chart;
  };

  test('nothing else does, by default', () => {
    const [before, after] = ['1', '2'].map((content) => synthManifests(withFiles(content)));
    expect(after[0]).toStrictEqual(before[0]);
    expect(after[1]).toStrictEqual({ ...before[1], data: { a: '2' } });
  });

  test('so does the checksum on the pod template, which restarts the pods', () => {
    const [one, two] = ['1', '2'].map((content) => annotationsOf(withFiles(content, ConfigChange.RESTART)));
    expect(one).toStrictEqual({
      'checksum/shipper-config': '57bfe7a5665fd3e5b7872b4dc4b0752144714ed463048a8448c04a15e4596dba',
    });
    expect(two).not.toEqual(one);
  });

  test('the checksum does not depend on the order of the files, and stands beside the annotations that are there', () => {
    const checksum = (files: Record<string, string>) => {
      const chart = Testing.chart();
      const web = new k8s.KubeDeployment(chart, 'web', {
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: { ...template(), metadata: { labels: { app: 'web' }, annotations: { z: '1', a: '2' } } },
        },
      });
      sidecar(web, ConfigFiles.of(files, { onChange: ConfigChange.RESTART }).at('/etc/a'));
      return annotationsOf(chart) as Record<string, string>;
    };
    const annotations = checksum({ a: '1', b: '2' });
    expect(Object.keys(annotations)).toStrictEqual(['a', 'checksum/shipper-config', 'z']);
    expect(checksum({ b: '2', a: '1' })).toStrictEqual(annotations);
  });

  test('an annotation that is there with another value is an error', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    web.addJsonPatch({
      _toJson: () => ({
        op: 'add',
        path: '/spec/template/metadata/annotations',
        value: { 'checksum/shipper-config': 'x' },
      }),
    } as never);
    sidecar(web, ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/a'));

    expect(synthErrors(chart)).toStrictEqual([
      expect.stringMatching(
        /^\[test\/web\] annotation-conflict: test\/web\/shipper: the pod already has the annotation "checksum\/shipper-config": "x", where "[0-9a-f]{64}" would be; remove it, or name the volume of the files otherwise$/,
      ),
    ]);
  });

  test('an annotation of the same helper with another value is an error', () => {
    const chart = Testing.chart();
    const files = [ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/shipper')];
    new Sidecar(deployment(chart), 'shipper', {
      container,
      files,
      podAnnotations: { 'checksum/shipper-config': 'x' },
    });

    expect(synthErrors(chart)).toStrictEqual([
      expect.stringMatching(/annotation-conflict: .*"checksum\/shipper-config": "x", where "[0-9a-f]{64}" would be/),
    ]);
  });

  test('a Job and a Pod get no checksum, as their pods are never replaced', () => {
    const files = ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/a');
    const chart = Testing.chart();
    const spec = { containers: [{ name: 'app', image: 'a:1' }], restartPolicy: 'Never' };
    sidecar(new k8s.KubePod(chart, 'pod', { spec }), files);
    const job = new k8s.KubeJob(chart, 'job', { spec: { template: { spec } } });
    new Sidecar(job, 'shipper', { container: { ...container, restartPolicy: 'Always' }, files: [files] });

    expect(JSON.stringify(synthManifests(chart))).not.toContain('checksum');
    expect(synthErrors(chart)).toStrictEqual([]);
  });

  test('a Job of another group gets one, like any custom resource', () => {
    const chart = Testing.chart();
    const job = new ApiObject(chart, 'job', {
      apiVersion: 'batch.example.org/v1',
      kind: 'Job',
      ...{ spec: { template: template() } },
    });
    const files = ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/a');
    new Sidecar(job, 'shipper', { container, files: [files] });

    expect(annotationsOf(chart)).toMatchObject({ 'checksum/shipper-config': expect.any(String) as string });
  });

  test('a Job has a ConfigMap of a name that stays, beside the one of a Deployment with the same files', () => {
    const files = ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.REPLACE, configMapName: 'settings' }).at('/a');
    const chart = Testing.chart();
    const spec = { containers: [{ name: 'app', image: 'a:1' }], restartPolicy: 'Never' };
    sidecar(deployment(chart), files);
    const job = new k8s.KubeJob(chart, 'job', { spec: { template: { spec } } });
    new Sidecar(job, 'shipper', { container: { ...container, restartPolicy: 'Always' }, files: [files] });

    expect(configMaps(chart).map(({ metadata, immutable }) => [metadata?.name, immutable])).toStrictEqual([
      [expect.stringMatching(/^settings-[0-9a-f]{10}$/), true],
      ['settings', undefined],
    ]);
  });

  test.each([undefined, 'settings'])('so does the name of an immutable ConfigMap (%p)', (configMapName) => {
    const replaced = (content: string) => {
      const chart = withFiles(content, ConfigChange.REPLACE, configMapName);
      const [{ metadata, immutable }] = configMaps(chart) as (Manifest & { immutable?: boolean })[];
      expect(immutable).toBe(true);
      expect(synthPodSpec(chart).volumes).toStrictEqual([
        { name: 'shipper-config', configMap: { name: metadata?.name } },
      ]);
      expect(annotationsOf(chart)).toBeUndefined();
      return metadata?.name;
    };

    expect(replaced('1')).toBe(replaced('1'));
    expect(replaced('2')).not.toBe(replaced('1'));
    expect(replaced('1')).toMatch(
      configMapName === undefined ? /^test-web-shipper-config-[0-9a-f]{10}-[0-9a-f]{8}$/ : /^settings-[0-9a-f]{10}$/,
    );
  });
});

describe('files that come from a language without an order of maps', () => {
  const before = process.env.JSII_AGENT;
  afterEach(() => {
    if (before === undefined) {
      delete process.env.JSII_AGENT;
    } else {
      process.env.JSII_AGENT = before;
    }
  });

  test.each([
    [undefined, ['b', 'a', 'c']],
    ['Python/3.13.1', ['b', 'a', 'c']],
    ['Java/21.0.5', ['a', 'b', 'c']],
    ['DotNet/8.0.11', ['a', 'b', 'c']],
    ['go1.24/linux/amd64', ['a', 'b', 'c']],
  ])('stand by name, others as given (%p)', (agent, order) => {
    if (agent !== undefined) {
      process.env.JSII_AGENT = agent;
    }
    expect(Object.keys(ConfigFiles.of({ b: '', a: '', c: '' }).files)).toStrictEqual(order);
  });
});
