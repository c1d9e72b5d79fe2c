import { Duration, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  CloudSqlCredentials,
  CloudSqlProxy,
  ConfigReloader,
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoySidecar,
  EnvoyTls,
  FluentBitOutput,
  FluentBitSidecar,
  FluentBitTls,
  GitSync,
  HaproxyAmbassador,
  NginxCacheAmbassador,
  NginxCacheTls,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  OpenTelemetryTls,
  PgBouncerAmbassador,
  PgBouncerTls,
  PgBouncerUsers,
  PrometheusExporter,
  PrometheusExporterTls,
  PrometheusScrape,
  SharedVolume,
  VolumeWriter,
} from '../../lib';
import { deployment, synthErrors, synthPodSpec } from '../support/workloads';

type Made = (web: Construct) => unknown;

const envoy =
  (service: object, props: object = {}): Made =>
  (web) =>
    new EnvoyAmbassador(web, 'x', {
      services: [{ listen: 8081, upstreams: ['https://a.example'], ...service }],
      ...props,
    });

const pgBouncer =
  (props: object): Made =>
  (web) =>
    new PgBouncerAmbassador(web, 'x', {
      databases: [{ name: 'shop', host: 'pg' }],
      users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
      ...props,
    });

const files = (): OpenTelemetryInput => OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/logs'));
const collector =
  (pipeline: object, props: object = {}): Made =>
  (web) =>
    new OpenTelemetrySidecar(web, 'x', {
      logs: [{ inputs: [files()], outputs: [OpenTelemetryOutput.stdout()], ...pipeline }],
      ...props,
    });
const traces =
  (inputs: OpenTelemetryInput[], output = OpenTelemetryOutput.stdout()): Made =>
  (web) =>
    new OpenTelemetrySidecar(web, 'x', { traces: [{ inputs, outputs: [output] }] });
const otlp = (options: unknown): OpenTelemetryOutput => OpenTelemetryOutput.otlp('gateway:4317', options as never);

const fluentBit =
  (output = FluentBitOutput.stdout(), props: object = {}): Made =>
  (web) =>
    new FluentBitSidecar(web, 'x', {
      logs: [{ source: SharedVolume.emptyDir('logs').at('/logs') }],
      outputs: [output],
      ...props,
    });

const cache =
  (props: object): Made =>
  (web) =>
    new NginxCacheAmbassador(web, 'x', { upstream: 'https://www.a.example', ...props });
const haproxy =
  (props: object): Made =>
  (web) =>
    new HaproxyAmbassador(web, 'x', { listen: 6379, servers: [{ name: 'a', host: 'a', port: 6379 }], ...props });
const nginx =
  (props: object): Made =>
  (web) =>
    PrometheusExporter.nginx(web, 'x', props);
const statsd =
  (mapping: object): Made =>
  (web) =>
    PrometheusExporter.statsd(web, 'x', { mappings: [{ match: 'a', name: 'b', ...mapping }] });

