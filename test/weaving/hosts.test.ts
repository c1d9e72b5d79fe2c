import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, Cron, Helm, Include, JsonPatch, Lazy, ResolutionContext, Testing, Yaml } from 'cdk8s';
import * as plus25 from 'cdk8s-plus-25';
import * as plus28 from 'cdk8s-plus-28';
import * as plus33 from 'cdk8s-plus-33';
import { Construct } from 'constructs';
import { Ambassador, HelperKind, PodChecks, PodSecurity, SharedVolume, Sidecar, Workloads } from '../../lib';
import { Manifest, PodSpec } from '../../lib/values/pod';
import { describeWithProgram } from '../support/program';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../support/workloads';

type Plus = typeof plus28;

const VERSIONS: [string, Plus][] = [
  ['cdk8s-plus-28', plus28],
  ['cdk8s-plus-33', plus33 as unknown as Plus],
];

/** The workloads of cdk8s-plus-25 do not work with today's cdk8s; its L1 objects, which know no native sidecars, do. */
const API_VERSIONS: [string, Pick<Plus, 'k8s'>][] = [['cdk8s-plus-25', plus25 as unknown as Plus], ...VERSIONS];

const HELPER = { name: 'helper', image: 'busybox' };
const FIXTURES = path.join(__dirname, '../fixtures');

/** A native sidecar that shares a volume: an init container, a volume and a mount of the main container. */
function help(workload: Construct): Sidecar {
  return new Sidecar(workload, 'helper', {
    container: HELPER,
    kind: HelperKind.NATIVE_SIDECAR,
    shares: [SharedVolume.emptyDir('shared').at('/shared')],
  });
}

const wovenHelper = {
  ...HELPER,
  restartPolicy: 'Always',
  volumeMounts: [{ name: 'shared', mountPath: '/shared', readOnly: true }],
};

/** The pod spec without what `help` adds to it; fails where anything of that is missing. */
function withoutHelper(spec: PodSpec): PodSpec {
  const initContainers = [...(spec.initContainers ?? [])];
  expect(initContainers.pop()).toEqual(wovenHelper);
  const volumes = [...(spec.volumes ?? [])];
  expect(volumes.pop()).toEqual({ name: 'shared', emptyDir: {} });
  const [{ volumeMounts = [], ...main }, ...others] = spec.containers ?? [];
  expect(volumeMounts.at(-1)).toEqual({ name: 'shared', mountPath: '/shared' });
  const mounts = volumeMounts.slice(0, -1);
  return {
    ...spec,
    containers: [{ ...main, ...(mounts.length > 0 && { volumeMounts: mounts }) }, ...others],
    initContainers: initContainers.length > 0 ? initContainers : undefined,
    volumes: volumes.length > 0 ? volumes : undefined,
  };
}

describe.each(API_VERSIONS)('objects of %s', (_, { k8s }) => {
  type Kube = new (scope: Construct, id: string, props: object) => ApiObject;

  const labels = { app: 'x' };
  const pod = (restartPolicy?: string) => ({
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'a' }], restartPolicy },
  });
  /** What makes an object of any kind: a pod template in each place where a kind has one. */
  const propsOf = (kind: string) => ({
    metadata: { name: 'x' },
    template: pod(),
    spec: {
      ...pod().spec,
      selector: kind === 'ReplicationController' ? labels : { matchLabels: labels },
      template: pod(kind === 'Job' ? 'Never' : undefined),
      schedule: '@daily',
      jobTemplate: { spec: { template: pod('Never') } },
    },
  });

  /** All kinds, told apart by whether their own serializer keeps a container somewhere. */
  const kinds = Object.entries(k8s).flatMap(([name, Kind]) => {
    const { GVK, manifest } = Kind as { GVK?: { kind: string }; manifest?: (props: object) => object };
    // A StorageVersion keeps whatever it is given.
    if (!GVK || !manifest || GVK.kind.endsWith('List') || GVK.kind === 'StorageVersion') {
      return [];
    }
    const hasContainers = JSON.stringify(manifest(propsOf(GVK.kind))).includes('"containers"');
    return [{ name, kind: GVK.kind, Kube: Kind as unknown as Kube, hasContainers }];
  });
  const workloads = kinds.filter(({ hasContainers }) => hasContainers);
  const others = kinds.filter(({ hasContainers }) => !hasContainers);

  test('there are some with a pod template and many without', () => {
    expect(workloads.map(({ name }) => name).sort()).toStrictEqual([
      'KubeCronJob',
      'KubeDaemonSet',
      'KubeDeployment',
      'KubeJob',
      'KubePod',
      'KubePodTemplate',
      'KubeReplicaSet',
      'KubeReplicationController',
      'KubeStatefulSet',
    ]);
    expect(others.length).toBeGreaterThan(30);
  });

  test.each(workloads)('a $name is a host and keeps the restartPolicy of a native sidecar', ({ kind, Kube }) => {
    const chart = Testing.chart();

    help(new Kube(chart, 'x', propsOf(kind)));

    const [manifest] = synthManifests(chart);
    const plain = Testing.chart();
    new Kube(plain, 'x', propsOf(kind));
    expect(withoutHelper(podSpecOf(manifest))).toEqual(podSpecOf(synthManifests(plain)[0]));
  });

  test('whatever has none is an error', () => {
    for (const { kind, Kube } of others) {
      const object = new Kube(Testing.chart(), 'x', { metadata: { name: 'x' } });

      expect(() => help(object)).toThrow(
        `test/x is no workload: a ${kind} has no pod template; attach to one of Pod, `,
      );
    }
  });
});

