import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  NginxCacheCondition,
  NginxCacheKey,
  NginxCacheSettings,
  NginxCacheStale,
  NginxCacheTime,
  NginxCacheTls,
} from '../../../lib';
import { renderNginxCacheConfig } from '../../../lib/ready-made/nginx-cache/nginx-cache-config';
import { nginxCacheProblems } from '../../../lib/ready-made/nginx-cache/nginx-cache-problems';
import { describeWithProgram } from '../../support/program';
import { complaints, INSTALL, NGINX, Root, runnable } from './engine';

/** Where there is IPv6. */
const IPV6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))
  ? ['::1', '::']
  : [];
/** How many configurations the engine judges. */
const numRuns = Number(process.env.RUNS ?? 50);
const minimal: NginxCacheSettings = { upstream: 'http://catalog' };

test('a configuration of few words', () => {
  expect(renderNginxCacheConfig({ ...minimal, healthPort: 8089 })).toMatchSnapshot();
});

test('every setting has its place', () => {
  expect(
    renderNginxCacheConfig({
      upstream: 'https://catalog.example.com:8443',
      tls: NginxCacheTls.verified({ caConfigMap: 'ca', clientSecret: 'shop', serverName: 'catalog.internal' }),
      hostHeader: 'catalog.internal:443',
      nameservers: ['10.0.0.53', '[fd00::53]:5353', 'fd00::54'],
      listen: 9000,
      listenAddress: '::',
      healthPort: 9001,
      cacheSize: Size.gibibytes(2),
      maxAnswerSize: Size.mebibytes(3),
      keysZoneSize: Size.mebibytes(64),
      inactive: Duration.hours(2),
      times: [
        { time: Duration.minutes(1) },
        { statuses: [200, 301], time: Duration.hours(1) },
        { statuses: [404], time: Duration.seconds(0) },
      ],
      honorUpstream: false,
      useStale: [NginxCacheStale.ERROR, NginxCacheStale.UPDATING, NginxCacheStale.HTTP_429],
      backgroundUpdate: false,
      cacheLock: true,
      key: [
        NginxCacheKey.method(),
        NginxCacheKey.host(),
        NginxCacheKey.path(),
        NginxCacheKey.query(),
        NginxCacheKey.queryParameter('page'),
        NginxCacheKey.header('Accept-Language'),
        NginxCacheKey.cookie('Tenant_1'),
        NginxCacheKey.body(),
      ],
      cachePost: true,
      bypass: [NginxCacheCondition.header('X-Refresh'), NginxCacheCondition.cookie('preview')],
      noStore: [NginxCacheCondition.queryParameter('draft')],
      shareAuthorized: true,
      minUses: 2,
      timeouts: {
        connect: Duration.millis(1500),
        send: Duration.seconds(3),
        read: Duration.seconds(4),
        cacheLock: Duration.seconds(5),
        cacheLockAge: Duration.seconds(6),
      },
      shutdownTimeout: Duration.seconds(7),
      statusHeader: false,
      maxBodySize: Size.mebibytes(8),
      workers: 2,
      maxConnections: 4096,
      accessLog: true,
    }),
  ).toMatchSnapshot();
});

test('good settings have no problems', () => {
  expect(
    [
      minimal,
      { upstream: 'https://example.com.' },
      { upstream: 'https://api.example.com/' },
      { upstream: 'http://catalog.shop.svc' },
      { upstream: 'http://[fd00::1]:81' },
      { upstream: 'http://localhost:81' },
      { upstream: 'https://10.0.0.1', tls: NginxCacheTls.unverified() },
      { upstream: 'https://10.0.0.1', tls: NginxCacheTls.verified({ serverName: 'catalog' }) },
      { upstream: 'http://a.b', nameservers: ['10.0.0.53:53', '[::1]', '::1'] },
      ...['a.svc.cluster.local', 'a.', '10.0.0.1', '[fd00::1]', 'localhost'].map((host) => ({
        upstream: `http://${host}:81`,
        nameservers: ['10.0.0.53'],
      })),
      { ...minimal, useStale: [], times: [] },
    ].flatMap(nginxCacheProblems),
  ).toStrictEqual([]);
});

