import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, Include, JsonPatch, Lazy, Testing } from 'cdk8s';
import { Deployment, k8s, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  Ambassador,
  ConfigChange,
  ConfigFiles,
  EachWorkload,
  InnerWorkload,
  KubernetesVersion,
  PodChecks,
  PodSecurity,
  Sidecar,
  WorkloadFilter,
  Workloads,
} from '../../lib';
import { PodSpec } from '../../lib/values/pod';
import { deployment, podSpecOf, synthErrors, synthManifests, template } from '../support/workloads';

const container = { name: 'helper', image: 'x' };

/** A chart with all ways to make an object: L1, cdk8s-plus, Include, raw; five of them are workloads. */
function mixedChart(): Chart {
  const chart = Testing.chart();
  deployment(chart, 'l1');
  new k8s.KubeCronJob(chart, 'cron', {
    metadata: { labels: { team: 'a', tier: 'back' } },
    spec: { schedule: '@daily', jobTemplate: { spec: { template: template('job', { restartPolicy: 'Never' }) } } },
  });
  new Deployment(chart, 'l2', { containers: [{ image: 'x' }], metadata: { labels: { team: 'a' } } });
  new Service(chart, 'service', { ports: [{ port: 1 }] });
  new Include(chart, 'include', { url: path.join(__dirname, '../fixtures', 'helm-chart.yaml') });
  new ApiObject(chart, 'rollout', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    spec: { template: template() },
  });
  new ApiObject(chart, 'unrelated', { apiVersion: 'example.org/v1', kind: 'Thing', spec: { template: 'a.tpl' } });
  return chart;
}

function paths(workloads: Construct[]): string[] {
  return workloads.map(({ node }) => node.path);
}

describe('all workloads of a scope', () => {
  test('are found however they were made, in the order of the tree', () => {
    expect(paths(Workloads.allOf(mixedChart()))).toStrictEqual([
      'test/l1',
      'test/cron',
      'test/l2/Resource',
      'test/include/release-web-deployment',
      'test/rollout',
    ]);
  });

  test.each([
    [{ kinds: ['Deployment'] }, ['test/l1', 'test/l2/Resource', 'test/include/release-web-deployment']],
    [{ kinds: ['CronJob', 'Rollout'] }, ['test/cron', 'test/rollout']],
    [{ labels: { team: 'a' } }, ['test/cron', 'test/l2/Resource']],
    [{ labels: { team: 'a', tier: 'back' } }, ['test/cron']],
    [{ kinds: ['Deployment'], labels: { team: 'a' } }, ['test/l2/Resource']],
  ])('can be filtered by kind and labels: %j', (filter, expected) => {
    expect(paths(Workloads.allOf(mixedChart(), filter))).toStrictEqual(expected);
  });

  test('are those of an app, a chart, an Include, a cdk8s-plus workload or an object', () => {
    const chart = mixedChart();
    const { root } = chart.node;
    const l2 = chart.node.findChild('l2');

    expect(Workloads.allOf(root)).toHaveLength(5);
    expect(Workloads.allOf(chart.node.findChild('include'))).toHaveLength(1);
    expect(paths(Workloads.allOf(l2))).toStrictEqual(['test/l2/Resource']);
    expect(paths(Workloads.allOf(ApiObject.of(l2)))).toStrictEqual(['test/l2/Resource']);
  });

  test('are found without rendering anything', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    jest.spyOn(web, 'toJson').mockImplementation(() => {
      throw new Error('rendered');
    });

    expect(Workloads.allOf(chart)).toStrictEqual([web]);
  });

  test('where there is none, the error says what there is', () => {
    const chart = Testing.chart();
    new k8s.KubeService(chart, 'one', { metadata: { name: 'one' } });
    deployment(chart, 'two');

    expect(() => Workloads.allOf(new App())).toThrow('the app has no workload; it has nothing');
    expect(() => Workloads.allOf(new App(), { labels: {} })).toThrow('the app has no workload; it has nothing');
    expect(() => Workloads.allOf(chart.node.findChild('one'))).toThrow(
      'test/one has no workload; it has Service "one"',
    );
    expect(() => Workloads.allOf(chart, { kinds: ['Job', 'CronJob'], labels: { a: '1', b: '2' } })).toThrow(
      'test has no workload of kind "Job", "CronJob" labelled a=1, b=2; it has Service "one", Deployment "two"',
    );
  });
});