describe.each(VERSIONS)('workloads of %s', (_, plus) => {
  const { Container, Cpu, Volume } = plus;
  const containers = [{ name: 'main', image: 'main:1', portNumber: 8080 }];
  const kinds: [string, (scope: Construct) => plus28.AbstractPod][] = [
    ['Deployment', (scope) => new plus.Deployment(scope, 'w', { containers })],
    ['StatefulSet', (scope) => new plus.StatefulSet(scope, 'w', { containers, service: service(scope) })],
    ['DaemonSet', (scope) => new plus.DaemonSet(scope, 'w', { containers })],
    ['Job', (scope) => new plus.Job(scope, 'w', { containers })],
    ['CronJob', (scope) => new plus.CronJob(scope, 'w', { containers, schedule: cron() })],
    ['Pod', (scope) => new plus.Pod(scope, 'w', { containers })],
  ];
  const service = (scope: Construct) => new plus.Service(scope, 's', { ports: [{ port: 80 }] });
  const cron = () => Cron.hourly();

  /** The StatefulSet of cdk8s-plus-33 drops its volumes where it has no volumeClaimTemplates. */
  const losesVolumes = ({ kind }: plus28.AbstractPod) => plus === VERSIONS[1][1] && kind === 'StatefulSet';

  /** Everything that can be said about a workload, in two portions: something of each kind in both. */
  function build(chart: Chart, create: (scope: Construct) => plus28.AbstractPod, between: (w: Construct) => void) {
    const workload = create(chart);
    const specPath =
      workload.kind === 'Pod'
        ? '/spec'
        : workload.kind === 'CronJob'
          ? '/spec/jobTemplate/spec/template/spec'
          : '/spec/template/spec';
    for (const portion of ['before', 'after']) {
      const resources = { cpu: { request: Cpu.millis(5) } };
      const container = workload.addContainer({ name: portion, image: 'x', resources });
      if (!losesVolumes(workload)) {
        const volume = Volume.fromEmptyDir(workload, `${portion}-volume`, `${portion}-volume`);
        container.mount('/v', volume);
        workload.containers[0].mount(`/${portion}`, volume);
      }
      workload.addInitContainer({ name: `${portion}-init`, image: 'x' });
      workload.addHostAlias({ ip: '10.0.0.1', hostnames: [portion] });
      const field = portion === 'before' ? 'runtimeClassName' : 'schedulerName';
      ApiObject.of(workload).addJsonPatch(JsonPatch.add(`${specPath}/${field}`, portion));
      if (portion === 'before') {
        between(workload);
      }
    }
    if (workload instanceof plus.Workload) {
      workload.scheduling.spread({ topology: plus.Topology.ZONE });
    }
    workload.attachContainer(new Container({ name: 'attached', image: 'x' }));
    return workload;
  }

  test.each(kinds)('a %s keeps all that was said before and after the pattern was attached', (kind, create) => {
    const plain = Testing.chart();
    build(plain, create, () => undefined);
    const chart = Testing.chart();
    build(chart, create, help);

    const find = (manifests: Manifest[]) => podSpecOf(manifests.find((manifest) => manifest.kind === kind));
    expect(withoutHelper(find(synthManifests(chart)))).toEqual(find(synthManifests(plain)));
  });

  test.each(kinds)('a %s is the same however often it is rendered', (kind, create) => {
    const app = Testing.app();
    const chart = new Chart(app, 'test');
    const object = ApiObject.of(build(chart, create, help));

    const first = Yaml.stringify(...synthManifests(chart));
    app.synth();
    app.synth();

    const [file] = readdirSync(app.outdir);
    expect(readFileSync(path.join(app.outdir, file), 'utf8')).toBe(first);
    expect(app.synthYaml()).toBe(first);
    expect(Yaml.stringify(object.toJson())).toBe(Yaml.stringify(object.toJson()));
    expect(first).toContain(`kind: ${kind}\n`);
    expect(Yaml.stringify(...synthManifests(chart))).toBe(first);
  });

  test('volumes that a workload loses itself are an error', () => {
    const chart = Testing.chart();
    const workload = new plus.StatefulSet(chart, 'w', { containers, service: service(chart) });
    workload.containers[0].mount('/v', Volume.fromEmptyDir(workload, 'v', 'v'));
    help(workload);

    expect(synthErrors(chart)).toStrictEqual(
      losesVolumes(workload)
        ? [
            '[test/w/Resource] mount-volume: container "main" mounts the volume "v"; not found: the pod has "shared"; add it, or correct the name',
          ]
        : [],
    );
  });

  test('one that spreads itself does not grow', () => {
    const chart = Testing.chart();
    const workload = new plus.Deployment(chart, 'w', { containers, spread: true });
    help(workload);
    const plain = Testing.chart();
    new plus.Deployment(plain, 'w', { containers, spread: true });

    for (let time = 0; time < 3; time += 1) {
      const { affinity } = synthPodSpec(chart);
      if (time === 0) {
        expect(affinity).toEqual(synthPodSpec(plain).affinity);
      }
      expect(Object.values(affinity as object)).toHaveLength(1);
      expect(JSON.stringify(affinity).match(/topologyKey/g)).toHaveLength(2);
    }
  });

  test('one that gets its first container after the pattern is helped like any other', () => {
    const chart = Testing.chart();
    const workload = new plus.Deployment(chart, 'w');
    help(workload);
    workload.addContainer(containers[0]);

    expect(synthPodSpec(chart).containers?.[0].volumeMounts).toEqual([{ name: 'shared', mountPath: '/shared' }]);
  });

  test('one volume can be shared between cdk8s-plus and a helper', () => {
    const chart = Testing.chart();
    const workload = new plus.Deployment(chart, 'w', { containers });
    workload.containers[0].mount('/mine', Volume.fromEmptyDir(workload, 'v', 'shared'));
    help(workload);

    expect(synthPodSpec(chart).volumes).toEqual([{ name: 'shared', emptyDir: {} }]);
  });

  test('it and the object that it wraps are one host', () => {
    const chart = Testing.chart();
    const workload = new plus.Deployment(chart, 'w', { containers });
    help(workload);
    new Sidecar(ApiObject.of(workload), 'other', { container: { name: 'other', image: 'x' } });

    const spec = synthPodSpec(chart);
    expect([...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ name }) => name)).toStrictEqual([
      'helper',
      'main',
      'other',
    ]);
  });
});

