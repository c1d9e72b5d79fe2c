import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server } from 'node:net';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  JsonAuthorization,
  JsonMetric,
  JsonModule,
  JsonValueType,
  PrometheusExporter,
  PrometheusExporterTls,
} from '../../../lib';
import {
  JSON_MODULES,
  jsonModuleProblems,
  renderJsonModules,
} from '../../../lib/ready-made/prometheus-exporter/json-modules';
import { certificateFor } from '../../support/certificates';
import { freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { withFolder } from '../../support/project';
import { until } from '../../support/until';
import { Running, told } from './engine';

const INSTALL = 'PATH=$PATH:$(.ci/exporters)';
const numRuns = Number(process.env.RUNS ?? 50);

const DOCUMENT = {
  n: 5,
  flag: true,
  text: 'mars',
  big: 1234567,
  nothing: null,
  quoted: '0.5',
  'a.b': 7,
  a: { id: 'a', b: 8 },
  numbers: [1, 2, 3],
  tags: ['x', 'y'],
  items: [
    { id: 'one', v: 1, state: 'UP', inner: [{ id: 'i1', v: 10 }] },
    {
      id: 'two',
      v: 2,
      state: 'DOWN',
      inner: [
        { id: 'i2', v: 20 },
        { id: 'i3', v: 30 },
      ],
    },
  ],
};

/** A request that an app got. */
interface Got {
  readonly method?: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An app that answers as a path says, and remembers what it was asked. */
class App {
  public readonly got: Got[] = [];
  public port = 0;
  /** How many that waited for an answer have gone. */
  public givenUp = 0;
  private server?: Server;

  public async start(certificates?: Readonly<Record<string, string>>): Promise<this> {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        this.got.push({ method: request.method, headers: request.headers, body });
        this.answer(request.url ?? '', response);
      });
    };
    this.server = await listening(
      certificates
        ? createTlsServer(
            {
              key: certificates['tls.key'],
              cert: certificates['tls.crt'],
              ca: certificates['ca.crt'],
              requestCert: true,
            },
            answer,
          )
        : createServer(answer),
    );
    this.port = portOf(this.server);
    return this;
  }

  public async stop(): Promise<void> {
    this.server?.close();
    if (this.server) {
      await once(this.server, 'close');
    }
  }

  private answer(path: string, response: ServerResponse): void {
    if (path === '/silent') {
      response.on('close', () => (this.givenUp += 1));
    } else if (path === '/redirect') {
      response.writeHead(302, { location: '/' }).end();
    } else if (path === '/malformed') {
      response.end('{"n": 5');
    } else if (path === '/sick') {
      response.writeHead(503).end(JSON.stringify(DOCUMENT));
    } else {
      response.end(JSON.stringify(DOCUMENT));
    }
  }
}

