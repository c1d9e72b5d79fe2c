import { RULES } from '../../lib/rules';
import { Options, findingsIn, findingsOf, idsOf, withContainer } from './support';

interface Boundary {
  /** Pod specs, or manifests where they have a kind. */
  readonly breaks: unknown;
  readonly keeps: unknown;
  readonly options?: { readonly breaks?: Options; readonly keeps?: Options };
}

const image = 'nginx:1.27';
const label63 = 'a'.repeat(63);
const deployment = (spec: object, selector: object): object => ({
  kind: 'Deployment',
  spec: {
    selector,
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }], ...spec } },
  },
});
const statefulSet = (name: string): object => ({
  ...deployment({}, { matchLabels: { app: 'web' } }),
  kind: 'StatefulSet',
  metadata: { name },
});
const sidecar = (fields: object): object => ({
  initContainers: [{ name: 'proxy', image, restartPolicy: 'Always', ...fields }],
});
const mounts = (first: string, second: string, volume: object = { emptyDir: {} }, inner: object = {}): object =>
  withContainer(
    {
      volumeMounts: [
        { name: 'outer', mountPath: first },
        { name: 'inner', mountPath: second, ...inner },
      ],
    },
    {
      volumes: [
        { name: 'outer', ...volume },
        { name: 'inner', ...volume },
      ],
    },
  );
const files = (...paths: string[]): object =>
  withContainer(
    {},
    { volumes: [{ name: 'v', secret: { secretName: 's', items: paths.map((path) => ({ key: 'k', path })) } }] },
  );
const cronJob = {
  kind: 'CronJob',
  spec: {
    schedule: '@daily',
    jobTemplate: { spec: { template: { spec: withContainer({}, { restartPolicy: 'Never' }) } } },
  },
};
const loopback = { container: 'app', port: 8080, protocol: 'TCP', address: '127.0.0.1' };
const connection = { container: 'app', to: 'redis:6379' };
const configMap = (data: object, binaryData: object = {}): object => ({ kind: 'ConfigMap', data, binaryData });
const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } };
const service = (targetPort: unknown): string =>
  [
    { kind: 'Service', spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }] } },
    { kind: 'Pod', metadata: { labels: { app: 'web' } }, spec: withContainer({}) },
  ]
    .map((manifest) => JSON.stringify(manifest))
    .join('\n---\n');

const serving = (spec: object, ...ports: object[]): object => ({ kind: 'Service', spec: { ports, ...spec } });
const scheduled = (fields: object): object => ({
  kind: 'CronJob',
  spec: { ...cronJob.spec, ...fields },
});