test('rendering has the last word: what is wrong since validation is an error, too', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  help(web);
  synthManifests(chart);
  new Sidecar(web, 'late', { container: HELPER });

  expect(() => {
    web.toJson();
  }).toThrow(
    'Validation failed with the following errors:\n  [test/web] container-conflict: test/web/late: the pod already has a container "helper"',
  );
});

test("a JSON patch of the workload that looks for a helper's container is an error that says where to patch it", () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  help(web);
  web.addJsonPatch(JsonPatch.replace('/metadata/name', 'other'));
  web.addJsonPatch(JsonPatch.replace('/spec/template/spec/containers/1/image', 'x:2'));

  expect(synthErrors(chart)).toStrictEqual([
    "[test/web] Failed serializing construct at path 'test/web' with name 'web': TypeError: Cannot read properties of " +
      'undefined (reading \'image\'); its JSON patches, of "/spec/template/spec/containers/1/image", see it without its ' +
      "helpers, which join last: change a helper's container with the helper's own addJsonPatch",
  ]);
});

test("the app's resolvers apply to helpers as they do to workloads", () => {
  const app = Testing.app({
    resolvers: [
      {
        resolve: (context: ResolutionContext) => {
          if (context.value === 'registry/helper') {
            context.replaceValue('registry/helper:1');
          }
        },
      },
    ],
  });
  const chart = new Chart(app, 'test');
  const args = Lazy.any({ produce: () => ['late'] }) as string[];

  new Sidecar(deployment(chart), 'helper', { container: { name: 'helper', image: 'registry/helper', args } });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'helper',
    image: 'registry/helper:1',
    args: ['late'],
  });
});