/** What new users of JavaScript wrote, and would have got something else than they meant of. */
const CASES: Record<string, Record<string, Made>> = {
  'what is no setting inside settings': {
    'services[0].retries.count is no property; there are maxRetries, on, ': envoy({ retries: { count: 3 } }),
    'services[0].url is no property; there are upstreams, listen, ': envoy({ url: 'https://b.example' }),
    'tls of service "service-8081".caSecretName is no property; there are caSecret, ': envoy({
      tls: EnvoyTls.verified({ caSecretName: 'ca' } as never),
    }),
    'instances[0].host is no property; there are connectionName, listen, ': (web) =>
      new CloudSqlProxy(web, 'x', {
        instances: [{ connectionName: 'my-shop:europe-west1:orders', listen: 5432, host: 'db' } as never],
      }),
    'databases[0].dbname is no property; there are name, host, ': pgBouncer({
      databases: [{ name: 'shop', host: 'pg', dbname: 'shop2' }],
    }),
    'timeouts.connect is no property; there are serverConnect, ': pgBouncer({
      timeouts: { connect: Duration.seconds(2) },
    }),
    'tls.caSecretName is no property; there are caSecret, ': pgBouncer({
      tls: PgBouncerTls.verified({ caSecretName: 'ca' } as never),
    }),
    'users[0].userKey is no property; there are secret, usernameKey, passwordKey': pgBouncer({
      users: PgBouncerUsers.fromCredentials({ secret: 'shop-db', userKey: 'name' } as never),
    }),
    'logs[0].processors is no property; there are inputs, outputs, transformations': collector({ processors: [] }),
    'tls for "gateway:4317": options.caSecretName is no property; there are caSecret, ': traces(
      [OpenTelemetryInput.otlp()],
      otlp({ tls: OpenTelemetryTls.verified({ caSecretName: 'ca' } as never) }),
    ),
    'traces[0].outputs[0].options.compression is no property; there are headers, tls': traces(
      [OpenTelemetryInput.otlp()],
      otlp({ compression: 'gzip' }),
    ),
    'traces[0].inputs[0].options.port is no property; ': traces([OpenTelemetryInput.otlp({ port: 4317 } as never)]),
    'the PodMonitor.selector is no property; there are name, labels, matchLabels, interval, scrapeTimeout': nginx({
      scrape: PrometheusScrape.podMonitor({ selector: { app: 'web' } } as never),
    }),
    'mappings[0].type is no property; there are match, ': statsd({ type: 'counter' }),
  },
  'what is no setting of an exporter': {
    'port is no property; there are statusPort, statusPath, metricsPort, scrape, and those that all': nginx({
      port: 8081,
    }),
    'configMapName is no property': nginx({ configMapName: 'x' }),
    'password is no property; there are redisPort, user, passwordSecret, ': (web) =>
      PrometheusExporter.redis(web, 'x', { password: 'x' } as never),
  },
  'what was something else already': {
    'services[0].timeouts is a Duration; give an object': envoy({ timeouts: Duration.seconds(3) }),
    'timeouts is a Duration; give an object': pgBouncer({ timeouts: Duration.seconds(3) }),
    'tls for "gateway:4317": options is "ca"; give an object': traces(
      [OpenTelemetryInput.otlp()],
      otlp({ tls: OpenTelemetryTls.verified('ca' as never) }),
    ),
    'tls for "gateway:4317": options is null; give an object': traces(
      [OpenTelemetryInput.otlp()],
      otlp({ tls: OpenTelemetryTls.verified(null as never) }),
    ),
    '"files" is what the helper makes itself; leave it out': collector({}, { files: [] }),
  },
  'a bare string where the L1 has a Quantity': {
    'the memory in "resources" is "64Mi"; a collector needs at least 96Mi': collector(
      {},
      { resources: { limits: { memory: '64Mi' } } },
    ),
  },
  'a name that nothing has': {
    'users[0].secret is "My_Secret"; give the name of an object: small letters, digits, "-" and "."': pgBouncer({
      users: PgBouncerUsers.fromCredentials({ secret: 'My_Secret' }),
    }),
    'users.key is "user list"; give letters, digits, "-", "_" and "."': pgBouncer({
      users: PgBouncerUsers.fromUserList('users', 'user list'),
    }),
    'tls.caSecret is "my secret"; give the name of an object': pgBouncer({
      tls: PgBouncerTls.verified({ caSecret: 'my secret' }),
    }),
  },
  'one thing said once, in words that help': {
    '2 of OpenTelemetryInput.otlp() have "grpcPort" 4317; give all pipelines the same one, or each a port of its own':
      traces([OpenTelemetryInput.otlp(), OpenTelemetryInput.otlp()]),
    'users is an empty list; give at least one user': pgBouncer({ users: PgBouncerUsers.fromCredentials() }),
    'the helper: scope is missing; give a construct': () =>
      PrometheusExporter.nginx(undefined as never, undefined as never),
  },
};

describe.each(Object.keys(CASES))('%s', (subject) => {
  test.each(Object.keys(CASES[subject]))('%s', (message) => {
    const web = deployment(Testing.chart());
    expect(() => CASES[subject][message](web)).toThrow(message);
  });
});

