import * as path from 'node:path';
import { ApiObject, App, Chart, Include, Testing } from 'cdk8s';
import { Deployment, k8s, Service } from 'cdk8s-plus-28';
import { Ambassador, ConfigFiles, EachWorkload, Sidecar, Workloads } from '../../lib';
import { deployment, podSpecOf, synthManifests, template } from '../support/workloads';

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

function paths(workloads: ApiObject[]): string[] {
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
    expect(() => Workloads.allOf(chart.node.findChild('one'))).toThrow(
      'test/one has no workload; it has Service "one"',
    );
    expect(() => Workloads.allOf(chart, { kinds: ['Job', 'CronJob'], labels: { a: '1', b: '2' } })).toThrow(
      'test has no workload of kind "Job", "CronJob" labelled a=1, b=2; it has Service "one", Deployment "two"',
    );
  });
});

describe('each workload', () => {
  test('gets a helper of its own', () => {
    const chart = mixedChart();
    const visited: ApiObject[] = [];

    chart.with(
      new EachWorkload({
        visit: (workload) => {
          visited.push(workload);
          const kind =
            workload.kind === 'CronJob' ? { container: { ...container, restartPolicy: 'Always' } } : { container };
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
    const visited: ApiObject[] = [];

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
    const visited: ApiObject[] = [];
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