test.each<[string, (chart: Chart) => Construct, string | undefined]>([
  ['an object', (chart) => deployment(chart, 'web'), 'web'],
  [
    'what cdk8s-plus wraps',
    (chart) => new Deployment(chart, 'l2', { containers: [{ image: 'x' }], metadata: { name: 'plus' } }),
    'plus',
  ],
  [
    'a template that is declared',
    (chart) =>
      Workloads.declare(new ApiObject(chart, 'a', { ...RAY, metadata: { name: 'ray' } }), 'spec.head.template'),
    'ray',
  ],
  ['an item of a List', (chart) => itemNamed(chart, { name: 'vendor' }), 'vendor'],
  ['an item whose name is made later', (chart) => itemNamed(chart, { name: LATE }), undefined],
  ['an item that the API server names', (chart) => itemNamed(chart, { generateName: 'a-' }), undefined],
])('the name of %s can be told', (_, make, name) => {
  expect(Workloads.nameOf(make(Testing.chart()))).toBe(name);
});

const LATE: unknown = Lazy.any({ produce: () => 'late' });
const RAY = { apiVersion: 'ray.io/v1', kind: 'RayCluster' };

/** The one item of a List. */
function itemNamed(chart: Chart, metadata: object): Construct {
  const items = [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: template().spec }];
  return Workloads.allOf(new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', ...{ items } }))[0];
}

describe('each workload', () => {
  test('gets a helper of its own', () => {
    const chart = mixedChart();
    const visited: Construct[] = [];

    chart.with(
      new EachWorkload({
        visit: (workload) => {
          visited.push(workload);
          const kind =
            ApiObject.of(workload).kind === 'CronJob'
              ? { container: { ...container, restartPolicy: 'Always' } }
              : { container };
          new Sidecar(workload, 'helper', kind);
        },
      }),
    );

    expect(visited).toStrictEqual(Workloads.allOf(chart));
    const helped = synthManifests(chart).filter((manifest) => JSON.stringify(manifest).includes('"helper"'));
    expect(helped.map(({ kind }) => kind)).toStrictEqual([
      'Deployment',
      'CronJob',
      'Deployment',
      'Deployment',
      'Rollout',
    ]);
    for (const manifest of helped) {
      const { containers = [], initContainers = [] } = podSpecOf(manifest);
      expect([...containers, ...initContainers].filter(({ name }) => name === 'helper')).toHaveLength(1);
    }
  });

  test('can be filtered', () => {
    const chart = mixedChart();
    const visited: Construct[] = [];

    chart.with(
      new EachWorkload(
        { visit: (workload) => void visited.push(workload) },
        { kinds: ['Deployment'], labels: { team: 'a' } },
      ),
    );

    expect(paths(visited)).toStrictEqual(['test/l2/Resource']);
  });

  test('gets a ConfigMap of its own', () => {
    const chart = Testing.chart();
    deployment(chart, 'one');
    deployment(chart, 'two');

    chart.with(
      new EachWorkload({
        visit: (workload) => {
          new Ambassador(workload, 'proxy', {
            container,
            listeners: [{ port: 1, upstream: 'x' }],
            files: [ConfigFiles.of({ a: '1' }).at('/etc/proxy')],
          });
        },
      }),
    );

    const names = synthManifests(chart).flatMap(({ kind, metadata }) => (kind === 'ConfigMap' ? [metadata?.name] : []));
    expect(new Set(names).size).toBe(2);
  });

  test('is visited where it is the scope itself, and nothing is where nothing is meant', () => {
    const visited: Construct[] = [];
    const each = new EachWorkload({ visit: (workload) => void visited.push(workload) });
    const chart = Testing.chart();
    const web = deployment(chart);

    web.with(each);
    new k8s.KubeService(chart, 'service').with(each);

    expect(visited).toStrictEqual([web]);
  });
});

test.each(['spec.pods[0]', '', 'spec..template', '.spec', 'spec.'])('%j is no place of a pod template', (place) => {
  const resource = new ApiObject(Testing.chart(), 'app', { apiVersion: 'example.org/v1', kind: 'App' });

  expect(() => {
    Workloads.declare(resource, place);
  }).toThrow(
    `test/app: "${place}" is no place of a pod template; write field names with dots between them, such as "spec.template", and the index of a list item, as in "spec.jobs.0.template"`,
  );
});