test('TLS settings of another helper, which the compiler takes for its own, are told where their modes are others', () => {
  const foreign = PgBouncerTls.verified({ caSecret: 'company-ca' }) as never;
  const made: Made[] = [
    envoy({ tls: foreign }),
    (web) => new NginxCacheAmbassador(web, 'x', { upstream: 'https://a.example', tls: foreign }),
    (web) => PrometheusExporter.memcached(web, 'x', { tls: foreign }),
    pgBouncer({ tls: EnvoyTls.unverified() }),
    traces([OpenTelemetryInput.otlp()], otlp({ tls: foreign })),
    fluentBit(FluentBitOutput.forward('fluentd', { tls: foreign })),
  ];
  for (const make of made) {
    expect(() => make(deployment(Testing.chart()))).toThrow(/tls.* is an? (?:PgBouncerTls|EnvoyTls); give/);
  }
});

test('credentials of another helper are no input of a collector', () => {
  const credentials = CloudSqlCredentials.workloadIdentity() as never;
  expect(() => traces([credentials])(deployment(Testing.chart()))).toThrow(
    'traces[0].inputs[0] is a CloudSqlCredentials; give an OpenTelemetryInput, for instance ',
  );
});

describe('an output of another helper, which the compiler takes for its own', () => {
  const share = SharedVolume.emptyDir('out').at('/out', { writer: VolumeWriter.HELPER });

  test.each([
    OpenTelemetryOutput.stdout(),
    OpenTelemetryOutput.file(share, 'all.json'),
    OpenTelemetryOutput.loki('http://loki'),
    OpenTelemetryOutput.otlp('gateway:4317'),
    OpenTelemetryOutput.otlpHttp('http://gateway'),
  ])('is none for Fluent Bit: $_target.kind', (output) => {
    expect(() => fluentBit(output as never)(deployment(Testing.chart()))).toThrow(
      'outputs[0] is an OpenTelemetryOutput; give a FluentBitOutput, for instance FluentBitOutput.stdout()',
    );
  });

  test.each([
    FluentBitOutput.stdout(),
    FluentBitOutput.file(share, 'all.json'),
    FluentBitOutput.loki('http://loki'),
    FluentBitOutput.otlpHttp('http://gateway'),
    FluentBitOutput.http('http://gateway'),
    FluentBitOutput.forward('fluentd'),
  ])('is none for a collector: $_destination.kind', (output) => {
    expect(() => collector({ outputs: [output] })(deployment(Testing.chart()))).toThrow(
      'logs[0].outputs[0] is a FluentBitOutput; give an OpenTelemetryOutput, for instance OpenTelemetryOutput.stdout()',
    );
  });
});

describe('the names of Secrets and ConfigMaps', () => {
  const authority: Record<string, (name: string) => Made> = {
    EnvoyTls: (name) => envoy({ tls: EnvoyTls.verified({ caSecret: name }) }),
    NginxCacheTls: (name) => (web) =>
      new NginxCacheAmbassador(web, 'x', {
        upstream: 'https://www.a.example',
        tls: NginxCacheTls.verified({ caConfigMap: name }),
      }),
    FluentBitTls: (name) =>
      fluentBit(FluentBitOutput.forward('fluentd', { tls: FluentBitTls.verified({ caSecret: name }) })),
    OpenTelemetryTls: (name) =>
      traces([OpenTelemetryInput.otlp()], otlp({ tls: OpenTelemetryTls.verified({ caSecret: name }) })),
    PgBouncerTls: (name) => (web) => pgBouncer({ tls: PgBouncerTls.verified({ caSecret: name }) })(web),
    PrometheusExporterTls: (name) => (web) =>
      PrometheusExporter.memcached(web, 'x', {
        tls: PrometheusExporterTls.verified({ serverName: 'a', caConfigMap: name }),
      }),
    GitSync: (name) => (web) =>
      new GitSync(web, 'x', { repository: 'https://git.example/a.git', path: '/a', caSecret: name }),
  };

  test.each(Object.keys(authority))('%s takes those that an object can have', (helper) => {
    for (const name of ['a', '1', 'company-ca', 'ca.company.example', 'a'.repeat(253)]) {
      expect(() => authority[helper](name)(deployment(Testing.chart()))).not.toThrow();
    }
    for (const name of ['', 'Ca', '-a', 'a-', 'a_b', 'a..b', 'a.-b', '$(CA)', 'a'.repeat(254)]) {
      expect(() => authority[helper](name)(deployment(Testing.chart()))).toThrow(
        `is "${name}"; give the name of an object: small letters, digits, "-" and "."`,
      );
    }
  });
});

