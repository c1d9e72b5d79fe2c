import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as kplus25 from 'cdk8s-plus-25';
import * as kplus33 from 'cdk8s-plus-33';
import { k8s } from 'cdk8s-plus-28';
import { PodChecks, SharedVolume, Sidecar, VolumeShare, VolumeWriter } from '../../lib';
import { deployment, synthErrors, synthPodSpec, template } from '../support/workloads';

const container = { name: 'shipper', image: 'shipper:1' };

function volumesOf(chart: Chart, volume: SharedVolume): unknown {
  new Sidecar(deployment(chart), 's', { container, shares: [volume.at('/data')] });
  return synthPodSpec(chart).volumes;
}

test('a volume has a factory for each usual source', () => {
  expect(SharedVolume.emptyDir('v', { medium: 'Memory' }).volume).toStrictEqual({
    name: 'v',
    emptyDir: { medium: 'Memory' },
  });
  expect(SharedVolume.fromPersistentVolumeClaim('v', { claimName: 'data' }).volume).toStrictEqual({
    name: 'v',
    persistentVolumeClaim: { claimName: 'data' },
  });
  expect(SharedVolume.fromConfigMap('v', { name: 'settings' }).volume).toStrictEqual({
    name: 'v',
    configMap: { name: 'settings' },
  });
  expect(SharedVolume.fromSecret('v', { secretName: 'keys' }).volume).toStrictEqual({
    name: 'v',
    secret: { secretName: 'keys' },
  });
  expect(SharedVolume.fromHostPath('v', { path: '/var/log' }).volume).toStrictEqual({
    name: 'v',
    hostPath: { path: '/var/log' },
  });
});

describe("a volume of a StatefulSet's claim", () => {
  const database = (chart: Chart, spec: Partial<k8s.PodSpec> = {}): k8s.KubeStatefulSet =>
    new k8s.KubeStatefulSet(chart, 'db', {
      metadata: { name: 'db' },
      spec: {
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: template('db', spec),
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
      },
    });
  const data = SharedVolume.fromVolumeClaimTemplate('data').at('/var/lib/db');

  test('is mounted, and the pod declares none of that name', () => {
    const chart = Testing.chart();

    new Sidecar(database(chart), 's', { container, shares: [data] });

    expect(synthPodSpec(chart, 'StatefulSet')).toStrictEqual({
      containers: [
        { name: 'app', image: 'nginx:1.27', volumeMounts: [{ name: 'data', mountPath: '/var/lib/db' }] },
        { ...container, volumeMounts: [{ name: 'data', mountPath: '/var/lib/db', readOnly: true }] },
      ],
    });
  });

  test('is no other one of its name', () => {
    const chart = Testing.chart();

    new Sidecar(database(chart), 's', { container, shares: [SharedVolume.emptyDir('data').at('/var/lib/db')] });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/db] volume-conflict: test/db/s: the volume "data" would be {"emptyDir":{},"name":"data"}, but the pods have ' +
        "one of that name by the workload's volumeClaimTemplates; share that with SharedVolume.fromVolumeClaimTemplate, or " +
        'give this one another name',
    ]);
  });

  test('may stand in the pod template without a source', () => {
    const chart = Testing.chart();
    PodChecks.of(database(chart, { volumes: [{ name: 'data' }] })).checkAll();

    expect(synthErrors(chart)).toStrictEqual([]);
  });

  test('is not there without the claim', () => {
    const chart = Testing.chart();

    new Sidecar(deployment(chart), 's', { container, shares: [data] });

    expect(synthErrors(chart)).toStrictEqual([expect.stringContaining('volume "data" has no source')]);
  });
});

test('a share is an object of a class, so that other languages need not copy it', () => {
  expect(SharedVolume.emptyDir('v').at('/data')).toBeInstanceOf(VolumeShare);
});