describe('raw objects', () => {
  const podOf = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Pod', spec });

  test('an ApiObject is a host', () => {
    const chart = Testing.chart();
    help(new ApiObject(chart, 'web', podOf({ containers: [{ name: 'app', image: 'a' }] })));

    expect(withoutHelper(synthPodSpec(chart, 'Pod'))).toEqual({ containers: [{ name: 'app', image: 'a' }] });
  });

  test('fields that no L1 knows, lazy values and unusual orders survive', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).ignore('unknown-field', 'of a version to come');
    const spec = {
      futureField: { deeply: ['nested', { b: 1, a: 2 }] },
      containers: [
        {
          name: 'app',
          image: 'a',
          futureField: true,
          env: Lazy.any({ produce: () => [{ name: 'A', value: '1' }] }) as unknown,
        },
      ],
      initContainers: [{ name: 'old', image: 'a', restartPolicy: 'Always', futureField: 1 }],
    };
    help(new ApiObject(chart, 'web', podOf(spec)));

    expect(withoutHelper(synthPodSpec(chart, 'Pod'))).toEqual({
      ...spec,
      containers: [{ name: 'app', image: 'a', futureField: true, env: [{ name: 'A', value: '1' }] }],
    });
  });

  test('lists that YAML left empty are no lists', () => {
    const chart = Testing.chart();
    help(
      new ApiObject(
        chart,
        'web',
        podOf({ containers: [{ name: 'app', image: 'a', volumeMounts: null }], volumes: null, initContainers: null }),
      ),
    );

    expect(withoutHelper(synthPodSpec(chart, 'Pod'))).toEqual({ containers: [{ name: 'app', image: 'a' }] });
  });

  test.each([
    [{ containers: {} }, 'containers', '{}'],
    [{ containers: 'none' }, 'containers', '"none"'],
    [{ initContainers: { a: 1 } }, 'initContainers', '{"a":1}'],
    [{ volumes: true }, 'volumes', 'true'],
    [{ volumes: ['logs'] }, 'volumes', '["logs"]'],
    [{ initContainers: [{ name: 'x', volumeMounts: {} }] }, 'initContainers[0].volumeMounts', '{}'],
    [{ containers: [{ name: 'app', image: 'a' }, { env: { A: '1' } }] }, 'containers[1].env', '{"A":"1"}'],
  ])('a list that is none is an error that says so: %j', (spec, field, value) => {
    const chart = Testing.chart();
    help(new ApiObject(chart, 'web', podOf({ containers: [{ name: 'app', image: 'a' }], ...spec })));

    expect(synthErrors(chart)).toStrictEqual([
      `[test/web] pod-template: "${field}" is to be a list of objects, but it is ${value}`,
    ]);
  });

  test('a workload without a pod template says what it has', () => {
    const chart = Testing.chart();
    help(
      new ApiObject(chart, 'web', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1, paused: true } }),
    );
    help(new ApiObject(chart, 'pod', { apiVersion: 'v1', kind: 'Pod' }));

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] pod-template: there is no pod spec at "spec.template.spec": "spec" has "paused", "replicas"; add one',
      '[test/pod] pod-template: there is no pod spec at "spec": the object has "apiVersion", "kind", "metadata"; add one',
    ]);
  });
});

