import { Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import {
  HeaderValue,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetryPipeline,
  OpenTelemetryTls,
  OpenTelemetryTransformation,
  SharedVolume,
  VolumeWriter,
} from '../../../lib';
import { CompleteOpenTelemetrySettings } from '../../../lib/ready-made/open-telemetry/open-telemetry-config';

/**
 * Settings of all sorts, of which about half have something in them that is wrong, or nearly: what is odd takes the place of
 * what is usual with this frequency.
 */
const ODD = 1;
const USUAL = 120;

function mostly<T>(usual: fc.Arbitrary<T>, ...odd: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: USUAL, arbitrary: usual }, { weight: ODD, arbitrary: fc.constantFrom(...odd) });
}

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

const port = (min = 1, max = 65535): fc.Arbitrary<number> =>
  mostly(fc.integer({ min, max }), 0, -1, 65536, 1.5, 1e21, Number.NaN);

const name = mostly(
  fc.oneof(
    fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((text) => /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(text)),
    fc.constantFrom(
      'a.b',
      '$',
      '$$',
      '${env:X}',
      '${X}',
      '"',
      '\\',
      "'",
      '%s',
      '1e5',
      'null',
      '# a',
      ': ',
      '- ',
      '? a',
    ),
  ),
  '',
  'a\nb',
  '\u0000',
  '\u0085',
  '\u2028',
);

const object = mostly(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/), '', 'A', 'a_b', '-a', '../a');

const host = mostly(
  fc.oneof(
    fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,5})?$/),
    fc.ipV4().filter((address) => !/^[0.]+$/.test(address)),
    fc
      .ipV6()
      .filter((address) => !/^[0:.]+$/.test(address))
      .map((address) => `[${address}]`),
  ),
  '',
  'a b',
  'a_b',
  '-a',
  'a:b',
  '[::1',
  '::1',
  '*',
  'u:p@a',
  'a/b',
  '0.0.0.0',
  '${env:X}',
);

const path = mostly(
  fc.stringMatching(/^\/[A-Za-z0-9._-]{0,8}(\/[a-z]{1,5})?$/),
  '',
  'metrics',
  '/a b',
  '/a?b',
  '/a#b',
  '/%zz',
  '/ü',
  '/a\nb',
);

const pattern = mostly(
  fc.stringMatching(/^[A-Za-z0-9._@+=,~ *?-]{1,8}$/).filter((text) => !/^\.{1,2}$|.\*\*|\*\*./.test(text)),
  '',
  '/a.log',
  '../a.log',
  'a/../b',
  '[a',
  '[a-z]*',
  '{a,b}.log',
  '{a',
  'a**',
  '**/*.log',
  'a\\',
);

const regex = mostly(
  fc.constantFrom(
    '^a$',
    '\\d+',
    '(?i)x|y',
    '[^"$]*',
    '\\p{Han}',
    'a{2,3}',
    '\\Qa.b\\E',
    '"',
    '/',
    'ü',
    '$',
    '\\$',
    ' ',
  ),
  '',
  '(',
  ')',
  '*',
  'a{2,1}',
  'a{1001}',
  '(a{1000}){1000}',
  '(?=x)',
  '(?<!x)',
  '\\1',
  '\\8',
  '\\C',
  '\\pX',
  '\\p{Nope}',
  '[z-a]',
  '[',
  '(?P<a',
  '(?P<a>x)(?P<a>y)',
  'a++',
  'a**',
  '(?x)a',
  '\\',
  '\\u00e9',
  '\\x{110000}',
  '[[:nope:]]',
);

const header = fc.oneof(
  mostly(fc.stringMatching(/^[!-~]([ -~]{0,8}[!-~])?$/), '', ' a', 'a ', 'a\nb', 'ü', '\u007f').map((value) =>
    HeaderValue.of(value),
  ),
  fc
    .tuple(object, object, fc.constantFrom('', 'Bearer ', '$'))
    .map(([secret, key, prefix]) => HeaderValue.fromSecret(secret, key, prefix)),
);