test('all problems are told at once', () => {
  expect(
    nginxCacheProblems({
      upstream: 'https://10.0.0.1:70000',
      tls: NginxCacheTls.verified({ caSecret: 'a', caConfigMap: 'b' }),
      hostHeader: '$host;',
      nameservers: [],
      listen: 9000,
      healthPort: 9000,
      listenAddress: '10.0.0.1',
      cacheSize: Size.kibibytes(1),
      keysZoneSize: Size.gibibytes(8),
      inactive: Duration.millis(500),
      times: [
        { time: Duration.days(400) },
        { time: Duration.minutes(1) },
        { statuses: [], time: Duration.millis(1) },
        { statuses: [200, 199, 200], time: Duration.minutes(1) },
      ],
      useStale: [NginxCacheStale.ERROR, NginxCacheStale.ERROR],
      backgroundUpdate: true,
      cacheLock: false,
      key: [
        NginxCacheKey.header('a b'),
        NginxCacheKey.cookie('a-b'),
        NginxCacheKey.queryParameter(''),
        NginxCacheKey.body(),
      ],
      bypass: [NginxCacheCondition.header('x_y')],
      noStore: [NginxCacheCondition.cookie('$a')],
      minUses: 0,
      workers: 1.5,
      maxConnections: 1,
      timeouts: { connect: Duration.millis(0), cacheLock: Duration.seconds(1) },
    }),
  ).toStrictEqual([
    'the port of upstream is 70000; give a whole number from 1 to 65535',
    'tls has "caSecret", "caConfigMap"; give one of them',
    '"10.0.0.1" is an address, and nginx verifies names alone; give the name that the certificate has in "serverName" of NginxCacheTls.verified(…)',
    'hostHeader is "$host;"; give a name, and perhaps a port',
    'listen and healthPort are both 9000; give each a port of its own',
    'listenAddress is "10.0.0.1", where the main container does not find it at localhost; give one of "127.0.0.1", "::1", "0.0.0.0", "::"',
    'nameservers is empty; give at least one address or leave it out',
    'cacheSize is 1 KiB; give a whole number from 1024 to 1073741824 KiB',
    'keysZoneSize is 8388608 KiB; give a whole number from 1024 to 4194304 KiB',
    'inactive is 0.5 s; give a whole number from 1 to 31536000 s',
    'times[0].time is 34560000 s; give a whole number from 0 to 31536000 s',
    'times[2].time is 0.001 s; give a whole number from 0 to 31536000 s',
    'times[2].statuses is empty; give at least one or leave it out',
    'a status in times is 199; give a whole number from 200 to 599',
    'times has the status 200 twice, of which nginx would take the first; give it once',
    'times has two entries without statuses, of which nginx would take the first; give one',
    'useStale has something twice; give it once',
    'backgroundUpdate needs NginxCacheStale.UPDATING in "useStale"; give that or leave this out',
    'key has the header "a b"; nginx knows those of letters, digits and "-"',
    'key has the cookie "a-b"; nginx knows those of letters, digits and "_"',
    'key has the parameter ""; nginx knows those of letters, digits and "_"',
    'key has no path, so that all would get one answer; give NginxCacheKey.uri() or NginxCacheKey.path()',
    'key has the body, which nginx keeps with "cachePost" alone; give that, or leave it out of the key',
    'bypass has the header "x_y"; nginx knows those of letters, digits and "-"',
    'noStore has the cookie "$a"; nginx knows those of letters, digits and "_"',
    'minUses is 0; give a whole number from 1 to 1000',
    'workers is 1.5; give a whole number from 1 to 64',
    'maxConnections is 1; give a whole number from 16 to 65536',
    'timeouts.connect is 0 ms; give a whole number from 1 to 2147483647 ms',
    'timeouts.cacheLock is given, but "cacheLock" is false; leave out one of them',
  ]);
});