describe('who is to write to what nobody can write to is an error', () => {
  const claim = (readOnly: boolean) => SharedVolume.fromPersistentVolumeClaim('v', { claimName: 'data', readOnly });
  const nfs = { name: 'v', nfs: { server: 'nfs', path: '/', readOnly: true } };
  const csi = { name: 'v', csi: { driver: 'x.example', readOnly: true } };

  test.each([
    ['a claim', claim(true)],
    ['NFS', SharedVolume.fromVolume(nfs)],
    ['a driver', SharedVolume.fromVolume(csi)],
  ])('by %s that is said to be read-only', (_, volume) => {
    expect(() => volume.at('/data')).toThrow(
      'volume "v": nobody can write to it, and VolumeWriter.MAIN is to; give VolumeWriter.NOBODY, or leave out ' +
        '"readOnly" of the volume',
    );
    expect(() => volume.at('/data', { writer: VolumeWriter.NOBODY })).not.toThrow();
  });

  test('by what is read-only anyway, where somebody is named', () => {
    const volume = SharedVolume.fromConfigMap('v', { name: 'settings' });
    expect(() => volume.at('/data', { writer: VolumeWriter.HELPER })).toThrow(
      'volume "v": nobody can write to it, and VolumeWriter.HELPER is to; give VolumeWriter.NOBODY, or another volume',
    );
    expect(() => volume.at('/data')).not.toThrow();
  });

  test('and others can be written to', () => {
    expect(() => claim(false).at('/data', { writer: VolumeWriter.BOTH })).not.toThrow();
  });
});

test.each([
  ['25', kplus25],
  ['28', kplus],
  ['33', kplus33],
])('a volume of cdk8s-plus-%s can be shared', (_, { Volume }) => {
  const chart = Testing.chart();
  const volume = Volume.fromEmptyDir(chart, 'volume', 'logs');

  expect(volumesOf(chart, SharedVolume.fromCdk8sPlus(volume))).toStrictEqual([{ name: 'logs', emptyDir: {} }]);
});

test('so can one with a claim', () => {
  const chart = Testing.chart();
  const claim = kplus.PersistentVolumeClaim.fromClaimName(chart, 'claim', 'data');
  const volume = kplus.Volume.fromPersistentVolumeClaim(chart, 'volume', claim, { name: 'data' });

  expect(volumesOf(chart, SharedVolume.fromCdk8sPlus(volume))).toStrictEqual([
    { name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: false } },
  ]);
});

describe('what no serializer could render is an error rather than a stack overflow', () => {
  const chart = Testing.chart();
  const volume = kplus.Volume.fromEmptyDir(chart, 'volume', 'logs');
  const circular: { name: string; emptyDir: object } = { name: 'v', emptyDir: {} };
  Object.assign(circular.emptyDir, { self: circular.emptyDir });

  test('for a volume of cdk8s-plus where an L1 one belongs', () => {
    expect(() => SharedVolume.fromVolume(volume)).toThrow(
      'SharedVolume.fromVolume: this is a volume of cdk8s-plus; give it to SharedVolume.fromCdk8sPlus',
    );
    expect(() => new Sidecar(deployment(Testing.chart()), 's', { container, volumes: [volume] })).toThrow(
      'test/web/s: volumes[0] is a Volume; give SharedVolume.fromCdk8sPlus(…).volume for a volume of cdk8s-plus',
    );
    expect(() => SharedVolume.fromCdk8sPlus(chart)).toThrow(
      'SharedVolume.fromCdk8sPlus: volume is a Chart; give a Volume of cdk8s-plus',
    );
  });

  test('for one inside a container', () => {
    const broken = { ...container, livenessProbe: { exec: kplus.Probe.fromTcpSocket() } } as never;
    expect(() => new Sidecar(deployment(Testing.chart()), 's', { container: broken })).toThrow(
      'test/web/s: container.livenessProbe.exec is a Probe of cdk8s-plus or another construct; give what the Kubernetes API has there',
    );
  });

  test('for values that contain themselves', () => {
    expect(() => SharedVolume.fromVolume(circular)).toThrow(
      'SharedVolume.fromVolume: volume.emptyDir.self contains itself; give it a value of its own',
    );
    const env: Record<string, unknown>[] = [{ name: 'A' }];
    env[0].value = env;
    expect(() => new Sidecar(deployment(Testing.chart()), 's', { container: { ...container, env } as never })).toThrow(
      'test/web/s: container.env[0].value contains itself; give it a value of its own',
    );
  });
});
