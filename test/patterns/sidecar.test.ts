import { ApiObject, JsonPatch, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  Ambassador,
  ConfigFiles,
  HelperKind,
  InitOrder,
  KubernetesVersion,
  PodChecks,
  PodRules,
  SharedVolume,
  Sidecar,
  VolumeWriter,
  WaitFor,
} from '../../lib';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../support/workloads';

const shipper = { name: 'shipper', image: 'busybox' };

test('a sidecar stands behind the main container and shares a volume with it', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  new Sidecar(web, 'shipper', {
    container: { ...shipper, command: ['ship', '/logs/access.log'] },
    shares: [SharedVolume.emptyDir('logs').at('/logs')],
  });

  expect(Yaml.stringify(synthPodSpec(chart))).toBe(`containers:
  - image: nginx:1.27
    name: app
    volumeMounts:
      - mountPath: /logs
        name: logs
  - command:
      - ship
      - /logs/access.log
    image: busybox
    name: shipper
    volumeMounts:
      - mountPath: /logs
        name: logs
        readOnly: true
volumes:
  - emptyDir: {}
    name: logs
`);
});

test('a sidecar that shares nothing adds its container and nothing else', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  new Sidecar(web, 'shipper', { container: shipper });

  expect(synthPodSpec(chart)).toStrictEqual({
    containers: [{ name: 'app', image: 'nginx:1.27' }, shipper],
  });
});

test('a sidecar is what its properties were when it was made, whatever becomes of them', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  const props = { container: shipper, volumes: [{ name: 'a', emptyDir: {} }] };

  new Sidecar(web, 'shipper', props);
  props.container = { name: 'other', image: 'busybox' };
  props.volumes.push({ name: 'b', emptyDir: {} });
  new Sidecar(web, 'other', { container: props.container });

  expect(synthPodSpec(chart)).toStrictEqual({
    containers: [{ name: 'app', image: 'nginx:1.27' }, shipper, props.container],
    volumes: [{ name: 'a', emptyDir: {} }],
  });
});

test('what is added to the lists in its properties later is not of it', () => {
  const synth = (addsLater: boolean) => {
    const chart = Testing.chart();
    const web = deployment(chart);
    const listensOn = [8081];
    const props = {
      container: shipper,
      kind: HelperKind.NATIVE_SIDECAR,
      order: [InitOrder.before('other')],
      listensOn: [8080],
      podAnnotations: { a: '1' },
      restricted: { user: 1, writablePaths: ['/a'] },
    };
    new Sidecar(web, 'other', { container: { name: 'other', image: 'other:1' }, kind: props.kind, listensOn });
    new Sidecar(web, 'shipper', props);
    if (addsLater) {
      props.order.push(InitOrder.after('other'));
      props.listensOn.push(8081);
      Object.assign(props.podAnnotations, { b: '2' });
      props.restricted.writablePaths.push('/b');
    }
    return synthManifests(chart);
  };

  expect(synth(true)).toStrictEqual(synth(false));
});

test('every field of the container is in the output with its name on the wire', () => {
  const chart = Testing.chart();
  const container: k8s.Container = {
    name: 'full',
    image: 'busybox',
    args: ['a'],
    env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    livenessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(1) } },
    ports: [{ containerPort: 1, hostIp: '127.0.0.1', hostPort: 2, name: 'one' }],
    resources: { limits: { cpu: k8s.Quantity.fromString('100m') } },
    stdin: true,
    workingDir: '/w',
  };

  new Sidecar(deployment(chart), 'full', { container });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'full',
    image: 'busybox',
    args: ['a'],
    env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    livenessProbe: { tcpSocket: { port: 1 } },
    ports: [{ containerPort: 1, hostIP: '127.0.0.1', hostPort: 2, name: 'one' }],
    resources: { limits: { cpu: '100m' } },
    stdin: true,
    workingDir: '/w',
  });
});

test('fields that cdk8s-plus-28 does not know yet are kept as they were given', () => {
  const chart = Testing.chart();
  const restartPolicyRules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  const container = {
    ...shipper,
    restartPolicyRules,
    securityContext: { appArmorProfile: { type: 'RuntimeDefault' }, privileged: false },
  };

  new Sidecar(deployment(chart), 'shipper', {
    container,
    volumes: [{ name: 'i', image: { reference: 'x' } } as k8s.Volume],
  });

  const spec = synthPodSpec(chart);
  expect(spec.containers?.[1]).toStrictEqual(container);
  expect(spec.volumes).toStrictEqual([{ name: 'i', image: { reference: 'x' } }]);
});