const headers = fc.dictionary(
  mostly(
    fc.stringMatching(/^x-[a-z0-9_.-]{0,8}[a-km-z]$/).filter((one) => !one.endsWith('-bin')),
    '',
    'a b',
    ':authority',
    'content-type',
    'x-bin',
    'Host',
    'ü',
    'a\nb',
    'Authorization',
    'X-Scope-OrgID',
  ),
  header,
  { maxKeys: 2, noNullPrototype: true },
);

const tls = mostly<OpenTelemetryTls>(
  fc.constantFrom(
    OpenTelemetryTls.verified(),
    OpenTelemetryTls.unverified(),
    OpenTelemetryTls.verified({ serverName: 'a.example', caSecret: 'roots', clientSecret: 'client' }),
    OpenTelemetryTls.verified({ caConfigMap: 'roots' }),
    OpenTelemetryTls.verified({ caConfigMap: 'roots', caKey: 'root.pem' }),
  ),
  OpenTelemetryTls.plaintext(),
  OpenTelemetryTls.verified({ caSecret: 'roots', caConfigMap: 'roots' }),
  OpenTelemetryTls.verified({ caKey: 'root.pem' }),
  OpenTelemetryTls.verified({ caSecret: 'No Secret' }),
  OpenTelemetryTls.verified({ serverName: '' }),
  OpenTelemetryTls.verified({ serverName: 'a b' }),
);

const sending = fc.record({ headers: optional(headers), tls: optional(tls) });

/** A URL that says of TLS what the options say, mostly. */
const toUrl = fc
  .tuple(
    mostly(
      fc
        .tuple(fc.constantFrom('http', 'https'), host, port(), fc.constantFrom('', '/', '/a/b'))
        .map(([scheme, at, on, rest]) => `${scheme}://${at}:${on}${rest}`),
      '',
      'gateway:4318',
      'ftp://gateway',
      'https://',
      'https://a b',
      'https://a?b=c',
      'https://a/#b',
      'HTTPS://a',
      'https://a/${env:X}',
      'https://a:port',
      'https://a/v1/logs',
      'https://a/otlp',
    ),
    sending,
    mostly(fc.constant(true), false),
  )
  .map(([url, options, fitting]) => {
    const scheme = options.tls?._mode === 'plaintext' ? 'http:' : 'https:';
    return { url: fitting && options.tls ? url.replace(/^https?:/, scheme) : url, options };
  });

const files = fc
  .tuple(
    mostly(fc.constant('/var/log/app/'), '/var/[log]', '/var/lo*', '/var/${env:X}'),
    fc.record({
      include: optional(fc.array(pattern, { maxLength: 3 })),
      exclude: optional(fc.array(pattern, { maxLength: 3 })),
      entryStart: optional(regex),
      onlyNew: optional(fc.boolean()),
    }),
    mostly<VolumeWriter>(fc.constantFrom(VolumeWriter.MAIN, VolumeWriter.NOBODY), VolumeWriter.HELPER),
  )
  .map(([folder, options, writer]) =>
    OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at(folder, { writer }), options),
  );

const otlp = fc
  .tuple(
    port(20_000, 24_999),
    port(25_000, 29_999),
    optional(
      mostly(fc.constantFrom('127.0.0.1', '::1', '0.0.0.0', '::'), '', '*', 'localhost', '10.0.0.1', 'a b', '1.2.3'),
    ),
  )
  .map(([grpcPort, httpPort, listenAddress]) => OpenTelemetryInput.otlp({ grpcPort, httpPort, listenAddress }));

const scrape = fc
  .record({
    port: port(1, 9999),
    path: optional(path),
    interval: optional(mostly(fc.integer({ min: 1000, max: 1e6 }), 0, 1, 999, 1e13).map((ms) => Duration.millis(ms))),
    timeout: optional(mostly(fc.integer({ min: 1, max: 1000 }), 0, 1e6, 1e13).map((ms) => Duration.millis(ms))),
    job: optional(name),
  })
  .map((options) => OpenTelemetryInput.scrape(options));

const endpoint = mostly(
  fc.tuple(host, port()).map(([at, on]) => `${at}:${on}`),
  'gateway',
  'gateway:',
  ':4317',
  'http://gateway:4317',
  'gateway:4317/a',
  'dns:///gateway:4317',
  'gateway:04317',
  'unix:///run/otel.sock',
  'localhost:13133',
);

