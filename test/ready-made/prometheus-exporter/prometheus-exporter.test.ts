import { ApiObject, Chart, Duration, Include, JsonPatch, Testing, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  HelperKind,
  JsonAuthorization,
  JsonExporterProps,
  JsonMetric,
  JsonModule,
  JsonValueType,
  MemcachedExporterProps,
  MysqldCollector,
  PrometheusExporter,
  PrometheusExporterTls,
  PrometheusScrape,
  StatsdMapping,
  StatsdMatch,
  StatsdMetricType,
  StatsdObserver,
  Workloads,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { withFolder } from '../../support/project';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../../support/workloads';

const passwordSecret = { name: 'db', key: 'password' };
const mappings: StatsdMapping[] = [{ match: 'jobs.*', name: 'jobs_total' }];

test('an exporter of few words is hardened, probed, and its port is named', () => {
  const chart = Testing.chart();

  PrometheusExporter.nginx(deployment(chart), 'metrics', { statusPort: 8081 });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - image: nginx:1.27
          name: app
        - args:
            - --nginx.scrape-uri=http://127.0.0.1:8081/stub_status
            - --web.listen-address=:9113
          image: nginx/nginx-prometheus-exporter:1.4.1
          livenessProbe:
            failureThreshold: 6
            httpGet:
              path: /
              port: 9113
            periodSeconds: 10
            timeoutSeconds: 5
          name: metrics
          ports:
            - containerPort: 9113
              name: metrics-9113
          resources:
            requests:
              cpu: 10m
              memory: 32Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            runAsUser: 1001
            seccompProfile:
              type: RuntimeDefault
`);
});

/** What differs between exporters. */
function essenceOf(define: (web: k8s.KubeDeployment) => PrometheusExporter): unknown {
  const chart = Testing.chart();
  define(deployment(chart));
  const { image, args, env, ports, livenessProbe, startupProbe, securityContext } = synthPodSpec(chart)
    .containers?.[1] as Record<string, { httpGet?: unknown; runAsUser?: number } | undefined>;
  const probes = [livenessProbe?.httpGet, startupProbe?.httpGet];
  return { image, args, env, ports, probes, user: securityContext?.runAsUser };
}

test.each<[string, (web: k8s.KubeDeployment) => PrometheusExporter, unknown]>([
  [
    'nginx',
    (web) =>
      PrometheusExporter.nginx(web, 'm', {
        statusPath: '/status?x=%20',
        metricsPort: 9999,
      }),
    {
      image: 'nginx/nginx-prometheus-exporter:1.4.1',
      args: ['--nginx.scrape-uri=http://127.0.0.1:8080/status?x=%20', '--web.listen-address=:9999'],
      env: undefined,
      ports: [{ name: 'metrics-9999', containerPort: 9999 }],
      probes: [{ path: '/', port: 9999 }, undefined],
      user: 1001,
    },
  ],
  [
    'redis',
    (web) =>
      PrometheusExporter.redis(web, 'm', {
        redisPort: 6380,
        user: 'exporter',
        passwordSecret,
        countKeys: [{ pattern: 'session:*' }, { pattern: 'a,b=c', database: 3 }],
        checkKeys: [{ pattern: 'queue' }],
      }),
    {
      image: 'oliver006/redis_exporter:v1.74.0',
      args: [
        '--redis.addr=redis://127.0.0.1:6380',
        '--redis.user=exporter',
        '--count-keys=db0=session%3A*,db3=a%2Cb%3Dc',
        '--check-keys=db0=queue',
        '--web.listen-address=:9121',
      ],
      env: [{ name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
      ports: [{ name: 'metrics-9121', containerPort: 9121 }],
      probes: [{ path: '/health', port: 9121 }, undefined],
      user: 59000,
    },
  ],
  [
    'statsd',
    (web) => PrometheusExporter.statsd(web, 'm', { listenAddress: '::1', mappings }),
    {
      image: 'prom/statsd-exporter:v0.30.0',
      args: [
        '--statsd.listen-udp=[::1]:8125',
        '--statsd.listen-tcp=[::1]:8125',
        '--statsd.mapping-config=/etc/statsd-exporter/mappings.yaml',
        '--web.listen-address=:9102',
      ],
      env: undefined,
      ports: [
        { name: 'metrics-9102', containerPort: 9102 },
        { containerPort: 8125, protocol: 'UDP' },
        { containerPort: 8125 },
      ],
      probes: [
        { path: '/-/healthy', port: 9102 },
        { path: '/-/healthy', port: 9102 },
      ],
      user: 65534,
    },
  ],
  [
    'postgres',
    (web) =>
      PrometheusExporter.postgres(web, 'm', {
        user: 'metrics',
        passwordSecret,
        postgresPort: 5433,
        database: 'my/db',
        tls: true,
        settingsMetrics: false,
      }),
    {
      image: 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1',
      args: ['--disable-settings-metrics', '--web.listen-address=:9187'],
      env: [
        { name: 'DATA_SOURCE_URI', value: '127.0.0.1:5433/my%2Fdb?sslmode=require' },
        { name: 'DATA_SOURCE_USER', value: 'metrics' },
        { name: 'DATA_SOURCE_PASS', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
      ],
      ports: [{ name: 'metrics-9187', containerPort: 9187 }],
      probes: [{ path: '/', port: 9187 }, undefined],
      user: 65534,
    },
  ],
  [
    'mysqld',
    (web) =>
      PrometheusExporter.mysqld(web, 'm', {
        user: 'metrics',
        passwordSecret,
        mysqldPort: 3307,
        collectors: [MysqldCollector.PROCESS_LIST, MysqldCollector.PROCESS_LIST],
      }),
    {
      image: 'prom/mysqld-exporter:v0.16.0',
      args: [
        '--mysqld.address=127.0.0.1:3307',
        '--mysqld.username=metrics',
        '--collect.info_schema.processlist',
        '--web.listen-address=:9104',
      ],
      env: [{ name: 'MYSQLD_EXPORTER_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
      ports: [{ name: 'metrics-9104', containerPort: 9104 }],
      probes: [{ path: '/', port: 9104 }, undefined],
      user: 65534,
    },
  ],
  [
    'memcached',
    (web) =>
      PrometheusExporter.memcached(web, 'm', {
        memcachedPort: 11212,
        timeout: Duration.millis(500),
        tls: PrometheusExporterTls.verified({
          serverName: 'cache.example',
          caConfigMap: 'ca',
          caKey: 'root.pem',
          clientSecret: 'metrics',
        }),
      }),
    {
      image: 'prom/memcached-exporter:v0.16.0',
      args: [
        '--memcached.address=127.0.0.1:11212',
        '--memcached.timeout=500ms',
        '--memcached.tls.enable',
        '--memcached.tls.server-name=cache.example',
        '--memcached.tls.ca-file=/etc/exporter-secrets/configmap-ca/root.pem',
        '--memcached.tls.cert-file=/etc/exporter-secrets/secret-metrics/tls.crt',
        '--memcached.tls.key-file=/etc/exporter-secrets/secret-metrics/tls.key',
        '--web.listen-address=:9150',
      ],
      env: undefined,
      ports: [{ name: 'metrics-9150', containerPort: 9150 }],
      probes: [{ path: '/', port: 9150 }, undefined],
      user: 65534,
    },
  ],
  [
    'json',
    (web) => PrometheusExporter.json(web, 'm', { modules: [{ metrics: [{ name: 'n', path: '{.n}' }] }] }),
    {
      image: 'quay.io/prometheuscommunity/json-exporter:v0.7.0',
      args: ['--config.file=/etc/json-exporter/config.yml', '--web.listen-address=:7979'],
      env: undefined,
      ports: [{ name: 'metrics-7979', containerPort: 7979 }],
      probes: [{ path: '/', port: 7979 }, undefined],
      user: 65534,
    },
  ],
])('every setting for %s has its place, and no password is in the manifest', (_, define, essence) => {
  expect(essenceOf(define)).toStrictEqual(essence);
});

test('mappings are in a ConfigMap with a name of their own, and none is made without', () => {
  const chart = Testing.chart();

  PrometheusExporter.statsd(deployment(chart), 'metrics', {
    observer: StatsdObserver.HISTOGRAM,
    ttl: Duration.minutes(5),
    mappings: [
      { match: 'a.b.*', name: 'long_$1_total', labels: { one: '$1', rate: '100%', both: '5% of $1' }, help: 'Long' },
      { match: 'a.b', matchType: StatsdMatch.GLOB, metricType: StatsdMetricType.COUNTER, name: 'short', scale: 0.5 },
      { match: '^x(.)$', matchType: StatsdMatch.REGEX, name: 'x', labels: { rest: '$1%' }, ttl: Duration.millis(1500) },
      { match: 'noise.*', drop: true },
      { match: 't', name: 'tt', buckets: [0.1, 1, 1e9] },
      { match: 's', name: 'ss', quantiles: [{ quantile: 0.5, allowedError: 0.05 }] },
    ],
    configMapName: 'mappings',
  });
  PrometheusExporter.statsd(deployment(chart, 'other'), 'metrics');

  expect(Yaml.stringify(...synthManifests(chart).filter(({ kind }) => kind === 'ConfigMap'))).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: mappings-36aed81aac
data:
  mappings.yaml: |
    defaults:
      observer_type: "histogram"
      ttl: "300s"
    mappings:
      - match: "t"
        name: "tt"
        observer_type: "histogram"
        histogram_options:
          buckets:
            - 0.1
            - 1
            - 1000000000
      - match: "s"
        name: "ss"
        observer_type: "summary"
        summary_options:
          quantiles:
            - quantile: 0.5
              error: 0.05
      - match: "a.b"
        match_type: "glob"
        match_metric_type: "counter"
        name: "short"
        scale: 0.5
      - match: "noise.*"
        name: "dropped"
        action: "drop"
      - match: "a.b.*"
        name: "long_\${1}_total"
        labels:
          one: "\${1}"
          rate: "100%"
          both: "5%% of \${1}"
        help: "Long"
      - match: "^x(.)$"
        match_type: "regex"
        name: "x"
        labels:
          rest: "\${1}%"
        ttl: "1500ms"
immutable: true
`);
});