describe('a place is declared', () => {
  const resourceIn = (scope: Construct, id = 'app', spec: object = {}) =>
    new ApiObject(scope, id, { apiVersion: 'example.org/v1', kind: 'App', ...{ spec } });

  test('by way of what wraps the resource, too', () => {
    const wrapper = new Construct(Testing.chart(), 'wrapper');
    const resource = resourceIn(wrapper, 'Resource');

    expect(Workloads.declare(wrapper as unknown as ApiObject, 'spec.a').apiObject).toBe(resource);
    expect(Workloads.declarePodSpec(wrapper as unknown as ApiObject, 'spec.b').apiObject).toBe(resource);
  });

  test('of a resource, not of a chart or a workload inside one', () => {
    const chart = Testing.chart();
    const inner = Workloads.declare(resourceIn(chart), 'spec.a');
    for (const declare of ['declare', 'declarePodSpec'] as const) {
      expect(() => Workloads[declare](chart as unknown as ApiObject, 'spec')).toThrow(
        /^test is no custom resource: it holds App "\S+" \(test\/app\); give the resource itself$/,
      );
      expect(() => Workloads[declare](inner as unknown as ApiObject, 'spec')).toThrow(
        /^test\/app\/spec\.a is no custom resource: it holds nothing; give the resource itself$/,
      );
    }
  });

  test('in an item that a List has', () => {
    const list = new ApiObject(Testing.chart(), 'list', { apiVersion: 'v1', kind: 'List', ...{ items: [{}, null] } });

    Workloads.declare(list, 'items.0.spec.template');
    for (const index of ['1', '5', 'x']) {
      expect(() => Workloads.declare(list, `items.${index}.spec.template`)).toThrow(
        `test/list: there is no item for "items.${index}.spec.template", as the List was made with 2 items, counted from 0; take the index of one of them`,
      );
    }
  });

  test('as what it is, a pod template or a pod spec', () => {
    const chart = Testing.chart();
    const resource = resourceIn(chart, 'app', { template: template() });
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: template().spec };
    const list = new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', ...{ items: [pod] } });
    Workloads.declare(resource, 'spec.one');
    Workloads.declarePodSpec(resource, 'spec.other');

    expect(Workloads.declare(resource, 'spec.one')).toBe(Workloads.declare(resource, 'spec.one'));
    expect(() => Workloads.declarePodSpec(resource, 'spec.one')).toThrow(
      'test/app: "spec.one" is the place of a pod template already, and cannot be that of a pod spec; declare it once, as what it is',
    );
    expect(() => Workloads.declare(resource, 'spec.other')).toThrow(
      'test/app: "spec.other" is the place of a pod spec already, and cannot be that of a pod template; declare it once, as what it is',
    );
    expect(() => Workloads.declarePodSpec(resource, 'spec.template')).toThrow('is the place of a pod template already');
    expect(() => Workloads.declarePodSpec(list, 'items.0')).toThrow('is the place of a pod template already');
  });
});