/** For each rule what just breaks it, and what just keeps it. */
const BOUNDARIES: Readonly<Record<string, Boundary>> = {
  'removed-api-version': {
    breaks: { apiVersion: 'batch/v1beta1', ...cronJob },
    keeps: { apiVersion: 'batch/v1beta1', ...cronJob },
    options: { breaks: { kubernetesVersion: '1.25' }, keeps: { kubernetesVersion: '1.24' } },
  },
  'has-container': { breaks: { containers: [] }, keeps: withContainer({}) },
  'container-name': { breaks: withContainer({ name: `${label63}a` }), keeps: withContainer({ name: label63 }) },
  'container-name-unique': {
    breaks: withContainer({}, { initContainers: [{ name: 'app', image }] }),
    keeps: withContainer({}, { initContainers: [{ name: 'app2', image }] }),
  },
  'image-required': { breaks: withContainer({ image: '' }), keeps: withContainer({ image: ' ' }) },
  'image-reference': {
    breaks: withContainer({ image: 'reg/App:1' }),
    keeps: withContainer({ image: `localhost:5000/a__b/c.d-e:1@sha256:${'0'.repeat(64)}` }),
  },
  'pinned-image': {
    breaks: withContainer({ image: 'localhost:5000/nginx' }),
    keeps: withContainer({ image: 'localhost:5000/nginx:1' }),
  },
  'port-number': {
    breaks: withContainer({ ports: [{ containerPort: 65536 }] }),
    keeps: withContainer({ ports: [{ containerPort: 65535, hostPort: 0 }] }),
  },
  'port-name': {
    breaks: withContainer({ ports: [{ containerPort: 1, name: 'a--b' }] }),
    keeps: withContainer({ ports: [{ containerPort: 1, name: 'a-b-c-d-e-f-123' }] }),
  },
  'port-name-unique': {
    breaks: withContainer({ ports: [1, 2].map((containerPort) => ({ containerPort, name: 'a' })) }),
    keeps: withContainer({ ports: [1, 2].map((containerPort) => ({ containerPort, name: '' })) }),
  },
  'port-name-shared': {
    breaks: withContainer(
      { ports: [{ containerPort: 1, name: 'a' }] },
      sidecar({ ports: [{ containerPort: 2, name: 'a' }] }),
    ),
    keeps: withContainer(
      { ports: [{ containerPort: 1, name: 'a' }] },
      sidecar({ ports: [{ containerPort: 2, name: 'a', protocol: 'UDP' }] }),
    ),
  },
  'duplicate-port': {
    breaks: withContainer({ ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'TCP' }] }),
    keeps: withContainer({ ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'UDP' }] }),
  },
  'host-port-network': {
    breaks: withContainer({ ports: [{ containerPort: 1, hostPort: 2 }] }, { hostNetwork: true }),
    keeps: withContainer({ ports: [{ containerPort: 1, hostPort: 1 }] }, { hostNetwork: true }),
  },
  'host-port-unique': {
    breaks: withContainer({ ports: [1, 2].map((containerPort) => ({ containerPort, hostPort: 9 })) }),
    keeps: withContainer({
      ports: [1, 2].map((containerPort) => ({ containerPort, hostPort: 9, hostIP: `10.0.0.${containerPort}` })),
    }),
  },
  'host-port-conflict': {
    breaks: withContainer(
      { ports: [{ containerPort: 1, hostPort: 9 }] },
      sidecar({ ports: [{ containerPort: 2, hostPort: 9 }] }),
    ),
    keeps: withContainer(
      { ports: [{ containerPort: 1, hostPort: 9 }] },
      { initContainers: [{ name: 'setup', image, ports: [{ containerPort: 2, hostPort: 9 }] }] },
    ),
  },
  'port-conflict': {
    breaks: withContainer({ ports: [{ containerPort: 1 }] }, sidecar({ ports: [{ containerPort: 1 }] })),
    keeps: withContainer(
      { ports: [{ containerPort: 1 }] },
      { initContainers: [{ name: 'setup', image, ports: [{ containerPort: 1 }] }] },
    ),
  },
  'privileged-port': {
    breaks: withContainer({ ports: [{ containerPort: 1023 }] }, { securityContext: { runAsUser: 1 } }),
    keeps: withContainer({ ports: [{ containerPort: 1024 }] }, { securityContext: { runAsUser: 1 } }),
  },
  'volume-name': {
    breaks: withContainer({}, { volumes: [{ name: `${label63}a`, emptyDir: {} }] }),
    keeps: withContainer({}, { volumes: [{ name: label63, emptyDir: {} }] }),
  },
  'volume-name-unique': {
    breaks: withContainer({}, { volumes: ['a', 'a'].map((name) => ({ name, emptyDir: {} })) }),
    keeps: withContainer({}, { volumes: ['a', 'b'].map((name) => ({ name, emptyDir: {} })) }),
  },
  'volume-source': {
    breaks: withContainer({}, { volumes: [{ name: 'a', secret: null }] }),
    keeps: withContainer({}, { volumes: [{ name: 'a', emptyDir: {} }] }),
  },
  'volume-source-unique': {
    breaks: withContainer({}, { volumes: [{ name: 'a', emptyDir: {}, secret: { secretName: 's' } }] }),
    keeps: withContainer({}, { volumes: [{ name: 'a', emptyDir: {}, secret: null }] }),
  },
  'mount-volume': {
    breaks: withContainer({ volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
    keeps: {
      kind: 'StatefulSet',
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: withContainer({ volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
        },
        volumeClaimTemplates: [{ metadata: { name: 'a' } }],
      },
    },
  },
  'mount-path': { breaks: mounts('/a', '/a'), keeps: mounts('/a', '/A') },
  'mount-path-equivalent': { breaks: mounts('/a', '/a/'), keeps: mounts('/a', '/a/..b/') },
  'mount-under-read-only': {
    breaks: mounts('/a', '/a/b', { configMap: { name: 'c' } }, { subPath: 'b' }),
    keeps: mounts('/a', '/a/b', { configMap: { name: 'c' } }),
  },
  'nested-mount': { breaks: mounts('/', '/a'), keeps: mounts('/a', '/ab') },
  'sub-path': {
    breaks: withContainer(
      { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: 'b/..' }] },
      { volumes: [{ name: 'a', emptyDir: {} }] },
    ),
    keeps: withContainer(
      { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: 'b/...', subPathExpr: '' }] },
      { volumes: [{ name: 'a', emptyDir: {} }] },
    ),
  },
  'overlapping-paths': { breaks: files('a', 'a/b'), keeps: files('a', 'ab') },
  'env-name': {
    breaks: withContainer({ env: [{ name: 'Ä', value: '' }] }),
    keeps: withContainer({ env: [{ name: '_A', value: '' }] }),
  },
  'env-name-portable': {
    breaks: withContainer({ env: [{ name: '1', value: '' }] }),
    keeps: withContainer({ env: [{ name: '1', value: '' }] }),
    options: { breaks: { kubernetesVersion: '1.31' }, keeps: { kubernetesVersion: '1.32' } },
  },
  'env-empty': {
    breaks: withContainer({ env: [{ name: 'A' }] }),
    keeps: withContainer({ env: [{ name: 'A', value: '' }] }),
  },
  'env-value-from': {
    breaks: withContainer({
      env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    }),
    keeps: withContainer({
      env: [{ name: 'A', value: '', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: null } }],
    }),
  },
  'env-unique': {
    breaks: withContainer({
      env: [
        { name: 'A', value: '' },
        { name: 'A', value: '$(A)' },
      ],
    }),
    keeps: withContainer({
      env: [
        { name: 'A', value: '' },
        { name: 'A', value: '$(A)x' },
        { name: 'a', value: '' },
      ],
    }),
  },
  'env-reference': {
    breaks: withContainer({
      env: [
        { name: 'A', value: '$(B)' },
        { name: 'B', value: 'x' },
      ],
    }),
    keeps: withContainer({
      env: [
        { name: 'B', value: 'x' },
        { name: 'A', value: '$(B) $$(C) $(date +%s) $(D_SERVICE_HOST) $(E_PORT_80_TCP_ADDR)' },
      ],
    }),
  },
  quantity: {
    breaks: withContainer({ resources: { limits: { memory: '1gi' } } }),
    keeps: withContainer({ resources: { limits: { memory: '1Gi' } } }),
  },
  'request-limit': {
    breaks: withContainer({ resources: { requests: { cpu: '1001m' }, limits: { cpu: 1 } } }),
    keeps: withContainer({ resources: { requests: { cpu: '1000m' }, limits: { cpu: 1 } } }),
  },
  'fractional-bytes': {
    breaks: withContainer({ resources: { limits: { memory: '1999m' } } }),
    keeps: withContainer({ resources: { limits: { memory: '2000m', cpu: '1m' } } }),
  },
  'probe-handler': {
    breaks: withContainer({ livenessProbe: { exec: {}, httpGet: { port: 1 } } }),
    keeps: withContainer({ livenessProbe: { exec: {}, httpGet: null } }),
  },
  'probe-threshold': {
    breaks: withContainer({ livenessProbe: { exec: {}, successThreshold: 2 } }),
    keeps: withContainer({ readinessProbe: { exec: {}, successThreshold: 2 } }),
  },
  'probe-port': {
    breaks: withContainer({ livenessProbe: { grpc: { port: 65536 } } }),
    keeps: withContainer({ livenessProbe: { grpc: { port: 65535 } } }),
  },
  'probe-port-name': {
    breaks: withContainer({ livenessProbe: { httpGet: { port: 'http' } } }),
    keeps: withContainer({ livenessProbe: { httpGet: { port: 'http' } }, ports: [{ containerPort: 1, name: 'http' }] }),
  },
  'loopback-probe': {
    breaks: withContainer({ readinessProbe: { tcpSocket: { port: 8080 } } }),
    keeps: withContainer({ readinessProbe: { tcpSocket: { port: 8080, host: '127.0.0.1' } } }),
    options: { breaks: { listeners: [loopback] }, keeps: { listeners: [loopback] } },
  },
  'init-probe': {
    breaks: withContainer({}, { initContainers: [{ name: 'a', image, startupProbe: { exec: {} } }] }),
    keeps: withContainer({}, sidecar({ startupProbe: { exec: {} } })),
  },
  'startup-deadlock': {
    breaks: withContainer({ ports: [{ containerPort: 80 }] }, sidecar({ startupProbe: { httpGet: { port: 80 } } })),
    keeps: withContainer({ ports: [{ containerPort: 80 }] }, sidecar({ readinessProbe: { httpGet: { port: 80 } } })),
  },
  'cluster-dns': {
    breaks: withContainer({}, { hostNetwork: true, dnsPolicy: 'ClusterFirst' }),
    keeps: withContainer({}, { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    options: { breaks: { connections: [connection] }, keeps: { connections: [connection] } },
  },
  'hook-handler': {
    breaks: withContainer({ lifecycle: { preStop: {} } }),
    keeps: withContainer({ lifecycle: { preStop: { exec: {} }, postStart: null } }),
  },
  'hook-sleep': {
    breaks: withContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
    keeps: withContainer({ lifecycle: { preStop: { sleep: { seconds: 30 } } } }),
  },
  'shutdown-grace': {
    breaks: withContainer({ lifecycle: { preStop: { exec: { command: ['sleep', '30.5'] } } } }),
    keeps: withContainer({ lifecycle: { preStop: { exec: { command: ['sleep', '30s'] } } } }),
  },
  sigterm: {
    breaks: withContainer({ command: ['sleep', '30'] }),
    keeps: withContainer({ command: ['sleep', '29'] }),
  },
  'restart-policy': {
    breaks: deployment({ restartPolicy: 'OnFailure' }, { matchLabels: { app: 'web' } }),
    keeps: deployment({ restartPolicy: 'Always' }, { matchLabels: { app: 'web' } }),
  },
  'container-restart-policy': {
    breaks: withContainer({ restartPolicy: 'Never' }),
    keeps: withContainer({ restartPolicy: 'Never' }),
    options: { breaks: { kubernetesVersion: '1.33' } },
  },
  'container-restart-policy-value': {
    breaks: withContainer({ restartPolicy: 'always' }),
    keeps: withContainer({ restartPolicy: 'Always' }),
  },
  'native-sidecar-version': {
    breaks: withContainer({}, sidecar({})),
    keeps: withContainer({}, sidecar({})),
    options: { breaks: { kubernetesVersion: '1.28' }, keeps: { kubernetesVersion: '1.29' } },
  },
  'stateful-set-name': { breaks: statefulSet('a'.repeat(53)), keeps: statefulSet('a'.repeat(52)) },
  'metadata-name': {
    breaks: { kind: 'CronJob', metadata: { name: 'a'.repeat(53) }, spec: cronJob.spec },
    keeps: { kind: 'CronJob', metadata: { name: 'a'.repeat(52) }, spec: cronJob.spec },
  },
  'field-type': {
    breaks: withContainer({ args: ['--port', 8080] }),
    keeps: withContainer({ args: ['--port', '8080', null], command: null, readinessProbe: null }),
  },
  'unknown-field': {
    breaks: withContainer({ volumeMount: [] }),
    keeps: withContainer({ volumeMounts: [] }),
  },
  'field-value': {
    breaks: withContainer({ readinessProbe: { exec: {}, periodSeconds: -1 } }),
    keeps: withContainer({ readinessProbe: { exec: {}, periodSeconds: 0 }, imagePullPolicy: '' }),
  },
  'required-field': {
    breaks: withContainer({}, { volumes: [{ name: 'v', hostPath: { path: '' } }] }),
    keeps: withContainer({}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
  },
  labels: {
    breaks: { kind: 'Pod', metadata: { labels: { a: `${label63}a` } }, spec: withContainer({}) },
    keeps: {
      kind: 'Pod',
      metadata: { labels: { a: label63, [`example.com/${label63}`]: '' } },
      spec: withContainer({}),
    },
  },
  annotations: {
    breaks: { kind: 'Pod', metadata: { annotations: { a: 'x'.repeat(256 * 1024) } }, spec: withContainer({}) },
    keeps: { kind: 'Pod', metadata: { annotations: { A: 'x'.repeat(256 * 1024 - 1) } }, spec: withContainer({}) },
  },
  'undefined-text': {
    breaks: withContainer({ args: ['http://undefined:80'] }),
    keeps: withContainer({
      args: ['http://undefined-behaviour:80', '--allow-undefined', 'if (x === undefined) return NaN'],
    }),
  },
  selector: {
    breaks: deployment({}, { matchLabels: { app: 'web', tier: 'front' } }),
    keeps: deployment({}, { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] }),
  },
  'cron-schedule': {
    breaks: scheduled({ schedule: '* * * * 7' }),
    keeps: scheduled({ schedule: '*/5 0-23/2 ?,1 JAN-dec 0-6' }),
  },
  'cron-time-zone': {
    breaks: scheduled({ timeZone: 'europe/berlin' }),
    keeps: scheduled({ timeZone: 'Europe/Berlin' }),
  },
  'privilege-escalation': {
    breaks: withContainer({ securityContext: { allowPrivilegeEscalation: false, privileged: true } }),
    keeps: withContainer({ securityContext: { allowPrivilegeEscalation: true, privileged: true } }),
  },
  'non-root-user': {
    breaks: withContainer({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }),
    keeps: withContainer(
      { securityContext: { runAsNonRoot: true, runAsUser: 1 } },
      { securityContext: { runAsUser: 0 } },
    ),
  },
  'numeric-user': {
    breaks: withContainer({ securityContext: { runAsNonRoot: true } }),
    keeps: withContainer({}, { securityContext: { runAsNonRoot: true, runAsUser: 1 } }),
  },
  'pod-security-restricted': {
    breaks: withContainer(
      { securityContext: { ...restricted, seccompProfile: { type: 'Unconfined' } } },
      { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost' } } },
    ),
    keeps: withContainer(
      { securityContext: restricted },
      { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost' } } },
    ),
  },
  'config-map-key': { breaks: configMap({ ['a'.repeat(254)]: '' }), keeps: configMap({ ['a'.repeat(253)]: '' }) },
  'config-map-key-unique': { breaks: configMap({ a: '' }, { a: '' }), keeps: configMap({ a: '' }, { A: '' }) },
  'config-map-value': { breaks: configMap({}, { a: 'eA=' }), keeps: configMap({}, { a: 'eA==\n', b: [0, 255] }) },
  'config-map-size': {
    // 1 MiB is 349,525 groups of base64 and one byte.
    breaks: configMap({ a: 'ä'.repeat(512 * 1024) }, { b: 'eA==' }),
    keeps: configMap({ a: 'x' }, { b: 'AAAA'.repeat(349_525) }),
  },
  'service-ports': { breaks: serving({}), keeps: serving({ clusterIP: 'None' }) },
  'service-port-name': {
    breaks: serving({}, { port: 1, name: 'a' }, { port: 2, name: '' }),
    keeps: serving({}, { port: 1, name: 'a' }, { port: 2, name: label63 }),
  },
  'service-port-unique': {
    breaks: serving({}, { port: 1, name: 'a' }, { port: 1, name: 'b', protocol: 'TCP' }),
    keeps: serving({}, { port: 1, name: 'a' }, { port: 1, name: 'b', protocol: 'UDP' }),
  },
  'service-node-port': {
    breaks: serving({}, { port: 1, nodePort: 30000 }),
    keeps: serving({ type: 'LoadBalancer' }, { port: 1, nodePort: 30000 }),
  },
  'service-target-port-value': {
    breaks: serving({}, { port: 1, targetPort: '8080' }),
    keeps: serving({}, { port: 1, targetPort: '8080a' }),
  },
  'service-target-port': { breaks: service('http'), keeps: service(8080) },
  'service-loopback-port': {
    breaks: service(8080),
    keeps: service(8080),
    options: { breaks: { listeners: [loopback] }, keeps: { listeners: [loopback, { ...loopback, address: '::' }] } },
  },
  'service-selector': {
    breaks: serving({ selector: { app: `${label63}a` } }, { port: 1 }),
    keeps: serving({ selector: { app: label63 } }, { port: 1 }),
  },
  'service-cluster-ip': {
    breaks: serving({ clusterIP: 'none' }, { port: 1 }),
    keeps: serving({ clusterIP: '10.0.0.01' }, { port: 1 }),
  },
  'service-external-name': {
    breaks: serving({ type: 'ExternalName', externalName: 'a_b' }),
    keeps: serving({ type: 'ExternalName', externalName: 'a.b.' }),
  },
};

test('every rule has a boundary', () => {
  expect(Object.keys(BOUNDARIES)).toEqual(RULES.map(({ id }) => id));
});

describe.each(Object.entries(BOUNDARIES))('%s', (id, { breaks, keeps, options }) => {
  const idsIn = (value: unknown, given: Options = {}): string[] => {
    const all = { ...given, required: [id] };
    const hasKind = typeof value === 'object' && value !== null && 'kind' in value;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return idsOf(typeof value === 'string' || hasKind ? findingsIn(text, all) : findingsOf(value, all));
  };

  test('is broken by what just breaks it', () => {
    expect(idsIn(breaks, options?.breaks)).toEqual([id]);
  });

  test('is kept by what just keeps it', () => {
    expect(idsIn(keeps, options?.keeps)).toEqual([]);
  });
});
