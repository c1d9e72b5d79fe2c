import { join } from 'node:path';
import { App, Chart, Include, JsonPatch, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  CloudSqlProxy,
  ConfigChange,
  ConfigReloader,
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoySidecar,
  FluentBitOutput,
  FluentBitSidecar,
  GitSync,
  HaproxyAmbassador,
  Helper,
  HelperKind,
  ImageRegistry,
  JsonLogFormat,
  JsonLogs,
  KubernetesVersion,
  LogMetricKind,
  LogMetrics,
  NginxCacheAmbassador,
  OpenTelemetryAdapter,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  PgBouncerAmbassador,
  PgBouncerUsers,
  PodChecks,
  PodRules,
  PrometheusExporter,
  ReadyMadeConfigOptions,
  SharedVolume,
  Workloads,
} from '../../lib';
import * as readyMade from '../../lib/ready-made';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../support/workloads';

interface Case {
  readonly make: (scope: Construct, id: string, props?: ReadyMadeConfigOptions) => Helper;
  /** What a second one in the pod is given, besides a name of its own. */
  readonly second?: object;
  /** The ports that it would want otherwise. */
  readonly ports?: readonly number[];
  readonly hasFile?: boolean;
}

const source = SharedVolume.emptyDir('logs').at('/var/log/app');
const passwordSecret = { name: 'db', key: 'password' };

const CASES: Record<string, Case> = {
  HaproxyAmbassador: {
    make: (scope, id, props) =>
      new HaproxyAmbassador(scope, id, { listen: 6379, servers: [{ name: 'a', host: 'redis', port: 6379 }], ...props }),
    second: { listen: 6380, healthPort: 8405 },
    ports: [6379, 8404],
    hasFile: true,
  },
  EnvoyAmbassador: {
    make: (scope, id, props) =>
      new EnvoyAmbassador(scope, id, { services: [{ listen: 8081, upstreams: ['http://orders'] }], ...props }),
    second: { services: [{ listen: 8082, upstreams: ['http://stock'] }], healthPort: 9922, adminPort: 9921 },
    ports: [8081, 9902, 9901],
    hasFile: true,
  },
  EnvoySidecar: {
    make: (scope, id, props) =>
      new EnvoySidecar(scope, id, { listen: 8443, appPort: 8080, tls: EnvoyEdgeTls.fromSecret('web-tls'), ...props }),
    second: { listen: 9443, appPort: 9090, healthPort: 9922, adminPort: 9921, portName: 'other' },
    ports: [8443, 9912, 9911],
    hasFile: true,
  },
  NginxCacheAmbassador: {
    make: (scope, id, props) => new NginxCacheAmbassador(scope, id, { upstream: 'http://catalog', ...props }),
    second: { listen: 8082, healthPort: 8090 },
    ports: [8080, 8089],
    hasFile: true,
  },
  PgBouncerAmbassador: {
    make: (scope, id, props) =>
      new PgBouncerAmbassador(scope, id, {
        users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
        databases: [{ name: 'shop', host: 'postgres' }],
        ...props,
      }),
    second: { listen: 6432 },
    ports: [5432],
    hasFile: true,
  },
  CloudSqlProxy: {
    make: (scope, id, props) =>
      new CloudSqlProxy(scope, id, {
        instances: [{ connectionName: 'my-shop:europe-west1:orders', listen: 5432 }],
        ...props,
      }),
    second: {
      instances: [{ connectionName: 'my-shop:europe-west1:stock', listen: 5433 }],
      healthPort: 9802,
    },
    ports: [5432, 9801],
  },
  OpenTelemetrySidecar: {
    make: (scope, id, props) =>
      new OpenTelemetrySidecar(scope, id, {
        traces: [{ inputs: [OpenTelemetryInput.otlp()], outputs: [OpenTelemetryOutput.stdout()] }],
        ...props,
      }),
    second: {
      traces: [
        {
          inputs: [OpenTelemetryInput.otlp({ grpcPort: 14317, httpPort: 14318 })],
          outputs: [OpenTelemetryOutput.stdout()],
        },
      ],
      healthPort: 13134,
    },
    ports: [13133, 4317, 4318],
    hasFile: true,
  },
  OpenTelemetryAdapter: {
    make: (scope, id, props) => new OpenTelemetryAdapter(scope, id, { source, ...props }),
    second: { healthPort: 13134 },
    ports: [13133],
    hasFile: true,
  },
  FluentBitSidecar: {
    make: (scope, id, props) =>
      new FluentBitSidecar(scope, id, { logs: [{ source }], outputs: [FluentBitOutput.stdout()], ...props }),
    second: { healthPort: 2021 },
    ports: [2020],
    hasFile: true,
  },
  GitSync: {
    make: (scope, id, props) =>
      new GitSync(scope, id, { repository: 'https://git.example/site.git', path: `/srv/${id}`, ...props }),
  },
  ConfigReloader: {
    make: (scope, id, props) =>
      new ConfigReloader(scope, id, {
        configs: [SharedVolume.fromConfigMap('rules', { name: 'rules' }).at('/etc/rules')],
        url: 'http://localhost:9090/-/reload',
        ...props,
      }),
  },
  JsonLogs: {
    make: (scope, id, props) =>
      new JsonLogs(scope, id, { source, file: 'access.log', format: JsonLogFormat.nginx(), ...props }),
    hasFile: true,
  },
  LogMetrics: {
    make: (scope, id, props) =>
      new LogMetrics(scope, id, {
        source,
        metrics: [{ name: 'lines_total', kind: LogMetricKind.COUNTER, pattern: 'a' }],
        ...props,
      }),
    second: { metricsPort: 3904 },
    ports: [3903],
    hasFile: true,
  },
  'PrometheusExporter.nginx': {
    make: (scope, id, props) => PrometheusExporter.nginx(scope, id, props),
    second: { metricsPort: 9114 },
    ports: [9113],
  },
  'PrometheusExporter.redis': {
    make: (scope, id, props) => PrometheusExporter.redis(scope, id, props),
    second: { metricsPort: 9122 },
    ports: [9121],
  },
  'PrometheusExporter.statsd': {
    make: (scope, id, props) =>
      PrometheusExporter.statsd(scope, id, { mappings: [{ match: 'a', name: 'b' }], ...props }),
    second: { metricsPort: 9103, port: 8126 },
    ports: [8125, 8125, 9102],
    hasFile: true,
  },
  'PrometheusExporter.postgres': {
    make: (scope, id, props) => PrometheusExporter.postgres(scope, id, { user: 'metrics', passwordSecret, ...props }),
    second: { metricsPort: 9188 },
    ports: [9187],
  },
  'PrometheusExporter.mysqld': {
    make: (scope, id, props) => PrometheusExporter.mysqld(scope, id, { user: 'metrics', passwordSecret, ...props }),
    second: { metricsPort: 9105 },
    ports: [9104],
  },
  'PrometheusExporter.memcached': {
    make: (scope, id, props) => PrometheusExporter.memcached(scope, id, props),
    second: { metricsPort: 9151 },
    ports: [9150],
  },
  'PrometheusExporter.json': {
    make: (scope, id, props) =>
      PrometheusExporter.json(scope, id, { modules: [{ metrics: [{ name: 'queue', path: '{.queue}' }] }], ...props }),
    second: { metricsPort: 7980 },
    ports: [7979],
    hasFile: true,
  },
};

