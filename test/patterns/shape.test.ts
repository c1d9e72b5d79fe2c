import { App, Chart, Duration, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import {
  Adapter,
  AdapterOutput,
  Ambassador,
  ConfigFiles,
  EachWorkload,
  HaproxyAmbassador,
  KubernetesVersion,
  ManifestApp,
  ManifestFormat,
  ManifestStyle,
  PodChecks,
  PodSecurity,
  SharedVolume,
  Sidecar,
  WaitFor,
  Workloads,
} from '../../lib';
import { deployment } from '../support/workloads';

const container = { name: 'helper', image: 'busybox:1.37' };
const listener = { port: 5432, upstream: 'db:5432' };
const server = { name: 'a', host: 'redis', port: 6379 };
const logs = SharedVolume.emptyDir('logs');

interface Given {
  readonly app: App;
  readonly chart: Chart;
  readonly web: k8s.KubeDeployment;
}

const sidecar =
  (props: object) =>
  ({ web }: Given) =>
    new Sidecar(web, 's', { container, ...props });
const withContainer = (fields: object) => sidecar({ container: { ...container, ...fields } });
const adapter =
  (props: object) =>
  ({ web }: Given) =>
    new Adapter(web, 'a', { container, ...props });
const ambassador =
  (props: object) =>
  ({ web }: Given) =>
    new Ambassador(web, 'a', { container, listeners: [listener], ...props });
const listening = (fields: object) => ambassador({ listeners: [{ ...listener, ...fields }] });
const haproxy =
  (props: object) =>
  ({ web }: Given) =>
    new HaproxyAmbassador(web, 'a', { listen: 6379, servers: [server], ...props });
const waiting =
  (props: object) =>
  ({ web }: Given) =>
    new WaitFor(web, 'w', { host: 'db', port: 5432, ...props });
const format = (call: (format: ManifestFormat) => unknown) => (given: Given) => call(ManifestFormat.of(given.web));

const none = undefined as never;

/** Message to what it is the message of. */
const CASES: Record<string, Record<string, (given: Given) => unknown>> = {
  'the scope of a helper': {
    's: scope is missing; give a construct': () => new Sidecar(none, 's', { container }),
    'a: scope is null; give a construct': () => new Adapter(null as never, 'a', { container }),
    'a: scope is "web"; give a construct': () =>
      new Ambassador('web' as never, 'a', { container, listeners: [listener] }),
    'a: scope is missing; give a construct': () => new HaproxyAmbassador(none, 'a', { listen: 1, servers: [server] }),
    'w: scope is missing; give a construct': () => new WaitFor(none, 'w', { host: 'db', port: 1 }),
  },
  'what all helpers have': {
    'chart/web/s: props is missing; give an object': ({ web }) => new Sidecar(web, 's', none),
    'chart/web/s: props is null; give an object': ({ web }) => new Sidecar(web, 's', null as never),
    'chart/web/s: main is 1; give a string': sidecar({ main: 1 }),
    'chart/web/s: kind is "native"; give one of HelperKind.REGULAR, HelperKind.NATIVE_SIDECAR': sidecar({
      kind: 'native',
    }),
    'chart/web/s: order is "first"; give a list of InitOrder': sidecar({ order: 'first' }),
    'chart/web/s: order[0] is "first"; give an InitOrder, for instance InitOrder.first()': sidecar({
      order: ['first'],
    }),
    'chart/web/s: waitForStart is "yes"; give true or false': sidecar({ waitForStart: 'yes' }),
    'chart/web/s: volumes is an object; give a list of volumes': sidecar({ volumes: { name: 'x', emptyDir: {} } }),
    'chart/web/s: volumes[0] is missing; give a volume of the Kubernetes API, { name, emptyDir: {} }, say': sidecar({
      volumes: [undefined],
    }),
    'chart/web/s: volumes[0] is a Volume; give SharedVolume.fromCdk8sPlus(…).volume for a volume of cdk8s-plus': (
      given,
    ) => sidecar({ volumes: [kplus.Volume.fromEmptyDir(given.chart, 'volume', 'v')] })(given),
    'chart/web/s: podAnnotations is a Map; give an object with values by their names': sidecar({
      podAnnotations: new Map([['a', 'b']]),
    }),
    'chart/web/s: restricted is true; give an object': sidecar({ restricted: true }),
    [`chart/web/s:
  restricted.user is "nobody"; give a whole number from 0 to 2147483647
  restricted.group is 1.5; give a whole number from 0 to 2147483647
  restricted.writablePaths[0] is "tmp"; give an absolute path, such as "/tmp"`]: sidecar({
      restricted: { user: 'nobody', group: 1.5, writablePaths: ['tmp'] },
    }),
    'chart/web/s: shutdownDeadline is 60; give a Duration, for instance Duration.seconds(30)': sidecar({
      shutdownDeadline: 60,
    }),
    [`chart/web/s:
  listensOn[0] is "8080"; give a whole number from 1 to 65535
  listensOn[1] is 70000; give a whole number from 1 to 65535`]: sidecar({ listensOn: ['8080', 70000] }),
  },
  'a slip in the name of a property': {
    'chart/web/s: share is no property; did you mean shares?': sidecar({ share: [] }),
    'chart/web/s: waitforStart is no property; did you mean waitForStart?': sidecar({ waitforStart: true }),
    [`chart/web/s:
  container.imgae is no property; did you mean container.image?
  restricted.writeablePaths is no property; did you mean restricted.writablePaths?`]: sidecar({
      container: { name: 'helper', imgae: 'busybox' },
      restricted: { writeablePaths: ['/tmp'] },
    }),
    [`chart/web/a:
  listeners is missing; give a list of listeners
  listener is no property; did you mean listeners?`]: ({ web }) =>
      new Ambassador(web, 'a', { container, listener: [listener] } as never),
    [`chart/web/a: no haproxy.cfg can be made:
  servers[0].bakcup is no property; did you mean servers[0].backup?`]: haproxy({
      servers: [server, { name: 'b', host: 'b', port: 1, bakcup: true }].reverse(),
    }),
    'chart/web/w: dedline is no property; did you mean deadline?': waiting({ dedline: Duration.minutes(1) }),
    'volume "logs": options.subpath is no property; did you mean options.subPath?': () =>
      logs.at('/logs', { subpath: 'a' } as never),
    'chart/web: container is no property; did you mean containers?': ({ web }) => {
      PodSecurity.restrict(web, { container: {} } as never);
    },
    'chart: filter.kind is no property; did you mean filter.kinds?': ({ chart }) =>
      Workloads.allOf(chart, { kind: ['Deployment'] } as never),
    'ManifestApp: outDir is no property; did you mean outdir?': () => new ManifestApp({ outDir: 'x' } as never),
    'ManifestStyle: blankLine is no property; did you mean blankLines?': () =>
      new ManifestStyle({ blankLine: false } as never),
    'ManifestStyle: lineWidth is "80"; give a whole number from 0 to 9007199254740991': () =>
      new ManifestStyle({ lineWidth: '80' as never }),
  },
  'a container': {
    'chart/web/s: container is missing; give a container of the Kubernetes API, { name, image, … }': sidecar({
      container: undefined,
    }),
    'chart/web/s: container is null; give a container of the Kubernetes API, { name, image, … }': sidecar({
      container: null,
    }),
    'chart/web/s: container is a list; give a container of the Kubernetes API, { name, image, … }': sidecar({
      container: [container],
    }),
    'chart/web/s: container is "busybox"; give a container of the Kubernetes API, { name, image, … }': sidecar({
      container: 'busybox',
    }),
    'chart/web/s: container is a Container; give a container of the Kubernetes API, { name, image, … }': sidecar({
      container: new kplus.Container({ name: 'h', image: 'x:1' }),
    }),
    [`chart/web/s:
  container.name is 5; give a string
  container.image is 5; give a string`]: withContainer({ name: 5, image: 5 }),
    'chart/web/s: container.command is "sleep 5"; give a list of strings': withContainer({ command: 'sleep 5' }),
    [`chart/web/s:
  container.args[0] is 1; give a string
  container.args[1] is 2; give a string`]: withContainer({ args: [1, 2] }),
    'chart/web/s: container.env is an object; give a list of objects': withContainer({ env: { A: 'b' } }),
    'chart/web/s: container.env[0] is null; give an object': withContainer({ env: [null] }),
    'chart/web/s: container.envFrom[0] is "settings"; give an object': withContainer({ envFrom: ['settings'] }),
    'chart/web/s: container.ports[0] is 80; give an object': withContainer({ ports: [80] }),
    'chart/web/s: container.volumeMounts[0] is "logs:/logs"; give an object': withContainer({
      volumeMounts: ['logs:/logs'],
    }),
  },
  'a sidecar': {
    'chart/web/s: shares is "logs"; give a list of volume shares': sidecar({ shares: 'logs' }),
    'chart/web/s: shares is a VolumeShare; give a list of volume shares': sidecar({ shares: logs.at('/logs') }),
    'chart/web/s: shares[0] is missing; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")':
      sidecar({ shares: [undefined] }),
    'chart/web/s: shares[0] is a SharedVolume; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")':
      sidecar({ shares: [logs] }),
    [`chart/web/s:
  shares[0].volume is missing; give an object
  shares[0].mainMount is "/logs"; give an object
  shares[0].helperMount is missing; give an object`]: sidecar({ shares: [{ mainMount: '/logs' }] }),
    [`chart/web/s:
  container is null; give a container of the Kubernetes API, { name, image, … }
  kind is "native"; give one of HelperKind.REGULAR, HelperKind.NATIVE_SIDECAR
  shares[0] is a SharedVolume; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")`]: sidecar({
      container: null,
      kind: 'native',
      shares: [logs],
    }),
  },
  'an adapter': {
    'chart/web/a: props is missing; give an object': ({ web }) => new Adapter(web, 'a', none),
    'chart/web/a: source is a SharedVolume; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")':
      adapter({ source: logs }),
    'chart/web/a: source is "logs"; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")':
      adapter({ source: 'logs' }),
    'chart/web/a: source is null; give a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")':
      adapter({ source: null }),
    'chart/web/a: output is 9113; give AdapterOutput.stdout() or AdapterOutput.port(9113), say': adapter({
      output: 9113,
    }),
    'AdapterOutput.port: port is "9113"; give a whole number from 1 to 65535': () =>
      AdapterOutput.port('9113' as never),
    'AdapterOutput.port: port is missing; give a whole number from 1 to 65535': () => AdapterOutput.port(none),
  },
  'an ambassador': {
    'chart/web/a: props is missing; give an object': ({ web }) => new Ambassador(web, 'a', none),
    'chart/web/a: listeners is missing; give a list of listeners': ambassador({ listeners: undefined }),
    'chart/web/a: listeners is an object; give a list of listeners': ambassador({ listeners: listener }),
    'chart/web/a: listeners[0] is null; give an object': ambassador({ listeners: [null] }),
    [`chart/web/a:
  listeners[0].port is missing; give a whole number from 1 to 65535
  listeners[0].upstream is missing; give a string`]: ambassador({ listeners: [{}] }),
    [`chart/web/a:
  listeners[0].upstream is "undefined:5432"; give the host, which was missing
  listeners[1].upstream is "[object Object]:1"; give the host, which was missing`]: ambassador({
      listeners: [
        { ...listener, upstream: 'undefined:5432' },
        { port: 1, upstream: '[object Object]:1' },
      ],
    }),
    [`chart/web/a:
  listeners[0].port is "5432"; give a whole number from 1 to 65535
  listeners[0].protocol is "tcp"; give one of AmbassadorProtocol.TCP, AmbassadorProtocol.UDP`]: listening({
      port: '5432',
      protocol: 'tcp',
    }),
    [`chart/web/a:
  listeners[0].env["A"] is 5; give a string
  listeners[0].env["B"] is null; give a string`]: listening({ env: { A: 5, B: null } }),
    [`chart/web/a:
  listeners[0].env["A"] has the placeholder {hots}; there are {host} and {port}
  listeners[0].env["A"] has the placeholder {prot}; there are {host} and {port}`]: listening({
      env: { A: '{hots}:{prot}', B: '{host}' },
    }),
    'chart/web/a: files is "x"; give a list of files with their folders': ambassador({ files: 'x' }),
    'chart/web/a: files[0] is a ConfigFiles; give files with their folder, as in ConfigFiles.of({ "app.conf": "…" }).at("/etc/app")':
      ambassador({ files: [ConfigFiles.of({ a: 'b' })] }),
  },
  'an HAProxy ambassador': {
    'chart/web/a: props is missing; give an object': ({ web }) => new HaproxyAmbassador(web, 'a', none),
    [`chart/web/a: no haproxy.cfg can be made:
  listen is missing; give a whole number from 1 to 65535
  servers is missing; give a list of servers`]: ({ web }) => new HaproxyAmbassador(web, 'a', {} as never),
    [`chart/web/a: no haproxy.cfg can be made:
  servers is an object; give a list of servers`]: haproxy({ servers: server }),
    [`chart/web/a: no haproxy.cfg can be made:
  resources is "10m"; give an object`]: haproxy({ resources: '10m' }),
    [`chart/web/a: no haproxy.cfg can be made:
  servers[0] is "redis:6379"; give an object
  servers[1] is missing; give an object`]: haproxy({ servers: ['redis:6379', undefined] }),
    [`chart/web/a: no haproxy.cfg can be made:
  name of a server is missing; HAProxy takes 1 to 253 letters, digits, "-", "_", "." and ":"
  host of server undefined is missing; give a DNS name or an IP address to connect to
  port of server undefined is missing; give a whole number from 1 to 65535`]: haproxy({ servers: [{}] }),
    [`chart/web/a: no haproxy.cfg can be made:
  listen is "6379"; give a whole number from 1 to 65535
  port of server "a" is "6379"; give a whole number from 1 to 65535
  weight of server "a" is "1"; give a whole number from 0 to 256`]: haproxy({
      listen: '6379',
      servers: [{ ...server, port: '6379', weight: '1' }],
    }),
    [`chart/web/a: no haproxy.cfg can be made:
  timeouts.connect is 5; give a Duration, for instance Duration.seconds(30)
  shutdownTimeout is 10; give a Duration, for instance Duration.seconds(30)
  checkInterval of server "a" is 5; give a Duration, for instance Duration.seconds(30)`]: haproxy({
      timeouts: { connect: 5 },
      shutdownTimeout: 10,
      servers: [{ ...server, checkInterval: 5 }],
    }),
    [`chart/web/a: no haproxy.cfg can be made:
  timeouts is "5s"; give an object`]: haproxy({ timeouts: '5s' }),
    [`chart/web/a: no haproxy.cfg can be made:
  mode is "HTTP"; give one of HaproxyMode.TCP, HaproxyMode.HTTP
  balance is "rr"; give one of HaproxyBalance.ROUND_ROBIN, HaproxyBalance.LEAST_CONNECTIONS, HaproxyBalance.FIRST, HaproxyBalance.RANDOM, HaproxyBalance.SOURCE, HaproxyBalance.URI
  retryOn[1] is 504; give one of HaproxyRetry.CONNECTION_FAILURE, HaproxyRetry.EMPTY_RESPONSE, HaproxyRetry.JUNK_RESPONSE, HaproxyRetry.RESPONSE_TIMEOUT, HaproxyRetry.INTERNAL_SERVER_ERROR, HaproxyRetry.BAD_GATEWAY, HaproxyRetry.SERVICE_UNAVAILABLE, HaproxyRetry.GATEWAY_TIMEOUT`]:
      haproxy({ mode: 'HTTP', balance: 'rr', retryOn: ['503', 504] }),
    [`chart/web/a: no haproxy.cfg can be made:
  retryOn is "503"; give a list of HaproxyRetry`]: haproxy({ retryOn: '503' }),
    [`chart/web/a: no haproxy.cfg can be made:
  container is null; give a container of the Kubernetes API, { name, image, … }
  image is 5; give a string
  env is "REDIS"; give an object with strings by their names`]: haproxy({ env: 'REDIS', image: 5, container: null }),
    [`chart/web/a: no haproxy.cfg can be made:
  kind is "native"; give one of HelperKind.REGULAR, HelperKind.NATIVE_SIDECAR
  listen is 0; give a whole number from 1 to 65535`]: haproxy({ listen: 0, kind: 'native' }),
    [`chart/web/a: no haproxy.cfg can be made:
  serviceName is 2; HAProxy takes 1 to 253 letters, digits, "-", "_", "." and ":"
  httpCheckPath is 3; give the path of a URL, which starts with "/" and has anything unusual in it percent-encoded
  listenAddress is 1, where the main container does not find it at localhost; give one of "127.0.0.1", "::1", "*", "0.0.0.0", "::"`]:
      haproxy({ listenAddress: 1, serviceName: 2, httpCheckPath: 3 }),
    [`chart/web/a: no haproxy.cfg can be made:
  sharedFrom is "web/b"; give another HaproxyAmbassador`]: haproxy({ sharedFrom: 'web/b' }),
  },
  'one that waits': {
    'chart/web/w: props is missing; give an object': ({ web }) => new WaitFor(web, 'w', none),
    [`chart/web/w:
  host is missing; give a DNS name or an IP address to connect to
  port is missing; give a whole number from 1 to 65535`]: ({ web }) => new WaitFor(web, 'w', {} as never),
    [`chart/web/w:
  port is "5432"; give a whole number from 1 to 65535
  deadline is 300; give a Duration, for instance Duration.seconds(30)
  interval is "2s"; give a Duration, for instance Duration.seconds(30)`]: waiting({
      port: '5432',
      deadline: 300,
      interval: '2s',
    }),
    [`chart/web/w:
  container is "busybox"; give a container of the Kubernetes API, { name, image, … }
  image is 5; give a string
  order is "first"; give a list of InitOrder
  "image" is that of the ready-made container, but "container" is given; say it there`]: waiting({
      container: 'busybox',
      image: 5,
      order: 'first',
    }),
    'chart/web/w: container is null; give a container of the Kubernetes API, { name, image, … }': waiting({
      container: null,
    }),
  },
  'a shared volume': {
    'SharedVolume.fromVolume: volume is missing; give a volume of the Kubernetes API, { name, emptyDir: {} }, say':
      () => SharedVolume.fromVolume(none),
    'volume "logs": path is missing; give a string': () => logs.at(none),
    'volume "logs": options.writer is "helper"; give one of VolumeWriter.MAIN, VolumeWriter.HELPER, VolumeWriter.BOTH, VolumeWriter.NOBODY':
      () => logs.at('/x', { writer: 'helper' as never }),
  },
  'the version of Kubernetes': {
    'the app: version is 1.3; give it in quotes, for instance "1.31"': ({ app }) => {
      KubernetesVersion.target(app, 1.3 as never);
    },
    'KubernetesVersion.target: scope is missing; give a construct': () => {
      KubernetesVersion.target(none, '1.31');
    },
  },
  'Pod Security': {
    'PodSecurity.restrict: workload is missing; give a construct': () => {
      PodSecurity.restrict(none, { user: 1 });
    },
    [`chart/web:
  user is "101"; give a whole number from 0 to 2147483647
  writablePaths is "/tmp"; give a list of absolute paths
  containers["nginx"] is missing; give an object`]: ({ web }) => {
      PodSecurity.restrict(web, { user: '101', writablePaths: '/tmp', containers: { nginx: undefined } } as never);
    },
    'chart/web: containers is a list; give an object with options by their names': ({ web }) => {
      PodSecurity.restrict(web, { containers: [{ name: 'nginx' }] } as never);
    },
  },
  checks: {
    'PodChecks.of: scope is missing; give a construct': () => PodChecks.of(none),
    'the app: reason is missing; give a string': ({ app }) => PodChecks.of(app).ignore('port-name-shared', none),
    'the app: rule is missing; give a string': ({ app }) => PodChecks.of(app).require(none),
    'chart/web: reason is 5; give a string': ({ web }) => PodChecks.of(web).ignore('port-name-shared', 5 as never),
  },
  workloads: {
    'Workloads.allOf: scope is missing; give a construct': () => Workloads.allOf(none),
    'chart: filter.kinds is "Deployment"; give a list of kinds': ({ chart }) =>
      Workloads.allOf(chart, { kinds: 'Deployment' as never }),
    'the app: filter.labels["tier"] is 1; give a string': ({ app }) =>
      Workloads.allOf(app, { labels: { tier: 1 as never } }),
    'Workloads.declare: resource is missing; give a construct': () => {
      Workloads.declare(none, 'spec.template');
    },
    'chart/web: podTemplate is 5; give a string': ({ web }) => {
      Workloads.declare(web, 5 as never);
    },
    'EachWorkload: visitor is a function; give an object with the method: { visit: (workload) => … }': () =>
      new EachWorkload((() => undefined) as never),
    'EachWorkload: visitor is missing; give an object with the method: { visit: (workload) => … }': () =>
      new EachWorkload(none),
    'EachWorkload: filter.kinds is "Job"; give a list of kinds': () =>
      new EachWorkload({ visit: () => undefined }, { kinds: 'Job' as never }),
  },
  'a format': {
    'ManifestFormat.of: construct is missing; give a construct': () => ManifestFormat.of(none),
    'the app: an API object has a format, or a construct whose default child is one; pass one of chart/web': ({
      app,
    }) => ManifestFormat.of(app),
    'chart/web: text is missing; give a string': format((it) => it.head(none)),
    'chart/web: text is 5; give a string': format((it) => it.head(5 as never)),
    [`chart/web:
  path is missing; give a string
  text is missing; give a string`]: format((it) => it.above(none, none)),
    'chart/web: text is 7; give a string': format((it) => it.endOfLine('kind', 7 as never)),
    'chart/web: keys is "template"; give a list of keys': format((it) => it.order('spec', 'template' as never)),
    'chart/web: quotes is "\'"; give one of Quotes.DOUBLE, Quotes.SINGLE': format((it) =>
      it.quoted('kind', "'" as never),
    ),
  },
  'an app': {
    'ManifestApp: props is null; give an object': () => new ManifestApp(null as never),
    [`ManifestApp:
  header is 5; give a string
  style is an object; give a new ManifestStyle({ … })`]: () =>
      new ManifestApp({ header: 5, style: { indentSequences: true } } as never),
  },
};

test('a value that contains itself is an error with its path, wherever it is given', () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle.self = circle;
  const { web } = given();

  expect(messageOf(() => new WaitFor(web, 'w', { host: 'db', port: 5432, resources: circle }))).toBe(
    'chart/web/w: resources.self contains itself; give it a value of its own',
  );
  expect(messageOf(haproxy({ resources: circle }))).toContain('resources.self contains itself');
  expect(messageOf(() => ManifestFormat.of(web).commentedOut('spec', circle))).toBe(
    'chart/web: value.self contains itself; give it a value of its own',
  );
});