describe('a deadline to stop', () => {
  const deadline = (seconds: number, props: object = {}): object => ({
    shutdownDeadline: Duration.seconds(seconds),
    ...props,
  });
  const edge =
    (props: object): Made =>
    (web) =>
      new EnvoySidecar(web, 'x', { listen: 8443, appPort: 8080, tls: EnvoyEdgeTls.plaintext(), ...props });

  test.each<[message: string, Made]>([
    [
      'shutdownDeadline is 5000 ms, but nginx takes up to 10000 ms to stop; give "shutdownTimeout" instead',
      cache(deadline(5)),
    ],
    ['shutdownDeadline is 19000 ms, but Envoy takes up to 20000 ms to stop; give "drain" instead', edge(deadline(19))],
    [
      '"drain" is how long Envoy takes to stop; leave out "shutdownDeadline"',
      edge(deadline(5, { drain: { atMost: Duration.seconds(5) } })),
    ],
    [
      '"stopDelay" is how long Envoy takes to stop; leave out "shutdownDeadline"',
      envoy({}, deadline(5, { stopDelay: Duration.seconds(6) })),
    ],
    [
      '"shutdownTimeout" is how long HAProxy takes to stop; leave out "shutdownDeadline"',
      haproxy(deadline(5, { shutdownTimeout: Duration.seconds(6) })),
    ],
    [
      'shutdownDeadline is 5000 ms, but Fluent Bit takes up to 6000 ms to stop; give "shutdownTimeout" instead',
      fluentBit(undefined, deadline(5)),
    ],
    [
      '"shutdownTimeout" is how long Fluent Bit takes to stop; leave out "shutdownDeadline"',
      fluentBit(undefined, deadline(40, { shutdownTimeout: Duration.seconds(30) })),
    ],
  ])('that the engine does not keep is told: %s', (message, make) => {
    expect(() => make(deployment(Testing.chart()))).toThrow(message);
  });

  test.each<[title: string, Made]>([
    ['one that is longer than what the engine takes', cache(deadline(10))],
    ['one that is as long as it', fluentBit(undefined, deadline(6))],
    ['one of a container whose drain nobody knows', edge(deadline(5, { container: { name: 'edge', image: 'a' } }))],
    ['one of an engine without a limit', haproxy(deadline(5))],
  ])('%s is believed', (_, make) => {
    expect(() => make(deployment(Testing.chart()))).not.toThrow();
  });

  test('is that of a delay, where one is given', () => {
    const chart = Testing.chart();
    envoy({}, { stopDelay: Duration.seconds(30) })(deployment(chart));

    expect(synthErrors(chart)).toEqual([
      expect.stringContaining('may take 30 s to stop, but the pod is killed after 30 s') as string,
    ]);
  });
});

