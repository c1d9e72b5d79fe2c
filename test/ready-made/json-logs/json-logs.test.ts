import { JsonPatch, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  ConfigChange,
  ImageRegistry,
  JsonLogFormat,
  JsonLogs,
  JsonLogsProps,
  JsonLogType,
  SharedVolume,
  VolumeWriter,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthManifests, synthPodSpec } from '../../support/workloads';

const source = SharedVolume.emptyDir('logs').at('/var/log/nginx');
const nginx: JsonLogsProps = { source, file: 'access.log', format: JsonLogFormat.nginx() };

test('an adapter of few words is hardened, reads only, and has its program in a ConfigMap', () => {
  const chart = Testing.chart();

  new JsonLogs(deployment(chart), 'json-logs', nginx);

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a container of its own appears exactly as it was given, with the log and the program mounted', () => {
  const chart = Testing.chart();

  const adapter = new JsonLogs(deployment(chart), 'json-logs', {
    ...nginx,
    container: {
      name: 'logs',
      image: 'registry.example/busybox:1.36.1',
      command: ['sh', '/etc/json-logs/follow.sh', '/a'],
    },
    configMapName: 'log-program',
    configVolumeName: 'program',
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'logs',
    image: 'registry.example/busybox:1.36.1',
    command: ['sh', '/etc/json-logs/follow.sh', '/a'],
    volumeMounts: [
      { name: 'logs', mountPath: '/var/log/nginx', readOnly: true },
      { name: 'program', mountPath: '/etc/json-logs' },
    ],
  });
  expect(adapter.configMap.name).toBe('log-program');
});

test('the file is found where the adapter has the folder, and may be in one below', () => {
  const chart = Testing.chart();
  const elsewhere = SharedVolume.emptyDir('logs').at('/app/logs', { helperPath: '/logs/' });

  new JsonLogs(deployment(chart), 'json-logs', { ...nginx, source: elsewhere, file: 'shop/app.log' });

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    command: ['sh', '/etc/json-logs/follow.sh', '/logs/shop/app.log'],
  });
});

test('image, resources, user and single fields can be others', () => {
  const chart = Testing.chart();
  ImageRegistry.target(chart, 'registry.example');
  const web = deployment(chart);

  new JsonLogs(web, 'one', nginx);
  const two = new JsonLogs(web, 'two', {
    ...nginx,
    image: 'other.example/busybox:1.36.1',
    resources: { limits: { memory: k8s.Quantity.fromString('32Mi') } },
    restricted: { user: 101 },
  });
  two.addJsonPatch(JsonPatch.add('/terminationMessagePolicy', 'FallbackToLogsOnError'));

  expect(synthPodSpec(chart).containers?.slice(1)).toMatchObject([
    { image: 'registry.example/busybox:1.37.0', securityContext: { runAsUser: 65534 } },
    {
      image: 'other.example/busybox:1.36.1',
      resources: { limits: { memory: '32Mi' } },
      securityContext: { runAsUser: 101 },
      terminationMessagePolicy: 'FallbackToLogsOnError',
    },
  ]);
});

test('two in a pod share the volume and have a program each', () => {
  const chart = Testing.chart();
  const web = deployment(chart);

  new JsonLogs(web, 'access', nginx);
  new JsonLogs(web, 'errors', { ...nginx, file: 'error.log', format: JsonLogFormat.nginxError() });

  const manifests = synthManifests(chart);
  expect(manifests.map(({ kind }) => kind)).toStrictEqual(['Deployment', 'ConfigMap', 'ConfigMap']);
  expect(synthPodSpec(chart).volumes).toHaveLength(3);
});

test.each([
  [undefined, /^json-logs-[0-9a-f]+$/],
  [ConfigChange.KEEP_RUNNING, /^json-logs$/],
])('pods are replaced when the program changes unless told otherwise', (onChange, name) => {
  const chart = Testing.chart();
  const { configMap } = new JsonLogs(deployment(chart), 'json-logs', {
    ...nginx,
    configMapName: 'json-logs',
    onChange,
  });
  expect(configMap.name).toMatch(name);
});

