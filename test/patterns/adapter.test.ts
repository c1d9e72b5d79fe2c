import { Testing, Yaml } from 'cdk8s';
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

test('an adapter that asks over localhost adds its container and nothing else, wherever its output comes out', () => {
  for (const output of [undefined, AdapterOutput.stdout(), AdapterOutput.port(9113)]) {
    const chart = Testing.chart();

    new Adapter(deployment(chart), 'exporter', { container, output });

    expect(synthPodSpec(chart)).toStrictEqual({ containers: [{ name: 'app', image: 'nginx:1.27' }, container] });
  }
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

test.each([{ helperReadOnly: false }, { writer: VolumeWriter.HELPER }])(
  'a source that the adapter could write to is an error: %j',
  (options) => {
    expect(
      () => new Adapter(deployment(Testing.chart()), 'json', { container, source: logs.at('/logs', options) }),
    ).toThrow(
      'test/web/json: an adapter only reads its source, but volume "logs" is mounted writable; leave out "helperReadOnly" and "writer", or use a Sidecar',
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