describe('what is secret in an address is in no message', () => {
  const USER = 'shop:hun/te@r2@';
  const QUERY = '?token=hunter2';
  const verified = { tls: OpenTelemetryTls.verified({ serverName: 'a b' }) };
  const plaintext = { tls: FluentBitTls.plaintext() };
  const to = (output: OpenTelemetryOutput): Made => traces([OpenTelemetryInput.otlp()], output);
  const scraped = OpenTelemetryInput.scrape({ port: 1, path: `/a${QUERY}` });
  const reloader =
    (url: string): Made =>
    (web) =>
      new ConfigReloader(web, 'x', {
        configs: [SharedVolume.fromConfigMap('rules', { name: 'rules' }).at('/rules')],
        url,
      });
  const git =
    (repository: string): Made =>
    (web) =>
      new GitSync(web, 'x', { repository, path: '/site' });

  test.each<[title: string, Made]>([
    ['git-sync', git(`https://${USER}git.example`)],
    ['git-sync, as scp has it', git(`${USER}git.example:a`)],
    ['nginx', cache({ upstream: `https://${USER}a.example` })],
    ['nginx, in a query', cache({ upstream: `https://a.example/${QUERY}` })],
    ['Envoy', envoy({ upstreams: [`https://${USER}a.example`] })],
    ['Envoy, in a query', envoy({ upstreams: [`https://a.example/${QUERY}`] })],
    ['Fluent Bit', fluentBit(FluentBitOutput.loki(`https://${USER}loki/loki/api/v1/push`, plaintext))],
    ['Fluent Bit, in a query', fluentBit(FluentBitOutput.loki(`https://loki.example/${QUERY}`, plaintext))],
    ['Fluent Bit, in a query that may be', fluentBit(FluentBitOutput.http(`https://a.example/${QUERY}`, plaintext))],
    ['Fluent Bit, before a host', fluentBit(FluentBitOutput.forward(`${USER}a.example`))],
    ['the Collector', to(OpenTelemetryOutput.otlpHttp(`http://${USER}otlp/v1/traces`, verified))],
    ['the Collector, in a query', to(OpenTelemetryOutput.otlpHttp(`http://otlp/${QUERY}`, verified))],
    ['the Collector, in an endpoint', to(OpenTelemetryOutput.otlp(`${USER}otlp:4317`, verified))],
    ['the Collector, before a host', to(OpenTelemetryOutput.otlp('hunter2@otlp:4317', verified))],
    [
      'the Collector, in a path',
      collector({}, { metrics: [{ inputs: [scraped], outputs: [OpenTelemetryOutput.stdout()] }] }),
    ],
    ['configmap-reload', reloader(`http://${USER}a.example`)],
    ['configmap-reload, in a query', reloader(`a.example/${QUERY}`)],
    ['PgBouncer, before a host', pgBouncer({ databases: [{ name: 'a', host: `postgres://${USER}a.example` }] })],
    ['an exporter, in a path', nginx({ statusPath: `status${QUERY}` })],
    ['HAProxy, in a path', haproxy({ httpCheckPath: `status${QUERY}` })],
  ])('of %s', (_, make) => {
    expect(() => make(deployment(Testing.chart()))).toThrow(/…/);
    expect(() => make(deployment(Testing.chart()))).not.toThrow(/r2|hun\/te/);
  });
});

describe('who forwards to itself is told', () => {
  const otlpTo = (host: string): Made => traces([OpenTelemetryInput.otlp()], OpenTelemetryOutput.otlp(`${host}:4317`));
  const helpers: Record<string, (host: string) => Made> = {
    HAProxy: (host) => haproxy({ listen: 1111, servers: [{ name: 'a', host, port: 1111 }] }),
    PgBouncer: (host) => pgBouncer({ databases: [{ name: 'a', host }], tls: PgBouncerTls.plaintext() }),
    Envoy: (host) => envoy({ upstreams: [`http://${host}:8081`] }),
    nginx: (host) => cache({ upstream: `http://${host}:8080` }),
    'the Collector': otlpTo,
  };

  test.each(Object.entries(helpers))('%s, however it writes its host', (_, helper) => {
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.0.0.2']) {
      expect(() => helper(host)(deployment(Testing.chart()))).toThrow(
        / the (?:ambassador|collector) itself, which listens/,
      );
    }
    // Nobody can connect to it.
    expect(() => helper('0.0.0.0')(deployment(Testing.chart()))).toThrow('"0.0.0.0"; give a DNS name or an IP address');
  });
});

test('what a collector may keep in memory follows a bare string as it does a Quantity', () => {
  const chart = Testing.chart();
  collector({}, { resources: { limits: { memory: '1Gi' } } })(deployment(chart));

  const [{ env, resources }] = synthPodSpec(chart).containers?.slice(1) ?? [];
  expect(resources).toEqual({ limits: { memory: '1Gi' } });
  expect(env).toContainEqual({ name: 'GOMEMLIMIT', value: '819MiB' });
});

test('two services of one port are told by that alone', () => {
  const web = deployment(Testing.chart());
  const service = { listen: 8081, upstreams: ['http://a'] };

  expect(() => new EnvoyAmbassador(web, 'x', { services: [service, service] })).toThrow(
    new Error(`test/web/x: no envoy.yaml can be made:
  services[0].listen and services[1].listen are both 8081; give each a port of its own`),
  );
});