describe.each(Object.keys(CASES))('%s', (subject) => {
  test.each(Object.keys(CASES[subject]))('%s', (message) => {
    expect(messageOf(CASES[subject][message])).toBe(message);
  });
});

test('what is resolved at synthesis may have any shape before', () => {
  const app = new App();
  const web = deployment(new Chart(app, 'chart'));
  const late = (value: unknown): never => Lazy.any({ produce: () => value }) as never;

  new Sidecar(web, 's', {
    container: {
      name: 'helper',
      image: late('busybox:1.37'),
      args: [late('a')],
      env: late([{ name: 'A', value: 'a' }]),
    },
  });

  expect(app.synthYaml()).toContain(`        - args:
            - a
          env:
            - name: A
              value: a
          image: busybox:1.37
          name: helper
`);
});

test('other properties are legal, as a subclass passes its own on, and so is a near one where the meant one is given too', () => {
  const { web } = given();
  const props = { container: { ...container, stdinOnce: true }, volume: 'x', volumes: [], waitForStart: undefined };

  expect(() => new Sidecar(web, 's', { ...props, team: 'payments', waitForStar: undefined } as never)).not.toThrow();
});

test('a Duration of another copy of cdk8s is one', () => {
  const seconds = Duration.seconds(3);
  const foreign = {
    toSeconds: () => seconds.toSeconds(),
    toMilliseconds: () => seconds.toMilliseconds(),
  } as unknown as Duration;
  const { web } = given();

  expect(() => {
    new WaitFor(web, 'w', { host: 'db', port: 5432, deadline: foreign });
    new HaproxyAmbassador(web, 'a', { listen: 6379, servers: [server], shutdownTimeout: foreign });
  }).not.toThrow();
});

test('a helper that could not be made is not in the tree', () => {
  const { web } = given();

  expect(() => new Sidecar(web, 's', none)).toThrow();
  expect(web.node.tryFindChild('s')).toBeUndefined();
});

function given(): Given {
  const app = new ManifestApp();
  const chart = new Chart(app, 'chart');
  return { app, chart, web: deployment(chart) };
}

function messageOf(call: (given: Given) => unknown): string {
  try {
    call(given());
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
