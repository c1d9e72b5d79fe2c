import { Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Adapter, AdapterOutput, SharedVolume, VolumeWriter } from '../../lib';
import { deployment, synthPodSpec } from '../support/workloads';

const container = { name: 'json', image: 'busybox', command: ['awk', '{ print }'] };
const logs = SharedVolume.emptyDir('logs');

test('an adapter reads what the main container writes', () => {
  const chart = Testing.chart();

  new Adapter(deployment(chart), 'json', { container, source: logs.at('/var/log/app', { helperPath: '/in' }) });

  expect(Yaml.stringify(synthPodSpec(chart))).toBe(`containers:
  - image: nginx:1.27
    name: app
    volumeMounts:
      - mountPath: /var/log/app
        name: logs
  - command:
      - awk
      - "{ print }"
    image: busybox
    name: json
    volumeMounts:
      - mountPath: /in
        name: logs
        readOnly: true
volumes:
  - emptyDir: {}
    name: logs
`);
});

test('an adapter that asks over localhost adds its container and nothing else, with its output on stdout', () => {
  for (const output of [undefined, AdapterOutput.stdout()]) {
    const chart = Testing.chart();

    new Adapter(deployment(chart), 'exporter', { container, output });

    expect(synthPodSpec(chart)).toStrictEqual({ containers: [{ name: 'app', image: 'nginx:1.27' }, container] });
  }
});

describe('an adapter whose output is a port declares it', () => {
  const portsOf = (ports?: k8s.ContainerPort[]) => {
    const chart = Testing.chart();
    new Adapter(deployment(chart), 'exporter', {
      container: { ...container, ports },
      output: AdapterOutput.port(9113),
    });
    return synthPodSpec(chart).containers?.[1].ports;
  };

  test('where its container does not', () => {
    expect(portsOf()).toStrictEqual([{ containerPort: 9113 }]);
    expect(portsOf([{ containerPort: 80 }, { containerPort: 9113, protocol: 'UDP' }])).toStrictEqual([
      { containerPort: 80 },
      { containerPort: 9113, protocol: 'UDP' },
      { containerPort: 9113 },
    ]);
  });

  test('and leaves it as it is where its container does', () => {
    for (const port of [{ containerPort: 9113 }, { containerPort: 9113, protocol: 'TCP', name: 'metrics' }]) {
      expect(portsOf([port])).toStrictEqual([port]);
    }
  });
});

test('an adapter has volumes of its own besides its source', () => {
  const chart = Testing.chart();

  new Adapter(deployment(chart), 'json', {
    container: { ...container, volumeMounts: [{ name: 'rules', mountPath: '/etc/rules' }] },
    source: logs.at('/logs'),
    volumes: [{ name: 'rules', configMap: { name: 'rules' } }],
  });

  const spec = synthPodSpec(chart);
  expect(spec.volumes).toStrictEqual([
    { name: 'rules', configMap: { name: 'rules' } },
    { name: 'logs', emptyDir: {} },
  ]);
  expect(spec.containers?.[1].volumeMounts).toStrictEqual([
    { name: 'rules', mountPath: '/etc/rules' },
    { name: 'logs', mountPath: '/logs', readOnly: true },
  ]);
});

test.each([{ writer: VolumeWriter.BOTH }, { writer: VolumeWriter.HELPER }])(
  'a source that the adapter could write to is an error: %j',
  (options) => {
    expect(
      () => new Adapter(deployment(Testing.chart()), 'json', { container, source: logs.at('/logs', options) }),
    ).toThrow(
      'test/web/json: an adapter only reads its source, but volume "logs" is mounted writable; leave out "writer", or use a Sidecar',
    );
  },
);

test.each([0, 70000, 80.5])('output port %p is an error', (port) => {
  expect(() => AdapterOutput.port(port)).toThrow(
    `AdapterOutput.port: port is ${port}; give a whole number from 1 to 65535`,
  );
});

test('the port of an output can be read back', () => {
  expect(AdapterOutput.port(9113).portNumber).toBe(9113);
  expect(AdapterOutput.stdout().portNumber).toBeUndefined();
});
