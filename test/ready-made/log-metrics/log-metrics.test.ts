import { Lazy, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  ConfigChange,
  HelperKind,
  ImageRegistry,
  LogMetric,
  LogMetricKind,
  LogMetrics,
  LogMetricsProps,
  PrometheusScrape,
  SharedVolume,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../../support/workloads';

const source = SharedVolume.emptyDir('logs').at('/var/log/nginx');
const requests: LogMetric = { name: 'requests_total', kind: LogMetricKind.COUNTER, pattern: '" (?<status>\\d{3}) ' };
const props: LogMetricsProps = { source, metrics: [requests] };

test('an adapter of few words is hardened, probed, reads only, and has its program in a ConfigMap', () => {
  const chart = Testing.chart();

  new LogMetrics(deployment(chart), 'log-metrics', { ...props, scrape: PrometheusScrape.annotations() });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a PodMonitor knows the port by its name', () => {
  const chart = Testing.chart();

  const { podMonitor, metricsPort } = new LogMetrics(deployment(chart), 'log-metrics', {
    ...props,
    metricsPort: 9000,
    scrape: PrometheusScrape.podMonitor({ labels: { release: 'prometheus' } }),
  });

  expect(metricsPort).toBe(9000);
  expect(podMonitor?.toJson()).toMatchObject({
    metadata: { labels: { release: 'prometheus' } },
    spec: { selector: { matchLabels: { app: 'web' } }, podMetricsEndpoints: [{ port: 'metrics-9000' }] },
  });
  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    ports: [{ name: 'metrics-9000', containerPort: 9000 }],
    args: expect.arrayContaining(['--port=9000']) as string[],
  });
});

test('a container of its own gets the log, the program and the port, and says the rest itself', () => {
  const chart = Testing.chart();

  const adapter = new LogMetrics(deployment(chart), 'log-metrics', {
    ...props,
    container: { name: 'mtail', image: 'registry.example/mtail:3.0.9' },
    configMapName: 'program',
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'mtail',
    image: 'registry.example/mtail:3.0.9',
    ports: [{ name: 'metrics-3903', containerPort: 3903 }],
    volumeMounts: [
      { name: 'logs', mountPath: '/var/log/nginx', readOnly: true },
      { name: 'mtail-config', mountPath: '/etc/mtail' },
    ],
  });
  expect(adapter.configMap.name).toBe('program');
});