const file = fc
  .record({
    name: mostly<string>(fc.uuid(), '', '.', '..', 'a/b', '${env:X}', 'a\nb', '.hidden'),
    maxSize: optional(mostly(fc.integer({ min: 1, max: 1000 }), 0, 1.5).map((count) => Size.kibibytes(count * 1024))),
    maxBackups: optional(mostly(fc.integer({ min: 1, max: 1000 }), 0, -1, 1.5)),
    writer: mostly<VolumeWriter>(fc.constant(VolumeWriter.HELPER), VolumeWriter.MAIN),
  })
  .map(({ name: fileName, writer, ...options }) =>
    OpenTelemetryOutput.file(SharedVolume.emptyDir('out').at('/out', { writer }), fileName, options),
  );

const output = fc.oneof(
  fc.tuple(endpoint, sending).map(([to, options]) => OpenTelemetryOutput.otlp(to, options)),
  toUrl.map(({ url, options }) => OpenTelemetryOutput.otlpHttp(url, options)),
  fc.constant(OpenTelemetryOutput.stdout()),
  file,
);

const loki = fc
  .tuple(toUrl, optional(mostly(fc.constantFrom('tenant', 'a|b', '$1'), '', 'ü')))
  .map(([{ url, options }, tenant]) => OpenTelemetryOutput.loki(url, { ...options, tenant }));

const change = fc.oneof(
  fc.tuple(name, name).map(([from, to]) => OpenTelemetryTransformation.rename(from, to)),
  name.map((attribute) => OpenTelemetryTransformation.drop(attribute)),
  name.map((attribute) => OpenTelemetryTransformation.hash(attribute)),
  fc.tuple(name, regex).map(([attribute, match]) => OpenTelemetryTransformation.dropMatching(attribute, match)),
);

const parsing = mostly(
  fc.oneof(fc.record({ message: optional(name) }), fc.record({ keepBody: optional(fc.boolean()) })),
  { message: 'a', keepBody: true },
);

const logChange = fc.oneof(
  change,
  name.map((attribute) => OpenTelemetryTransformation.severity(attribute)),
  parsing.map((options) => OpenTelemetryTransformation.parseJson(options)),
  fc
    .tuple(
      regex.chain((match) => mostly(fc.constant(`(?P<a>x)(?<b>${match})`), match)),
      parsing,
    )
    .map(([match, options]) => OpenTelemetryTransformation.parseRegex(match, options)),
);

function pipelines(
  input: fc.Arbitrary<OpenTelemetryInput>,
  to: fc.Arbitrary<OpenTelemetryOutput>,
  transformation: fc.Arbitrary<OpenTelemetryTransformation>,
): fc.Arbitrary<OpenTelemetryPipeline[] | undefined> {
  return optional(
    fc.array(
      fc.record({
        inputs: mostly(
          input.map((one) => [one]),
          [],
        ),
        transformations: optional(fc.array(transformation, { maxLength: 4 })),
        outputs: mostly(fc.uniqueArray(to, { minLength: 1, maxLength: 2 }), []),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  );
}

export const settingsOfAllSorts: fc.Arbitrary<CompleteOpenTelemetrySettings> = fc
  .tuple(
    fc.record({
      serviceName: name,
      memory: fc.integer({ min: 96, max: 4096 }),
      resourceAttributes: optional(fc.dictionary(name, name, { maxKeys: 2, noNullPrototype: true })),
      healthPort: optional(port(10_010, 10_020)),
      metricsPort: optional(port(10_000, 10_009)),
    }),
    pipelines(
      fc.oneof({ weight: 9, arbitrary: files }, { weight: 3, arbitrary: otlp }),
      fc.oneof(output, loki),
      logChange,
    ),
    pipelines(fc.oneof({ weight: 9, arbitrary: scrape }, { weight: 3, arbitrary: otlp }), output, change),
    pipelines(otlp, output, fc.oneof({ weight: USUAL, arbitrary: change }, { weight: ODD, arbitrary: logChange })),
  )
  .map(([common, logs, metrics, traces]) => ({ ...common, logs, metrics, traces }));