describe('errors', () => {
  const errors = (props: object): string[] => {
    try {
      new JsonLogs(deployment(Testing.chart()), 'json-logs', { ...nginx, ...props });
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').map((line) => line.trim());
    }
  };

  test('come all at once, and slips in names are understood', () => {
    const format = JsonLogFormat.firstOf(
      JsonLogFormat.regex('(?<a>.*?) x', { types: { a: JsonLogType.number() } }),
      JsonLogFormat.regex('(?<a>.*)', { types: { b: JsonLogType.number(), a: JsonLogType.timestamp('%Y-%q') } }),
    );
    expect(errors({ file: '../x', format, imagee: 'busybox', image: 'x', container: { name: 'x' } }))
      .toMatchInlineSnapshot(`
     [
       "test/web/json-logs: no JSON can be made of a log:",
       "file is "../x"; give the path of a file in the folder, such as "access.log", of letters, digits and "_.+@=,:-"",
       "the regular expression of format[0] is "(?<a>.*?) x", and at "?) x": nothing is lazy or possessive here; say what must not be in the field, as in [^ ]*",
       "the type of "b" in format[1] is given, but there is no such field; there are "a"",
       "the type of "a" in format[1] has the layout "%Y-%q"; "%q" is not known, there are "%Y", "%m", "%b", "%d", "%e", "%H", "%M", "%S", "%f", "%z", "%a", "%%"",
       ""image" is that of the ready-made container, but "container" is given; say it there",
     ]
    `);
    expect(errors({ format: undefined, formatt: format })).toMatchInlineSnapshot(`
     [
       "test/web/json-logs: no JSON can be made of a log:",
       "format is missing; give a JsonLogFormat, as in JsonLogFormat.nginx()",
       "formatt is no property; did you mean format?",
     ]
    `);
    expect(errors({ format: JsonLogFormat.firstOf() })).toMatchInlineSnapshot(`
     [
       "test/web/json-logs: no JSON can be made of a log:",
       "format has no format in it; give firstOf at least one",
     ]
    `);
  });

  test.each([
    ['message', 'it has no field'],
    ['', 'nothing to match'],
    ['(?<a>x', 'not closed'],
    ['(?<a>x))', 'closes nothing'],
    ['(?<a>x)(?<a>y)', 'is there before'],
    ['(?<a>x)+', 'one value only'],
    ['(?<a>x|)', 'nothing to match'],
    ['(?<a>x)^', 'beginning'],
    ['(?<a>(?=x))', 'there are groups'],
    ['(?<a>[é])', 'ASCII only'],
    ['(?<a>[x)', 'not closed'],
    ['(?<a>[z-a])', 'ends before'],
    ['(?<a>x{3,1})', 'the smaller one first'],
    ['(?<a>x{)', 'for a brace'],
    ['(?<a>(?:x{200}){200})', 'more than 1000 times'],
    ['(?<a>\\bx)', 'there are \\d'],
    ['(?<a>x**)', 'repeated already'],
    [`(?<a>${'(?:x|y)'.repeat(9)})`, 'more than 8 pairs'],
    [`(?<a>\ud800)`, 'half of a character'],
  ])('the regular expression %j: %s', (pattern, message) => {
    expect(errors({ format: JsonLogFormat.regex(pattern) }).join()).toContain(message);
  });

  test.each<[string, object, string]>([
    ['%Y-%m-%d', {}, 'has no %H, %M, %S'],
    ['%Y-%m-%b-%d %H:%M:%S', {}, 'twice'],
    ['%Y-%m-%d %H:%M:%S %z', { utcOffset: 'Z' }, 'leave one of them out'],
    ['%Y-%m-%d %H:%M:%S', { utcOffset: '+9' }, 'give "Z"'],
    ['%Y년 %m %d %H:%M:%S', {}, 'ASCII'],
    ['%Y-%m-%d %H:%M:%S%', {}, 'not known'],
    ['%Y-%m-%d %H:%M:%S', { utcOfset: 'Z' }, 'did you mean'],
  ])('the layout %j with %j: %s', (layout, options, message) => {
    const format = JsonLogFormat.regex('(?<a>.*)', { types: { a: JsonLogType.timestamp(layout, options) } });
    expect(errors({ format }).join()).toContain(message);
  });

  test('brackets are at most a hundred deep', () => {
    const nested = (depth: number) => JsonLogFormat.regex(`${'('.repeat(depth - 1)}(?<a>x)${')'.repeat(depth - 1)}`);

    expect(errors({ format: nested(100) })).toStrictEqual([]);
    for (const depth of [101, 10_000]) {
      expect(errors({ format: nested(depth) }).join()).toContain('more than 100 brackets inside one another');
    }
  });

  test.each<[string, unknown[], string]>([
    ['nothing', [JsonLogFormat.nginx(), undefined], 'formats[1] is missing'],
    ['a list', [[JsonLogFormat.nginx()]], 'formats[0] is a list'],
  ])('the first of formats of which one is %s', (_, formats, problem) => {
    expect(() => JsonLogFormat.firstOf(...(formats as JsonLogFormat[]))).toThrow(
      `JsonLogFormat.firstOf: ${problem}; give a JsonLogFormat, as in JsonLogFormat.nginx(), and each as an argument of its own`,
    );
  });

  test('what is of a wrong type in a format', () => {
    const options = { types: { a: 'number' }, absent: 'é', escapes: 1 } as never;
    expect(errors({ format: JsonLogFormat.regex(7 as never, options) })).toMatchInlineSnapshot(`
     [
       "test/web/json-logs: no JSON can be made of a log:",
       "format[0].pattern is 7; give a string",
       "format[0].options.types["a"] is "number"; give a JsonLogType, as in JsonLogType.number()",
       "format[0].options.absent is "é"; give a text of printable ASCII",
       "format[0].options.escapes is 1; give true or false",
     ]
    `);
  });

  test('an adapter only reads', () => {
    const writable = SharedVolume.emptyDir('logs').at('/logs', { writer: VolumeWriter.BOTH });
    expect(errors({ source: writable }).join()).toContain('an adapter only reads its source');
  });
});
