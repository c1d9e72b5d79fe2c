import { Duration } from 'cdk8s';
import {
  HeaderValue,
  OpenTelemetryFilesOptions,
  OpenTelemetryInput,
  OpenTelemetryOtlpInputOptions,
  OpenTelemetryOutput,
  OpenTelemetrySettings,
  OpenTelemetryTls,
  OpenTelemetryTransformation,
  SharedVolume,
  VolumeShare,
  VolumeWriter,
} from '../../../lib';
import {
  CompleteOpenTelemetrySettings,
  environmentOf,
  renderOpenTelemetryConfig,
} from '../../../lib/ready-made/open-telemetry/open-telemetry-config';
import { openTelemetryProblems } from '../../../lib/ready-made/open-telemetry/open-telemetry-problems';

const logs = SharedVolume.emptyDir('logs').at('/var/log/app');
const files = OpenTelemetryInput.files(logs);
const stdout = OpenTelemetryOutput.stdout();
const complete = { serviceName: 'shop', memory: 256 };

test('log files are read from their beginning, marked with where they are from, and ticked off when they are taken', () => {
  const settings: CompleteOpenTelemetrySettings = {
    ...complete,
    logs: [{ inputs: [files], outputs: [OpenTelemetryOutput.otlp('gateway.observability:4317')] }],
  };

  expect(renderOpenTelemetryConfig(settings)).toBe(`extensions:
  health_check:
    endpoint: ":13133"
  file_storage:
    directory: /var/lib/otelcol
receivers:
  file_log/0:
    include:
      - /var/log/app/*.log
    start_at: beginning
    poll_interval: 50ms
    storage: file_storage
    retry_on_failure:
      enabled: true
      max_elapsed_time: 0s
processors:
  memory_limiter:
    check_interval: 1s
    limit_mib: 204
    spike_limit_mib: 64
  transform/resource:
    error_mode: propagate
    log_statements:
      - statements:
          - set(resource.attributes["k8s.namespace.name"], "\${env:K8S_NAMESPACE_NAME}") where resource.attributes["k8s.pod.name"] == nil
          - set(resource.attributes["k8s.pod.uid"], "\${env:K8S_POD_UID}") where resource.attributes["k8s.pod.name"] == nil
          - set(resource.attributes["k8s.node.name"], "\${env:K8S_NODE_NAME}") where resource.attributes["k8s.pod.name"] == nil
          - set(resource.attributes["k8s.pod.name"], "\${env:K8S_POD_NAME}") where resource.attributes["k8s.pod.name"] == nil
          - set(resource.attributes["service.name"], "shop") where resource.attributes["service.name"] == nil
exporters:
  otlp_grpc/0-logs:
    endpoint: gateway.observability:4317
    tls:
      insecure: false
    timeout: 5s
    retry_on_failure:
      initial_interval: 1s
      max_interval: 30s
      max_elapsed_time: 0s
    sending_queue:
      enabled: false
service:
  extensions:
    - health_check
    - file_storage
  telemetry:
    logs:
      encoding: json
    metrics:
      level: none
  pipelines:
    logs/0:
      receivers:
        - file_log/0
      processors:
        - memory_limiter
        - transform/resource
      exporters:
        - otlp_grpc/0-logs
`);
});

