import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Testing } from 'cdk8s';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { HaproxyAmbassador, HaproxyBalance, HaproxyMode, HaproxyRetry, HaproxyServer } from '../../../lib';
import {
  haproxyConfigProblems,
  NamedHaproxySettings,
  renderHaproxyConfig,
} from '../../../lib/ready-made/haproxy/haproxy-config';
import { answering, exchange, freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { deployment } from '../../support/workloads';

const redis: HaproxyServer = { name: 'redis1', host: '10.0.0.1', port: 6379 };
const minimal: NamedHaproxySettings = { serviceName: 'redis', listen: 6379, servers: [redis] };
const lab5: NamedHaproxySettings = {
  serviceName: 'redis',
  listen: 6379,
  listenAddress: '*',
  servers: [{ name: 'redis1', host: 'redis', port: 6379 }],
};
const lab5Text = (
  parseAllDocuments(readFileSync(join(__dirname, '../../goldens/redis-with-proxy.yaml'), 'utf8'))
    .map((document) => document.toJS() as { kind: string; data: Record<string, string> })
    .find(({ kind }) => kind === 'ConfigMap') as { data: Record<string, string> }
).data['haproxy.cfg'];

/** Every setting there is. */
const full: NamedHaproxySettings = {
  serviceName: 'shop',
  listen: 8080,
  listenAddress: '::1',
  mode: HaproxyMode.HTTP,
  timeouts: { connect: Duration.millis(250), client: Duration.minutes(1), server: Duration.hours(1) },
  maxConnections: 1000,
  balance: HaproxyBalance.LEAST_CONNECTIONS,
  retries: 2,
  retryOn: [HaproxyRetry.CONNECTION_FAILURE, HaproxyRetry.SERVICE_UNAVAILABLE],
  httpCheckPath: '/healthz?full=1',
  shutdownTimeout: Duration.seconds(20),
  resolveAtRuntime: true,
  healthPort: 8404,
  servers: [
    {
      name: 'a',
      host: '10.0.0.1',
      port: 80,
      checkInterval: Duration.seconds(1),
      downCheckInterval: Duration.millis(250),
      fall: 2,
      rise: 1,
      errorLimit: 5,
    },
    { name: 'b', host: 'fd00::1', port: 80, weight: 0, maxConnections: 10, backup: true },
    { name: 'c', host: '10.0.0.3', port: 80, check: false },
  ],
  furtherServices: [
    {
      serviceName: 'stock',
      listen: 8081,
      balance: HaproxyBalance.URI,
      httpCheckPath: '/ready',
      servers: [{ name: 'a', host: '10.0.0.4', port: 80, checkPort: 8080 }],
    },
  ],
};

test("the tutorial's values give the tutorial's text to the letter", () => {
  expect(renderHaproxyConfig(lab5)).toBe(lab5Text);
});

test('by default it listens for its own pod only', () => {
  expect(renderHaproxyConfig(minimal)).toContain('\n    bind 127.0.0.1:6379\n');
});

test('every setting has its place', () => {
  expect(renderHaproxyConfig(full)).toBe(`global
    maxconn 1000
    hard-stop-after 20000ms

defaults
    mode http
    timeout connect 250ms
    timeout client 60000ms
    timeout server 3600000ms
    retries 2
    retry-on conn-failure 503

resolvers pod
    parse-resolv-conf

frontend shop-in
    bind [::1]:8080
    default_backend shop-backend

frontend health
    mode http
    bind [::]:8404
    monitor-uri /healthz

backend shop-backend
    balance leastconn
    option httpchk GET /healthz?full=1
    option redispatch 1
    server a 10.0.0.1:80 check inter 1000ms fastinter 250ms downinter 250ms fall 2 rise 1 observe layer7 error-limit 5 on-error mark-down resolvers pod init-addr last,libc,none
    server b [fd00::1]:80 check weight 0 maxconn 10 backup resolvers pod init-addr last,libc,none
    server c 10.0.0.3:80 resolvers pod init-addr last,libc,none

frontend stock-in
    bind [::1]:8081
    default_backend stock-backend

backend stock-backend
    balance uri
    option httpchk GET /ready
    server a 10.0.0.4:80 check port 8080 resolvers pod init-addr last,libc,none
`);
});

test('a timeout that is not given has its default beside one that is', () => {
  expect(renderHaproxyConfig({ ...minimal, timeouts: { connect: undefined, client: Duration.seconds(1) } })).toContain(
    'timeout connect 5000ms\n    timeout client 1000ms\n    timeout server 50000ms\n',
  );
});

test('good settings have no problems', () => {
  expect([minimal, lab5, full].flatMap(haproxyConfigProblems)).toStrictEqual([]);
});

test('all problems are told at once', () => {
  expect(
    haproxyConfigProblems({
      serviceName: 'my service',
      listen: 0,
      healthPort: 0,
      listenAddress: '10.0.0.1',
      maxConnections: 0,
      timeouts: { server: Duration.millis(0) },
      servers: [
        { name: 'a', host: 'b c', port: 99999, weight: 257 },
        { name: 'a', host: 'db', port: 1, check: false, fall: 2 },
        { name: 'c', host: 'undefined.shop.svc', port: 1 },
      ],
      furtherServices: [
        { serviceName: 'my service', listen: 0, servers: [] },
        { serviceName: 'b', listen: 1, balance: HaproxyBalance.URI, servers: [{ name: 'x', host: 'a b', port: 1 }] },
      ],
    }),
  ).toStrictEqual([
    'serviceName is "my service"; HAProxy takes 1 to 253 letters, digits, "-", "_", "." and ":"',
    'listen is 0; give a whole number from 1 to 65535',
    'healthPort is 0; give a whole number from 1 to 65535',
    'maxConnections is 0; give a whole number from 1 to 1000000',
    'timeouts.server is 0 ms; give a whole number from 1 to 2147483647 ms',
    'host of server "a" is "b c"; give a DNS name or an IP address to connect to',
    'port of server "a" is 99999; give a whole number from 1 to 65535',
    'weight of server "a" is 257; give a whole number from 0 to 256',
    'server "a" has "fall" but "check: false"; drop one of them',
    'host of server "c" is "undefined.shop.svc"; give a DNS name or an IP address to connect to',
    'listenAddress is "10.0.0.1", where the main container does not find it at localhost; give one of ' +
      '"127.0.0.1", "::1", "*", "0.0.0.0", "::"',
    'listen and healthPort are both 0; give healthPort another port',
    'two servers are named "a"; the names are "a", "a", "c": make them differ',
    'furtherServices[0]: serviceName is "my service"; HAProxy takes 1 to 253 letters, digits, "-", "_", "." and ":"',
    'furtherServices[0]: listen is 0; give a whole number from 1 to 65535',
    'furtherServices[0]: serviceName is "my service", as that of another service; give each a name of its own',
    'furtherServices[0]: listen is 0, where the ambassador listens for something else; give each a port of its own',
    'furtherServices[0]: there is no server to forward to; give at least one in "servers"',
    'furtherServices[1]: balance is HaproxyBalance.URI, which only HTTP has; give "mode: HaproxyMode.HTTP" or another one',
    'furtherServices[1]: host of server "x" is "a b"; give a DNS name or an IP address to connect to',
  ]);
});

/** Settings that only we reject: HAProxy takes them, silently or with a line in its log, and then does otherwise. */
test.each<[string, Partial<NamedHaproxySettings>]>([
  ['listen is 1.5', { listen: 1.5 }],
  ['listen is NaN', { listen: NaN }],
  ['there is no server', { servers: [] }],
  ['port of server "redis1" is 0', { servers: [{ ...redis, port: 0 }] }],
  ['weight of server "redis1" is 1.5', { servers: [{ ...redis, weight: 1.5 }] }],
  ['host of server "redis1" is "0.0.0.0"', { servers: [{ ...redis, host: '0.0.0.0' }] }],
  ['host of server "redis1" is "::"', { servers: [{ ...redis, host: '::' }] }],
  ['host of server "redis1" is "fe80::1%eth0"', { servers: [{ ...redis, host: 'fe80::1%eth0' }] }],
  ['server "redis1" at localhost:6379 is the ambassador itself', { servers: [{ ...redis, host: 'localhost' }] }],
  ['listen and healthPort are both 6379', { healthPort: 6379 }],
  ['checkPort of server "redis1" is 65536', { servers: [{ ...redis, checkPort: 65536 }] }],
  ['checkPort of server "redis1" is 0', { servers: [{ ...redis, checkPort: 0 }] }],
  ['server "redis1" has "checkPort" but "check: false"', { servers: [{ ...redis, checkPort: 1, check: false }] }],
  [
    'furtherServices[0]: listen is 6379, where',
    { furtherServices: [{ serviceName: 'b', listen: 6379, servers: [redis] }] },
  ],
  [
    'server "redis1" at localhost:6380 is the ambassador itself',
    {
      servers: [{ ...redis, host: 'localhost', port: 6380 }],
      furtherServices: [{ serviceName: 'b', listen: 6380, servers: [redis] }],
    },
  ],
  ['every server has "weight: 0", which takes it out; give', { servers: [{ ...redis, weight: 0 }] }],
  [
    'furtherServices[0]: every server has "weight: 0"',
    {
      furtherServices: [
        {
          serviceName: 'b',
          listen: 6380,
          servers: [
            { ...redis, weight: 0 },
            { ...redis, name: 'b', weight: 0, backup: true },
          ],
        },
      ],
    },
  ],
  ['maxConnections is 0', { maxConnections: 0 }],
  ['retries is -1', { retries: -1 }],
  ['retryOn works on HTTP', { retryOn: [HaproxyRetry.EMPTY_RESPONSE] }],
  ['retryOn is empty', { retryOn: [], mode: HaproxyMode.HTTP }],
  ['shutdownTimeout is 0.5 ms', { shutdownTimeout: Duration.millis(0.5) }],
  ['httpCheckPath is "healthz"', { httpCheckPath: 'healthz' }],
  ['httpCheckPath is given, but', { httpCheckPath: '/', servers: [{ ...redis, check: false }] }],
  [
    'host of server "redis1" is "redis", which HAProxy cannot look up at run time',
    { resolveAtRuntime: true, servers: [{ ...redis, host: 'redis' }] },
  ],
  [
    'which HAProxy cannot look up at run time because it does not apply search domains; give the full name, for instance "redis.shop.svc.cluster.local"',
    { resolveAtRuntime: true, servers: [{ ...redis, host: 'redis.shop.svc' }] },
  ],
])('%s: an error', (start, settings) => {
  expect(haproxyConfigProblems({ ...minimal, ...settings })).toStrictEqual([
    expect.stringContaining(start.split(' is NaN')[0]),
  ]);
});

test('all that is missing is told at once', () => {
  const settings = { serviceName: 'a', furtherServices: [{}] } as unknown as NamedHaproxySettings;

  expect(haproxyConfigProblems(settings)).toStrictEqual([
    'listen is missing; give a whole number from 1 to 65535',
    'servers is missing; give a list of servers',
    expect.stringMatching(/^furtherServices\[0\].serviceName is missing; HAProxy takes 1 to 253 letters/),
    'furtherServices[0].listen is missing; give a whole number from 1 to 65535',
    'furtherServices[0].servers is missing; give a list of servers',
  ]);
});

test('a server may be taken out where another one is left, if only as a backup', () => {
  const servers = [
    { ...redis, weight: 0 },
    { ...redis, name: 'redis2', backup: true },
  ];

  expect(haproxyConfigProblems({ ...minimal, servers })).toStrictEqual([]);
});

/** Settings that HAProxy rejects as well, which the last test of this file proves. */
const rejectedByBoth: [string, Partial<NamedHaproxySettings>][] = [
  ['a port above 65535', { servers: [{ ...redis, port: 65536 }] }],
  ['a listening port above 65535', { listen: 65536 }],
  ['two servers of one name', { servers: [redis, { ...redis, port: 6380 }] }],
  ['a name of a server with a slash', { servers: [{ ...redis, name: 'a/b' }] }],
  ['a name of a server with a space', { servers: [{ ...redis, name: 'a b' }] }],
  ['a name of a server with a letter outside of ASCII', { servers: [{ ...redis, name: 'rédis' }] }],
  ['an empty name of a server', { servers: [{ ...redis, name: '' }] }],
  ['a name of a service with a space', { serviceName: 'my redis' }],
  ['a name of a service with a slash', { serviceName: 'my/redis' }],
  ['an address with a slip', { servers: [{ ...redis, host: '10.0.0.256' }] }],
  ['a host with a space', { servers: [{ ...redis, host: '10.0.0.1 10.0.0.2' }] }],
  ['a host with a line break', { servers: [{ ...redis, host: '10.0.0.1\n    evil' }] }],
  ['a host with a quote', { servers: [{ ...redis, host: '10.0.0.1"' }] }],
  ['a host with a comment', { servers: [{ ...redis, host: '#10.0.0.1' }] }],
  ['a host with a backslash', { servers: [{ ...redis, host: '\\x' }] }],
  ['a host that is empty but for a dash', { servers: [{ ...redis, host: '-' }] }],
  ['a timeout of zero', { timeouts: { connect: Duration.millis(0) } }],
  ['a timeout of a month', { timeouts: { client: Duration.days(30) } }],
  ['a check interval of zero', { servers: [{ ...redis, checkInterval: Duration.seconds(0) }] }],
  ['a fall of zero', { servers: [{ ...redis, fall: 0 }] }],
  ['a rise of zero', { servers: [{ ...redis, rise: 0 }] }],
  ['a weight above 256', { servers: [{ ...redis, weight: 257 }] }],
  ['a weight below 0', { servers: [{ ...redis, weight: -1 }] }],
  ['balance by URI in TCP mode', { balance: HaproxyBalance.URI }],
  ['two services of one name', { furtherServices: [{ serviceName: 'redis', listen: 6380, servers: [redis] }] }],
  ['a path with a space', { httpCheckPath: '/a b c d' }],
  ['a path with a quote', { httpCheckPath: '/"' }],
];

test.each(rejectedByBoth)('%s: an error', (_, settings) => {
  expect(haproxyConfigProblems({ ...minimal, ...settings })).not.toStrictEqual([]);
});

describeWithProgram('haproxy', (haproxy) => {
  const numRuns = Number(process.env.RUNS ?? 60);
  jest.setTimeout(60_000 + numRuns * 500);

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function write(text: string): string {
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, text);
    return file;
  }

  /** What HAProxy complains of: it ends well even where an ALERT says that it will not do as it was told. */
  function complaints(text: string): string {
    const { status, stdout, stderr } = spawnSync(haproxy, ['-c', '-f', write(text)], { encoding: 'utf8' });
    const output = stdout + stderr;
    return status === 0 && !/ALERT|WARNING/i.test(output) ? '' : output;
  }

  test("the tutorial's text is valid where its server has an address", () => {
    expect(complaints(lab5Text.replace('redis:6379', '127.0.0.1:6379'))).toBe('');
  });

  test('every setting there is, is valid', () => {
    expect(complaints(renderHaproxyConfig(full))).toBe('');
  });

  test('a server whose name is unknown at the start is only a warning where it is resolved at run time', () => {
    const text = renderHaproxyConfig({
      ...minimal,
      resolveAtRuntime: true,
      servers: [{ ...redis, host: 'redis.default.svc.invalid' }],
    });

    const { status, stderr } = spawnSync(haproxy, ['-c', '-f', write(text)], { encoding: 'utf8' });

    expect(stderr).toContain("could not resolve address 'redis.default.svc.invalid', disabling server");
    expect(stderr).not.toContain('ALERT');
    expect(status).toBe(0);
  });

  test('whatever has no problems for us has none for HAProxy', () => {
    fc.assert(
      fc.property(settingsOfAllSorts(), (settings) => {
        expect(haproxyConfigProblems(settings)).toStrictEqual([]);
        expect(complaints(renderHaproxyConfig(settings))).toBe('');
      }),
      { numRuns },
    );
  });

  test('names and hosts of any characters are either rejected by us or taken by HAProxy', () => {
    const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    const unit = fc.oneof({ weight: 12, arbitrary: fc.stringMatching(/^[aZ09_.:-]$/) }, { weight: 1, arbitrary: any });
    const text = fc.string({ unit, minLength: 1, maxLength: 6 });
    // A name that cannot be looked up here is no matter of syntax.
    const unknown = /could not resolve address|Failed to initialize server/;
    fc.assert(
      fc.property(text, text, fc.oneof(fc.ipV4(), text), (serviceName, name, host) => {
        const settings = { ...minimal, serviceName, servers: [{ ...redis, name, host }] };
        if (haproxyConfigProblems(settings).length === 0) {
          const alerts = complaints(renderHaproxyConfig(settings)).match(/.*(ALERT|WARNING).*/g) ?? [];
          expect(alerts.filter((line) => !unknown.test(line))).toStrictEqual([]);
        }
      }),
      { numRuns },
    );
  });

  test.each(rejectedByBoth)('%s: HAProxy complains, too', (_, settings) => {
    expect(complaints(renderHaproxyConfig({ ...minimal, ...settings }))).not.toBe('');
  });

  test('a server that starts long after the ready-made HAProxy gets connections within a second', async () => {
    const [listen, healthPort, port] = [await freePort(), await freePort(), await freePort()];
    const chart = Testing.chart();
    const { configMap } = new HaproxyAmbassador(deployment(chart), 'proxy', {
      listen,
      healthPort,
      servers: [{ name: 'late', host: '127.0.0.1', port }],
      shutdownTimeout: Duration.seconds(1),
    });
    const { data } = configMap.toJson() as { data: Record<string, string> };
    const proxy = spawn(haproxy, ['-db', '-f', write(data['haproxy.cfg'])], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(proxy, 'exit');
    try {
      let log = '';
      proxy.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      proxy.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      // The promise is a second; a machine that does something else as well may keep it in one of some tries only.
      let fastest = Infinity;
      for (let tries = 0; fastest > 1300 && tries < 10; tries += 1) {
        await until('the server is down', () => log.split('is DOWN').length - 1 > tries);
        const server = await listening(
          createServer((socket) => socket.once('data', (data) => socket.end(`+${data.toString()}`))),
          port,
        );
        const start = Date.now();
        await until('it is asked', async () => (await exchange(listen, 'PING').catch(() => '')) === '+PING');
        fastest = Math.min(fastest, Date.now() - start);
        server.close();
      }
      expect(fastest).toBeLessThan(1300);
    } finally {
      proxy.kill('SIGTERM');
      await exited;
    }
  });

  test.each([HaproxyBalance.ROUND_ROBIN, HaproxyBalance.LEAST_CONNECTIONS])(
    'a connection that one server refuses goes to another one (%s)',
    async (balance) => {
      const server = await listening(
        createServer((socket) => socket.once('data', (data) => socket.end(`+${data.toString()}`))),
      );
      const [listen, healthPort] = [await freePort(), await freePort()];
      // Not checked, so that HAProxy learns only from connections that a server is down.
      const dead = { name: 'dead', host: '127.0.0.1', port: await freePort(), check: false };
      const alive = { name: 'alive', host: '127.0.0.1', port: portOf(server), check: false };
      const text = renderHaproxyConfig({ ...minimal, listen, healthPort, balance, servers: [dead, alive] });
      const proxy = spawn(haproxy, ['-db', '-f', write(text)], { stdio: 'ignore' });
      const exited = once(proxy, 'exit');
      try {
        await answering(healthPort);

        for (let count = 0; count < 6; count++) {
          expect(await exchange(listen, 'PING')).toBe('+PING');
        }
      } finally {
        proxy.kill('SIGTERM');
        await exited;
        server.close();
      }
    },
    60_000,
  );

  test('connections to localhost arrive at the server, and probes are answered', async () => {
    const server = await listening(
      createServer((socket) => socket.once('data', (data) => socket.end(`+${data.toString()}`))),
    );
    const [listen, healthPort] = [await freePort(), await freePort()];
    const text = renderHaproxyConfig({
      ...minimal,
      listen,
      healthPort,
      shutdownTimeout: Duration.seconds(1),
      servers: [{ name: 'echo', host: '127.0.0.1', port: portOf(server) }],
    });
    const proxy = spawn(haproxy, ['-db', '-f', write(text)], { stdio: 'ignore' });
    const exited = once(proxy, 'exit');
    try {
      await answering(healthPort);

      expect(await exchange(listen, 'PING')).toBe('+PING');
      expect(await exchange(healthPort, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.[01] 200 /);
    } finally {
      proxy.kill('SIGUSR1'); // the image's stop signal
      const killer = setTimeout(() => proxy.kill('SIGKILL'), 60_000);
      const [code, signal] = (await exited) as [number | null, string | null];
      clearTimeout(killer);
      server.close();
      expect({ code, signal }).toStrictEqual({ code: 0, signal: null });
    }
  });
});

function settingsOfAllSorts(): fc.Arbitrary<NamedHaproxySettings> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const name = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,40}$/);
  const port = fc.integer({ min: 1, max: 65535 });
  const count = fc.integer({ min: 1, max: 1_000_000 });
  const duration = fc.integer({ min: 1, max: 2 ** 31 - 1 }).map((millis) => Duration.millis(millis));
  const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((host) => !/^[0.:]+$/.test(host));
  const server = fc.record({
    name,
    host: address,
    port,
    weight: optional(fc.integer({ min: 0, max: 256 })),
    backup: optional(fc.boolean()),
    maxConnections: optional(count),
  });
  const checked = fc.record({
    checkPort: optional(port),
    checkInterval: optional(duration),
    downCheckInterval: optional(duration),
    fall: optional(count),
    rise: optional(count),
    errorLimit: optional(count),
  });
  const servers = fc
    .uniqueArray(
      fc.oneof(
        server.map((one) => ({ ...one, check: false })),
        fc.tuple(server, checked).map(([one, check]) => ({ ...one, ...check })),
      ),
      { minLength: 1, maxLength: 5, selector: (one) => one.name },
    )
    .filter((all) => all.some(({ weight }) => weight !== 0));
  const common = {
    serviceName: name,
    listenAddress: optional(fc.constantFrom('127.0.0.1', '::1', '*', '0.0.0.0', '::')),
    servers,
    timeouts: optional(
      fc.record({ connect: optional(duration), client: optional(duration), server: optional(duration) }),
    ),
    maxConnections: optional(count),
    retries: optional(fc.integer({ min: 0, max: 1_000_000 })),
    shutdownTimeout: optional(duration),
    resolveAtRuntime: optional(fc.boolean()),
  };
  const balances = Object.values(HaproxyBalance);
  const tcp = fc.record({
    ...common,
    mode: optional(fc.constant(HaproxyMode.TCP)),
    balance: optional(fc.constantFrom(...balances.filter((balance) => balance !== HaproxyBalance.URI))),
  });
  const http = fc.record({
    ...common,
    mode: fc.constant(HaproxyMode.HTTP),
    balance: optional(fc.constantFrom(...balances)),
    retryOn: optional(fc.uniqueArray(fc.constantFrom(...Object.values(HaproxyRetry)), { minLength: 1 })),
  });
  const ports = fc.uniqueArray(port, { minLength: 5, maxLength: 5 });
  const path = fc.stringMatching(/^\/[A-Za-z0-9\-._~!&()*+,;=:@/?%]{0,20}$/);
  const further = fc.uniqueArray(
    fc.record({
      serviceName: name,
      servers,
      balance: optional(fc.constantFrom(...balances.filter((balance) => balance !== HaproxyBalance.URI))),
    }),
    { maxLength: 3, selector: ({ serviceName }) => serviceName },
  );
  const isChecked = (all: readonly object[]) => all.some((one) => !('check' in one));
  return fc
    .tuple(fc.oneof(tcp, http), ports, fc.boolean(), optional(path), further)
    .map(([settings, [listen, healthPort, ...others], probed, httpCheckPath, services]) => ({
      ...settings,
      listen,
      healthPort: probed ? healthPort : undefined,
      httpCheckPath: isChecked(settings.servers) ? httpCheckPath : undefined,
      furtherServices: services.map((service, index) => ({
        ...service,
        listen: others[index],
        httpCheckPath: isChecked(service.servers) ? httpCheckPath : undefined,
      })),
    }))
    .filter(({ serviceName, furtherServices }) => furtherServices.every((one) => one.serviceName !== serviceName))
    .filter(({ servers: first, listen, healthPort, furtherServices }) => {
      const own = [listen, healthPort, ...furtherServices.map((one) => one.listen)];
      return [...first, ...furtherServices.flatMap((one) => one.servers)].every(
        ({ host, port: at }) => !['127.0.0.1', '::1'].includes(host) || !own.includes(at),
      );
    });
}