describe('objects in an Include', () => {
  const include = (scope: Construct) => new Include(scope, 'include', { url: path.join(FIXTURES, 'helm-chart.yaml') });

  test('are hosts', () => {
    const chart = Testing.chart();
    const [workload] = Workloads.allOf(include(chart));

    help(workload);

    expect(withoutHelper(synthPodSpec(chart))).toEqual({ containers: [{ name: 'web', image: 'nginx:1.27' }] });
    expect(synthManifests(chart).map(({ kind }) => kind)).toStrictEqual(['Service', 'Deployment']);
  });

  test('but the Include itself is none, and says what to attach to', () => {
    expect(() => help(include(Testing.chart()))).toThrow(
      'test/include is no workload: it holds Service "release-web" (test/include/release-web-service), Deployment "release-web" (test/include/release-web-deployment); attach to Deployment "release-web" (test/include/release-web-deployment), or to all with EachWorkload',
    );
  });
});

describe('objects of a Helm chart', () => {
  const chartFolder = path.join(FIXTURES, 'helm-chart');
  const stand = path.join(FIXTURES, 'helm-template.sh');
  const synthHelm = (helmExecutable: string) => {
    const chart = Testing.chart();
    const release = new Helm(chart, 'helm', { chart: chartFolder, releaseName: 'release', helmExecutable });
    help(Workloads.allOf(release)[0]);
    return Yaml.stringify(...synthManifests(chart));
  };

  test('are hosts (a script stands in for helm and prints what it prints)', () => {
    expect(synthHelm(stand)).toBe(`apiVersion: v1
kind: Service
metadata:
  name: release-web
spec:
  ports:
    - port: 80
  selector:
    app: release
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: release-web
spec:
  selector:
    matchLabels:
      app: release
  template:
    metadata:
      labels:
        app: release
    spec:
      containers:
        - image: nginx:1.27
          name: web
          volumeMounts:
            - mountPath: /shared
              name: shared
      initContainers:
        - image: busybox
          name: helper
          restartPolicy: Always
          volumeMounts:
            - mountPath: /shared
              name: shared
              readOnly: true
      volumes:
        - emptyDir: {}
          name: shared
`);
  });

  describeWithProgram(
    'helm',
    (helm) => {
      test('are hosts', () => {
        const { stdout } = spawnSync(helm, ['template', 'release', chartFolder], { encoding: 'utf8' });

        expect(stdout).toBe(readFileSync(path.join(FIXTURES, 'helm-chart.yaml'), 'utf8'));
        expect(synthHelm(helm)).toBe(synthHelm(stand));
      });
    },
    'https://helm.sh/docs/intro/install',
  );

  test('an absent helm is a clear error', () => {
    expect(() => synthHelm('no-such-helm')).toThrow(
      "unable to execute 'no-such-helm' to render Helm chart. Is it installed on your system?",
    );
  });
});