describe('an object with several pod templates', () => {
  function rayCluster(chart: Chart): ApiObject {
    return new ApiObject(chart, 'ray', {
      apiVersion: 'ray.io/v1',
      kind: 'RayCluster',
      metadata: { labels: { team: 'a' } },
      spec: {
        headGroupSpec: { template: template('head') },
        workerGroupSpecs: [{ template: template('worker') }],
      },
    });
  }
  const HEAD = 'spec.headGroupSpec.template';
  const WORKER = 'spec.workerGroupSpecs.0.template';

  function namesIn(chart: Chart): { head: unknown[]; worker: unknown[] } {
    const [manifest] = synthManifests(chart);
    const spec = manifest.spec as {
      headGroupSpec: { template: { spec: PodSpec } };
      workerGroupSpecs: { template: { spec: PodSpec } }[];
    };
    const names = (pod: PodSpec) => pod.containers?.map(({ name }) => name) ?? [];
    return { head: names(spec.headGroupSpec.template.spec), worker: names(spec.workerGroupSpecs[0].template.spec) };
  }
  const help = (workload: Construct, name: string) =>
    new Sidecar(workload, name, { container: { name, image: 'x:1' } });

  test('helpers stay where they were attached when another one is declared', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    Workloads.declare(ray, HEAD);
    help(ray, 'one');
    Workloads.declare(ray, WORKER);
    help(ray, 'two');
    Workloads.declare(ray, HEAD);
    help(ray, 'three');

    expect(namesIn(chart)).toStrictEqual({ head: ['app', 'one', 'three'], worker: ['app', 'two'] });
  });

  test('helpers join what a declaration returns', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    const [head, worker] = [Workloads.declare(ray, HEAD), Workloads.declare(ray, WORKER)];
    help(head, 'one');
    const two = help(worker, 'two');

    expect([head.place, head.apiObject]).toStrictEqual([HEAD, ray]);
    expect(two.node.path).toBe(`test/ray/${WORKER}/two`);
    expect(Workloads.declare(ray, WORKER)).toBe(worker);
    expect(namesIn(chart)).toStrictEqual({ head: ['app', 'one'], worker: ['app', 'two'] });
  });

  test('each is found, and visited once', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    const declared = [Workloads.declare(ray, HEAD), Workloads.declare(ray, WORKER)];
    const visited: Construct[] = [];

    chart.with(new EachWorkload({ visit: (workload) => void visited.push(workload) }, { labels: { team: 'a' } }));

    expect(visited).toStrictEqual(declared);
    expect(Workloads.allOf(chart, { kinds: ['RayCluster'] })).toStrictEqual(declared);
  });

  test('what is wrong in each is found at once, with its place', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    help(Workloads.declare(ray, HEAD), 'app');
    help(Workloads.declare(ray, WORKER), 'app');

    expect(synthErrors(chart).map((line) => line.split(': the')[0])).toStrictEqual([
      `[test/ray] container-conflict: test/ray/${HEAD}/app`,
      `[test/ray] container-conflict: test/ray/${WORKER}/app`,
    ]);
  });

  test('all of them are checked, and Services see the pods of each', () => {
    const chart = Testing.chart();
    const ports = [{ name: 'http', containerPort: 80 }];
    const pod = (app: string) => template(app, { containers: [{ name: 'app', image: '', ports }] });
    const job = new ApiObject(chart, 'job', {
      apiVersion: 'batch.volcano.sh/v1alpha1',
      kind: 'Job',
      spec: { tasks: [{ template: pod('a') }, { template: pod('b') }] },
    });
    const [, second] = ['spec.tasks.0.template', 'spec.tasks.1.template'].map((at) => Workloads.declare(job, at));
    PodChecks.of(chart).checkAll().ignore('pinned-image', 'not asked for');
    PodChecks.of(second).ignore('image-required', 'the controller sets it');
    new k8s.KubeService(chart, 'service', {
      spec: { selector: { app: 'b' }, ports: [{ port: 1, targetPort: k8s.IntOrString.fromString('htp') }] },
    });

    expect(synthErrors(chart).map((line) => line.split(': ').slice(0, 2).join(': '))).toStrictEqual([
      expect.stringContaining('[test/service] service-target-port'),
    ]);
  });

  test('each is checked on its own', () => {
    const chart = Testing.chart();
    const bad = { containers: [{ name: 'BAD NAME', image: 'x' }] };
    const resource = new ApiObject(chart, 'x', {
      apiVersion: 'example.org/v1',
      kind: 'App',
      spec: { a: template('a', bad), b: template('b', bad), c: template('c', bad) },
    });
    const [a, b] = ['spec.a', 'spec.b', 'spec.c'].map((place) => Workloads.declare(resource, place));
    PodChecks.of(a).checkAll();
    PodChecks.of(b).checkAll().require('pinned-image');

    expect(synthErrors(chart).map((line) => line.split(': container')[0])).toStrictEqual([
      '[test/x] container-name',
      '[test/x] container-name: test/x/spec.b',
      '[test/x] pinned-image: test/x/spec.b',
    ]);
  });

  test('each can be for a Kubernetes of its own', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    const [head, worker] = [HEAD, WORKER].map((place) => Workloads.declare(ray, place));
    KubernetesVersion.target(chart, '1.27');
    KubernetesVersion.target(worker, '1.31');
    help(head, 'one');
    help(worker, 'two');

    const spec = JSON.stringify(synthManifests(chart)[0].spec);
    expect(namesIn(chart)).toStrictEqual({ head: ['app', 'one'], worker: ['app'] });
    expect(spec).toContain('"initContainers":[{"image":"x:1","name":"two","restartPolicy":"Always"}]');
  });

  test('each can be restricted on its own, once', () => {
    const chart = Testing.chart();
    const ray = rayCluster(chart);
    PodSecurity.restrict(Workloads.declare(ray, HEAD), { user: 1 });
    const worker = Workloads.declare(ray, WORKER);
    PodSecurity.restrict(worker, { user: 2 });

    expect(() => {
      PodSecurity.restrict(worker, { user: 3 });
    }).toThrow(`test/ray/${WORKER} is restricted already; say everything in one call`);
    expect(JSON.stringify(synthManifests(chart)).match(/"runAsUser":\d/g)).toStrictEqual([
      '"runAsUser":1',
      '"runAsUser":2',
    ]);
  });

  test('a template at the usual place keeps its helpers when another one is declared', () => {
    const chart = Testing.chart();
    const thing = new ApiObject(chart, 'thing', {
      apiVersion: 'example.org/v1',
      kind: 'Thing',
      spec: { template: template('usual'), other: template('other') },
    });
    help(thing, 'one');
    Workloads.declare(thing, 'spec.other');
    help(thing, 'two');

    const [manifest] = synthManifests(chart);
    const { template: usual, other } = manifest.spec as Record<'template' | 'other', { spec: PodSpec }>;
    expect([usual, other].map(({ spec }) => spec.containers?.map(({ name }) => name))).toStrictEqual([
      ['app', 'one'],
      ['app', 'two'],
    ]);
  });
});