test('they are printed in the order of all fields, and without what is undefined or null', () => {
  const chart = Testing.chart();
  const future = { z: 1, b: undefined, c: null, a: [{ e: undefined, d: 1 }] };
  const container = { ...shipper, workingDir: '/w', future, resources: { limits: { memory: '1Gi', cpu: '1' } } };

  new Sidecar(deployment(chart), 'shipper', { container: container as unknown as k8s.Container });
  PodChecks.of(chart).ignore(PodRules.UNKNOWN_FIELD, 'of a version to come');

  expect(Yaml.stringify(synthPodSpec(chart).containers?.[1])).toBe(`future:
  a:
    - d: 1
  z: 1
image: busybox
name: shipper
resources:
  limits:
    cpu: "1"
    memory: 1Gi
workingDir: /w
`);
});

describe('who writes', () => {
  const mounts = (options?: Parameters<SharedVolume['at']>[1]) => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'shipper', {
      container: shipper,
      shares: [SharedVolume.emptyDir('logs').at('/logs', options)],
    });
    return synthPodSpec(chart).containers?.map(({ volumeMounts }) => volumeMounts);
  };

  test('the helper reads by default', () => {
    expect(mounts()).toStrictEqual([
      [{ name: 'logs', mountPath: '/logs' }],
      [{ name: 'logs', mountPath: '/logs', readOnly: true }],
    ]);
  });

  test('where the helper writes, the main container reads', () => {
    expect(mounts({ writer: VolumeWriter.HELPER })).toStrictEqual([
      [{ name: 'logs', mountPath: '/logs', readOnly: true }],
      [{ name: 'logs', mountPath: '/logs' }],
    ]);
  });

  test('both can write', () => {
    expect(mounts({ writer: VolumeWriter.BOTH })).toStrictEqual([
      [{ name: 'logs', mountPath: '/logs' }],
      [{ name: 'logs', mountPath: '/logs' }],
    ]);
  });

  test('nobody can', () => {
    expect(mounts({ writer: VolumeWriter.NOBODY })).toStrictEqual([
      [{ name: 'logs', mountPath: '/logs', readOnly: true }],
      [{ name: 'logs', mountPath: '/logs', readOnly: true }],
    ]);
  });

  test('each side can mount at a path of its own', () => {
    expect(mounts({ helperPath: '/in', subPath: 'nginx' })).toStrictEqual([
      [{ name: 'logs', mountPath: '/logs', subPath: 'nginx' }],
      [{ name: 'logs', mountPath: '/in', subPath: 'nginx', readOnly: true }],
    ]);
  });
});

test('the main container can be named', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', {
    containers: [
      { name: 'app', image: 'a' },
      { name: 'db', image: 'b' },
    ],
  });

  new Sidecar(web, 'shipper', { container: shipper, main: 'db', shares: [SharedVolume.emptyDir('logs').at('/logs')] });

  expect(synthPodSpec(chart).containers).toStrictEqual([
    { name: 'app', image: 'a' },
    { name: 'db', image: 'b', volumeMounts: [{ name: 'logs', mountPath: '/logs' }] },
    { ...shipper, volumeMounts: [{ name: 'logs', mountPath: '/logs', readOnly: true }] },
  ]);
});

test('a helper can be the main container of another one, in whatever order they are attached', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  new Sidecar(web, 'viewer', {
    container: { name: 'viewer', image: 'v' },
    main: 'shipper',
    shares: [SharedVolume.emptyDir('state').at('/state')],
  });
  new Sidecar(web, 'shipper', { container: shipper });

  expect(synthPodSpec(chart).containers?.[2].volumeMounts).toStrictEqual([{ name: 'state', mountPath: '/state' }]);
});

test('the main container needs no name, as in a Knative Service', () => {
  const chart = Testing.chart();
  const service = new ApiObject(chart, 'web', {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    spec: { template: { spec: { containers: [{ image: 'nginx:1.27', ports: [{ containerPort: 8080 }] }] } } },
  });

  new Sidecar(service, 'shipper', { container: shipper, shares: [SharedVolume.emptyDir('logs').at('/logs')] });
  new WaitFor(service, 'wait-for-db', { host: 'db', port: 5432, container: { name: 'wait-for-db', image: 'busybox' } });

  const { initContainers = [], ...spec } = synthPodSpec(chart, 'Service');
  expect(Yaml.stringify(spec)).toBe(`containers:
  - image: nginx:1.27
    ports:
      - containerPort: 8080
    volumeMounts:
      - mountPath: /logs
        name: logs
  - image: busybox
    name: shipper
    volumeMounts:
      - mountPath: /logs
        name: logs
        readOnly: true
volumes:
  - emptyDir: {}
    name: logs
`);
  expect(initContainers).toMatchObject([{ name: 'wait-for-db', image: 'busybox', args: ['db', '5432', '300', '2'] }]);
});

