import { createServer, Server } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { JsonModule, PrometheusExporter, PrometheusScrape } from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { deployment } from '../../support/workloads';
import { Collector, INSTALL as COLLECTOR, OTELCOL } from '../open-telemetry/engine';
import { Running, told } from './engine';

/** What Prometheus makes of annotations and PodMonitors: the collector's receiver is Prometheus' own code. */

const PREFIX = '__meta_kubernetes_pod_annotation_prometheus_io';

/** The rules of Prometheus' Helm chart for pods; the collector wants two `$` for one. */
const HELM_CHART = [
  { source_labels: [`${PREFIX}_scrape`], action: 'keep', regex: true },
  { source_labels: [`${PREFIX}_path`], action: 'replace', target_label: '__metrics_path__', regex: '(.+)' },
  {
    source_labels: [`${PREFIX}_port`, '__meta_kubernetes_pod_ip'],
    action: 'replace',
    regex: '(\\d+);((([0-9]+?)(\\.|$$)){4})',
    replacement: '$$2:$$1',
    target_label: '__address__',
  },
  { action: 'labelmap', regex: `${PREFIX}_param_(.+)`, replacement: '__param_$$1' },
];

interface Endpoint {
  readonly path: string;
  readonly params: object;
  readonly relabelings: { targetLabel: string; replacement: string }[];
}

describeWithProgram(
  OTELCOL,
  (collectorProgram) => {
    describeWithProgram(
      'json_exporter',
      (exporterProgram) => {
        const path = '/a?b=c%20d&e=f';
        let app: Server;
        beforeAll(async () => {
          app = createServer(({ url }, response) => response.end(url === path ? '{"n": 5}' : '{"n": -1}'));
          await listening(app);
        });
        afterAll(async () => {
          app.close();
          await once(app, 'close');
        });

        /** What is scraped of an exporter, metric and module by value. */
        async function scraped(
          modules: readonly JsonModule[],
          configsOf: (metricsPort: number) => readonly object[],
          wanted: Readonly<Record<string, number>>,
        ): Promise<void> {
          const metricsPort = await freePort();
          const what = told((web) => PrometheusExporter.json(web, 'metrics', { modules: [...modules], metricsPort }));
          const exporter = await new Running(exporterProgram, what).started();
          const config = join(exporter.folder, 'collector.yaml');
          const scrape_configs = configsOf(metricsPort).map((each, index) => ({
            job_name: `job-${index}`,
            scrape_interval: '1s',
            scrape_timeout: '1s',
            ...each,
          }));
          writeFileSync(
            config,
            JSON.stringify({
              receivers: { prometheus: { config: { scrape_configs } } },
              exporters: { file: { path: '/dev/stdout', flush_interval: '100ms' } },
              service: {
                telemetry: { metrics: { level: 'none' } },
                pipelines: { metrics: { receivers: ['prometheus'], exporters: ['file'] } },
              },
            }),
          );
          const collector = new Collector(collectorProgram, config, {});
          try {
            const seen = (): Record<string, number | undefined> =>
              Object.fromEntries(
                collector.items
                  .filter(({ what: name }) => name === 'n' || name === 'up')
                  .map(({ what: name, attributes, value }) => [`${String(name)} ${String(attributes.module)}`, value]),
              );
            await collector.until('all of it has come', () =>
              Object.entries(wanted).every(([name, value]) => seen()[name] === value),
            );
            expect(seen()).toStrictEqual(wanted);
          } finally {
            await collector.kill();
            await exporter.stop();
          }
        }

        test('by a PodMonitor each module is asked for, and its name tells which of them is up', async () => {
          const metrics = [{ name: 'n', path: '{.n}' }];
          const modules = [
            { port: portOf(app), path, metrics },
            { name: 'down', port: await freePort(), metrics },
          ];
          const { podMonitor } = PrometheusExporter.json(deployment(Testing.chart()), 'm', {
            modules,
            scrape: PrometheusScrape.podMonitor(),
          });
          const { podMetricsEndpoints } = (podMonitor?.toJson() as { spec: { podMetricsEndpoints: Endpoint[] } }).spec;

          // As the operator writes them.
          const configsOf = (port: number): object[] =>
            podMetricsEndpoints.map(({ path: metrics_path, params, relabelings }) => ({
              metrics_path,
              params,
              static_configs: [{ targets: [`127.0.0.1:${port}`] }],
              relabel_configs: relabelings.map(({ targetLabel, replacement }) => ({
                target_label: targetLabel,
                replacement,
              })),
            }));
          await scraped(modules, configsOf, { 'n default': 5, 'up default': 1, 'up down': 0 });
        });

        test('by annotations one module is asked for, where the rules are those of the Helm chart', async () => {
          const modules = [{ port: portOf(app), path, metrics: [{ name: 'n', path: '{.n}' }] }];

          const configsOf = (metricsPort: number): object[] => {
            const chart = Testing.chart();
            PrometheusExporter.json(deployment(chart), 'm', {
              modules,
              metricsPort,
              scrape: PrometheusScrape.annotations(),
            });
            const [web] = Testing.synth(chart) as [
              Manifest & { spec: { template: { metadata: Manifest['metadata'] } } },
            ];
            const annotations = Object.entries(web.spec.template.metadata?.annotations ?? {});
            // As Prometheus names those that it discovers.
            const labels = Object.fromEntries(
              annotations.map(([name, value]) => [
                `__meta_kubernetes_pod_annotation_${name.replaceAll(/\W/g, '_')}`,
                value,
              ]),
            );
            return [
              {
                static_configs: [
                  { targets: ['127.0.0.1:1'], labels: { ...labels, __meta_kubernetes_pod_ip: '127.0.0.1' } },
                ],
                relabel_configs: HELM_CHART,
              },
            ];
          };
          await scraped(modules, configsOf, { 'n undefined': 5, 'up undefined': 1 });
        });
      },
      'PATH=$PATH:$(.ci/exporters)',
    );
  },
  COLLECTOR,
);
