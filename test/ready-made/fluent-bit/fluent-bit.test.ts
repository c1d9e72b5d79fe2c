import { ApiObject, Duration, Size, Testing, Yaml } from 'cdk8s';
import {
  FluentBitLogs,
  FluentBitOutput,
  FluentBitParser,
  FluentBitSettings,
  FluentBitSidecar,
  FluentBitSidecarProps,
  FluentBitTls,
  HeaderValue,
  HelperKind,
  SharedVolume,
  VolumeShare,
  VolumeWriter,
  Workloads,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../../support/workloads';

const logs = SharedVolume.emptyDir('logs').at('/var/log/app');
const SHORT: FluentBitSidecarProps = { logs: [{ source: logs }], outputs: [FluentBitOutput.stdout()] };

test('one of few words is hardened, and reads what the app writes', () => {
  const chart = Testing.chart();

  const sidecar = new FluentBitSidecar(deployment(chart), 'log-shipper', {
    ...SHORT,
    kind: HelperKind.NATIVE_SIDECAR,
    outputs: [FluentBitOutput.loki('https://loki.example')],
  });

  expect(sidecar.configMap.kind).toBe('ConfigMap');
  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('what it reads of a workload inside an object is the service of that', () => {
  const ray = new ApiObject(Testing.chart(), 'cluster', {
    apiVersion: 'ray.io/v1',
    kind: 'RayCluster',
    metadata: { name: 'ray' },
  });

  const { configMap } = new FluentBitSidecar(Workloads.declare(ray, 'spec.head.template'), 'log-shipper', SHORT);

  const { data } = configMap.toJson() as { data: Record<string, string> };
  expect(data['fluent-bit.yaml']).toMatch(/key: "service\.name"\n +value: "ray"/);
});

test('one with all settings', () => {
  const chart = Testing.chart();

  new FluentBitSidecar(deployment(chart), 'log-shipper', {
    logs: [
      {
        source: logs,
        include: ['*.log', 'web-*/access_?.log'],
        exclude: ['*-debug.log'],
        parser: FluentBitParser.json({ timeField: 'time', timeFormat: '%Y-%m-%dT%H:%M:%S.%L%z' }),
        onlyNew: true,
      },
      {
        source: SharedVolume.emptyDir('audit').at('/var/log/audit', { helperPath: '/audit/' }),
        parser: FluentBitParser.regex('^(?<who>[^ ]+) "(?<what>[^"]*)"'),
        entryStart: '^[a-z]+ "',
      },
    ],
    outputs: [
      FluentBitOutput.file(SharedVolume.emptyDir('copies').at('/copies', { writer: VolumeWriter.HELPER }), 'all.json', {
        maxSize: Size.mebibytes(5),
        maxBackups: 1,
      }),
      FluentBitOutput.otlpHttp('https://gateway.example:4318/otlp/', {
        headers: {
          'x-team': HeaderValue.of('shop'),
          authorization: HeaderValue.fromSecret('otlp', 'token', 'Bearer '),
        },
        tls: FluentBitTls.verified({
          caConfigMap: 'trust',
          caKey: 'root.pem',
          clientSecret: 'client',
          serverName: 'gateway',
        }),
        retries: 10,
      }),
      FluentBitOutput.loki('http://loki', {
        tenant: 'shop',
        labels: { team: 'web' },
        basicAuthSecret: 'loki',
        retries: 0,
      }),
      FluentBitOutput.forward('fluentd.logging', {
        port: 24225,
        sharedKeySecret: 'fluentd',
        tls: FluentBitTls.unverified(),
      }),
      FluentBitOutput.http('https://logs.example/in?a=b'),
    ],
    serviceName: 'shop',
    fields: { stage: 'test', number: '1e5' },
    bufferSize: Size.mebibytes(64),
    shutdownTimeout: Duration.seconds(3),
    healthPort: 2021,
    configMapName: 'shipper',
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a dot that ends a host keeps search domains off, and is in no certificate', () => {
  const chart = Testing.chart();
  const sidecar = new FluentBitSidecar(deployment(chart), 'log-shipper', {
    ...SHORT,
    outputs: [
      FluentBitOutput.loki('https://loki.example.'),
      FluentBitOutput.forward('Fluentd.example.'),
      FluentBitOutput.http('https://a.example', { tls: FluentBitTls.verified({ serverName: 'Other.example.' }) }),
    ],
  });
  const text = JSON.stringify(sidecar.configMap.toJson());

  expect([...text.matchAll(/ host: \\"(.*?)\\"/g)].map(([, host]) => host)).toStrictEqual([
    'loki.example.',
    'Fluentd.example.',
    'a.example',
  ]);
  expect([...text.matchAll(/tls\.vhost: \\"(.*?)\\"/g)].map(([, host]) => host)).toStrictEqual([
    'loki.example',
    'fluentd.example',
    'other.example',
  ]);
});

test('no secret is in a ConfigMap or an argument', () => {
  const chart = Testing.chart();

  new FluentBitSidecar(deployment(chart), 'log-shipper', {
    ...SHORT,
    outputs: [
      FluentBitOutput.http('https://a.example', {
        headers: { 'x-api-key': HeaderValue.fromSecret('keys', 'api') },
        basicAuthSecret: 'user',
      }),
    ],
  });

  expect(synthPodSpec(chart).containers?.[1].env).toStrictEqual(
    expect.arrayContaining([
      { name: 'OUTPUT_0_HEADER_X_API_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } },
      { name: 'OUTPUT_0_USERNAME', valueFrom: { secretKeyRef: { name: 'user', key: 'username' } } },
      { name: 'OUTPUT_0_PASSWORD', valueFrom: { secretKeyRef: { name: 'user', key: 'password' } } },
    ]),
  );
});

test('the pod has to have the time that it may take to end', () => {
  const chart = Testing.chart();
  new FluentBitSidecar(deployment(chart), 'log-shipper', { ...SHORT, shutdownTimeout: Duration.seconds(30) });

  expect(synthErrors(chart).join()).toContain('may take 31 s to stop, but the pod is killed after 30 s');
});

test('a container of your own gets what the configuration needs', () => {
  const chart = Testing.chart();
  const container = { name: 'mine', image: 'registry.example/mine:1', env: [{ name: 'K8S_NODE_NAME', value: 'x' }] };
  const tls = FluentBitTls.verified({ clientSecret: 'client' });
  const outputs = [FluentBitOutput.http('https://a.example', { tls })];
  new FluentBitSidecar(deployment(chart), 'log-shipper', { ...SHORT, outputs, container });

  const { containers: [, mine] = [], volumes } = synthPodSpec(chart);
  expect(mine).toMatchObject({
    ...container,
    env: [
      { name: 'K8S_NODE_NAME', value: 'x' },
      { name: 'K8S_NAMESPACE_NAME' },
      { name: 'K8S_POD_UID' },
      { name: 'K8S_POD_NAME' },
      { name: 'K8S_POD_IP' },
    ],
    volumeMounts: [
      { name: 'mine-state', mountPath: '/var/lib/fluent-bit' },
      { name: 'mine-tls-0', mountPath: '/etc/fluent-bit-tls/0', readOnly: true },
      { name: 'logs', mountPath: '/var/log/app', readOnly: true },
      { name: 'mine-config', mountPath: '/etc/fluent-bit' },
    ],
  });
  expect(volumes).toContainEqual({ name: 'mine-state', emptyDir: {} });
  expect(mine).not.toHaveProperty('args');
  const config = synthManifests(chart).find(({ kind }) => kind === 'ConfigMap');
  expect(config).toBeDefined();
});

describe('what is refused', () => {
  const problems = (props: Partial<Record<keyof FluentBitSettings, unknown>>): string[] => {
    try {
      new FluentBitSidecar(deployment(Testing.chart()), 'x', { ...SHORT, ...(props as object) });
      return [];
    } catch (error) {
      const [, ...lines] = (error as Error).message.split('\n');
      return lines.map((line) => line.trim());
    }
  };
  const ofLogs = (options: Partial<FluentBitLogs> | object): string[] =>
    problems({ logs: [{ source: logs, ...options }] });
  const ofOutput = (...outputs: FluentBitOutput[]): string[] => problems({ outputs });

  test('all at once', () => {
    expect(
      problems({
        logs: [{ source: logs, include: ['a,b.log'], parser: FluentBitParser.regex('(?=x)') }],
        outputs: [FluentBitOutput.http('https://u:secret@a.example', { headers: { host: HeaderValue.of('a') } })],
        serviceName: '${X}',
        shutdownTimeout: Duration.millis(1),
      }),
    ).toStrictEqual([
      'serviceName is "${X}"; give text without control characters and "${"',
      'shutdownTimeout is 0.001 s; give a whole number from 1 to 3600 s',
      expect.stringMatching(/^the pattern "a,b.log" of logs\[0\] is no relative path/),
      expect.stringMatching(
        /^the pattern of logs\[0\].parser is "\(\?=x\)", which Onigmo and RE2 do not read alike at "\(\?=x\)"/,
      ),
      expect.stringMatching(/^the URL of outputs\[0\] is "https:\/\/…@a.example"; give/),
      'the header "host" of outputs[0] is what Fluent Bit says itself; leave it out',
    ]);
  });

  test.each<[string, string[]]>([
    ['logs is missing; give a list of folders of files', problems({ logs: undefined })],
    ['logs is empty; give at least one folder of files', problems({ logs: [] })],
    ['outputs is empty; give at least one FluentBitOutput', problems({ outputs: [] })],
    ['outputs[0] is "stdout"; give a FluentBitOutput', problems({ outputs: ['stdout'] })],
    ['bufferSise is no property; did you mean bufferSize?', problems({ ['bufferSise' as never]: 1 })],
    ['bufferSize is 4 MiB; give a whole number from 8', problems({ bufferSize: Size.mebibytes(4) })],
    ['bufferSize is 64; give a Size', problems({ bufferSize: 64 })],
    ['healthPort is 0; give a whole number from 1 to 65535', problems({ healthPort: 0 })],
    [
      'fields has "k8s.pod.name", which records get anyway; leave it out',
      problems({ fields: { 'k8s.pod.name': 'a' } }),
    ],
    [
      'fields has "service.name", which records get anyway; give it in "serviceName"',
      problems({ fields: { 'service.name': 'a' } }),
    ],
    ['logs[0].includes is no property; did you mean logs[0].include?', ofLogs({ includes: ['*'] })],
    ['logs[0].include is empty; give at least one pattern', ofLogs({ include: [] })],
    ['exclude of logs[0] has all that is included; leave', ofLogs({ exclude: ['a.log', '*.log'] })],
    ['the pattern "../a" of logs[0]', ofLogs({ exclude: ['../a'] })],
    ['the folder "/a,b" of logs[0]', ofLogs({ source: SharedVolume.emptyDir('x').at('/a,b') })],
    ['has no named group', ofLogs({ parser: FluentBitParser.regex('(a)') })],
    ['logs[0].parser.pattern is missing; give', ofLogs({ parser: FluentBitParser.regex(undefined as never) })],
    ['which is no regular expression', ofLogs({ entryStart: '(a' })],
    ['logs[0].entryStart is ""; give a regular expression', ofLogs({ entryStart: '' })],
    ['in which Fluent Bit looks for a variable; write "[$]\\{"', ofLogs({ entryStart: '${A}' })],
    ['has only one of "timeField" and "timeFormat"', ofLogs({ parser: FluentBitParser.json({ timeField: 'time' }) })],
    [
      'which no group is called',
      ofLogs({ parser: FluentBitParser.regex('(?<a>.)', { timeField: 'time', timeFormat: '%s' }) }),
    ],
    [
      'give the format of strptime',
      ofLogs({ parser: FluentBitParser.json({ timeField: 'time', timeFormat: 'RFC3339' }) }),
    ],
    ['parser.options.timefield is no property', ofLogs({ parser: FluentBitParser.json({ timefield: 'a' } as never) })],
    [
      'outputs has the same one twice',
      ofOutput(...Array<FluentBitOutput>(2).fill(FluentBitOutput.http('http://a.example'))),
    ],
    ['outputs has FluentBitOutput.stdout() twice', ofOutput(FluentBitOutput.stdout(), FluentBitOutput.stdout())],
    ['two outputs write "/out/a"', ofOutput(file('a'), file('a'))],
    [
      'the file "a" of outputs[0] is on volume "copies", which is read-only for Fluent Bit; share it with',
      ofOutput(FluentBitOutput.file(SharedVolume.emptyDir('copies').at('/copies'), 'a')),
    ],
    [
      'the file "../a" of outputs[0] has no name of letters, digits and "._@+=~-"; give one that does not begin with "."',
      ofOutput(file('../a')),
    ],
    ['outputs[0].options.maxSize is 0 KiB', ofOutput(file('a', { maxSize: Size.kibibytes(0) }))],
    ['the host of outputs[0] is "a b"', ofOutput(FluentBitOutput.forward('a b'))],
    [
      'TLS is asked for, but the URL of outputs[0] is "http://a.example"; begin it with "https:"',
      ofOutput(FluentBitOutput.http('http://a.example', { tls: FluentBitTls.verified() })),
    ],
    [
      'no TLS is asked for, but the URL of outputs[0] is "https://a.example"; begin it with "http:"',
      ofOutput(FluentBitOutput.http('https://a.example', { tls: FluentBitTls.plaintext() })),
    ],
    [
      'the header "x-a" of outputs[0] is given twice, as "X-A", "x_a"; give it once',
      ofOutput(withHeaders({ 'X-A': of('1'), x_a: of('2') })),
    ],
    [
      'the header "authorization" of outputs[0] is given twice',
      ofOutput(withHeaders({ Authorization: HeaderValue.fromSecret('a', 'b') }, 'user')),
    ],
    ['would stand in a ConfigMap', ofOutput(withHeaders({ 'x-token': of('t') }))],
    ['give printable ASCII', ofOutput(withHeaders({ 'x-a': of(' a') }))],
    [
      'the Secret of the header "x-a" of outputs[0] is "A_"; give the name of an object',
      ofOutput(withHeaders({ 'x-a': HeaderValue.fromSecret('A_', 'b') })),
    ],
    [
      'the label "a-b" of outputs[0] has no name',
      ofOutput(FluentBitOutput.loki('http://a.example', { labels: { 'a-b': 'c' } })),
    ],
    [
      'the label "a" of outputs[0] is "b,c"',
      ofOutput(FluentBitOutput.loki('http://a.example', { labels: { a: 'b,c' } })),
    ],
    [
      'the label "service_name" of outputs[0] is there anyway',
      ofOutput(FluentBitOutput.loki('http://a.example', { labels: { service_name: 'c' } })),
    ],
    [
      'serviceName, which becomes a label for Loki, is "a b"',
      problems({ serviceName: 'a b', outputs: [FluentBitOutput.loki('http://a.example')] }),
    ],
  ])('%s', (expected, actual) => {
    expect(actual).toStrictEqual([expect.stringContaining(expected)]);
  });

  test.each([VolumeWriter.HELPER, VolumeWriter.BOTH])('a source that Fluent Bit may write to: %s', (writer) => {
    expect(ofLogs({ source: SharedVolume.emptyDir('logs').at('/var/log/app', { writer }) })).toStrictEqual([
      'logs[0] only reads its source, but volume "logs" is mounted writable; leave out "writer", or give ' +
        'VolumeWriter.NOBODY where another helper writes',
    ]);
  });

  test('but one that another helper writes to is read', () => {
    const source = SharedVolume.emptyDir('copies').at('/copies', { writer: VolumeWriter.NOBODY });
    expect(ofLogs({ source })).toStrictEqual([]);
  });

  test.each<[title: string, FluentBitLogs, FluentBitLogs]>([
    ['without patterns', { source: logs }, { source: logs, parser: FluentBitParser.json() }],
    ['with one that is the usual one', { source: logs }, { source: logs, include: ['a.log', '*.log'] }],
    ['with a slash', { source: logs }, { source: SharedVolume.emptyDir('logs').at('/var/log/app/') }],
  ])('the same files twice, of which each line would be sent twice: %s', (_, one, other) => {
    const audit = { source: SharedVolume.emptyDir('audit').at('/var/log/audit') };
    expect(problems({ logs: [one, audit, other] })).toStrictEqual([
      'logs[0] and logs[2] both read "/var/log/app/*.log", so each line would be sent twice; let one of them do',
    ]);
    expect(problems({ logs: [one, { ...other, include: ['*.json'] }] })).toStrictEqual([]);
  });

  test('the same files of one volume that is there at two paths', () => {
    const volume = SharedVolume.emptyDir('logs');
    const one = volume.at('/l', { helperPath: '/one' });
    const other = volume.at('/l', { helperPath: '/two' });
    const inFolder = volume.at('/l/app', { helperPath: '/app', subPath: 'app' });

    expect(problems({ logs: [{ source: one }, { source: other }] })).toStrictEqual([
      'logs[0] and logs[1] both read "/one/*.log", which is "/two/*.log" as well, so each line would be sent twice; let one ' +
        'of them do',
    ]);
    expect(problems({ logs: [{ source: one, include: ['app/*.log'] }, { source: inFolder }] })).toHaveLength(1);
    expect(problems({ logs: [{ source: one }, { source: inFolder }] })).toStrictEqual([]);
  });

  test('two files that are one, by the paths of one volume', () => {
    const at = (path: string, subPath?: string): FluentBitOutput =>
      FluentBitOutput.file(written(path, subPath, 'out'), 'a');

    expect(ofOutput(at('/one'), at('/two'))).toStrictEqual([
      'two outputs write "/one/a", which is "/two/a" as well; give each a file of its own',
    ]);
    expect(ofOutput(at('/one'), at('/two', 'two'))).toStrictEqual([]);
  });

  test.each<[title: string, VolumeShare, patterns: string[]]>([
    ['that folder', written('/var/log/app'), ['*.log']],
    ['that folder, with a slash', written('/var/log/app/'), ['*.log']],
    ['the same one at another path', written('/out'), ['*.log']],
    ['one in it', written('/var/log/app/copies', 'copies'), ['*.log', '*/*.log']],
    ['one in it at another path', written('/out', 'copies'), ['*.log', '*/*.log']],
    ['another volume in it', written('/var/log/app/copies', undefined, 'copies'), ['*/*.log']],
  ])('a file in what is read, which would be read and written without end: %s', (_, share, include) => {
    const volume = share.volume.name;
    const path = share.helperMount.mountPath.replace(/\/$/, '');
    expect(
      problems({ logs: [{ source: logs, include }], outputs: [FluentBitOutput.file(share, 'all.json')] }),
    ).toStrictEqual([
      `the file "${path}/all.json" on volume "${volume}" is where files are read, in "/var/log/app": what it reads it would ` +
        'write there again, without end; give the file a volume of its own',
    ]);
  });

  test.each<[title: string, VolumeShare]>([
    ['beside it', written('/var/log/other', undefined, 'other')],
    ['of a name that begins so', written('/var/log/app2', 'app2')],
    ['in it, where files of the folder alone are read', written('/var/log/app/copies', 'app/copies')],
  ])('but no file %s', (_, share) => {
    const source = SharedVolume.emptyDir('logs').at('/var/log/app', { subPath: 'app' });
    expect(problems({ logs: [{ source }], outputs: [FluentBitOutput.file(share, 'all.json')] })).toStrictEqual([]);
  });

  test.each<[string, string, 'loki' | 'otlpHttp']>([
    ['http://loki:3100/loki/api/v1/push', '/loki/api/v1/push', 'loki'],
    ['http://loki:3100/gateway/otlp/', '/otlp/', 'loki'],
    ['http://a.example:4318/v1/logs', '/v1/logs', 'otlpHttp'],
    ['http://a.example:4318/otlp/v1/traces', '/v1/traces', 'otlpHttp'],
  ])('a URL with the path that is added: %s', (url, path, api) => {
    expect(ofOutput(FluentBitOutput[api](url))).toStrictEqual([
      `the URL of outputs[0] is "${url}", to which its path is added; leave out "${path}"`,
    ]);
  });

  test('but any path of a service that is asked as it is, and hosts that are called so', () => {
    expect(ofOutput(FluentBitOutput.http('http://a.example/v1/logs'))).toStrictEqual([]);
    expect(ofOutput(FluentBitOutput.loki('http://otlp'), FluentBitOutput.otlpHttp('http://v1/logs'))).toStrictEqual([]);
  });

  test.each(['api_key', 'ApiKey', 'access-token', 'access_token', 'pass%77ord'])('a secret in a URL: %s', (name) => {
    const message = ofOutput(FluentBitOutput.http(`https://a.example/in?kind=logs&${name}=hidden`)).join('\n');
    expect(message).toBe(
      `the value of "${decodeURIComponent(name)}" in the URL of outputs[0] would stand in a ConfigMap; give it in a header, ` +
        'by HeaderValue.fromSecret("secret", "key")',
    );
  });

  test.each([
    [{ caSecret: 'a', caConfigMap: 'b' }, 'tls of outputs[0] has "caSecret", "caConfigMap"; give one'],
    [{ caKey: 'a' }, 'tls of outputs[0] has "caKey", but none'],
    [{ caSecretName: 'a' }, 'tls of outputs[0].caSecretName is no property'],
    [{ serverName: 'a b' }, 'tls of outputs[0].serverName is "a b"; give a DNS name'],
  ])('for TLS %p', (options, expected) => {
    const tls = FluentBitTls.verified(options as object);
    expect(ofOutput(FluentBitOutput.http('https://a.example', { tls }))).toStrictEqual([
      expect.stringContaining(expected),
    ]);
  });
});

function file(name: string, options = {}): FluentBitOutput {
  return FluentBitOutput.file(SharedVolume.emptyDir('out').at('/out', { writer: VolumeWriter.HELPER }), name, options);
}

function written(path: string, subPath?: string, volume = 'logs'): VolumeShare {
  return SharedVolume.emptyDir(volume).at(path, { writer: VolumeWriter.HELPER, subPath });
}

function of(value: string): HeaderValue {
  return HeaderValue.of(value);
}

function withHeaders(headers: Record<string, HeaderValue>, basicAuthSecret?: string): FluentBitOutput {
  return FluentBitOutput.http('http://a.example', { headers, basicAuthSecret });
}
