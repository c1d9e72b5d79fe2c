import { join } from 'node:path';
import { ApiObject, App, Chart, Include, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import { k8s } from 'cdk8s-plus-28';
import {
  HelperKind,
  OpenTelemetryAdapter,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  OpenTelemetryTls,
  PodChecks,
  SharedVolume,
  Workloads,
} from '../../../lib';
import { project } from '../../support/project';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../../support/workloads';

const logs = SharedVolume.emptyDir('logs');
const files = OpenTelemetryInput.files(logs.at('/var/log/app'));
const gateway = OpenTelemetryOutput.otlp('gateway.observability:4317');
const shipping = { logs: [{ inputs: [files], outputs: [gateway] }] };

/** What the configuration says, of the only ConfigMap of a chart. */
function configIn(chart: Chart): string {
  const map = synthManifests(chart).find(({ kind }) => kind === 'ConfigMap') as unknown as {
    data: Record<string, string>;
  };
  return map.data['config.yaml'];
}

test('a sidecar of few words is hardened, limited, probed, and remembers what it has read', () => {
  const chart = Testing.chart();

  new OpenTelemetrySidecar(deployment(chart), 'shipper', shipping);

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1]).toStrictEqual({
    name: 'shipper',
    image: 'otel/opentelemetry-collector-contrib:0.160.0',
    args: ['--config=/etc/otelcol/config.yaml'],
    env: [
      { name: 'GOMEMLIMIT', value: '204MiB' },
      { name: 'K8S_NAMESPACE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'K8S_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
      { name: 'K8S_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'K8S_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    livenessProbe: { failureThreshold: 6, httpGet: { path: '/', port: 13133 }, periodSeconds: 10, timeoutSeconds: 5 },
    ports: [{ containerPort: 13133 }],
    resources: { limits: { memory: '256Mi' }, requests: { cpu: '50m', memory: '128Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { mountPath: '/var/lib/otelcol', name: 'shipper-state' },
      { mountPath: '/var/log/app', name: 'logs', readOnly: true },
      { mountPath: '/etc/otelcol', name: 'shipper-config' },
    ],
  });
  expect(volumes?.map(({ name }) => name)).toStrictEqual(['shipper-state', 'logs', 'shipper-config']);
});

test('what it collects is the service of its workload, unless told otherwise', () => {
  const service = (serviceName?: string): string => {
    const chart = Testing.chart();
    new OpenTelemetrySidecar(deployment(chart, 'shop'), 'shipper', { ...shipping, serviceName });
    return /service\.name"\], "(.*)"\) where/.exec(configIn(chart))?.[1] ?? '';
  };

  expect(service()).toBe('shop');
  expect(service('checkout')).toBe('checkout');
});

test('what it collects of the items of a List is the service of each', () => {
  const chart = Testing.chart();
  const items = ['vendor', 'other'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: template(name).spec,
  }));
  const list = new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', ...{ items } });
  Workloads.allOf(list).forEach((workload) => new OpenTelemetrySidecar(workload, 'shipper', shipping));

  const configs = JSON.stringify(synthManifests(chart).filter(({ kind }) => kind === 'ConfigMap'));
  expect([...configs.matchAll(/service\.name\S+, \S*?"(\w+)\S+ where/g)].map(([, name]) => name)).toStrictEqual([
    'vendor',
    'other',
  ]);
});

test('pods are replaced when the configuration changes', () => {
  const volumes = (serviceName: string): unknown => {
    const chart = Testing.chart();
    new OpenTelemetrySidecar(deployment(chart), 'shipper', { ...shipping, serviceName });
    return synthPodSpec(chart).volumes;
  };

  expect(volumes('a')).toStrictEqual(volumes('a'));
  expect(volumes('a')).not.toStrictEqual(volumes('b'));
});

test('what it may keep in memory follows the limit, in Go and in the collector', () => {
  const chart = Testing.chart();

  new OpenTelemetrySidecar(deployment(chart), 'shipper', {
    ...shipping,
    resources: { limits: { memory: k8s.Quantity.fromString('1Gi') } },
  });

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    env: [{ name: 'GOMEMLIMIT', value: '819MiB' }, {}, {}, {}, {}],
  });
  expect(configIn(chart)).toContain('limit_mib: 819\n    spike_limit_mib: 256\n');
});

test('where it takes OTLP, containers behind it wait for it, and nobody else has its ports', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', {
    containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 4318 }] }],
  });

  new OpenTelemetrySidecar(web, 'collector', {
    traces: [{ inputs: [OpenTelemetryInput.otlp()], outputs: [gateway] }],
    kind: HelperKind.NATIVE_SIDECAR,
  });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] port-conflict: containers "collector" and "app" both listen on or declare port 4318/TCP, but the ' +
      'containers of a pod share one network namespace; give one of them another port',
  ]);
});

test('two in one pod are fine on ports of their own', () => {
  const errors = (healthPort?: number): string[] => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new OpenTelemetrySidecar(web, 'shipper', shipping);
    new OpenTelemetryAdapter(web, 'normalizer', { source: logs.at('/var/log/app'), healthPort });
    return synthErrors(chart);
  };

  expect(errors(13134)).toStrictEqual([]);
  expect(errors()).toStrictEqual([
    '[test/web] port-conflict: containers "shipper" and "normalizer" both listen on port 13133/TCP, but the ' +
      'containers of a pod share one network namespace; give one of them another port',
  ]);
});