describe('a bare pod spec', () => {
  test.each([
    [
      'monitoring.coreos.com/v1',
      'Prometheus',
      'spec',
      { spec: { replicas: 2, containers: [{ name: 'a', image: 'a' }] } },
    ],
    ['monitoring.coreos.com/v1', 'Prometheus', 'spec', { spec: { replicas: 2 } }],
    [
      'serving.kserve.io/v1beta1',
      'InferenceService',
      'spec.predictor',
      { spec: { predictor: { model: { storageUri: 'x' } } } },
    ],
  ])('of %s %s at %s can be declared', (apiVersion, kind, place, rest) => {
    const chart = Testing.chart();
    const resource = new ApiObject(chart, 'x', { apiVersion, kind, ...rest });
    const workload = Workloads.declarePodSpec(resource, place);
    new Sidecar(workload, 'helper', {
      container: { name: 'helper', image: 'x:1' },
      volumes: [{ name: 'v', emptyDir: {} }],
    });

    const [manifest] = synthManifests(chart);
    const pod = place.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], manifest);
    const before = place.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], rest);
    expect(pod).toStrictEqual({
      ...(before as object),
      containers: [...((before as PodSpec).containers ?? []), { name: 'helper', image: 'x:1' }],
      volumes: [{ name: 'v', emptyDir: {} }],
    });
  });

  test('has no place for the annotation that restarts pods', () => {
    const chart = Testing.chart();
    const resource = new ApiObject(chart, 'x', { apiVersion: 'example.org/v1', kind: 'App', spec: {} });
    new Sidecar(Workloads.declarePodSpec(resource, 'spec'), 'helper', {
      container: { name: 'helper', image: 'x:1' },
      files: [ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/a')],
    });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/x] pod-template: the pods are to have the annotation "checksum/helper-config", but their spec has no template around it that could hold it; give the files another "onChange" than ConfigChange.RESTART',
    ]);
  });

  test('declared as a template is an error that names the other declaration', () => {
    const chart = Testing.chart();
    const resource = new ApiObject(chart, 'x', {
      apiVersion: 'example.org/v1',
      kind: 'App',
      spec: { containers: [{ name: 'a' }] },
    });
    new Sidecar(Workloads.declare(resource, 'spec'), 'helper', { container });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/x] pod-template: there is no pod spec at "spec.spec": "spec" has "containers"; say where it is with Workloads.declarePodSpec',
    ]);
  });

  test.each(['spec..x', '', 'a[0]'])('is not at %j', (place) => {
    const resource = new ApiObject(Testing.chart(), 'x', { apiVersion: 'example.org/v1', kind: 'App' });

    expect(() => Workloads.declarePodSpec(resource, place)).toThrow(
      `test/x: "${place}" is no place of a pod spec; write field names with dots between them, such as "spec", and the index of a list item, as in "spec.jobs.0.template"`,
    );
  });
});