test('a helper needs a main container, whether it wires it or not', () => {
  const chart = Testing.chart();
  const shares = [SharedVolume.emptyDir('logs').at('/logs')];
  new WaitFor(deployment(chart), 'wait-for-db', { host: 'db', port: 5432 });
  new Sidecar(deployment(chart, 'one', { containers: [] }), 'shipper', { container: shipper });
  new Sidecar(deployment(chart, 'two', { containers: [] }), 'shipper', { container: shipper, shares });

  expect(synthErrors(chart)).toStrictEqual(
    ['one', 'two'].map(
      (id) =>
        `[test/${id}] main-container: test/${id}/shipper: the workload has no container of its own that could be helped; add one`,
    ),
  );
});

describe('a pattern that is removed from the construct tree', () => {
  test('leaves nothing behind', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    const before = Testing.synth(chart);
    new Ambassador(web, 'proxy', {
      container: { name: 'proxy', image: 'proxy:1' },
      listeners: [{ port: 6379, upstream: 'redis:6379', env: { REDIS_PORT: '{port}' } }],
      files: [ConfigFiles.of({ 'proxy.conf': 'listen 6379\n' }, { configMapName: 'proxy' }).at('/etc/proxy')],
    });
    expect(synthManifests(chart)).toHaveLength(2);

    expect(web.node.tryRemoveChild('proxy')).toBe(true);

    expect(Testing.synth(chart)).toStrictEqual(before);
  });

  test('gives way to another one of its id', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new Sidecar(web, 'shipper', { container: { name: 'old', image: 'x' } });
    web.node.tryRemoveChild('shipper');
    new Sidecar(web, 'shipper', { container: shipper });

    expect(synthPodSpec(chart).containers).toStrictEqual([{ name: 'app', image: 'nginx:1.27' }, shipper]);
  });
});

test('two sidecars can share one volume with the main container', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  const logs = SharedVolume.emptyDir('logs');

  new Sidecar(web, 'one', { container: { name: 'one', image: 'x' }, shares: [logs.at('/logs')] });
  new Sidecar(web, 'two', { container: { name: 'two', image: 'x' }, shares: [logs.at('/logs')] });

  const spec = synthPodSpec(chart);
  expect(spec.volumes).toStrictEqual([{ name: 'logs', emptyDir: {} }]);
  expect(spec.containers?.[0].volumeMounts).toStrictEqual([{ name: 'logs', mountPath: '/logs' }]);
});

test('a volume or mount that the workload has already is fine when it is the same', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', {
    containers: [{ name: 'app', image: 'a', volumeMounts: [{ name: 'logs', mountPath: '/logs', readOnly: false }] }],
    volumes: [{ name: 'logs', emptyDir: {} }],
  });

  new Sidecar(web, 'shipper', { container: shipper, shares: [SharedVolume.emptyDir('logs').at('/logs')] });

  const spec = synthPodSpec(chart);
  expect(spec.volumes).toHaveLength(1);
  expect(spec.containers?.[0].volumeMounts).toStrictEqual([{ name: 'logs', mountPath: '/logs', readOnly: false }]);
});