test.each([HelperKind.NATIVE_SIDECAR, HelperKind.REGULAR])(
  'as a %s it joins a workload of cdk8s-plus and those of a Helm chart',
  (kind) => {
    const chart = Testing.chart();
    const web = new kplus.Deployment(chart, 'web', { containers: [{ image: 'nginx:1.27', portNumber: 8080 }] });
    const url = join(project, 'test/fixtures/helm-chart.yaml');

    new OpenTelemetrySidecar(web, 'shipper', { ...shipping, kind });
    for (const workload of Workloads.allOf(new Include(chart, 'release', { url }))) {
      new OpenTelemetryAdapter(workload, 'normalizer', { source: logs.at('/var/log/app'), kind });
    }

    const helpers = synthManifests(chart)
      .filter(({ kind: of }) => of === 'Deployment' || of === 'StatefulSet')
      .map((manifest) => {
        const { containers = [], initContainers = [] } = podSpecOf(manifest);
        return (kind === HelperKind.REGULAR ? containers : initContainers).at(-1)?.name;
      });
    expect(helpers).toStrictEqual(['shipper', 'normalizer']);
  },
);

test('certificates come from Secrets and ConfigMaps, and nothing else of these: not the key of an authority', () => {
  const chart = Testing.chart();
  const tls = OpenTelemetryTls.verified({ caConfigMap: 'roots', caKey: 'root.pem', clientSecret: 'client' });
  const outputs = [
    OpenTelemetryOutput.otlp('a:4317', { tls }),
    OpenTelemetryOutput.stdout(),
    OpenTelemetryOutput.otlpHttp('https://b', { tls: OpenTelemetryTls.verified({ caSecret: 'authority' }) }),
  ];

  new OpenTelemetrySidecar(deployment(chart), 'shipper', { logs: [{ inputs: [files], outputs }] });

  const { containers, volumes } = synthPodSpec(chart);
  const items = (key: string, path = key): object => ({ key, path });
  const client = { name: 'client', items: [items('tls.crt'), items('tls.key')] };
  const roots = { name: 'roots', items: [items('root.pem', 'ca.crt')] };
  expect(volumes).toContainEqual({
    name: 'shipper-tls-0',
    projected: { sources: [{ configMap: roots }, { secret: client }] },
  });
  expect(volumes).toContainEqual({
    name: 'shipper-tls-2',
    projected: { sources: [{ secret: { name: 'authority', items: [items('ca.crt')] } }] },
  });
  expect(containers?.[1].volumeMounts).toContainEqual({
    name: 'shipper-tls-2',
    mountPath: '/etc/otelcol-tls/2',
    readOnly: true,
  });
  expect(configIn(chart)).toContain(`    tls:
      insecure: false
      ca_file: /etc/otelcol-tls/0/ca.crt
      cert_file: /etc/otelcol-tls/0/tls.crt
      key_file: /etc/otelcol-tls/0/tls.key
      reload_interval: 1h
`);
});

test('a container of its own appears as it was given, with what its configuration needs', () => {
  const chart = Testing.chart();

  new OpenTelemetrySidecar(deployment(chart), 'shipper', {
    ...shipping,
    container: { name: 'otel', image: 'registry.example/otel:1', env: [{ name: 'GOMEMLIMIT', value: '100MiB' }] },
  });

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    name: 'otel',
    image: 'registry.example/otel:1',
    env: [
      { name: 'GOMEMLIMIT', value: '100MiB' },
      { name: 'K8S_NAMESPACE_NAME' },
      { name: 'K8S_POD_UID' },
      { name: 'K8S_NODE_NAME' },
      { name: 'K8S_POD_NAME' },
    ],
    volumeMounts: [{ name: 'otel-state', mountPath: '/var/lib/otelcol' }, { name: 'logs' }, { name: 'otel-config' }],
  });
});

test('the checks of a pod with both find nothing', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  PodChecks.of(chart).checkAll();
  const web = deployment(chart, 'web', {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  });

  new OpenTelemetrySidecar(web, 'shipper', shipping);
  new OpenTelemetryAdapter(web, 'normalizer', { source: logs.at('/var/log/app'), healthPort: 13134 });

  expect(synthErrors(chart)).toStrictEqual([]);
});

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new OpenTelemetrySidecar(web, 'shipper', {
        logs: [{ inputs: [], outputs: [gateway] }],
        healthPort: 0,
        resources: { limits: { memory: k8s.Quantity.fromString('16Mi') } },
      }),
  ).toThrow(
    new Error(`test/web/shipper: no collector can be configured:
  logs[0].inputs is empty; give at least one OpenTelemetryInput
  healthPort is 0; give a whole number from 1 to 65535
  the memory in "resources" is "16Mi"; a collector needs at least 96Mi`),
  );
});

test('an adapter reads its source only, and says what it does with it', () => {
  const chart = Testing.chart();

  new OpenTelemetryAdapter(deployment(chart), 'normalizer', { source: logs.at('/var/log/app'), include: ['a.log'] });

  expect(podSpecOf(synthManifests(chart)[0]).containers?.[1].volumeMounts).toContainEqual({
    mountPath: '/var/log/app',
    name: 'logs',
    readOnly: true,
  });
  expect(configIn(chart)).toContain('include:\n      - /var/log/app/a.log\n');
  expect(configIn(chart)).toContain('file/stdout:\n    path: /dev/stdout\n');
});

test('an adapter without a source is an error', () => {
  const web = deployment(Testing.chart());

  expect(() => new OpenTelemetryAdapter(web, 'normalizer', {} as never)).toThrow(
    'test/web/normalizer: source is missing; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")',
  );
});