describe('a List', () => {
  const item = (kind: string, name: string, spec: unknown, apiVersion = 'apps/v1') => ({
    apiVersion,
    kind,
    metadata: { name, labels: { app: name } },
    spec,
  });
  const LIST = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      item('Service', 'service', { ports: [{ port: 1 }] }, 'v1'),
      item('Deployment', 'web', { selector: { matchLabels: { app: 'web' } }, template: template() }),
      item(
        'CronJob',
        'cron',
        { schedule: '@daily', jobTemplate: { spec: { template: template('j', { restartPolicy: 'Never' }) } } },
        'batch/v1',
      ),
      item('Rollout', 'rollout', { template: template() }, 'argoproj.io/v1alpha1'),
    ],
  };

  function included(chart: Chart, list: unknown = LIST): Include {
    const url = path.join(Testing.app().outdir, 'list.yaml');
    writeFileSync(url, JSON.stringify(list));
    return new Include(chart, 'include', { url });
  }

  test('has workloads, which are found, filtered and visited', () => {
    const chart = Testing.chart();
    const include = included(chart);
    const visited: Construct[] = [];
    chart.with(new EachWorkload({ visit: (workload) => void visited.push(workload) }));

    const found = Workloads.allOf(include);
    expect(visited).toStrictEqual(found);
    expect(found.map((workload) => workload instanceof InnerWorkload && workload.place)).toStrictEqual([
      'items.1.spec.template',
      'items.2.spec.jobTemplate.spec.template',
      'items.3.spec.template',
    ]);
    expect(Workloads.allOf(chart, { kinds: ['Rollout'] })).toStrictEqual([found[2]]);
    expect(Workloads.allOf(chart, { labels: { app: 'cron' } })).toStrictEqual([found[1]]);
    expect(() => Workloads.allOf(chart, { kinds: ['Deploymnt'] })).toThrow(
      'test has no workload of kind "Deploymnt"; it has Deployment "web", CronJob "cron", Rollout "rollout"; did you mean "Deployment"?',
    );
  });

  test('may have items without names', () => {
    const chart = Testing.chart();
    const items = [{ apiVersion: 'v1', kind: 'Pod', spec: template().spec }];
    const list = new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items });

    expect(() => new Sidecar(list, 'helper', { container })).toThrow('it holds Pod: attach');
  });

  test('gets helpers in its items, and nothing else of it changes', () => {
    const chart = Testing.chart();
    const [web] = Workloads.allOf(included(chart), { kinds: ['Deployment'] });
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'x:1' } });

    const expected = structuredClone(LIST);
    (expected.items[1].spec as { template: { spec: PodSpec } }).template.spec.containers?.push({
      name: 'helper',
      image: 'x:1',
    });
    // The name is what cdk8s gives to every object.
    const metadata = { name: 'test-include-object0-list-c83508ee' };
    expect(synthManifests(chart)).toStrictEqual([{ ...expected, metadata }]);
  });

  test('has items whose helpers keep the names of their objects when an item is inserted', () => {
    const configMaps = (items: unknown[]): unknown[] => {
      const chart = Testing.chart();
      Workloads.allOf(included(chart, { ...LIST, items })).forEach((workload) => {
        new Sidecar(workload, 'helper', {
          container,
          files: [ConfigFiles.of({ a: 'b' }).at('/etc/helper')],
        });
      });
      return synthManifests(chart).flatMap(({ kind, metadata }) => (kind === 'ConfigMap' ? [metadata?.name] : []));
    };
    const [, web, , rollout] = LIST.items;

    const before = configMaps([web, rollout]);
    expect(before).toStrictEqual([
      expect.stringMatching(/-list-web-deployment-helper-config-/),
      expect.stringMatching(/-list-rollout-rollout-helper-config-/),
    ]);
    expect(configMaps([{ ...web, metadata: { name: 'new' } }, web, rollout]).slice(1)).toStrictEqual(before);
  });

  test('has items that are told apart by their namespaces, and by their places inside', () => {
    const [, web] = LIST.items;
    const items = ['a', 'b'].map((namespace) => ({ ...web, metadata: { name: 'web', namespace } }));
    const list = new ApiObject(Testing.chart(), 'list', { ...LIST, ...{ items } });
    expect(paths([...Workloads.allOf(list), Workloads.declare(list, 'items.0.spec.canary.template')])).toStrictEqual([
      'test/list/web-deployment-a',
      'test/list/web-deployment-b',
      'test/list/web-deployment-a.spec.canary.template',
    ]);
  });

  test('has items that are told apart by their places where their kinds and names do not', () => {
    const [, web] = LIST.items;
    const chart = Testing.chart();
    const nameless = { ...web, metadata: { generateName: 'web-' } };
    const list = included(chart, { ...LIST, items: [web, web, nameless] });
    expect(paths(Workloads.allOf(list)).map((each) => path.basename(each))).toStrictEqual([
      'items.0.spec.template',
      'items.1.spec.template',
      'items.2.spec.template',
    ]);
  });

  test('is checked in the one item that is asked for', () => {
    const chart = Testing.chart();
    const bad = { containers: [{ name: 'BAD NAME', image: 'x' }] };
    const items = [item('Pod', 'first', bad, 'v1'), item('Pod', 'second', bad, 'v1')];
    PodChecks.of(Workloads.allOf(included(chart, { ...LIST, items }))[1]).checkAll();

    expect(synthErrors(chart)).toStrictEqual([
      expect.stringContaining('container-name: test/include/object0-list/items.1 (Pod "second"): '),
    ]);
  });

  test('is checked item by item, as what it holds: a regular helper of a CronJob is an error', () => {
    const chart = Testing.chart();
    const list = structuredClone(LIST);
    (list.items[1].spec as { template: { spec: PodSpec } }).template.spec.containers = [{ name: 'app', image: '' }];
    (list.items[1].spec as { selector: object }).selector = { matchLabels: { app: 'other' } };
    const [cron] = Workloads.allOf(included(chart, list), { kinds: ['CronJob'] });
    new Sidecar(cron, 'helper', { container: { name: 'helper', image: 'x:1' } });
    PodChecks.of(chart).checkAll();

    const web = /^\[test\/include\/[^/]+\] (image-required|selector): \S+items.1.spec.template \(Deployment "web"\): /;
    expect(synthErrors(chart).sort()).toStrictEqual([
      expect.stringMatching(web),
      expect.stringMatching(/job-completion: \S+-list\/cron-cronjob\/helper: /),
      expect.stringMatching(web),
    ]);
  });

  test.each([
    ['with workloads', LIST.items.slice(1, 2)],
    ['of something else', []],
  ])('%s: ConfigMaps, Services and others in it are checked as those that stand alone', (_, workloads) => {
    const chart = Testing.chart();
    const ports = [{ port: 80, targetPort: 'http' }];
    included(chart, {
      ...LIST,
      items: [
        ...workloads,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { 'a b': '1' } },
        item('Service', 'web', { selector: { app: 'web' }, ports }, 'v1'),
        item('Service', 'none', {}, 'v1'),
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'A_B' } },
        { apiVersion: 'v1', kind: 'List', metadata: { labels: 5 } },
        null,
      ],
    });
    PodChecks.of(chart).checkAll();
    const errors = synthErrors(chart).map((error) => error.replace(/^.*?(?=items\.)/, ''));

    const at = (index: number): number => index + workloads.length;
    const noPort = `items.${at(1)} (Service "web"): port 80 sends to "http/TCP"`;
    expect(errors).toStrictEqual([
      expect.stringContaining(`items.${at(0)} (ConfigMap "a"): data has the key "a b"`),
      ...(workloads.length > 0 ? [expect.stringContaining(noPort) as string] : []),
      expect.stringContaining(`items.${at(2)} (Service "none"): the Service has no ports`),
      expect.stringContaining(`items.${at(3)} (Secret "A_B"): the Secret is named "A_B"`),
    ]);
  });

  test('of which a Service selects the pods in another one, or outside', () => {
    const chart = Testing.chart();
    const ports = [{ port: 80, targetPort: 'http' }];
    included(chart, { ...LIST, items: [item('Service', 'web', { selector: { app: 'web' }, ports }, 'v1')] });
    deployment(chart, 'web');
    PodChecks.of(chart).checkAll();

    expect(synthErrors(chart)).toStrictEqual([
      expect.stringContaining('items.0 (Service "web"): port 80 sends to "http/TCP", but the pods of Deployment "web"'),
    ]);
  });

  test("gives a helper's ConfigMap the namespace of the item, and restarts no Job", () => {
    const chart = Testing.chart();
    const job = { ...item('Job', 'job', { template: template('j', { restartPolicy: 'Never' }) }, 'batch/v1') };
    Object.assign(job.metadata, { namespace: 'jobs' });
    const [workload] = Workloads.allOf(included(chart, { ...LIST, items: [job] }));
    new Sidecar(workload, 'helper', {
      container: { name: 'helper', image: 'x:1', restartPolicy: 'Always' },
      files: [ConfigFiles.of({ a: '1' }, { onChange: ConfigChange.RESTART }).at('/etc/a')],
    });

    const manifests = synthManifests(chart);
    expect(manifests.find(({ kind }) => kind === 'ConfigMap')?.metadata?.namespace).toBe('jobs');
    expect(JSON.stringify(manifests)).not.toContain('checksum/');
  });

  describe('whose items a JSON patch moves', () => {
    const pod = (name: string) => item('Pod', name, { containers: [{ name: 'app', image: 'x:1' }] }, 'v1');
    const listOf = (...items: object[]) =>
      new ApiObject(Testing.chart(), 'list', { apiVersion: 'v1', kind: 'List', ...{ items } });
    const helped = (list: ApiObject) =>
      new Sidecar(Workloads.allOf(list)[0], 'helper', { container: { name: 'helper', image: 'x:1' } });

    test.each([
      ['is added before it', JsonPatch.add('/items/0', pod('new')), 'Pod "new"'],
      ['is removed', JsonPatch.remove('/items/0'), 'Pod "second"'],
      ['becomes another', JsonPatch.replace('/items/0/kind', 'Job'), 'Job "first"'],
      ['is no item any more', JsonPatch.replace('/items', []), 'missing'],
    ])('helps no other item where one %s', (_, patch, there) => {
      const list = listOf(pod('first'), pod('second'));
      list.addJsonPatch(patch);
      helped(list);

      expect(synthErrors(list.chart)).toStrictEqual([
        `[test/list] pod-template: test/list/items.0 (Pod "first"): items.0 was Pod "first" when the List was made, but is ${there} when it is rendered; let JSON patches of the List add items at its end ("/items/-"), and neither move, remove nor rename those before`,
      ]);
    });

    test('restricts no other item', () => {
      const list = listOf(pod('first'));
      list.addJsonPatch(JsonPatch.add('/items/0', pod('new')));
      PodSecurity.restrict(Workloads.allOf(list)[0], { user: 1 });

      expect(synthErrors(list.chart)).toStrictEqual([expect.stringContaining('items.0 was Pod "first"')]);
    });

    test('is fine where nothing joins it, or it stays where it is', () => {
      const moved = listOf(pod('first'));
      moved.addJsonPatch(JsonPatch.add('/items/0', pod('new')));
      PodChecks.of(moved.chart).checkAll();
      const name: unknown = Lazy.any({ produce: () => 'first' });
      const kept = listOf({ ...pod('first'), metadata: { name } });
      kept.addJsonPatch(JsonPatch.add('/items/-', pod('new')));
      helped(kept);

      expect([moved, kept].flatMap(({ chart }) => synthErrors(chart))).toStrictEqual([]);
    });
  });

  test('is no workload itself', () => {
    const chart = Testing.chart();
    const [list] = included(chart).node.children;

    expect(() => new Sidecar(ApiObject.of(list), 'helper', { container })).toThrow(
      `${list.node.path} is no workload, but a List of some; it holds Deployment "web", CronJob "cron", Rollout "rollout": attach to those that Workloads.allOf finds in it, or to all with EachWorkload`,
    );
  });
});