test.each<[string, Partial<NginxCacheSettings>, string]>([
  [
    'no URL',
    { upstream: 'catalog:80' },
    'upstream is "catalog:80"; give "http://" or "https://", a host, and perhaps a port; a path is what each request says',
  ],
  [
    'a path, and a password that is not repeated',
    { upstream: 'http://me:secret@catalog/a' },
    'upstream is "http://…@catalog/a"; give "http://" or "https://", a host, and perhaps a port; a path is what each request says',
  ],
  [
    'what could be two things',
    { upstream: 'http://catalog.shop' },
    'the host of upstream is "catalog.shop", which could be a Service and its namespace, or a public name; give "catalog.shop.svc" for the one, or "catalog.shop." for the other',
  ],
  [
    'a name that those who are asked do not complete',
    { upstream: 'http://catalog', nameservers: ['10.0.0.53'] },
    'the host of upstream is "catalog", which nginx cannot look up by "nameservers" because it does not apply search domains; give the full name, for instance "catalog.default.svc.cluster.local"',
  ],
  [
    'the name of a Service that they do not complete either',
    { upstream: 'http://catalog.shop.svc', nameservers: ['10.0.0.53'] },
    'the host of upstream is "catalog.shop.svc", which nginx cannot look up by "nameservers" because it does not apply search domains; give the full name, for instance "catalog.shop.svc.cluster.local"',
  ],
  [
    'itself',
    { upstream: 'http://localhost:8080' },
    'upstream is "http://localhost:8080", the ambassador itself, which listens there; give it another port in "listen"',
  ],
  [
    'no host',
    { upstream: 'http://a;b' },
    'the host of upstream is "a;b"; give a DNS name or an IP address to connect to',
  ],
  [
    'TLS for nothing',
    { tls: NginxCacheTls.verified() },
    'there is "tls", but upstream is "http:"; begin that with "https:", or leave this out',
  ],
  [
    'authorities for nothing',
    { upstream: 'https://catalog', tls: NginxCacheTls.unverified({ caSecret: 'a' } as object) },
    'tls is unverified and has "caSecret"; use NginxCacheTls.verified(…)',
  ],
  [
    'a Secret that nothing can be',
    { upstream: 'https://catalog', tls: NginxCacheTls.verified({ clientSecret: 'c d' }) },
    'tls.clientSecret is "c d"; give the name of an object: small letters, digits, "-" and "."',
  ],
  [
    'a timeout that there is not',
    { timeouts: { request: Duration.seconds(1) } as object },
    'timeouts.request is no property; there are connect, send, read, cacheLock, cacheLockAge',
  ],
  [
    'a key of nothing',
    { upstream: 'https://catalog', tls: NginxCacheTls.verified({ caKey: 'root.pem' }) },
    'tls has "caKey", but none of "caSecret", "caConfigMap"; give one, or leave it out',
  ],
  [
    'nothing that is kept',
    { honorUpstream: false },
    'honorUpstream is false, and without "times" nothing is stored at all; give one of them',
  ],
  [
    'POST without its body',
    { cachePost: true, key: [NginxCacheKey.uri()] },
    'cachePost is true, and key lacks what tells answers to POST apart; give it NginxCacheKey.method() and NginxCacheKey.body()',
  ],
  [
    'an answer larger than all',
    { cacheSize: Size.mebibytes(10), maxAnswerSize: Size.mebibytes(11) },
    'maxAnswerSize is 11264 KiB, more than cacheSize, 10240 KiB; lower it or raise that',
  ],
  [
    'a server of names that has one',
    { nameservers: ['dns.example'] },
    'nameservers[0] is "dns.example"; give an IP address, and perhaps a port',
  ],
  ['a slip', { cachesize: 1 } as unknown as NginxCacheSettings, 'cachesize is no property; did you mean cacheSize?'],
  [
    'a number for a time',
    { inactive: 60 } as unknown as NginxCacheSettings,
    'inactive is 60; give a Duration, for instance Duration.seconds(30)',
  ],
])('%s: told', (_, settings, problem) => {
  expect(nginxCacheProblems({ ...minimal, ...settings })).toStrictEqual([problem]);
});