const all = Object.entries(CASES);

test('all helpers that are ready-made are here', () => {
  const helpers = Object.values<unknown>(readyMade).filter(
    (one): one is typeof Helper => typeof one === 'function' && one.prototype instanceof Helper,
  );
  const here = new Set(Object.keys(CASES).map((name) => name.replace(/\..*/, '')));

  expect([...here].sort()).toStrictEqual(helpers.map(({ name }) => name).sort());
});

describe.each(all)('%s', (_, { make, second, ports = [], hasFile = false }) => {
  const containerOf = (chart: Chart) => synthPodSpec(chart).containers?.find(({ name }) => name === 'helper');

  function jobIn(chart: Chart): k8s.KubeJob {
    return new k8s.KubeJob(chart, 'job', {
      metadata: { name: 'job' },
      spec: { template: template('job', { restartPolicy: 'Never' }) },
    });
  }

  test('its image comes from the registry that is set, and a given one from where it is', () => {
    const imageOf = (props: ReadyMadeConfigOptions) => {
      const chart = Testing.chart();
      ImageRegistry.target(chart, 'registry.example:5000');
      make(deployment(chart), 'helper', props);
      return containerOf(chart)?.image;
    };

    // A tag is a version, with a figure in it at least.
    expect(imageOf({})).toMatch(/^registry\.example:5000\/[a-z0-9./_-]+:[a-z0-9.-]*[0-9][a-z0-9.-]*$/);
    expect(imageOf({ image: 'elsewhere.example/other:1' })).toBe('elsewhere.example/other:1');
  });

  test('what else its container has can be chosen, or patched', () => {
    const chart = Testing.chart();

    const helper = make(deployment(chart), 'helper', {
      resources: { limits: { memory: k8s.Quantity.fromString('512Mi') } },
      restricted: { user: 1234 },
    });
    helper.addJsonPatch(JsonPatch.add('/terminationMessagePolicy', 'FallbackToLogsOnError'));

    expect(containerOf(chart)).toMatchObject({
      resources: { limits: { memory: '512Mi' } },
      securityContext: { runAsUser: 1234, readOnlyRootFilesystem: true },
      terminationMessagePolicy: 'FallbackToLogsOnError',
    });
  });

  test('all rules are kept, Pod Security "restricted" included', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll().require(PodRules.POD_SECURITY_RESTRICTED).require(PodRules.PINNED_IMAGE);
    const web = deployment(chart, 'web', {
      containers: [
        {
          name: 'app',
          image: 'registry.example/app:1',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });

    make(web, 'helper');

    expect(synthErrors(chart)).toStrictEqual([]);
  });

  test('a Job ends with a native sidecar, which is what it gets where Kubernetes has them, and with no other', () => {
    const errorsOf = (props: ReadyMadeConfigOptions, version?: string) => {
      const chart = Testing.chart();
      if (version !== undefined) {
        KubernetesVersion.target(chart, version);
      }
      make(jobIn(chart), 'helper', props);
      const errors = synthErrors(chart);
      if (errors.length === 0) {
        expect(synthPodSpec(chart, 'Job').initContainers).toMatchObject([{ name: 'helper', restartPolicy: 'Always' }]);
      }
      return errors;
    };

    expect(errorsOf({}, '1.33')).toStrictEqual([]);
    expect(errorsOf({ kind: HelperKind.NATIVE_SIDECAR })).toStrictEqual([]);
    expect(errorsOf({ kind: HelperKind.REGULAR })).toStrictEqual([expect.stringContaining('job-completion')]);
  });

  test('two in one pod are fine with ports of their own, and told where they have the same', () => {
    const errorsOf = (props?: object) => {
      const chart = Testing.chart();
      const web = deployment(chart);
      make(web, 'one');
      make(web, 'two', props);
      return synthErrors(chart);
    };

    expect(errorsOf(second)).toStrictEqual([]);
    const errors = errorsOf().join('\n');
    expect(errors.match(/(?<=both (?:listen on|declare) port )\d+/g) ?? []).toEqual(ports.map(String));
  });

  test('it joins a workload of cdk8s-plus, and one of a Helm chart', () => {
    const chart = new Chart(new App({ outdir: 'unused' }), 'chart');
    const plus = new kplus.Deployment(chart, 'plus', { containers: [{ image: 'nginx:1.27', portNumber: 8888 }] });
    const url = join(__dirname, '../fixtures/helm-chart.yaml');
    const [vendor] = Workloads.allOf(new Include(chart, 'vendor', { url }), { kinds: ['Deployment'] });

    for (const workload of [plus, vendor]) {
      make(workload, 'helper');
    }

    expect(
      synthManifests(chart)
        .filter(({ kind }) => kind === 'Deployment')
        .map((manifest) => podSpecOf(manifest).containers?.at(-1)?.name),
    ).toStrictEqual(['helper', 'helper']);
  });

  if (!hasFile) {
    return;
  }

  test('its ConfigMap has the name and the way of changing that are asked for, otherwise one for each content', () => {
    const templateOf = (props: ReadyMadeConfigOptions) => {
      const chart = Testing.chart();
      const helper = make(deployment(chart), 'helper', { configMapName: 'conf', ...props });
      const [manifest] = synthManifests(chart);
      return { name: helper.configMaps[0].name, text: JSON.stringify(manifest) };
    };

    expect(templateOf({}).name).toMatch(/^conf-[0-9a-z]+$/);
    expect(templateOf({ onChange: ConfigChange.REPLACE }).name).toMatch(/^conf-[0-9a-z]+$/);
    expect(templateOf({ onChange: ConfigChange.RESTART }).text).toContain('"checksum/helper-config":');
    expect(templateOf({ onChange: ConfigChange.KEEP_RUNNING }).text).not.toMatch(/checksum|conf-/);
  });
});