describe('a mixin for each workload that finds none', () => {
  const each = (filter?: WorkloadFilter) => new EachWorkload({ visit: () => undefined }, filter);

  test('is an error at synthesis that says what there is', () => {
    const chart = Testing.chart();
    deployment(chart);
    chart.with(each({ kinds: ['Deploymnt'] }), each({ labels: { app: 'x' } }), each());

    expect(synthErrors(chart)).toStrictEqual([
      '[test] EachWorkload found no workload of kind "Deploymnt": there is Deployment "web"; did you mean "Deployment"?; mend its filter, or give it "optional: true"',
      '[test] EachWorkload found no workload labelled app=x: there is Deployment "web"; mend its filter, or give it "optional: true"',
    ]);
  });

  test('says so for each scope that it is applied to', () => {
    const app = Testing.app();
    const [one, other] = [new Chart(app, 'one'), new Chart(app, 'other')];
    deployment(one);
    const mixin = each();
    one.with(mixin);
    other.with(mixin);

    expect(synthErrors(one)).toStrictEqual([
      '[other] EachWorkload found no workload: there is nothing; mend its filter, or give it "optional: true"',
    ]);
  });

  test('says so where the workloads came later', () => {
    const chart = Testing.chart();
    chart.with(each());
    deployment(chart);

    expect(synthErrors(chart)).toStrictEqual([
      '[test] EachWorkload found no workload: Deployment "web" came after it was applied; apply it last',
    ]);
  });

  test('is fine where the filter says so, and so is an empty list of workloads', () => {
    const chart = Testing.chart();
    chart.with(each({ optional: true }));

    expect(synthErrors(chart)).toStrictEqual([]);
    expect(Workloads.allOf(chart, { optional: true })).toStrictEqual([]);
  });
});

test.each([
  ['sparkoperator.k8s.io/v1beta2', 'SparkApplication'],
  ['jobset.x-k8s.io/v1alpha2', 'JobSet'],
])('a custom resource of %s is found by its pod template', (apiVersion, kind) => {
  const chart = Testing.chart();
  const resource = new ApiObject(chart, 'x', { apiVersion, kind, spec: { template: template() } });

  expect(Workloads.allOf(chart)).toStrictEqual([resource]);
});