test('a secret header is in the environment, by reference, and nowhere else', () => {
  const settings: CompleteOpenTelemetrySettings = {
    ...complete,
    traces: [
      {
        inputs: [OpenTelemetryInput.otlp()],
        outputs: [
          OpenTelemetryOutput.otlpHttp('https://otlp.example', {
            headers: {
              authorization: HeaderValue.fromSecret('otlp', 'token', 'Bearer '),
              'x-price': HeaderValue.of('$5'),
            },
          }),
        ],
      },
    ],
  };

  expect(renderOpenTelemetryConfig(settings)).toContain(`    headers:
      authorization: Bearer \${env:OUTPUT_0_AUTHORIZATION}
      x-price: "$$5"
`);
  expect(environmentOf(settings)).toStrictEqual([
    { name: 'GOMEMLIMIT', value: '204MiB' },
    { name: 'K8S_NAMESPACE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'K8S_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
    { name: 'K8S_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'K8S_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'OUTPUT_0_AUTHORIZATION', valueFrom: { secretKeyRef: { name: 'otlp', key: 'token' } } },
  ]);
});

test('one input that is given to several pipelines is one receiver', () => {
  const otlp = OpenTelemetryInput.otlp();
  const pipeline = { inputs: [otlp], outputs: [stdout] };

  const config = renderOpenTelemetryConfig({ ...complete, logs: [pipeline], metrics: [pipeline], traces: [pipeline] });

  expect(config.match(/^ {2}otlp\/\d:$/gm)).toStrictEqual(['  otlp/0:']);
  expect(config.match(/^ {2}file\/stdout:$/gm)).toStrictEqual(['  file/stdout:']);
});

test('settings without problems have none', () => {
  expect(openTelemetryProblems({ logs: [{ inputs: [files], outputs: [stdout] }] })).toStrictEqual([]);
});

describe('what the collector would not take, or take otherwise', () => {
  const pipeline = { inputs: [files], outputs: [stdout] };
  const logsTo = (output: OpenTelemetryOutput): OpenTelemetrySettings => ({
    logs: [{ inputs: [files], outputs: [output] }],
  });
  const changed = (transformation: OpenTelemetryTransformation): OpenTelemetrySettings => ({
    logs: [{ ...pipeline, transformations: [transformation] }],
  });
  const scraped = (options: object): OpenTelemetrySettings => ({
    metrics: [{ inputs: [OpenTelemetryInput.scrape({ port: 9113, ...options })], outputs: [stdout] }],
  });
  const header = (name: string, value: HeaderValue): OpenTelemetrySettings =>
    logsTo(OpenTelemetryOutput.otlp('a:4317', { headers: { [name]: value } }));

  test.each<[string, OpenTelemetrySettings, string[]]>([
    ['no pipeline', {}, ['there is no pipeline; give at least one in "logs", "metrics" or "traces"']],
    [
      'nothing in and nothing out',
      { logs: [{ inputs: [], outputs: [] }] },
      [
        'logs[0].inputs is empty; give at least one OpenTelemetryInput',
        'logs[0].outputs is empty; give at least one OpenTelemetryOutput',
      ],
    ],
    [
      'the same twice',
      { logs: [{ inputs: [files, files], outputs: [stdout] }] },
      ['logs[0].inputs has the same one twice; give it once'],
    ],
    [
      'standard output twice, which becomes one',
      { logs: [{ inputs: [files], outputs: [OpenTelemetryOutput.stdout(), OpenTelemetryOutput.stdout()] }] },
      ['logs[0].outputs has OpenTelemetryOutput.stdout() twice; give it once'],
    ],
    [
      'a pipeline twice, which becomes one',
      { logs: [pipeline, pipeline] },
      ['logs has the same one twice; give it once'],
    ],
    [
      'two headers of Secrets that become one variable',
      logsTo(
        OpenTelemetryOutput.otlp('a:4317', {
          headers: { 'x-a': HeaderValue.fromSecret('a', 'b'), x_a: HeaderValue.fromSecret('c', 'd') },
        }),
      ),
      ['the header "x-a" to "a:4317" is given twice, as "x-a", "x_a"; give it once'],
    ],
    [
      'files as traces',
      { traces: [pipeline] },
      ['traces[0].inputs[0] is of the wrong kind: files are read as logs; give it to a pipeline in "logs"'],
    ],
    [
      'metrics to Loki',
      {
        metrics: [{ inputs: [OpenTelemetryInput.otlp()], outputs: [OpenTelemetryOutput.loki('http://loki:3100')] }],
      },
      ['metrics[0].outputs[0] is of the wrong kind: Loki takes logs; give it to a pipeline in "logs"'],
    ],
    [
      'an endpoint with a scheme',
      logsTo(OpenTelemetryOutput.otlp('https://gateway:4317')),
      ['the endpoint "https://gateway:4317" is no host and port; give it like "gateway.observability:4317"'],
    ],
    [
      'a URL with a password',
      logsTo(OpenTelemetryOutput.otlpHttp('https://me:secret@otlp.example')),
      [
        'the URL "https://…@otlp.example" is none of "http://" or "https://", a host, and perhaps a port and a ' +
          'path; what is secret goes into a header by HeaderValue.fromSecret(…)',
      ],
    ],
    [
      'TLS to a URL without',
      logsTo(OpenTelemetryOutput.loki('http://loki:3100', { tls: OpenTelemetryTls.verified() })),
      ['TLS is asked for, but the URL is "http://loki:3100"; begin it with "https:"'],
    ],
    [
      'a secret in clear',
      header('Authorization', HeaderValue.of('Bearer abc')),
      [
        'the value of the header "Authorization" to "a:4317" would stand in a ConfigMap; give it by ' +
          'HeaderValue.fromSecret("secret", "key")',
      ],
    ],
    [
      'a header of the protocol',
      header('content-type', HeaderValue.of('text/plain')),
      ['the header "content-type" to "a:4317" is what the protocol says itself; leave it out'],
    ],
    [
      'a header of two lines',
      header('x-a', HeaderValue.of('a\nb')),
      ['the header "x-a" to "a:4317" is "a\\nb"; give printable ASCII without spaces at its ends'],
    ],
    [
      'a file that the collector cannot write',
      logsTo(OpenTelemetryOutput.file(SharedVolume.emptyDir('out').at('/out'), 'a.json')),
      [
        'the file "a.json" is on volume "out", which is read-only for the collector; share it with ' +
          '"writer: VolumeWriter.HELPER"',
      ],
    ],
    [
      'a pattern with a look-ahead',
      changed(OpenTelemetryTransformation.parseRegex('(?P<a>x)(?=y)')),
      [
        'the pattern of logs[0].transformations[0] is "(?P<a>x)(?=y)", which RE2 does not take: error parsing regexp: ' +
          'invalid or unsupported Perl syntax: `(?=`',
      ],
    ],
    [
      'no pattern, which is not to be read as JSON',
      changed(OpenTelemetryTransformation.parseRegex(undefined as never)),
      ['logs[0].transformations[0].pattern is missing; give a string'],
    ],
    [
      'a pattern that names nothing',
      changed(OpenTelemetryTransformation.parseRegex('(x)')),
      [
        'the pattern of logs[0].transformations[0] is "(x)", which has no named group; name what becomes an attribute: ' +
          '"(?P<level>[A-Z]+)"',
      ],
    ],
    [
      'a pattern with two groups of one name',
      changed(OpenTelemetryTransformation.parseRegex('(?P<a>x)|(?P<a>y)')),
      [
        'the pattern of logs[0].transformations[0] is "(?P<a>x)|(?P<a>y)", which names two groups "a"; give each a name ' +
          'of its own',
      ],
    ],
    [
      'a new name that is the old one',
      changed(OpenTelemetryTransformation.rename('a', 'a')),
      ['logs[0].transformations[0] renames "a" to itself; give another name or leave it out'],
    ],
    [
      'a body that is two things',
      changed(OpenTelemetryTransformation.parseJson({ message: 'msg', keepBody: true })),
      ['logs[0].transformations[0] has both "message", which becomes the body, and "keepBody"; leave out one of them'],
    ],
    [
      'a scrape that takes longer than its interval',
      scraped({ interval: Duration.seconds(5), timeout: Duration.seconds(6) }),
      ['timeout of a scrape is 6000 ms, more than the interval of 5000 ms; make it shorter'],
    ],
    [
      'a scrape of no port, every so many of what is no Duration',
      scraped({ port: Number.NaN, interval: 5 }),
      [
        'metrics[0].inputs[0].options.port is NaN; give a whole number from 1 to 65535',
        'metrics[0].inputs[0].options.interval is 5; give a Duration, for instance Duration.seconds(30)',
      ],
    ],
    [
      'attributes that data gets anyway',
      {
        logs: [{ inputs: [OpenTelemetryInput.otlp()], outputs: [stdout] }],
        resourceAttributes: { 'service.name': 'a', 'k8s.pod.name': 'a', 'service.instance.id': 'a', region: 'a' },
      },
      [
        'resourceAttributes has "service.name", which all data gets anyway; give it in "serviceName"',
        'resourceAttributes has "k8s.pod.name", which all data gets anyway; leave it out',
      ],
    ],
    [
      'one instance for what is scraped of all pods',
      { ...scraped({}), resourceAttributes: { 'service.instance.id': 'a' } },
      [
        'resourceAttributes has "service.instance.id", by which what is scraped of two pods is told apart; leave it out',
      ],
    ],
    [
      'a scrape of itself',
      scraped({ port: 13133 }),
      [`port 13133 to scrape is the collector's own "healthPort"; give that of a process with metrics`],
    ],
    [
      'one port for two',
      { ...scraped({}), metricsPort: 13133 },
      ['healthPort and metricsPort are both 13133; give each a port of its own'],
    ],
    [
      'no port for two',
      { logs: [{ inputs: [OpenTelemetryInput.otlp({ httpPort: -1 })], outputs: [stdout] }], metricsPort: -1 },
      ['metricsPort is -1; give a whole number from 1 to 65535', 'httpPort is -1; give a whole number from 1 to 65535'],
    ],
    [
      'files outside the folder',
      { logs: [{ inputs: [OpenTelemetryInput.files(logs, { include: ['../*.log'] })], outputs: [stdout] }] },
      [
        'the pattern "../*.log" of files is no relative path of letters, digits, spaces, "*", "?" and "._@+=,~-", with "**" for ' +
          'whole folders; give one like "*.log" or "**/*.log"',
      ],
    ],
    [
      'no files at all',
      { logs: [{ inputs: [OpenTelemetryInput.files(logs, { exclude: ['*.log'] })], outputs: [stdout] }] },
      ['exclude of files has all that is included; leave out less'],
    ],
    [
      'a job that begins like a key of YAML',
      {
        serviceName: '?',
        metrics: [
          {
            inputs: [OpenTelemetryInput.scrape({ port: 1 }), OpenTelemetryInput.scrape({ port: 2, job: '? a' })],
            outputs: [stdout],
          },
        ],
      },
      [
        'serviceName is "?", which the receiver for Prometheus does not take as a job; begin it with no "?"',
        'job is "? a", which the receiver for Prometheus does not take as a job; begin it with no "?"',
      ],
    ],
    [
      'what is no object of ours',
      { logs: [{ inputs: [JSON.parse('{}') as OpenTelemetryInput], outputs: [stdout] }] },
      ['logs[0].inputs[0] is an object; give an OpenTelemetryInput, for instance OpenTelemetryInput.otlp()'],
    ],
  ])('%s', (_, settings, problems) => {
    expect(openTelemetryProblems(settings)).toStrictEqual(problems);
  });

  test.each<[string, string, 'loki' | 'otlpHttp']>([
    ['http://loki:3100/otlp', '/otlp', 'loki'],
    ['http://loki:3100/otlp/v1/logs', '/otlp/v1/logs', 'loki'],
    ['http://loki:3100/loki/api/v1/push', '/loki/api/v1/push', 'loki'],
    ['http://a:4318/v1/logs/', '/v1/logs/', 'otlpHttp'],
    ['http://a:4318/otlp/v1/metrics', '/v1/metrics', 'otlpHttp'],
  ])('a URL with the path that is added: %s', (url, path, api) => {
    expect(openTelemetryProblems(logsTo(OpenTelemetryOutput[api](url)))).toStrictEqual([
      `the URL is "${url}", to which its path is added; leave out "${path}"`,
    ]);
  });

  test.each([VolumeWriter.HELPER, VolumeWriter.BOTH])('files in a folder that it may write to: %s', (writer) => {
    const input = OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/var/log/app', { writer }));

    expect(openTelemetryProblems({ logs: [{ inputs: [input], outputs: [stdout] }] })).toStrictEqual([
      'OpenTelemetryInput.files() only reads its source, but volume "logs" is mounted writable; leave out "writer", or give ' +
        'VolumeWriter.NOBODY where another helper writes',
    ]);
  });

  test('but files that another helper writes are read', () => {
    const input = OpenTelemetryInput.files(SharedVolume.emptyDir('out').at('/out', { writer: VolumeWriter.NOBODY }));

    expect(openTelemetryProblems({ logs: [{ inputs: [input], outputs: [stdout] }] })).toStrictEqual([]);
  });

  test.each<[title: string, VolumeShare, patterns: string[]]>([
    ['that folder', written('/var/log/app'), ['*.log']],
    ['the same one at another path', written('/out'), ['*.log']],
    ['one in it', written('/var/log/app/copies', 'copies'), ['**/*.log']],
    ['one in it, by a pattern without a slash', written('/var/log/app/copies', 'copies'), ['**']],
  ])('a file in what is read, which would be read and written without end: %s', (_, share, include) => {
    const input = OpenTelemetryInput.files(logs, { include });
    const output = OpenTelemetryOutput.file(share, 'all.json');

    expect(openTelemetryProblems({ logs: [{ inputs: [input], outputs: [output] }] })).toStrictEqual([
      `the file "${share.helperMount.mountPath}/all.json" on volume "logs" is where files are read, in "/var/log/app": what ` +
        'it reads it would write there again, without end; give the file a volume of its own',
    ]);
  });

  test('but no file in a folder in it, where files of the folder alone are read', () => {
    const output = OpenTelemetryOutput.file(written('/var/log/app/copies', 'copies'), 'all.json');

    expect(openTelemetryProblems({ logs: [{ inputs: [files], outputs: [output] }] })).toStrictEqual([]);
  });

  test.each<[string, OpenTelemetryOutput, OpenTelemetryOtlpInputOptions]>([
    ['localhost:4317', OpenTelemetryOutput.otlp('localhost:4317'), {}],
    ['[::1]:5317', OpenTelemetryOutput.otlp('[::1]:5317'), { grpcPort: 5317 }],
    ['http://127.0.0.1:4318', OpenTelemetryOutput.otlpHttp('http://127.0.0.1:4318'), {}],
    ['http://LOCALHOST:5318/a/', OpenTelemetryOutput.otlpHttp('http://LOCALHOST:5318/a/'), { httpPort: 5318 }],
    ['http://localhost:4318', OpenTelemetryOutput.loki('http://localhost:4318'), {}],
  ])('itself, to which it would send without end: %s', (to, output, options) => {
    const inputs = [OpenTelemetryInput.otlp(options)];

    expect(openTelemetryProblems({ logs: [{ inputs, outputs: [output] }] })).toStrictEqual([
      `the output to "${to}" is the collector itself, which listens there; say where the other side is, or give ` +
        'the collector other ports',
    ]);
  });

  test('but another collector in the pod, and one of the same port elsewhere', () => {
    const inputs = [OpenTelemetryInput.otlp({ grpcPort: 5317 })];
    const outputs = [OpenTelemetryOutput.otlp('localhost:4317'), OpenTelemetryOutput.otlp('gateway:5317')];

    expect(openTelemetryProblems({ logs: [{ inputs, outputs }] })).toStrictEqual([]);
  });

  const reading = (options: OpenTelemetryFilesOptions = {}, path = '/var/log/app'): OpenTelemetryInput =>
    OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at(path), options);

  test.each<[string, OpenTelemetryInput, OpenTelemetryInput]>([
    ['without patterns', reading(), reading()],
    ['with one that is the usual one', reading({ onlyNew: true }), reading({ include: ['a.log', '*.log'] })],
    ['with a slash', reading(), reading({}, '/var/log/app/')],
  ])('two inputs that read the same files: %s', (_, one, other) => {
    const problems = ['two inputs read "/var/log/app/*.log"; make one OpenTelemetryInput and give it to each pipeline'];

    expect(openTelemetryProblems({ logs: [{ inputs: [one, other], outputs: [stdout] }] })).toStrictEqual(problems);
    expect(
      openTelemetryProblems({
        logs: [
          { inputs: [one], outputs: [stdout] },
          { inputs: [other], outputs: [OpenTelemetryOutput.otlp('gateway:4317')] },
        ],
      }),
    ).toStrictEqual(problems);
  });

  test('but one input in two pipelines, and two of other files, or of other entries for another output', () => {
    const gateway = OpenTelemetryOutput.otlp('gateway:4317');
    const traces = reading({ entryStart: '^\\S' });

    expect(
      openTelemetryProblems({
        logs: [pipeline, { inputs: [files, reading({ include: ['*.json'] })], outputs: [gateway] }],
      }),
    ).toStrictEqual([]);
    expect(openTelemetryProblems({ logs: [pipeline, { inputs: [traces], outputs: [gateway] }] })).toStrictEqual([]);
    expect(openTelemetryProblems({ logs: [pipeline, { inputs: [traces], outputs: [stdout] }] })).toHaveLength(1);
  });

  test('two inputs that read the same files of one volume at two paths', () => {
    const volume = SharedVolume.emptyDir('logs');
    const at = (helperPath: string, options = {}): OpenTelemetryInput =>
      OpenTelemetryInput.files(volume.at('/l', { helperPath }), options);

    expect(openTelemetryProblems({ logs: [{ inputs: [at('/one'), at('/two')], outputs: [stdout] }] })).toStrictEqual([
      'two inputs read "/one/*.log", which is "/two/*.log" as well; make one OpenTelemetryInput and give it to each pipeline',
    ]);
    expect(
      openTelemetryProblems({
        logs: [{ inputs: [at('/one'), at('/two', { include: ['*.json'] })], outputs: [stdout] }],
      }),
    ).toStrictEqual([]);
  });

  test('two outputs that write one file of one volume at two paths', () => {
    const volume = SharedVolume.emptyDir('out');
    const outputs = ['/one', '/two'].map((path) =>
      OpenTelemetryOutput.file(volume.at(path, { writer: VolumeWriter.HELPER }), 'a.json'),
    );

    expect(openTelemetryProblems({ logs: [{ inputs: [files], outputs }] })).toStrictEqual([
      'two outputs write "/one/a.json", which is "/two/a.json" as well; make one OpenTelemetryOutput and give it to each ' +
        'pipeline',
    ]);
  });

  test('but standard output in each of two pipelines', () => {
    const other = { inputs: [OpenTelemetryInput.otlp()], outputs: [OpenTelemetryOutput.stdout()] };
    expect(openTelemetryProblems({ logs: [pipeline, other], traces: [other] })).toStrictEqual([]);
  });

  test('two outputs that write one file', () => {
    const folder = SharedVolume.emptyDir('out').at('/out', { writer: VolumeWriter.HELPER });
    const one = OpenTelemetryOutput.file(folder, 'a.json');
    const other = OpenTelemetryOutput.file(folder, 'a.json');

    expect(openTelemetryProblems({ logs: [{ inputs: [files], outputs: [one, other] }] })).toStrictEqual([
      'two outputs write "/out/a.json"; make one OpenTelemetryOutput and give it to each pipeline',
    ]);
  });
});

function written(path: string, subPath?: string): VolumeShare {
  return SharedVolume.emptyDir('logs').at(path, { writer: VolumeWriter.HELPER, subPath });
}