describe('custom resources', () => {
  test.each([
    ['argoproj.io/v1alpha1', 'Rollout', { replicas: 2, strategy: { canary: {} } }],
    ['serving.knative.dev/v1', 'Service', { traffic: [{ latestRevision: true, percent: 100 }] }],
  ])('%s %s has its pod template at the usual place', (apiVersion, kind, spec) => {
    const chart = Testing.chart();
    const resource = new ApiObject(chart, 'x', { apiVersion, kind, spec: { ...spec, template: template() } });

    help(resource);

    expect(Workloads.allOf(chart)).toStrictEqual([resource]);
    const [manifest] = synthManifests(chart);
    expect(withoutHelper(podSpecOf(manifest))).toEqual(template().spec);
    expect(manifest.spec).toMatchObject(spec);
  });

  test('another place is declared in one line, also after helpers were attached', () => {
    const chart = Testing.chart();
    const spec = { workload: { podTemplate: template() }, template: 'of something else' };
    const resource = new ApiObject(chart, 'x', { apiVersion: 'example.org/v1', kind: 'App', spec });
    help(resource);

    Workloads.declare(resource, 'spec.workload.podTemplate');

    const [manifest] = synthManifests(chart);
    const rendered = manifest.spec as typeof spec;
    expect(withoutHelper(rendered.workload.podTemplate.spec as PodSpec)).toEqual(template().spec);
    expect(rendered.template).toBe('of something else');
    expect(Workloads.allOf(chart)).toStrictEqual([resource]);
  });

  test('a pod template in a list can be declared, too', () => {
    const chart = Testing.chart();
    const spec = { replicatedJobs: [{ name: 'a' }, { name: 'b', template: { spec: { template: template() } } }] };
    const resource = new ApiObject(chart, 'x', { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', spec });

    Workloads.declare(resource, 'spec.replicatedJobs.1.template.spec.template');
    help(resource);

    const [manifest] = synthManifests(chart);
    const { replicatedJobs } = manifest.spec as typeof spec;
    expect(replicatedJobs[0]).toEqual({ name: 'a' });
    expect(withoutHelper(replicatedJobs[1].template?.spec.template.spec as PodSpec)).toEqual(template().spec);
  });

  test('has a helper whose id is its place, like any other', () => {
    const chart = Testing.chart();
    const spec = { template: { spec: {} } };
    const resource = new ApiObject(chart, 'x', { apiVersion: 'example.org/v1', kind: 'App', ...{ spec } });
    new Sidecar(resource, 'spec.template', { container: HELPER });

    expect(synthErrors(chart)).toStrictEqual([]);
    expect(podSpecOf(synthManifests(chart)[0]).containers).toStrictEqual([HELPER]);
  });

  test.each([
    ['spec.podTemplate', '"spec" has "size", "template"'],
    ['spec.template', '"spec.template" has "labels"'],
    ['pod.template', 'the object has "apiVersion", "kind", "metadata", "spec"'],
    ['spec.size', '"spec.size" is 3'],
  ])('a place that is not there is an error that says what is: %s', (place, there) => {
    const chart = Testing.chart();
    const spec = { size: 3, template: { labels: {} } };
    const resource = new ApiObject(chart, 'x', { apiVersion: 'example.org/v1', kind: 'App', spec });
    Workloads.declare(resource, place);
    help(resource);

    expect(synthErrors(chart)).toStrictEqual([
      `[test/x] pod-template: there is no pod spec at "${place}.spec": ${there}; say where it is with Workloads.declare`,
    ]);
  });
});

describe('what is no workload is an error that says what it is', () => {
  test('a Service', () => {
    const service = new plus28.k8s.KubeService(Testing.chart(), 'service');

    expect(() => help(service)).toThrow(
      'test/service is no workload: a Service has no pod template; attach to one of Pod, PodTemplate, ReplicationController, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob, or to a custom resource that has one, at spec.template or where Workloads.declare says',
    );
  });

  test('a cdk8s-plus Service', () => {
    expect(() => help(new plus28.Service(Testing.chart(), 'service', { ports: [{ port: 1 }] }))).toThrow(
      'test/service/Resource is no workload: a Service has no pod template',
    );
  });

  test('a chart that is empty', () => {
    expect(() => help(Testing.chart())).toThrow(
      'test is no workload: it holds nothing; attach to an object with a pod template, such as a Deployment; where a custom resource has one, say with Workloads.declare',
    );
  });

  test('an app', () => {
    expect(() => help(new App())).toThrow('the app is no workload: it holds nothing');
  });

  test('a chart with workloads', () => {
    const chart = Testing.chart();
    deployment(chart, 'a');
    new plus28.Deployment(chart, 'b', { containers: [{ image: 'x' }] });

    expect(() => help(chart)).toThrow(
      'test is no workload: it holds Deployment "a" (test/a), Deployment "test-b-c8afd76c" (test/b/Resource); attach to Deployment "a" (test/a), Deployment "test-b-c8afd76c" (test/b/Resource), or to all with EachWorkload',
    );
  });

  test('a helper', () => {
    const helper = help(deployment(Testing.chart()));

    expect(() => help(helper)).toThrow('test/web/helper is no workload: it holds nothing');
  });
});

test.each(['NATIVE_SIDECAR', 'REGULAR'] as const)('a pod has more than a helper that is %s', (kind) => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', { containers: [] });
  new Sidecar(web, 'helper', { container: { name: 'helper', image: 'x:1' }, kind: HelperKind[kind] });

  expect(synthErrors(chart)[0]).toBe(
    '[test/web] main-container: test/web/helper: the workload has no container of its own that could be helped; add one',
  );
});

test('the controller of a custom resource may bring the main container', () => {
  const chart = Testing.chart();
  const resource = new ApiObject(chart, 'x', {
    apiVersion: 'elasticsearch.k8s.elastic.co/v1',
    kind: 'Elasticsearch',
    spec: { nodeSets: [{ name: 'default', podTemplate: { spec: {} } }] },
  });
  const workload = Workloads.declare(resource, 'spec.nodeSets.0.podTemplate');
  new Sidecar(workload, 'helper', { container: { name: 'helper', image: 'x:1' } });

  expect(synthErrors(chart)).toStrictEqual([]);
});

describe('a number that JSON does not have', () => {
  test.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
  ])('%s is an error with its path', (text, value) => {
    const chart = Testing.chart();
    const spec = { replicas: value, template: template() };
    help(new ApiObject(chart, 'web', { apiVersion: 'example.org/v1', kind: 'App', spec }));

    expect(synthErrors(chart)).toStrictEqual([
      `[test/web] finite-number: spec.replicas is ${text}, a number that JSON does not have, so no cluster takes it; give a number, or quotes where it is to be a string (YAML reads a lone . as NaN)`,
    ]);
  });

  test('is said as it is in a message', () => {
    const chart = Testing.chart();
    const sizes = [NaN, Infinity].map((value) => ({ name: 'v', emptyDir: { sizeLimit: value as never } }));
    new Sidecar(deployment(chart), 'helper', { container: { name: 'helper', image: 'x:1' }, volumes: sizes });

    expect(synthErrors(chart).join()).toContain(
      'another volume "v": it is {"emptyDir":{"sizeLimit":NaN},"name":"v"}, this one would be {"emptyDir":{"sizeLimit":Infinity},"name":"v"}',
    );
  });
});