test('two in a pod, one native in a Job; image, files and what a change does can be others', () => {
  const chart = Testing.chart();
  ImageRegistry.target(chart, 'registry.example');
  const web = deployment(chart);
  new LogMetrics(web, 'one', props);
  new LogMetrics(web, 'two', {
    ...props,
    metricsPort: 3904,
    include: ['a.log', 'b/*.txt'],
    onChange: ConfigChange.RESTART,
  });
  const job = new k8s.KubeJob(chart, 'job', {
    metadata: { name: 'job' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.37' }] } } },
  });
  new LogMetrics(job, 'log-metrics', { ...props, kind: HelperKind.NATIVE_SIDECAR });

  expect(synthErrors(chart)).toStrictEqual([]);
  expect(synthPodSpec(chart).containers?.slice(1)).toMatchObject([
    { image: 'registry.example/google/mtail:3.0.9' },
    { args: expect.arrayContaining(['--logs=/var/log/nginx/a.log', '--logs=/var/log/nginx/b/*.txt']) as string[] },
  ]);
  expect(synthManifests(chart).filter(({ kind }) => kind === 'ConfigMap')).toHaveLength(3);
});

test('a class of your own may have properties more', () => {
  interface TeamMetricsProps extends LogMetricsProps {
    readonly team: string;
  }
  class TeamMetrics extends LogMetrics {
    public constructor(scope: Construct, id: string, { team, ...others }: TeamMetricsProps) {
      super(scope, id, { ...others, team, podAnnotations: { team } } as LogMetricsProps);
    }
  }
  const chart = Testing.chart();

  new TeamMetrics(deployment(chart), 'log-metrics', { ...props, team: 'shop' });

  expect(synthErrors(chart)).toStrictEqual([]);
});

describe('errors', () => {
  const errors = (more: object): string[] => {
    try {
      new LogMetrics(deployment(Testing.chart()), 'log-metrics', { ...props, ...more });
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').map((line) => line.trim());
    }
  };
  const { COUNTER, GAUGE, HISTOGRAM } = LogMetricKind;

  test('ports of a container that are known only later, among which that of the metrics would be', () => {
    const ports = Lazy.any({ produce: () => [{ containerPort: 3903 }] }) as unknown;
    expect(errors({ container: { name: 'mtail', image: 'mtail:1', ports } })).toStrictEqual([
      'test/web/log-metrics: no exporter for logs can be made:',
      '"ports" of "container" is known only later; give a list',
    ]);
  });

  test('come all at once, and slips in names are understood', () => {
    expect(errors({ include: ['../x'], metrics: [{ ...requests, bucket: [1] }, { name: '1x' }], scrap: 1 }))
      .toMatchInlineSnapshot(`
     [
       "test/web/log-metrics: no exporter for logs can be made:",
       "metrics[0].bucket is no property; did you mean metrics[0].buckets?",
       "metrics[1].name is "1x"; give the name of a metric: letters, digits and "_", not beginning with a digit",
       "metrics[1].kind is missing; give one of LogMetricKind.COUNTER, LogMetricKind.GAUGE, LogMetricKind.HISTOGRAM",
       "metrics[1].pattern is missing; give a string",
       "include[0] is "../x"; give the path of files in the folder, such as "*.log", of letters, digits and "_.+@=:*-"",
       "scrap is no property; did you mean scrape?",
     ]
    `);
    expect(errors({ imgae: 'x' })).toStrictEqual([
      'test/web/log-metrics: no exporter for logs can be made:',
      'imgae is no property; did you mean image?',
    ]);
    expect(errors({ metrics: [], source: undefined })).toMatchInlineSnapshot(`
     [
       "test/web/log-metrics: no exporter for logs can be made:",
       "metrics is an empty list; give at least one metric",
       "source is missing; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")",
     ]
    `);
  });

  test.each<[string, Partial<LogMetric>]>([
    ["as mtail's own metrics are called", { name: 'go_x' }],
    ['has no such group; there is "status"', { value: 'bytes' }],
    ['value is missing', { kind: GAUGE }],
    ['buckets is missing', { kind: HISTOGRAM, value: 'status' }],
    ['has buckets, which a counter has not', { buckets: [1] }],
    ['Prometheus uses itself', { kind: HISTOGRAM, pattern: '(?<le>x)(?<v>y)', value: 'v', buckets: [1] }],
    ['Prometheus uses itself', { pattern: '(?<__x>x)' }],
    ['regular expression of RE2', { pattern: '(?=x)' }],
    ['not empty', { pattern: '' }],
    ['instead of \\Q', { pattern: '\\Qa\\E' }],
    ['names of letters', { pattern: '(?<1a>x)' }],
    ['up to 1024 bytes', { pattern: 'x'.repeat(1025) }],
  ])('%s: %j', (message, metric) => {
    expect(errors({ metrics: [{ ...requests, ...metric }] }).join()).toContain(message);
  });

  test('a folder that mtail reads as a pattern, or as two, where it is mtail that is told of it', () => {
    const logs = SharedVolume.emptyDir('logs').at('/l*,x');

    expect(errors({ source: logs })).toStrictEqual([
      'test/web/log-metrics: no exporter for logs can be made:',
      'the folder "/l*,x" of source has what mtail reads as a pattern ' +
        'or not at all; mount the volume at a path of letters, digits, spaces, "/" and "._@+=~:-", by "helperPath" if need be',
    ]);
    expect(errors({ source: logs, container: { name: 'mine', image: 'registry.example/mine:1' } })).toStrictEqual([]);
    expect(errors({ source: SharedVolume.emptyDir('logs').at('/l*,x', { helperPath: '/var/log/a b' }) })).toStrictEqual(
      [],
    );
  });

  test('two metrics of one name, also where a histogram has it', () => {
    const seconds = { name: 'a', kind: HISTOGRAM, pattern: '(?<v>x)', value: 'v', buckets: [1] };
    expect(errors({ metrics: [seconds, { name: 'a_sum', kind: COUNTER, pattern: 'x' }] }).join()).toContain('"a_sum"');
    expect(errors({ metrics: [requests, requests] }).join()).toContain('"requests_total"');
  });
});