/** A module with everything in it. */
const everything: JsonModule = {
  name: 'orders',
  port: 8443,
  path: '/stats?all=1',
  headers: { 'X-Who': 'metrics' },
  secretHeaders: { 'X-Key': { name: 'shop', key: 'key' }, 'X-Other': { name: 'shop', key: 'other', optional: true } },
  authorization: JsonAuthorization.basic({ secret: 'login', passwordKey: 'pass' }),
  body: '{"all": true}',
  statuses: [200, 503],
  tls: PrometheusExporterTls.verified({ serverName: 'shop.example', caSecret: 'shop-tls', clientSecret: 'shop-tls' }),
  metrics: [
    { name: 'orders', path: '{.orders}', help: 'Orders', valueType: JsonValueType.COUNTER, labels: { on: 'yes' } },
    { name: 'queue', path: '{.queues[*]}', labels: { queue: '{.name}' }, values: { depth: '{.depth}', seen: '1' } },
  ],
};

test('modules for JSON are in a ConfigMap, and what is secret is in files of one volume', () => {
  const chart = Testing.chart();

  PrometheusExporter.json(deployment(chart), 'metrics', { configMapName: 'modules', modules: [everything] });

  const [web, configMap] = synthManifests(chart);
  expect(Yaml.stringify(configMap)).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: modules-531c932d5e
data:
  config.yml: |
    modules:
      orders:
        headers:
          X-Who: "metrics"
        http_client_config:
          follow_redirects: false
          basic_auth:
            username_file: "/etc/exporter-secrets/secret-login/username"
            password_file: "/etc/exporter-secrets/secret-login/pass"
          http_headers:
            X-Key:
              files:
                - "/etc/exporter-secrets/secret-shop/key"
            X-Other:
              files:
                - "/etc/exporter-secrets/secret-shop/other"
          tls_config:
            server_name: "shop.example"
            ca_file: "/etc/exporter-secrets/secret-shop-tls/ca.crt"
            cert_file: "/etc/exporter-secrets/secret-shop-tls/tls.crt"
            key_file: "/etc/exporter-secrets/secret-shop-tls/tls.key"
        body:
          content: "{\\"all\\": true}"
        valid_status_codes:
          - 200
          - 503
        metrics:
          - name: "orders"
            path: "{.orders}"
            help: "Orders"
            valuetype: "counter"
            labels:
              "on": "yes"
          - name: "queue"
            type: "object"
            path: "{.queues[*]}"
            labels:
              queue: "{.name}"
            values:
              depth: "{.depth}"
              seen: "1"
immutable: true
`);
  const { volumes, containers = [] } = podSpecOf(web);
  const secret = (name: string, keys: readonly string[], more: object = {}) => ({
    secret: { name, items: keys.map((key) => ({ key, path: `secret-${name}/${key}` })), ...more },
  });
  expect(volumes).toContainEqual({
    name: 'metrics-secrets',
    projected: {
      sources: [
        secret('shop', ['key']),
        secret('shop', ['other'], { optional: true }),
        secret('login', ['username', 'pass']),
        secret('shop-tls', ['ca.crt', 'tls.crt', 'tls.key']),
      ],
    },
  });
  expect(containers[1].volumeMounts).toStrictEqual([
    { name: 'metrics-secrets', mountPath: '/etc/exporter-secrets', readOnly: true },
    { name: 'metrics-config', mountPath: '/etc/json-exporter' },
  ]);
});

test('two for JSON in a Job, native, have files of their own', () => {
  const chart = Testing.chart();
  const job = new k8s.KubeJob(chart, 'job', { spec: { template: template('job', { restartPolicy: 'Never' }) } });
  const kind = HelperKind.NATIVE_SIDECAR;

  PrometheusExporter.json(job, 'one', { kind, modules: [everything] });
  PrometheusExporter.json(job, 'two', { kind, modules: [everything], metricsPort: 7980 });

  const { volumes = [], initContainers = [] } = synthPodSpec(chart, 'Job');
  expect(initContainers.map(({ name }) => name)).toStrictEqual(['one', 'two']);
  expect(volumes.map(({ name }) => name)).toStrictEqual(['one-secrets', 'one-config', 'two-secrets', 'two-config']);
});

test('a container of its own gets the modules and what is secret in them', () => {
  const chart = Testing.chart();
  const container = { name: 'own', image: 'registry.example/json:1.0.0' };

  PrometheusExporter.json(deployment(chart), 'metrics', {
    container,
    modules: [everything],
    volumes: [{ name: 'x', emptyDir: {} }],
  });

  const { volumes = [], containers = [] } = synthPodSpec(chart);
  expect(volumes.map(({ name }) => name)).toStrictEqual(['x', 'own-secrets', 'own-config']);
  expect(containers[1]).toMatchObject({
    ...container,
    volumeMounts: [{ mountPath: '/etc/exporter-secrets' }, { mountPath: '/etc/json-exporter' }],
  });
});

describe('how Prometheus asks for JSON', () => {
  const metrics = [{ name: 'n', path: '{.n}' }];
  const target = 'http://127.0.0.1:8080/a?b=c%20d';

  test('an exporter knows the paths, those of the others are the usual ones', () => {
    const chart = Testing.chart();
    const modules = [{ path: '/a?b=c%20d', metrics }];

    expect(PrometheusExporter.json(deployment(chart), 'm', { modules }).metricsPaths).toStrictEqual([
      `/probe?module=default&target=${encodeURIComponent(target)}`,
    ]);
    expect(PrometheusExporter.nginx(deployment(chart, 'other'), 'm').metricsPaths).toStrictEqual(['/metrics']);
  });

  test('annotations have the parameters of one module, and not of two', () => {
    const chart = Testing.chart();
    const scrape = PrometheusScrape.annotations();

    PrometheusExporter.json(deployment(chart), 'm', { scrape, modules: [{ path: '/a?b=c%20d', metrics }] });

    expect(synthManifests(chart)[0]).toMatchObject({
      spec: {
        template: {
          metadata: {
            annotations: {
              'prometheus.io/scrape': 'true',
              'prometheus.io/port': '7979',
              'prometheus.io/path': '/probe',
              'prometheus.io/param_module': 'default',
              'prometheus.io/param_target': target,
            },
          },
        },
      },
    });
    expect(() =>
      PrometheusExporter.json(deployment(chart, 'two'), 'm', {
        scrape,
        modules: [{ metrics }, { name: 'other', metrics }],
      }),
    ).toThrow(
      new Error(`test/two/m: no exporter for JSON can be made:
  the annotations of a pod say one thing to ask for, but there are 2; give PrometheusScrape.podMonitor()`),
    );
  });

  test('a PodMonitor asks for each module, whose name is a label of its metrics', () => {
    const chart = Testing.chart();

    const { podMonitor } = PrometheusExporter.json(deployment(chart), 'm', {
      scrape: PrometheusScrape.podMonitor({ interval: Duration.minutes(1) }),
      modules: [
        { path: '/a?b=c%20d', metrics },
        { name: 'other', port: 9000, metrics },
      ],
    });

    const endpoint = (module: string, url: string) => ({
      port: 'metrics-7979',
      path: '/probe',
      params: { module: [module], target: [url] },
      interval: '60s',
      relabelings: [{ targetLabel: 'module', replacement: module }],
    });
    expect(podMonitor?.toJson()).toMatchObject({
      spec: { podMetricsEndpoints: [endpoint('default', target), endpoint('other', 'http://127.0.0.1:9000/')] },
    });
  });
});

test('the annotations that many a Prometheus looks at are those of the pod', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  PrometheusExporter.redis(web, 'metrics', {
    scrape: PrometheusScrape.annotations(),
    podAnnotations: { team: 'shop' },
  });

  expect(synthManifests(chart)[0]).toMatchObject({
    spec: {
      template: {
        metadata: { annotations: { 'prometheus.io/port': '9121', 'prometheus.io/scrape': 'true', team: 'shop' } },
      },
    },
  });
});

test('a pod has the annotations once', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  PrometheusExporter.redis(web, 'redis-metrics', { scrape: PrometheusScrape.annotations() });
  PrometheusExporter.nginx(web, 'nginx-metrics', { scrape: PrometheusScrape.annotations() });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] annotation-conflict: test/web/nginx-metrics: the pod already has the annotation "prometheus.io/port": ' +
      '"9121", where "9113" would be; remove it, or leave it to the pod',
  ]);
});

test('an annotation that is said otherwise twice is an error', () => {
  expect(() =>
    PrometheusExporter.nginx(deployment(Testing.chart()), 'metrics', {
      scrape: PrometheusScrape.annotations(),
      podAnnotations: { 'prometheus.io/port': '1', 'prometheus.io/scrape': 'true' },
    }),
  ).toThrow(
    new Error(`test/web/metrics: no exporter for nginx can be made:
  podAnnotations["prometheus.io/port"] is "1", but "scrape" says "9113"; leave one of them out`),
  );
});

test('there is no place for annotations where there is a pod spec alone', () => {
  const chart = Testing.chart();
  const spec = { containers: [{ name: 'app', image: 'nginx:1.27' }] };
  const resource = new ApiObject(chart, 'x', { apiVersion: 'x.example/v1', kind: 'X', spec });

  PrometheusExporter.nginx(Workloads.declarePodSpec(resource, 'spec'), 'm', { podAnnotations: { team: 'shop' } });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/x] pod-template: the pods are to have the annotation "team", but their spec has no template around it that ' +
      'could hold it; have the controller of the pods set it',
  ]);
});

describe('a PodMonitor', () => {
  const scrape = PrometheusScrape.podMonitor();

  test('selects the pods of the workload and asks at the port by its name', () => {
    const chart = Testing.chart();
    const web = deployment(chart);

    const { podMonitor } = PrometheusExporter.nginx(web, 'metrics', {
      scrape: PrometheusScrape.podMonitor({
        name: 'web',
        labels: { release: 'prometheus' },
        interval: Duration.minutes(1),
        scrapeTimeout: Duration.millis(2500),
      }),
    });

    expect(podMonitor?.toJson()).toStrictEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'web', labels: { release: 'prometheus' } },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        podMetricsEndpoints: [{ port: 'metrics-9113', interval: '60s', scrapeTimeout: '2500ms' }],
      },
    });
    expect(synthManifests(chart).map(({ kind }) => kind)).toStrictEqual(['Deployment', 'PodMonitor']);
  });

  test('has a name of its own unless it is given one', () => {
    const chart = Testing.chart();
    const monitors = ['a', 'b'].map(
      (id) => PrometheusExporter.nginx(deployment(chart, id), 'm', { scrape }).podMonitor,
    );

    expect(monitors.map((monitor) => (monitor?.toJson() as Manifest).metadata?.name)).toStrictEqual([
      'test-a-m-pod-monitor-c8ec6307',
      'test-b-m-pod-monitor-c855b32c',
    ]);
  });

  test('does not overwrite another one of its name', () => {
    const chart = Testing.chart();
    const named = { scrape: PrometheusScrape.podMonitor({ name: 'shop' }) };
    PrometheusExporter.nginx(deployment(chart, 'one'), 'a', named);
    PrometheusExporter.redis(deployment(chart, 'two'), 'b', named);
    new ApiObject(chart, 'theirs', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'shop' },
    });

    expect(synthErrors(chart)).toStrictEqual([
      '[test] object-conflict: test/two/b/pod-monitor: test/one/a/pod-monitor is a PodMonitor "shop" as well, and one would overwrite the other; give one of them another name',
      '[test] object-conflict: test/one/a/pod-monitor: test/theirs is a PodMonitor "shop" as well, and one would overwrite the other; give one of them another name',
    ]);
  });

  test('has a name and labels that Kubernetes takes', () => {
    const scrape = PrometheusScrape.podMonitor({
      name: 'A B',
      labels: { 'bad key!': 'x', release: 'undefined' },
      matchLabels: { app: 'a b', tier: '' },
    });

    expect(() => PrometheusExporter.nginx(deployment(Testing.chart()), 'metrics', { scrape })).toThrow(
      new Error(`test/web/metrics: no exporter for nginx can be made:
  the PodMonitor.name is "A B"; give the name of an object: small letters, digits, "-" and "."
  the PodMonitor.labels["bad key!"] has an invalid key; name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character
  the PodMonitor.labels["release"] is "undefined"; give the value, which was missing
  the PodMonitor.matchLabels["app"] is "a b"; a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character; correct it, or make it an annotation`),
    );
  });

  const labels = { app: 'web', tier: 'front' };
  const spec = { containers: [{ name: 'app', image: 'a' }] };
  const podTemplate = { metadata: { labels }, spec };
  test.each<[string, (chart: Chart) => ApiObject | kplus.Workload | kplus.Pod, Record<string, string> | undefined]>([
    ['a selector', (chart) => deployment(chart), { app: 'web' }],
    ['a bare Pod', (chart) => new k8s.KubePod(chart, 'w', podTemplate), labels],
    ['a Job', (chart) => new k8s.KubeJob(chart, 'w', { spec: { template: podTemplate } }), labels],
    ['a Job without labels', (chart) => new k8s.KubeJob(chart, 'w', { spec: { template: { spec } } }), undefined],
    [
      'a selector that is more than labels',
      (chart) =>
        new k8s.KubeDeployment(chart, 'w', {
          spec: {
            selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
            template: podTemplate,
          },
        }),
      labels,
    ],
    [
      'a custom resource',
      (chart) =>
        new ApiObject(chart, 'w', {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          spec: { template: podTemplate },
        }),
      labels,
    ],
    [
      'cdk8s-plus',
      (chart) =>
        new kplus.Deployment(chart, 'w', { select: false, containers: [{ image: 'a' }], podMetadata: { labels } }),
      { ...labels, 'cdk8s.io/metadata.addr': 'test-w-c8a04f61' },
    ],
    [
      'cdk8s-plus, which selects by a label of its own',
      (chart) => new kplus.Deployment(chart, 'w', { containers: [{ image: 'a' }], podMetadata: { labels } }),
      { 'cdk8s.io/metadata.addr': 'test-w-c8a04f61' },
    ],
    [
      'a Pod of cdk8s-plus',
      (chart) => new kplus.Pod(chart, 'w', { containers: [{ image: 'a' }], metadata: { labels } }),
      { ...labels, 'cdk8s.io/metadata.addr': 'test-w-c8a04f61' },
    ],
  ])('has the labels of %s', (_, make, expected) => {
    const workload = make(Testing.chart());
    const monitor = () =>
      PrometheusExporter.nginx(workload, 'metrics', { scrape, metricsPort: 9999 }).podMonitor?.toJson() as object;

    if (expected) {
      expect(monitor()).toMatchObject({ spec: { selector: { matchLabels: expected } } });
      expect(Workloads.podsOf(workload).labels).toStrictEqual(expected);
    } else {
      expect(monitor).toThrow(
        new Error(`test/w/metrics: no exporter for nginx can be made:
  no label of the pods can be told, and a PodMonitor selects by labels; give it "matchLabels"`),
      );
    }
  });

  test('is in the namespace of the pods, and selects them by the labels that it is given', () => {
    const job = new k8s.KubeJob(Testing.chart(), 'job', {
      metadata: { namespace: 'batch' },
      spec: { template: { spec } },
    });

    const { podMonitor } = PrometheusExporter.nginx(job, 'metrics', {
      scrape: PrometheusScrape.podMonitor({ matchLabels: { 'batch.kubernetes.io/job-name': 'job' } }),
    });

    expect(podMonitor?.toJson()).toMatchObject({
      metadata: { namespace: 'batch' },
      spec: { selector: { matchLabels: { 'batch.kubernetes.io/job-name': 'job' } } },
    });
  });

  test('knows the port of a container of its own by the name that it has there', () => {
    const chart = Testing.chart();
    const monitorOf = (id: string, port: k8s.ContainerPort) =>
      PrometheusExporter.nginx(deployment(chart, id), 'm', {
        scrape,
        container: { name: 'm', image: 'i', ports: [port] },
      }).podMonitor?.toJson() as object;

    expect(monitorOf('one', { name: 'prom', containerPort: 9113 })).toMatchObject({
      spec: { podMetricsEndpoints: [{ port: 'prom' }] },
    });
    expect(() => monitorOf('two', { containerPort: 9113 })).toThrow(
      'port 9113 of the container has no name, by which a PodMonitor knows it; give it one',
    );
  });
});

test('a container of its own appears exactly as it was given, with the port and the mount of its file', () => {
  const chart = Testing.chart();
  const container = { name: 'own', image: 'registry.example/statsd:1.0.0', args: ['--x'] };

  PrometheusExporter.statsd(deployment(chart), 'metrics', { container, mappings, configVolumeName: 'files' });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    ...container,
    ports: [{ name: 'metrics-9102', containerPort: 9102 }],
    volumeMounts: [{ name: 'files', mountPath: '/etc/statsd-exporter' }],
  });
});

test('anything of the ready-made container can be changed', () => {
  const chart = Testing.chart();

  const exporter = PrometheusExporter.postgres(deployment(chart), 'metrics', {
    user: 'metrics',
    passwordSecret,
    image: 'registry.example/pg:1.0.0',
    resources: { limits: { memory: k8s.Quantity.fromString('64Mi') } },
    restricted: { user: 1000 },
  });
  exporter.addJsonPatch(JsonPatch.add('/args/-', '--collector.stat_statements'));

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    image: 'registry.example/pg:1.0.0',
    args: ['--web.listen-address=:9187', '--collector.stat_statements'],
    resources: { limits: { memory: '64Mi' } },
    securityContext: { runAsUser: 1000 },
  });
});

test('as a native sidecar, in a Job as well', () => {
  const chart = Testing.chart();
  const job = new k8s.KubeJob(chart, 'job', { spec: { template: template('job', { restartPolicy: 'Never' }) } });

  PrometheusExporter.statsd(job, 'metrics', { kind: HelperKind.NATIVE_SIDECAR });

  expect(synthPodSpec(chart, 'Job').initContainers).toMatchObject([
    { name: 'metrics', restartPolicy: 'Always', startupProbe: { httpGet: { path: '/-/healthy' }, periodSeconds: 1 } },
  ]);
});

test('on a workload of cdk8s-plus, and inside an Include', () => {
  const chart = Testing.chart();
  const plus = new kplus.StatefulSet(chart, 'plus', {
    service: new kplus.Service(chart, 'service', { ports: [{ port: 80 }] }),
    containers: [{ image: 'redis:8.2.1' }],
  });
  withFolder((folder) => {
    const url = join(folder, 'vendor.yaml');
    const spec = { selector: { matchLabels: { app: 'web' } }, template: template() };
    writeFileSync(
      url,
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'vendor', namespace: 'shop' },
        spec,
      }),
    );
    const [vendor] = Workloads.allOf(new Include(chart, 'include', { url }));

    PrometheusExporter.redis(plus, 'metrics');
    PrometheusExporter.nginx(vendor, 'metrics', { scrape: PrometheusScrape.podMonitor() });

    const manifests = synthManifests(chart);
    const find = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
    expect(podSpecOf(find('StatefulSet')).containers?.map(({ name }) => name)).toStrictEqual(['main', 'metrics']);
    expect(podSpecOf(find('Deployment')).containers?.map(({ name }) => name)).toStrictEqual(['app', 'metrics']);
    expect(find('PodMonitor')).toMatchObject({
      metadata: { namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } } },
    });
  });
});

describe('what is impossible is told at once, with the path of the construct', () => {
  const web = () => deployment(Testing.chart());

  test('of nginx', () => {
    const scrape = PrometheusScrape.podMonitor({
      matchLabels: {},
      interval: Duration.seconds(10),
      scrapeTimeout: Duration.seconds(11),
    });
    expect(() =>
      PrometheusExporter.nginx(web(), 'metrics', {
        statusPort: 0,
        statusPath: 'status%',
        metricsPort: 70000,
        scrape,
      }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for nginx can be made:
  metricsPort is 70000; give a whole number from 1 to 65535
  the PodMonitor.scrapeTimeout is 11s, longer than the interval of 10s
  the PodMonitor.matchLabels is empty, which selects every pod of the namespace; give labels of the workload's pods
  statusPort is 0; give a whole number from 1 to 65535
  statusPath is "status%"; give the path of a URL, which starts with "/" and has anything unusual percent-encoded`),
    );
  });

  test('of a setting for TLS without its options, and a property that is none', () => {
    const metrics = [{ name: 'n', path: '{.n}' }];
    const authorization = JsonAuthorization.bearer(undefined as never);
    const tls = PrometheusExporterTls.verified(undefined as never);
    const props = { modules: [{ metrics, authorization, tls }], imgae: 'x' };
    expect(() => PrometheusExporter.json(web(), 'metrics', props)).toThrow(
      new Error(`test/web/metrics: no exporter for JSON can be made:
  imgae is no property; did you mean image?
  modules[0].authorization: options is missing; give an object
  modules[0].tls: options is missing; give an object`),
    );
  });

  test('of Redis', () => {
    expect(() => PrometheusExporter.redis(web(), 'metrics', { user: '$(HOME)', countKeys: [{ pattern: '' }] })).toThrow(
      new Error(`test/web/metrics: no exporter for Redis can be made:
  user is "$(HOME)"; give a name without spaces and "$("
  countKeys[0].pattern is ""; give a pattern that is not empty`),
    );
    expect(() => PrometheusExporter.redis(web(), 'metrics', { user: 'exporter' })).toThrow(
      '"user" is given without "passwordSecret", and the exporter would log in without the user; give both',
    );
  });

  test('of PostgreSQL and MySQL', () => {
    const none = {} as Parameters<typeof PrometheusExporter.postgres>[2];
    expect(() => PrometheusExporter.postgres(web(), 'metrics', none)).toThrow(
      new Error(`test/web/metrics: no exporter for PostgreSQL can be made:
  user is missing; give the name of a user, without spaces and "$("
  passwordSecret is missing; give an object`),
    );
    expect(() =>
      PrometheusExporter.mysqld(web(), 'metrics', { user: 'a:b', passwordSecret: { name: 'Secret', key: '' } }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for MySQL can be made:
  user is "a:b"; give the name of a user, of letters, digits, "_", ".", "@", "+" and "-"
  passwordSecret.name is "Secret"; give the name of an object: small letters, digits, "-" and "."
  passwordSecret.key is ""; give letters, digits, "-", "_" and "."`),
    );
  });

  test('of memcached', () => {
    expect(() =>
      PrometheusExporter.memcached(web(), 'metrics', {
        memcachedPort: 9150,
        tls: PrometheusExporterTls.verified({ serverName: 'a b', caSecret: 'a', caConfigMap: 'A' }),
      }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for memcached can be made:
  tls.serverName is "a b"; give the name that the certificate has
  tls.caConfigMap is "A"; give the name of an object: small letters, digits, "-" and "."`),
    );
    expect(() =>
      PrometheusExporter.memcached(web(), 'metrics', {
        tls: PrometheusExporterTls.verified({ serverName: 'a', caSecret: 'a', caConfigMap: 'a' }),
      }),
    ).toThrow('tls has "caSecret", "caConfigMap"; give one of them');
    expect(() => PrometheusExporter.memcached(web(), 'metrics', { memcachedPort: 9150 })).toThrow(
      'memcachedPort and metricsPort are both 9150; give metricsPort another port',
    );
    expect(() =>
      PrometheusExporter.memcached(web(), 'metrics', { tls: true } as unknown as MemcachedExporterProps),
    ).toThrow('tls is true; give PrometheusExporterTls.verified({ serverName }) or PrometheusExporterTls.unverified()');
  });

  test('of JSON, of the wrong shape', () => {
    const given = {
      modules: [{ metrics: [{ name: 'a-b', path: '{.n}', lables: {} }], port: 0, path: 'a' }, { metrics: [] }],
    };
    expect(() => PrometheusExporter.json(web(), 'm', given)).toThrow(
      new Error(`test/web/m: no exporter for JSON can be made:
  modules[0].metrics[0].name is "a-b"; give the name of a metric: letters, digits and "_", not beginning with a digit
  modules[0].metrics[0].lables is no property; did you mean modules[0].metrics[0].labels?
  modules[0].port is 0; give a whole number from 1 to 65535
  modules[0].path is "a"; give the path of a URL, which starts with "/" and has anything unusual percent-encoded
  modules[1].metrics is an empty list; give at least one metric`),
    );
    expect(() => PrometheusExporter.json(web(), 'm', {} as JsonExporterProps)).toThrow(
      'modules is missing; give a list of modules',
    );
    expect(() => PrometheusExporter.json(web(), 'm', { modules: [] })).toThrow(
      'modules is an empty list; give at least one module',
    );
  });

  const n: JsonMetric = { name: 'n', path: '{.n}' };
  const key = { name: 'shop', key: 'key' };
  test.each<[string, JsonModule[], string[]]>([
    [
      'two of a name',
      [{ metrics: [n] }, { metrics: [n] }],
      ['modules[1] is called "default", as one before it; give it another name'],
    ],
    [
      'the port of the metrics',
      [{ port: 7979, metrics: [n] }],
      ['modules[0].port and metricsPort are both 7979; give metricsPort another port'],
    ],
    [
      'headers',
      [
        {
          headers: { 'a b': '', Host: 'x', Authorization: 'x', 'X-A': '', 'x-a': '' },
          secretHeaders: { 'X-A': key, 'Content-Type': key },
          metrics: [n],
        },
      ],
      [
        'modules[0].headers has "a b", which is no name of a header',
        'modules[0].headers has "Host", which the exporter sends as it has to; leave it out',
        'modules[0].headers has "Authorization"; give "authorization", which takes it from a Secret',
        'modules[0].secretHeaders has "Content-Type", which the exporter takes from no Secret; leave it out, or give it in "headers"',
        'the header "x-a" of modules[0] is given twice, as "X-A", "x-a", "X-A"; give it once',
      ],
    ],
    [
      'what is secret in an address',
      [{ path: '/x?token=abc&page=1', metrics: [n] }],
      [
        'modules[0].path has "token", whose value would stand in a manifest; give it in "secretHeaders" or "authorization"',
      ],
    ],
    [
      'headers that are secret by their names',
      [
        {
          headers: { 'X-Api-Key': 'k', cookie: 'x', 'X-Amz-Security-Token': 'x' },
          metrics: [n],
        },
        { name: 'b', secretHeaders: { 'X-Amz-Security-Token': key }, metrics: [n] },
      ],
      [
        'modules[0].headers has "X-Api-Key", which would stand in a ConfigMap; give it in "secretHeaders"',
        'modules[0].headers has "cookie", which would stand in a ConfigMap; give it in "secretHeaders"',
        'modules[0].headers has "X-Amz-Security-Token", which would stand in a ConfigMap; leave it out',
        'modules[1].secretHeaders has "X-Amz-Security-Token", which the exporter takes from no Secret; leave it out',
      ],
    ],
    [
      'paths that find nothing',
      [
        {
          metrics: [
            { name: 'a', path: '.n' },
            { name: 'b', path: '{n}' },
            { name: 'c', path: '{.n' },
            { name: 'd', path: '{"x"}' },
            {
              name: 'e',
              path: '.items[*]',
              labels: { id: '.id', other: '{other}', le_: '{end}' },
              values: { v: 'x', 'a-b': '{.v}' },
            },
          ],
        },
      ],
      [
        'modules[0].metrics[0].path is ".n"; give one JSONPath in braces and nothing around it, or a number',
        'modules[0].metrics[1].path is "{n}"; "n" is nothing that is looked for; write "{.n}"',
        'modules[0].metrics[2].path is "{.n"; give a JSONPath in braces: a brace is not closed',
        'modules[0].metrics[3].path is "{\\"x\\"}"; that is always the text "x"',
        'modules[0].metrics[4].path is ".items[*]"; give one JSONPath in braces and nothing around it',
        'modules[0].metrics[4].labels["id"] is ".id"; that is no JSONPath without braces; write "{.id}"',
        'modules[0].metrics[4].labels["other"] is "{other}"; "other" is nothing that is looked for; write "{.other}"',
        'modules[0].metrics[4].labels["le_"] is "{end}"; "end" ends no "range"',
        'modules[0].metrics[4].values["v"] is "x"; give one JSONPath in braces and nothing around it, or a number',
        'modules[0].metrics[4].values has "a-b"; give letters, digits and "_"',
      ],
    ],
    [
      'metrics that no scrape could have both of',
      [
        {
          metrics: [
            n,
            n,
            { ...n, labels: { a: 'b' } },
            { ...n, help: 'N' },
            { ...n, valueType: JsonValueType.GAUGE },
            { name: 'x_y', path: '1', labels: { __a: '' } },
            { name: 'x', path: '{.x}', values: { y: '1' }, labels: { __a: '' } },
          ],
        },
      ],
      [
        'modules[0].metrics[5].labels has "__a"; give letters, digits and "_", beginning with no digit and no "__"',
        'modules[0].metrics[6].labels has "__a"; give letters, digits and "_", beginning with no digit and no "__"',
        'modules[0].metrics[1] makes "n" with the same labels as a metric before it; give them labels that differ',
        'modules[0].metrics[2] makes "n" with other labels than a metric before it; give it another name, or both the same',
        'modules[0].metrics[3] makes "n" with another help than a metric before it; give it another name, or both the same',
        'modules[0].metrics[4] makes "n" with another type than a metric before it; give it another name, or both the same',
        'modules[0].metrics[6] makes "x_y" with another help than a metric before it; give it another name, or both the same',
      ],
    ],
  ])('of modules: %s', (_, modules, problems) => {
    expect(() => PrometheusExporter.json(web(), 'metrics', { modules })).toThrow(
      new Error(['test/web/metrics: no exporter for JSON can be made:', ...problems].join('\n  ')),
    );
  });

  test('of a container of its own', () => {
    expect(() =>
      PrometheusExporter.nginx(web(), 'metrics', { container: { name: 'm' }, image: 'i', statusPort: 80 }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for nginx can be made:
  "image" is that of the ready-made container, but "container" is given; say it there
  "statusPort" is that of the ready-made container, but "container" is given; say it there`),
    );
  });

  test('of mappings for a container of its own', () => {
    const container = { name: 'm', image: 'i' };
    expect(() => PrometheusExporter.statsd(web(), 'metrics', { container, mappings: [{ match: 'a' }] })).toThrow(
      'mappings[0].name is missing; give one, or "drop: true"',
    );
  });

  test('of StatsD', () => {
    expect(() =>
      PrometheusExporter.statsd(web(), 'metrics', {
        port: 9102,
        configMapName: 'c',
        mappings: [],
      }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for StatsD can be made:
  port and metricsPort are both 9102; give metricsPort another port
  "configMapName" is given, but there is no file; give "mappings", "observer" or "ttl", or leave it out`),
    );
    expect(() =>
      PrometheusExporter.statsd(web(), 'metrics', {
        listenAddress: '10.0.0.1',
        mappings: [{ match: 'a', name: '1', buckets: [2, 1], quantiles: [{ quantile: 1, allowedError: 0 }], scale: 0 }],
      }),
    ).toThrow(
      new Error(`test/web/metrics: no exporter for StatsD can be made:
  mappings[0].name is "1"; give the name of a metric: letters, digits, "_" and $1, not beginning with a digit
  mappings[0].buckets is a list; give numbers in ascending order, at least one
  mappings[0].quantiles[0].quantile is 1; give a number between 0 and 1
  mappings[0].quantiles[0].allowedError is 0; give a number between 0 and 1
  mappings[0].scale is 0; give a number above 0
  listenAddress is "10.0.0.1"; give one of "127.0.0.1", "::1", "0.0.0.0", "::"`),
    );
  });

  const name = 'n_total';
  test.each<[string, StatsdMapping[], string[]]>([
    [
      'a match that is no glob',
      [{ match: 'a*.b', name }],
      [
        'mappings[0].match is "a*.b"; give parts of letters, digits, "_" and "-", or "*", with dots between them, the first beginning with no digit',
      ],
    ],
    [
      'a regular expression that is none',
      [{ match: '(?=a)', matchType: StatsdMatch.REGEX, name }],
      [
        'mappings[0].match is "(?=a)"; give a regular expression of RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
      ],
    ],
    ['no name', [{ match: 'a' }], ['mappings[0].name is missing; give one, or "drop: true"']],
    [
      'a name for nothing',
      [{ match: 'a', name, drop: true }],
      ['mappings[0] has a name, but "drop: true"; leave one of them out'],
    ],
    [
      "the exporter's own names",
      [{ match: 'a', name: 'go_goroutines' }],
      ['mappings[0].name is "go_goroutines", as the exporter\'s own metrics are called; give it another one'],
    ],
    [
      'references to nothing',
      [{ match: 'a.*', name: 'n_$2', labels: { aa: '$1 $0', bb: '$x' } }],
      [
        'mappings[0].name is "n_$2", but "$2" stands for nothing: there is $1',
        'mappings[0].labels["aa"] is "$1 $0", but "$0" stands for nothing: there is $1',
        'mappings[0].labels["bb"] is "$x", but "$" stands for nothing: there is $1',
      ],
    ],
    [
      'labels that are none',
      [{ match: 'a', name, labels: { a: '', __a: '', le: '' } }],
      [
        'mappings[0].labels has "a"; the exporter takes names of two or more letters, digits and "_", which begin with no digit and no "__"',
        'mappings[0].labels has "__a"; the exporter takes names of two or more letters, digits and "_", which begin with no digit and no "__"',
        'mappings[0].labels has "le", which histograms and summaries use themselves',
      ],
    ],
    [
      'a histogram that is a summary',
      [{ match: 'a', name, buckets: [1], quantiles: [{ quantile: 0.5, allowedError: 0.1 }] }],
      ['mappings[0] has buckets and quantiles; a histogram has the one, a summary the other'],
    ],
    [
      'buckets of a counter',
      [{ match: 'a', name, metricType: StatsdMetricType.COUNTER, buckets: [1] }],
      [
        'mappings[0] has "buckets", which is for timers, histograms and distributions, but is for a counter; leave it out',
      ],
    ],
    [
      'a mapping that never matches',
      [
        { match: 'a', name },
        { match: 'a', name: 'other', metricType: StatsdMetricType.GAUGE },
      ],
      ['mappings[1] never matches: "a" is there before; leave one out'],
    ],
    [
      'two helps of one name',
      [
        { match: 'a', name, help: 'A' },
        { match: 'b', name },
      ],
      [`mappings[1] has another help than the mapping before it of the name "${name}"; give both the same`],
    ],
    [
      'two types of one name',
      [
        { match: 'a', name, metricType: StatsdMetricType.COUNTER },
        { match: 'b', name, metricType: StatsdMetricType.GAUGE },
      ],
      [`mappings[1] makes "${name}" of another type than a mapping before it; give it another name`],
    ],
  ])('of mappings: %s', (_, given, problems) => {
    expect(() => PrometheusExporter.statsd(web(), 'metrics', { mappings: given })).toThrow(
      new Error(['test/web/metrics: no exporter for StatsD can be made:', ...problems].join('\n  ')),
    );
  });
});