describe('a clash is an error that names the construct, the offender and the remedy', () => {
  test('a container of the same name', () => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'shipper', { container: { name: 'app', image: 'x' } });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] container-conflict: test/web/shipper: the pod already has a container "app"; it has "app": give the helper another name',
    ]);
  });

  test('another volume of the same name', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { volumes: [{ name: 'logs', emptyDir: { medium: 'Memory' } }] });
    new Sidecar(web, 'shipper', { container: shipper, shares: [SharedVolume.emptyDir('logs').at('/logs')] });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] volume-conflict: test/web/shipper: the pod already has another volume "logs": it is {"emptyDir":{"medium":"Memory"},"name":"logs"}, this one would be {"emptyDir":{},"name":"logs"}; give one of them another name',
    ]);
  });

  test('another mount at the same path, of the main container or the helper', () => {
    const chart = Testing.chart();
    const mounted = { volumeMounts: [{ name: 'other', mountPath: '/logs' }] };
    const web = deployment(chart, 'web', {
      containers: [{ name: 'app', image: 'a', ...mounted }],
      volumes: [{ name: 'other', emptyDir: {} }],
    });
    new Sidecar(web, 'shipper', {
      container: { ...shipper, ...mounted },
      shares: [SharedVolume.emptyDir('logs').at('/logs')],
    });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] mount-conflict: test/web/shipper: container "shipper" already mounts {"mountPath":"/logs","name":"other"} at "/logs", where {"mountPath":"/logs","name":"logs","readOnly":true} would be; mount it at another path',
      '[test/web] mount-conflict: test/web/shipper: container "app" already mounts {"mountPath":"/logs","name":"other"} at "/logs", where {"mountPath":"/logs","name":"logs"} would be; mount it at another path',
    ]);
  });

  test.each(['shipper', 'nginx'])('a main container that is the helper itself, or is not there: %s', (main) => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'shipper', { container: shipper, main });

    expect(synthErrors(chart)).toStrictEqual([
      `[test/web] main-container: test/web/shipper: there is no container "${main}" to help; the pod has "app": name one of them in "main"`,
    ]);
  });

  test('containers without names are told by their place', () => {
    const chart = Testing.chart();
    const service = new ApiObject(chart, 'web', {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      spec: { template: { spec: { containers: [{ volumeMounts: [{ name: 'other', mountPath: '/logs' }] }] } } },
    });
    const shares = [SharedVolume.emptyDir('logs').at('/logs')];
    new Sidecar(service, 'one', { container: { name: 'one', image: 'x' }, shares });
    new Sidecar(service, 'two', { container: { name: 'two', image: 'x' }, main: 'app' });

    expect(synthErrors(chart).filter((line) => !line.includes('mount-volume'))).toStrictEqual([
      '[test/web] mount-conflict: test/web/one: containers[0] already mounts {"mountPath":"/logs","name":"other"} at "/logs", where {"mountPath":"/logs","name":"logs"} would be; mount it at another path',
      '[test/web] main-container: test/web/two: there is no container "app" to help; the pod has "one": name one of them in "main"',
    ]);
  });

  test('all of a pod and of all pods at once', () => {
    const chart = Testing.chart();
    for (const id of ['one', 'two']) {
      new Sidecar(deployment(chart, id), 'shipper', { container: { name: 'app', image: 'x' }, main: 'nginx' });
    }

    expect(synthErrors(chart).map((line) => line.split(':')[0])).toStrictEqual([
      '[test/one] container-conflict',
      '[test/one] main-container',
      '[test/two] container-conflict',
      '[test/two] main-container',
    ]);
  });
});

test('one that ends before the main container starts is an init container, on any version of Kubernetes', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.30');

  new Sidecar(deployment(chart), 'filler', {
    container: { name: 'filler', image: 'busybox', args: ['fill', '/data'] },
    shares: [SharedVolume.emptyDir('data').at('/data', { writer: VolumeWriter.HELPER })],
    endsBeforeMain: true,
  });

  const { containers, initContainers } = synthPodSpec(chart);
  expect(containers?.[0].volumeMounts).toStrictEqual([{ name: 'data', mountPath: '/data', readOnly: true }]);
  expect(initContainers).toStrictEqual([
    {
      name: 'filler',
      image: 'busybox',
      args: ['fill', '/data'],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ]);
});

test('one that ends before the main container starts is of no kind', () => {
  const chart = Testing.chart();

  expect(
    () =>
      new Sidecar(deployment(chart), 'filler', {
        container: { name: 'filler', image: 'busybox' },
        kind: HelperKind.NATIVE_SIDECAR,
        endsBeforeMain: true,
      }),
  ).toThrow('"kind" is given, but with "endsBeforeMain" the container ends; leave it out');
});

test('one that ends before the main container starts is not started again for ever', () => {
  const chart = Testing.chart();
  const container = { name: 'filler', image: 'busybox' };
  const web = deployment(chart);

  expect(
    () =>
      new Sidecar(web, 'filler', {
        container: { ...container, restartPolicy: 'Always' },
        kind: HelperKind.NATIVE_SIDECAR,
        endsBeforeMain: true,
      }),
  ).toThrow(
    new Error(`test/web/filler:
  "kind" is given, but with "endsBeforeMain" the container ends; leave it out
  container has restartPolicy "Always", with which it would never be done; leave it out`),
  );

  const filler = new Sidecar(web, 'filler', { container, endsBeforeMain: true });
  filler.addJsonPatch(JsonPatch.add('/restartPolicy', 'Always'));
  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] helper-kind: test/web/filler: container "filler" has restartPolicy "Always", with which it would never be done, but is to end before the main containers start; leave out "restartPolicy"',
  ]);
  filler.addJsonPatch(JsonPatch.replace('/restartPolicy', 'Never'));
  expect(synthErrors(chart)).toStrictEqual([]);
});

test('two syntheses give the same bytes', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  new Sidecar(web, 'shipper', { container: shipper, shares: [SharedVolume.emptyDir('logs').at('/logs')] });
  const synth = () => Yaml.stringify(...(Testing.synth(chart) as unknown[]));

  expect(synth()).toBe(synth());
});