describeWithProgram(
  'json_exporter',
  (program) => {
    let app: App;
    beforeEach(async () => {
      app = await new App().start();
    });
    afterEach(() => app.stop());

    /** Runs an exporter as the helper does. */
    async function withExporter(
      modules: readonly JsonModule[],
      use: (exporter: Running, paths: readonly string[]) => Promise<void>,
      secrets: Readonly<Record<string, string>> = {},
    ): Promise<string> {
      const metricsPort = await freePort();
      const what = told((web) => PrometheusExporter.json(web, 'metrics', { modules: [...modules], metricsPort }));
      const exporter = new Running(program, what, secrets);
      try {
        await exporter.started();
        await use(exporter, what.metricsPaths);
      } finally {
        await exporter.stop();
      }
      return exporter.output;
    }

    const n: JsonMetric = { name: 'n', path: '{.n}' };

    test('numbers, flags, texts that are numbers and constants are metrics, with types, helps and labels', async () => {
      const metrics: JsonMetric[] = [
        { name: 'n', path: '{.n}', help: 'How many', valueType: JsonValueType.COUNTER },
        { name: 'flag', path: '{ .flag }', valueType: JsonValueType.GAUGE },
        { name: 'quoted', path: '{.quoted}' },
        { name: 'info', path: '1', labels: { where: 'planet-{.text}', tags: '{range .tags[*]}{@},{end}', plain: 'x' } },
        { name: 'with_dot', path: "{['a\\.b']}" },
      ];
      const output = await withExporter([{ port: app.port, metrics }], async (exporter, paths) => {
        expect(paths).toStrictEqual([`/probe?module=default&target=http%3A%2F%2F127.0.0.1%3A${app.port}%2F`]);
        const seen = await exporter.metrics();
        expect([seen.valueOf('n'), seen.typeOf('n'), seen.helpOf('n')]).toStrictEqual([5, 'COUNTER', 'How many']);
        expect([seen.valueOf('flag'), seen.typeOf('flag')]).toStrictEqual([1, 'GAUGE']);
        expect(seen.valueOf('quoted')).toBe(0.5);
        expect(seen.valueOf('info', { where: 'planet-mars', tags: 'x,y,', plain: 'x' })).toBe(1);
        expect(seen.valueOf('with_dot')).toBe(7);
        // What the probe asks for does not ask the app.
        const asked = app.got.length;
        expect((await exporter.get('/')).status).toBe(200);
        expect(app.got).toHaveLength(asked);
      });
      expect(app.got).toMatchObject([{ method: 'GET', body: '', headers: { accept: 'application/json' } }]);
      expect(output).not.toContain('level=ERROR');
    });

    test('each object that is found is a metric, in nested lists as well, with labels of its own', async () => {
      const metrics: JsonMetric[] = [
        // `n` is in the document, and not in the object.
        { name: 'item', path: '{.items[*]}', labels: { id: '{.id}', n: '{.n}' }, values: { v: '{.v}', up: '1' } },
        { name: 'down', path: '{.items[?(@.state == "DOWN")]}', labels: { id: '{.id}' }, values: { v: '{.v}' } },
        { name: 'inner', path: '{.items[*].inner[*]}', labels: { id: '{.id}' }, values: { v: '{.v}' } },
        { name: 'single', path: '{.a}', values: { b: '{.b}' } },
      ];
      await withExporter([{ port: app.port, metrics }], async (exporter) => {
        const seen = await exporter.metrics();
        expect(seen.valueOf('item_v', { id: 'one', n: '' })).toBe(1);
        expect(seen.valueOf('item_up', { id: 'two', n: '' })).toBe(1);
        expect(seen.valueOf('down_v', { id: 'one' })).toBeUndefined();
        expect(seen.valueOf('down_v', { id: 'two' })).toBe(2);
        expect(['i1', 'i2', 'i3'].map((id) => seen.valueOf('inner_v', { id }))).toStrictEqual([10, 20, 30]);
        expect(seen.valueOf('single_b')).toBe(8);
      });
    });

    test('what is not there is left out and said in the log, with all of the document, as the documentation warns', async () => {
      const metrics: JsonMetric[] = [
        n,
        { name: 'gone', path: '{.gone}' },
        { name: 'nothing', path: '{.nothing}' },
        { name: 'words', path: '{.text}' },
        { name: 'list', path: '{.numbers[*]}' },
        { name: 'info', path: '1', labels: { gone: '{.gone}', big: '{.big}' } },
      ];
      const output = await withExporter([{ port: app.port, metrics }], async (exporter) => {
        const seen = await exporter.metrics();
        expect(seen.valueOf('n')).toBe(5);
        expect(seen.families.map(({ name }) => name)).toStrictEqual(['info', 'n']);
        expect(seen.valueOf('info', { gone: '', big: '1.234567e+06' })).toBe(1);
      });
      expect(output).toContain('gone is not found');
      expect(output).toContain('inner');
    });

    test('two objects with the same labels make the scrape fail, as the documentation warns', async () => {
      const metrics: JsonMetric[] = [{ name: 'item', path: '{.items[*]}', values: { v: '{.v}' } }];
      await withExporter([{ port: app.port, metrics }], async (exporter, [path]) => {
        const { status, body } = await exporter.get(path);
        expect(status).toBe(500);
        expect(body).toContain('was collected before with the same name and label values');
      });
    });

    test('an app that is down, sick or elsewhere makes the scrape fail; one with half a document has no metrics', async () => {
      const { port } = app;
      const down = await freePort();
      const modules: JsonModule[] = [
        { name: 'down', port: down, metrics: [n] },
        { name: 'sick', port, path: '/sick', metrics: [n] },
        { name: 'sick-but-read', port, path: '/sick', statuses: [200, 503], metrics: [n] },
        { name: 'elsewhere', port, path: '/redirect', metrics: [n] },
        { name: 'malformed', port, path: '/malformed', metrics: [n] },
      ];
      const output = await withExporter(modules, async (exporter, paths) => {
        const answers = await Promise.all(paths.map((path) => exporter.get(path)));
        expect(answers.map(({ status }) => status)).toStrictEqual([503, 503, 200, 503, 200]);
        expect(answers[0].body).toContain('connection refused');
        expect(answers[1].body).toContain('503 Service Unavailable');
        expect(answers[2].body).toContain('n 5\n');
        expect(answers[3].body).toContain('302 Found');
        expect(answers[4].body).toBe('');
      });
      expect(output).toContain('Failed to unmarshal data to json');
    });

    test('a scrape of an app that is silent takes as long as Prometheus waits, and no longer', async () => {
      await withExporter([{ port: app.port, path: '/silent', metrics: [n] }], async (exporter, [path]) => {
        const prometheus = new AbortController();
        const scrape = exporter.get(path, prometheus.signal);
        await until('the app is asked', () => app.got.length === 1);
        expect(app.givenUp).toBe(0);
        prometheus.abort();
        await expect(scrape).rejects.toThrow('aborted');
        await until('nobody waits any more', () => app.givenUp === 1);
      });
    }, 180_000);

    test('headers, also from Secrets, a body and tokens arrive, and no secret is in the manifest or the log', async () => {
      const common = { port: app.port, metrics: [n] };
      const modules: JsonModule[] = [
        {
          ...common,
          name: 'bearer',
          headers: { 'X-Who': 'metrics', Accept: 'application/vnd.shop+json' },
          secretHeaders: { 'X-Key': { name: 'shop', key: 'key' } },
          authorization: JsonAuthorization.bearer({ name: 'shop', key: 'token' }),
          body: '{"query": "status\u00e9"}\n',
        },
        { ...common, name: 'basic', authorization: JsonAuthorization.basic({ secret: 'login' }) },
      ];
      const secrets = {
        'shop/key': 'the-key\n',
        'shop/token': 'the-token\n',
        'login/username': 'me',
        'login/password': 'the-password:x\n',
      };
      const output = await withExporter(
        modules,
        async (exporter, paths) => {
          for (const path of paths) {
            expect((await exporter.metrics(path)).valueOf('n')).toBe(5);
          }
          // A renewed one is used at once.
          writeFileSync(join(exporter.folder, 'secret-shop', 'token'), 'a-new-token');
          await exporter.metrics(paths[0]);
        },
        secrets,
      );
      expect(app.got).toMatchObject([
        {
          method: 'POST',
          body: '{"query": "status\u00e9"}\n',
          headers: {
            'x-who': 'metrics',
            'x-key': 'the-key',
            accept: 'application/vnd.shop+json',
            authorization: 'Bearer the-token',
          },
        },
        { method: 'GET', headers: { authorization: `Basic ${Buffer.from('me:the-password:x').toString('base64')}` } },
        { headers: { authorization: 'Bearer a-new-token' } },
      ]);
      expect(output).not.toMatch(/the-key|the-token|the-password/);
      expect(JSON.stringify(told((web) => PrometheusExporter.json(web, 'm', { modules })))).not.toMatch(
        /the-(key|token)/,
      );
    });

    test('whoever reaches the port can have a token sent to where he likes, as the documentation warns', async () => {
      const other = await new App().start();
      const authorization = JsonAuthorization.bearer({ name: 'shop', key: 'token' });
      await withExporter(
        [{ port: app.port, metrics: [n], authorization }],
        async (exporter) => {
          await exporter.get(`/probe?module=default&target=http://127.0.0.1:${other.port}/`);
        },
        { 'shop/token': 'the-token' },
      );
      await other.stop();
      expect(other.got).toMatchObject([{ headers: { authorization: 'Bearer the-token' } }]);
    });

    test('with TLS the certificate is verified, and its own is shown', async () => {
      const certificates = certificateFor('shop.example');
      const secrets = Object.fromEntries(Object.entries(certificates).map(([key, value]) => [`tls/${key}`, value]));
      const secure = await new App().start(certificates);
      const ways: Record<string, [PrometheusExporterTls | undefined, number]> = {
        right: [
          PrometheusExporterTls.verified({ serverName: 'shop.example', caSecret: 'tls', clientSecret: 'tls' }),
          200,
        ],
        unverified: [PrometheusExporterTls.unverified({ clientSecret: 'tls' }), 200],
        'wrong-name': [
          PrometheusExporterTls.verified({ serverName: 'other.example', caConfigMap: 'tls', clientSecret: 'tls' }),
          503,
        ],
        'unknown-authority': [PrometheusExporterTls.verified({ serverName: 'shop.example', clientSecret: 'tls' }), 503],
        'nothing-to-show': [PrometheusExporterTls.unverified(), 503],
        none: [undefined, 503],
      };
      const modules = Object.entries(ways).map(([name, [tls]]) => ({ name, port: secure.port, metrics: [n], tls }));
      await withExporter(
        modules,
        async (exporter, paths) => {
          for (const [index, [name, [, status]]] of Object.entries(ways).entries()) {
            expect([name, (await exporter.get(paths[index])).status]).toStrictEqual([name, status]);
          }
        },
        secrets,
      );
      await secure.stop();
    });

    /** A value as it should be, now and then one as it should not. */
    const mostly = <T>(good: fc.Arbitrary<T>, ...bad: T[]): fc.Arbitrary<T> =>
      fc.oneof({ weight: 24, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
    const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

    /** What a path can fail at because of the document, and only then. */
    const OF_THE_DOCUMENT =
      /is not found|is not array or slice|out of bounds|cannot be filtered|one element at a time|incompatible types|invalid type|not convertible/;
    /** What we refuse although the exporter makes something of it. */
    const READ_OTHERWISE =
      /read as more than a name|has no "\{end\}"|no JSONPath without braces|compares nothing|is nothing; write|end before it begins|ends before it begins|step that is not above|alone in its braces/;

    const piece = fc.constantFrom(
      ...['.n', '.items', '.a', '.b', '.id', '.numbers', '.gone', '.nothing', '.*', '..', '.', ' ', '@', '$', '\\.'],
      ...[
        '[0]',
        '[*]',
        '[-1]',
        '[0:2]',
        '[:1]',
        '[0,1]',
        '[::2]',
        '[1:0]',
        '[::0]',
        '[9]',
        '[',
        ']',
        '[]',
        '[-]',
        '[x]',
      ],
      ...["['n']", "['a.b']", "['a\\.b']", "['n','a']", '["n"]', "['']", "['a b']", "['a}b']"],
      ...[
        '[?(@.v>1)]',
        '[?(@.state=="UP")]',
        "[?(@.id=='one')]",
        '[?(@.v)]',
        '[?(@.v = 1)]',
        '[?(v==1)]',
        '[?(@.v=~1)]',
      ],
      ...[
        '[?(@.id==")")]',
        '[?(@.id=="a\\"b")]',
        '[?(',
        ')]',
        '[?(1==1)]',
        '[?(true)]',
        '[?(@.v<=-1.5)]',
        '[?(@.v!="}")]',
      ],
      ...['range ', 'end', 'true', 'false', 'word', '1', '-1.5', '+', '1.2.3', '9e9', '"x"', "'x'", '"\\n"', '"\\q"'],
      ...[
        '"\\""',
        "'\\''",
        "'\\\"'",
        '"\\x41"',
        '"\\u00e4"',
        '"\\101"',
        '"',
        "'",
        '\n',
        '\t',
        '\u00e9',
        '|',
        ',',
        '{',
        '}',
        '#',
      ],
    );
    const action = fc.array(piece, { maxLength: 5 }).map((pieces) => `{${pieces.join('')}}`);
    const jsonPath = fc
      .array(
        fc.oneof(
          { weight: 6, arbitrary: action },
          { weight: 1, arbitrary: fc.constantFrom('x', ' ', '{', '}', 'a.b') },
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((parts) => parts.join(''));

    test('JSONPaths that we take are taken, and those that it refuses are refused', async () => {
      const counts = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(jsonPath, { minLength: 20, maxLength: 20 }), async (paths) => {
          const exporter = await judged([
            { port: app.port, metrics: paths.map((path, index) => ({ name: `m${index}`, path })) },
          ]);
          for (const [index, path] of paths.entries()) {
            const label = [{ metrics: [{ name: 'm', path: '1', labels: { label: path } }] }];
            const problems = jsonModuleProblems(label);
            const failed = new RegExp(
              `msg="Failed to extract value for metric".* err=("(?:[^"\\\\]|\\\\.)*"|\\S+) metric="Desc\\{fqName: \\\\"m${index}\\\\"`,
            ).exec(exporter.output)?.[1];
            const isTaken = failed === undefined;
            if (isTaken) {
              expect([path, problems.filter((problem) => !READ_OTHERWISE.test(problem))]).toStrictEqual([path, []]);
            } else if (!OF_THE_DOCUMENT.test(failed)) {
              expect([path, failed, problems.length]).toStrictEqual([path, failed, 1]);
            }
            counts.taken += isTaken && problems.length === 0 ? 1 : 0;
            counts.refused += failed !== undefined && !OF_THE_DOCUMENT.test(failed) ? 1 : 0;
          }
        }),
        { numRuns },
      );
      expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(100);
    }, 1_200_000);

    /** Lets the exporter read modules, and asks for each of them. */
    async function judged(
      modules: readonly JsonModule[],
    ): Promise<{ readonly output: string; readonly answers: readonly { status: number; body: string }[] }> {
      const metricsPort = await freePort();
      const config = renderJsonModules(modules);
      const files = { 'config.yml': config };
      const checked = withFolder((folder) => {
        writeFileSync(join(folder, 'config.yml'), config);
        return spawnSync(program, ['--config.check', `--config.file=${folder}/config.yml`], { encoding: 'utf8' });
      });
      if (checked.status !== 0) {
        return { output: checked.stderr, answers: [] };
      }
      const args = ['--config.file=/etc/json-exporter/config.yml', `--web.listen-address=127.0.0.1:${metricsPort}`];
      const exporter = new Running(program, { args, env: [], files, secretFiles: {}, metricsPort, metricsPaths: [] });
      const answers: { status: number; body: string }[] = [];
      try {
        await exporter.started();
        for (const { name = 'default', port, path = '/' } of modules) {
          const target = encodeURIComponent(`http://127.0.0.1:${port ?? 0}${path}`);
          // It ends the connection where it cannot make sense of the metrics.
          answers.push(
            await exporter
              .get(`/probe?module=${encodeURIComponent(name)}&target=${target}`)
              .catch((error: unknown) => ({ status: 0, body: String(error) })),
          );
        }
      } finally {
        await exporter.stop();
      }
      return { output: exporter.output, answers };
    }

    const text = mostly(
      fc.constantFrom(
        'plain',
        'no',
        '1e3',
        '~',
        '- x',
        'a: b',
        '#',
        '"',
        '\\',
        '\u00e4',
        '100%',
        '{.text}',
        'planet-{.text}',
        '',
      ),
      ...['{', '{text}', '.text', '{end}', 'a\nb'],
    );
    const number = mostly(
      fc.constantFrom('{.n}', '{.flag}', '{ .items[0].v }', '1', '-2.5e3', '{7}', "{['a\\.b']}"),
      ...['.n', '{.n', '{n}', '{.n}%', ' {.n}', '{"x"}', '', 'x', '{.n}{.n}'],
    );
    const objects = mostly(fc.constantFrom('{.items[*]}', '{.a}'), '.a', '{.a', '{a}', '1', '', '{.a}{.a}', '{.a} ');
    const value = mostly(fc.constantFrom('1', '{2}', '{true}'), '{', '', 'x', '{x}', ' 1');
    const label = mostly(fc.constantFrom('a', 'B9', 'on', 'null', 'y', 'le', 'x_'), '__x', 'a-b', '1', '', '\u00e4');
    const name = mostly(fc.constantFrom('a', 'b', 'c_d', 'e', 'on'), '1a', 'a-b', '', '\u00e4');
    const metric: fc.Arbitrary<JsonMetric> = fc
      .record({
        isObjects: fc.boolean(),
        name,
        number,
        objects,
        labels: fc.dictionary(label, text, { maxKeys: 2 }),
        values: mostly(
          fc.dictionary(mostly(fc.constantFrom('v', 'd', '9'), '', 'a-b'), value, { minKeys: 1, maxKeys: 2 }),
          {},
        ),
        help: rarely(mostly(fc.constantFrom('Help', 'a "b" \\ c', 'on'), '', 'a\nb')),
        valueType: rarely(fc.constantFrom(...Object.values(JsonValueType))),
      })
      .map(({ isObjects, number: path, objects: found, values, ...rest }) =>
        isObjects
          ? { ...rest, path: found, values, labels: { ...onObjects(rest.labels), each: '{.id}' } }
          : { ...rest, path },
      );
    /** What each of the objects has. */
    function onObjects(labels: Readonly<Record<string, string>>): Record<string, string> {
      return Object.fromEntries(Object.entries(labels).map(([key, path]) => [key, path.replace('{.text}', '{.id}')]));
    }

    const header = mostly(fc.constantFrom('X-A', 'x-a', 'X-B'), 'a b', '', 'Host', 'Content-Length', '\u00e4');
    const module: fc.Arbitrary<JsonModule> = fc.record({
      metrics: mostly(fc.array(metric, { minLength: 1, maxLength: 3 }), []),
      headers: rarely(fc.dictionary(header, mostly(fc.constantFrom('v', 'a b', ''), 'a\nb', ' a'), { maxKeys: 2 })),
      statuses: rarely(mostly<number[]>(fc.constantFrom([200], [200, 204]), [])),
      body: rarely(mostly(fc.constantFrom('{}', 'a\n\tb: "\u00e4"', 'no'), '', '\u0000')),
    });

    /** What the exporter takes and then does otherwise, or what another Prometheus would not read. */
    const ONLY_OURS = new RegExp(
      `${READ_OTHERWISE.source}|nothing around it|at least one|is not empty|not beginning with a digit|beginning with no digit|` +
        'give letters, digits and "_"|sends as it has to|is given twice|control characters|blanks around|no name of a header|a text$',
    );

    test('modules that we take are taken, and those that it refuses are refused', async () => {
      const counts = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(module, async (given) => {
          const modules = [{ ...given, port: app.port }];
          const misshapen = JSON_MODULES(modules, 'modules');
          const problems = misshapen.length > 0 ? misshapen : jsonModuleProblems(modules);
          const { output, answers } = await judged(modules);
          const isTaken = answers.length === 1 && answers[0].status === 200 && !output.includes('level=ERROR');
          if (isTaken) {
            expect(problems.filter((problem) => !ONLY_OURS.test(problem))).toStrictEqual([]);
          } else {
            expect([
              problems.length > 0,
              problems.length > 0 ? '' : `${output}${JSON.stringify(answers)}`,
            ]).toStrictEqual([true, '']);
          }
          counts.taken += problems.length === 0 ? 1 : 0;
          counts.refused += isTaken ? 0 : 1;
        }),
        { numRuns },
      );
      expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(numRuns / 10);
    }, 1_200_000);

    test('a label says what it was given, whatever YAML would make of that', async () => {
      const plain = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => !/[\p{Cc}\p{Cs}{}]/u.test(one));
      const words = fc.oneof(
        plain,
        fc.constantFrom('yes', 'null', '~', '0x10', '1_000', '=', '<<', '2001-01-01', '- a'),
      );
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(words, { minLength: 1, maxLength: 10 }), async (labels) => {
          const metrics = labels.map((one, index) => ({
            name: 'm',
            path: '1',
            labels: { index: `${index}`, text: one },
          }));
          const sound = metrics.filter((one) => JSON_MODULES([{ metrics: [one] }], '').length === 0);
          fc.pre(sound.length > 0 && jsonModuleProblems([{ metrics: sound }]).length === 0);
          const { answers } = await judged([{ port: app.port, metrics: sound }]);
          const seen = new Map(
            [...answers[0].body.matchAll(/^m\{index="(\d+)",text="((?:[^"\\]|\\.)*)"\} 1$/gm)].map(
              ([, index, quoted]) => [
                index,
                quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
              ],
            ),
          );
          for (const one of sound) {
            expect(seen.get(one.labels.index)).toBe(withoutQuotes(one.labels.text));
          }
        }),
        { numRuns },
      );
    }, 1_200_000);

    /** The exporter takes quotes off that are around all of a text. */
    function withoutQuotes(given: string): string {
      return /^(["'])(.*)\1$/.test(given) && given.length > 1 ? given.slice(1, -1) : given;
    }
  },
  INSTALL,
);