describe('two copies in one tree', () => {
  function copy() {
    let modules: { cdk8s: typeof import('cdk8s'); plus: Plus; lib: typeof import('../../lib') } | undefined;
    jest.isolateModules(() => {
      modules = {
        cdk8s: jest.requireActual('cdk8s'),
        plus: jest.requireActual('cdk8s-plus-28'),
        lib: jest.requireActual('../../lib'),
      };
    });
    if (!modules) {
      throw new Error('no copy');
    }
    return modules;
  }

  test('of cdk8s: a helper joins a workload of the other copy', () => {
    const other = copy();
    expect(other.cdk8s.ApiObject).not.toBe(ApiObject);
    const chart = new other.cdk8s.Chart(new other.cdk8s.App(), 'test');
    const containers = [{ name: 'app', image: 'a' }];
    help(new other.plus.k8s.KubePod(chart, 'l1', { spec: { containers } }));
    help(new other.plus.Pod(chart, 'l2', { containers }));

    for (const manifest of synthManifests(chart)) {
      expect(podSpecOf(manifest).initContainers).toEqual([wovenHelper]);
    }
    expect(Workloads.allOf(chart)).toHaveLength(2);
  });

  test('of this library: both help the same workload', () => {
    const { lib } = copy();
    expect(lib.Sidecar).not.toBe(Sidecar);
    const chart = Testing.chart();
    const web = deployment(chart);
    lib.KubernetesVersion.target(chart, '1.31');
    new lib.Sidecar(web, 'theirs', { container: { name: 'theirs', image: 'x' } });
    new Sidecar(web, 'ours', { container: { name: 'ours', image: 'x' } });

    expect(synthPodSpec(chart).initContainers?.map(({ name }) => name)).toStrictEqual(['theirs', 'ours']);
    expect(Yaml.stringify(...synthManifests(chart))).toBe(Yaml.stringify(...synthManifests(chart)));
  });

  test('of this library: both check everything, and each finding is told once', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    deployment(chart, 'web', { containers: [{ name: 'app', image: '' }] });
    new plus28.k8s.KubeConfigMap(chart, 'config', { data: { 'a/b': '' } });
    lib.PodChecks.of(chart).checkAll();
    PodChecks.of(chart).checkAll();

    expect(synthErrors(chart).map((line) => line.split(': ')[0])).toStrictEqual([
      '[test/web] image-required',
      '[test/config] config-map-key',
    ]);
  });

  test('of this library: a helper of one mounts what a helper of the other brings', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    const web = deployment(chart);
    const volumeMounts = [{ name: 'shared', mountPath: '/in' }];
    new lib.Sidecar(web, 'theirs', { container: { ...HELPER, name: 'theirs', volumeMounts } });
    help(web);

    expect(synthErrors(chart)).toStrictEqual([]);
    expect(synthPodSpec(chart)).toStrictEqual({
      containers: [
        { name: 'app', image: 'nginx:1.27', volumeMounts: [{ name: 'shared', mountPath: '/shared' }] },
        { ...HELPER, name: 'theirs', volumeMounts },
      ],
      initContainers: [wovenHelper],
      volumes: [{ name: 'shared', emptyDir: {} }],
    });
  });

  test('of this library: two helpers on one port are found', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    const web = deployment(chart);
    const listeners = [{ port: 5432, upstream: 'db:5432' }];
    new lib.Ambassador(web, 'theirs', { container: { name: 'theirs', image: 'x:1' }, listeners });
    new Ambassador(web, 'ours', { container: { name: 'ours', image: 'x:1' }, listeners });

    expect(synthErrors(chart)).toStrictEqual([expect.stringMatching(/^\[test\/web\] port-conflict: .*theirs.*ours/)]);
  });

  test('of this library: a workload is restricted by one of them', () => {
    const { lib } = copy();
    const web = deployment(Testing.chart());
    lib.PodSecurity.restrict(web, { user: 1 });

    expect(() => {
      PodSecurity.restrict(web, { user: 2 });
    }).toThrow('test/web is restricted already; say everything in one call');
  });

  test('of this library: a place that one declares is one for the other', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    const spec = { a: template('a'), b: template('b') };
    const resource = new ApiObject(chart, 'x', { apiVersion: 'example.org/v1', kind: 'App', spec });
    const [a, b] = ['spec.a', 'spec.b'].map((place) => lib.Workloads.declare(resource, place));
    new Sidecar(b, 'ours', { container: { name: 'ours', image: 'x' } });
    new lib.Sidecar(a, 'theirs', { container: { name: 'theirs', image: 'x' } });

    const rendered = synthManifests(chart)[0].spec as Record<'a' | 'b', { spec: PodSpec }>;
    expect(rendered.a.spec.containers?.map(({ name }) => name)).toStrictEqual(['app', 'theirs']);
    expect(rendered.b.spec.containers?.map(({ name }) => name)).toStrictEqual(['app', 'ours']);
  });

  test('of this library: what breaks a rule is found once', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    const web = deployment(chart);
    new lib.Sidecar(web, 'theirs', { container: { ...HELPER, name: 'theirs', image: '' } });
    new Sidecar(web, 'ours', { container: HELPER });

    expect(synthErrors(chart)).toHaveLength(1);
  });

  test('of this library: what one finds does not hide what others find', () => {
    const { lib } = copy();
    const chart = Testing.chart();
    const web = deployment(chart);
    new lib.Sidecar(web, 'theirs', { container: { name: 'app', image: 'x' } });
    new Sidecar(web, 'ours', { container: { name: 'fine', image: 'x' } });
    new Sidecar(deployment(chart, 'other'), 'ours', { container: { name: 'app', image: 'x' } });

    expect(synthErrors(chart).map((line) => line.split(': the')[0])).toStrictEqual([
      '[test/web] container-conflict: test/web/theirs',
      '[test/other] container-conflict: test/other/ours',
    ]);
  });
});

test('an object whose class overrides toJson so that nobody can replace it is an error that says so', () => {
  const web = deployment(Testing.chart());
  // As the kernel of jsii defines what a class of another language overrides.
  Object.defineProperty(web, 'toJson', { value: () => ({}), configurable: false, writable: false });

  for (let time = 0; time < 2; time++) {
    expect(() => new Sidecar(web, 'shipper', { container: { name: 'shipper', image: 'x:1' } })).toThrow(
      'test/web: no helper can join it, because its class overrides "toJson" with a method that cannot be replaced, or ' +
        'it is frozen; leave toJson as it is, and change what it renders with its addJsonPatch',
    );
    web.node.tryRemoveChild('shipper');
  }
});

test('an object whose class overrides toJson in TypeScript gets its helpers', () => {
  class Own extends plus28.k8s.KubeDeployment {
    public override toJson(): unknown {
      return super.toJson();
    }
  }
  const chart = Testing.chart();
  const web = new Own(chart, 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template: template() } });
  new Sidecar(web, 'shipper', { container: { name: 'shipper', image: 'x:1' } });

  expect(synthPodSpec(chart).containers?.map(({ name }) => name)).toStrictEqual(['app', 'shipper']);
});