describeWithProgram(
  NGINX,
  (path) => {
    const nginx = runnable(path);
    let root: Root;

    beforeAll(() => {
      root = new Root();
      root.certify('catalog.test');
    });

    afterAll(() => {
      root.remove();
    });

    const judged = (settings: NginxCacheSettings): string =>
      complaints(
        nginx,
        root,
        renderNginxCacheConfig(settings).replace('/etc/ssl/certs/ca-certificates.crt', root.in('tls/ca.crt')),
      );

    test('settings without problems are taken without a word', () => {
      fc.assert(
        fc.property(settingsOfAllSorts(), (settings) => {
          expect([nginxCacheProblems(settings), judged(settings)]).toStrictEqual([[], '']);
        }),
        { numRuns },
      );
    }, 900_000);

    test('texts of all sorts that have no problems are taken without a word, and end nothing', () => {
      const unit = fc.oneof(
        fc.stringMatching(/^[ \t\r\n;{}"'$\\#/?:@[\]%&=,.*~^|()_-]$/),
        fc.stringMatching(/^[a-z0-9]$/),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      );
      const text = fc.string({ unit, maxLength: 5 });
      let taken = 0;
      fc.assert(
        fc.property(text, text, text, text, fc.nat(5), (one, two, three, four, place) => {
          const settings = settingsWith(place, one, two, three, four);
          if (nginxCacheProblems(settings).length === 0) {
            taken += 1;
            const harmless = settingsWith(place, isAddress(one) ? '10.0.0.1' : 'a.b.example', 'b', 'c', 'd');
            expect(judged(settings)).toBe('');
            expect(shapeOf(renderNginxCacheConfig(settings))).toBe(shapeOf(renderNginxCacheConfig(harmless)));
          }
        }),
        { numRuns: numRuns * 20 },
      );
      expect(taken).toBeGreaterThan(numRuns / 2);
    }, 900_000);

    test('half a second is none for nginx, which counts in seconds there, nor for cdk8s, and is a problem', () => {
      const settings = { ...minimal, inactive: Duration.millis(500) };
      const inMillis = renderNginxCacheConfig(minimal).replace('inactive=86400s', 'inactive=500ms');

      expect(complaints(nginx, root, inMillis)).toContain('invalid inactive value "inactive=500ms"');
      expect(nginxCacheProblems(settings)).toHaveLength(1);
    });

    // Each is what nginx makes of settings that are a problem.
    test.each<[string, NginxCacheSettings, RegExp]>([
      ['a port that is none', { ...minimal, listen: 70_000 }, /invalid port/],
      ['a port of the upstream that is none', { upstream: 'http://10.0.0.1:70000' }, /invalid port/],
      [
        'a status that is none',
        { ...minimal, times: [{ statuses: [99], time: Duration.minutes(1) }] },
        /invalid status "99"/,
      ],
      ['keys without room', { ...minimal, keysZoneSize: Size.kibibytes(8) }, /no memory/],
      ['a host that ends the line', { ...minimal, hostHeader: 'a"; b' }, /./],
      ['a host that is a variable', { ...minimal, hostHeader: '$a' }, /unknown "a" variable/],
      ['a name as a server of names', { ...minimal, nameservers: ['a_b.invalid'] }, /host not found/],
      [
        'a reason twice',
        { ...minimal, useStale: [NginxCacheStale.ERROR, NginxCacheStale.ERROR] },
        /duplicate value "error"/,
      ],
      ['a never-ending connect', { ...minimal, timeouts: { connect: Duration.millis(0.5) } }, /invalid value/],
      ['a fraction of a worker', { ...minimal, workers: 1.5 }, /invalid/],
      [
        'one port for two',
        { ...minimal, healthPort: 8080, listenAddress: '0.0.0.0' },
        /duplicate|conflicting|a duplicate listen/,
      ],
    ])('%s: refused, and a problem', (_, settings, complaint) => {
      expect(judged(settings)).toMatch(complaint);
      expect(nginxCacheProblems(settings)).not.toStrictEqual([]);
    });
  },
  INSTALL,
);

/** Settings with texts in one of the places that take some. */
function settingsWith(place: number, one: string, two: string, three: string, four: string): NginxCacheSettings {
  return {
    upstream: `https://${place === 0 ? one : 'catalog.example.com'}`,
    ...(place === 0 && { tls: NginxCacheTls.unverified() }),
    ...(place === 1 && { hostHeader: one }),
    ...(place === 2 && { nameservers: [isAddress(one) ? one : '10.0.0.1', one] }),
    ...(place === 3 && { tls: NginxCacheTls.verified({ serverName: one, caSecret: two }) }),
    ...(place >= 4 && {
      key: [NginxCacheKey.uri(), NginxCacheKey.header(one), NginxCacheKey.cookie(two)],
      bypass: [NginxCacheCondition.queryParameter(three), NginxCacheCondition.header(four)],
    }),
  };
}

function isAddress(text: string): boolean {
  return isIP(text.replaceAll(/[[\]]|(?<=\]):\d+$/g, '')) !== 0;
}

/** What ends a statement or a block in a configuration, and the statements' names. */
function shapeOf(config: string): string {
  return config
    .split('\n')
    .map((line) => line.replaceAll(/(?<=^ *\w+ ).*?(?=[;{}]*$)/g, ''))
    .join('\n')
    .replaceAll('include ;', 'server ;');
}

function settingsOfAllSorts(): fc.Arbitrary<NginxCacheSettings> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const millis = fc
    .oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 100_000 }))
    .map((count) => Duration.millis(count));
  const seconds = (min: number) =>
    fc
      .oneof(fc.integer({ min, max: 31_536_000 }), fc.integer({ min, max: 1000 }))
      .map((count) => Duration.seconds(count));
  const size = (min: number, max: number) => fc.integer({ min, max }).map((count) => Size.kibibytes(count));
  const port = fc.integer({ min: 1024, max: 65_535 });
  const word = fc.stringMatching(/^[A-Za-z0-9_]{1,64}$/);
  const header = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?$/);
  const label = '[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?';
  const name = fc.oneof(
    fc.stringMatching(new RegExp(`^${label}(\\.${label}){2,4}$`)),
    fc.stringMatching(new RegExp(`^${label}$`)),
    fc.stringMatching(new RegExp(`^${label}\\.${label}\\.svc$`)),
    fc.stringMatching(new RegExp(`^${label}\\.${label}\\.$`)),
  );
  const host = fc.oneof(
    { arbitrary: name, weight: 4 },
    fc.ipV4().filter((address) => !/^[0.]+$/.test(address)),
    fc
      .ipV6()
      .filter((address) => !/^[0:.]+$/.test(address))
      .map((address) => `[${address}]`),
  );
  const upstream = fc
    .tuple(fc.constantFrom('http', 'https'), host, optional(fc.integer({ min: 1, max: 65_535 })))
    .map(([scheme, where, at]) => `${scheme}://${where}${at === undefined ? '' : `:${at}`}`);
  const condition = fc.oneof(
    header.map((one) => NginxCacheCondition.header(one)),
    word.map((one) => NginxCacheCondition.cookie(one)),
    word.map((one) => NginxCacheCondition.queryParameter(one)),
  );
  const part = fc.oneof(
    fc.constantFrom(
      NginxCacheKey.uri(),
      NginxCacheKey.path(),
      NginxCacheKey.query(),
      NginxCacheKey.method(),
      NginxCacheKey.host(),
      NginxCacheKey.body(),
    ),
    header.map((one) => NginxCacheKey.header(one)),
    word.map((one) => NginxCacheKey.cookie(one)),
    word.map((one) => NginxCacheKey.queryParameter(one)),
  );
  const times = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 200, max: 599 }), { maxLength: 12 }),
      fc.array(seconds(0), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
    )
    .map(([statuses, [one, two, three], others]): NginxCacheTime[] => [
      ...(others ? [{ time: one }] : []),
      ...(statuses.length > 1 ? [{ statuses: statuses.slice(1), time: two }] : []),
      ...(statuses.length > 0 ? [{ statuses: statuses.slice(0, 1), time: three }] : []),
    ]);
  return fc
    .record({
      upstream,
      tls: optional(
        fc.constantFrom(
          NginxCacheTls.verified(),
          NginxCacheTls.verified({ caSecret: 'ca', serverName: 'catalog.test' }),
          NginxCacheTls.verified({ caConfigMap: 'ca', caKey: 'root.pem', clientSecret: 'client' }),
          NginxCacheTls.unverified({ clientSecret: 'client' }),
        ),
      ),
      hostHeader: optional(
        fc.oneof(
          name,
          fc.tuple(name, port).map(([one, at]) => `${one}:${at}`),
        ),
      ),
      nameservers: optional(
        fc.array(
          fc.oneof(
            fc.ipV4(),
            fc.ipV6(),
            fc.tuple(fc.ipV4(), port).map(([one, at]) => `${one}:${at}`),
            fc.tuple(fc.ipV6(), port).map(([one, at]) => `[${one}]:${at}`),
          ),
          { minLength: 1, maxLength: 3 },
        ),
      ),
      listen: optional(port),
      listenAddress: optional(fc.constantFrom('127.0.0.1', '0.0.0.0', ...IPV6)),
      healthPort: optional(port),
      cacheSize: optional(size(1024, 2 ** 30)),
      maxAnswerSize: optional(size(1, 2 ** 30)),
      keysZoneSize: optional(size(1024, 65_536)),
      inactive: optional(seconds(1)),
      times: optional(times),
      honorUpstream: optional(fc.boolean()),
      useStale: optional(fc.uniqueArray(fc.constantFrom(...Object.values(NginxCacheStale)))),
      backgroundUpdate: optional(fc.boolean()),
      cacheLock: optional(fc.boolean()),
      key: optional(fc.array(part, { minLength: 1, maxLength: 6 })),
      cachePost: optional(fc.boolean()),
      bypass: optional(fc.array(condition, { maxLength: 3 })),
      noStore: optional(fc.array(condition, { maxLength: 3 })),
      shareAuthorized: optional(fc.boolean()),
      minUses: optional(fc.integer({ min: 1, max: 1000 })),
      timeouts: optional(
        fc.record({
          connect: optional(millis),
          send: optional(millis),
          read: optional(millis),
          cacheLock: optional(millis),
          cacheLockAge: optional(millis),
        }),
      ),
      shutdownTimeout: optional(millis),
      statusHeader: optional(fc.boolean()),
      maxBodySize: optional(size(1, 2 ** 30)),
      workers: optional(fc.integer({ min: 1, max: 64 })),
      maxConnections: optional(fc.integer({ min: 16, max: 1024 })),
      accessLog: optional(fc.boolean()),
    })
    .filter((settings) => nginxCacheProblems(settings).length === 0);
}
