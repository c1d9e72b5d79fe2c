import { ChildProcess, ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import {
  OpenTelemetryHeader,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetryPipeline,
  OpenTelemetryTls,
  OpenTelemetryTransformation,
  SharedVolume,
  VolumeWriter,
} from '../../../lib';
import {
  CompleteOpenTelemetrySettings,
  environmentOf,
  renderOpenTelemetryConfig,
} from '../../../lib/ready-made/open-telemetry/open-telemetry-config';
import { openTelemetryProblems } from '../../../lib/ready-made/open-telemetry/open-telemetry-problems';
import { freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';

const complete = { serviceName: 'shop', memory: 256 };
const stdout = OpenTelemetryOutput.stdout();
const otlp = OpenTelemetryInput.otlp();

const POD = {
  K8S_NAMESPACE_NAME: 'shop-namespace',
  K8S_POD_NAME: '1e5', // which YAML would read as a number
  K8S_POD_UID: 'e6b1',
  K8S_NODE_NAME: 'node-1',
};

type Attributes = Record<string, unknown>;
interface Value {
  stringValue?: string;
  intValue?: string;
  doubleValue?: number;
  boolValue?: boolean;
}
interface Keyed {
  key: string;
  value: Value;
}
interface Record_ {
  body?: Value;
  severityNumber?: number;
  severityText?: string;
  attributes?: Keyed[];
}
interface Batch {
  resourceLogs?: { resource: { attributes: Keyed[] }; scopeLogs: { logRecords: Record_[] }[] }[];
  resourceMetrics?: { resource: { attributes: Keyed[] }; scopeMetrics: { metrics: Metric[] }[] }[];
}
interface Metric {
  name: string;
  sum?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
}
interface Point {
  asDouble?: number;
  attributes?: Keyed[];
}
interface Entry {
  body: unknown;
  severity?: number;
  attributes: Attributes;
  resource: Attributes;
}

function attributesOf(list: Keyed[] = []): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function entriesIn(batches: Batch[]): Entry[] {
  return batches.flatMap(({ resourceLogs = [] }) =>
    resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ body = {}, severityNumber, attributes }) => {
          // The name of the file, which is that of a temporary folder.
          const { 'log.file.name': _, ...rest } = attributesOf(attributes);
          return {
            body: Object.values(body)[0] as unknown,
            ...(severityNumber && { severity: severityNumber }),
            attributes: rest,
            resource: attributesOf(resource.attributes),
          };
        }),
      ),
    ),
  );
}

describeWithProgram(
  'otelcol-0.160.0',
  (program) => {
    let folder: string;
    const processes: ChildProcess[] = [];
    const servers: Server[] = [];

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'collector-'));
      mkdirSync(join(folder, 'state'));
      mkdirSync(join(folder, 'logs'));
    });

    afterEach(async () => {
      for (const child of processes.splice(0)) {
        if (child.exitCode === null && child.signalCode === null) {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }
      }
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(folder, { recursive: true });
    });

    /** The configuration as it is but for the folder of the state, which is another one here. */
    const write = (config: string): string => {
      const file = join(folder, 'config.yaml');
      writeFileSync(file, config.replaceAll('/var/lib/otelcol', join(folder, 'state')));
      return file;
    };

    const variables = (settings: CompleteOpenTelemetrySettings): NodeJS.ProcessEnv =>
      Object.fromEntries(
        environmentOf(settings)
          .filter(({ valueFrom }) => valueFrom)
          .map(({ name }) => [name, 'x']),
      );

    /** What the collector says of a configuration: nothing if it takes it. */
    const verdict = (config: string, env: NodeJS.ProcessEnv): string => {
      const { status, stderr } = spawnSync(program, ['validate', `--config=${write(config)}`], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return status === 0 ? '' : stderr;
    };

    /** A running collector, and what it gives out on its standard output. */
    class Collector {
      public readonly batches: Batch[] = [];
      private readonly child: ChildProcessByStdio<null, Readable, Readable>;
      public log = '';

      public constructor(settings: CompleteOpenTelemetrySettings, env: NodeJS.ProcessEnv = {}) {
        expect(openTelemetryProblems(settings)).toStrictEqual([]);
        const config = write(renderOpenTelemetryConfig(settings));
        // What Node.js gives as stdout is a socket, which cannot be opened again by its name; that of a container is a pipe.
        this.child = spawn('bash', ['-c', 'exec "$0" "$@" > >(cat)', program, `--config=${config}`], {
          env: { ...process.env, ...POD, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        processes.push(this.child);
        createInterface({ input: this.child.stdout }).on('line', (line) => {
          this.batches.push(JSON.parse(line) as Batch);
        });
        this.child.stderr.on('data', (data: Buffer) => {
          this.log += data.toString();
        });
      }

      public async until(what: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
        const end = Date.now() + seconds * 1000;
        while (!(await what())) {
          if (Date.now() > end || this.child.exitCode !== null) {
            throw new Error(`it did not come to ${what.toString()}:\n${this.log}`);
          }
          await sleep(50);
        }
      }

      public async entries(count: number): Promise<Entry[]> {
        await this.until(() => entriesIn(this.batches).length >= count);
        return entriesIn(this.batches);
      }

      /** Ends it as the kubelet does, and tells how that went. */
      public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; milliseconds: number }> {
        const start = Date.now();
        const exited = once(this.child, 'exit');
        this.child.kill(signal);
        const [code] = (await exited) as [number | null];
        return { code, milliseconds: Date.now() - start };
      }
    }

    const logFolder = () => SharedVolume.emptyDir('logs').at(join(folder, 'logs'));
    const logFile = (): string => join(folder, 'logs/app.log');
    const reading = async (
      transformations: OpenTelemetryTransformation[],
      ...healthPort: number[]
    ): Promise<CompleteOpenTelemetrySettings> => ({
      ...complete,
      healthPort: healthPort.at(0) ?? (await freePort()),
      logs: [{ inputs: [OpenTelemetryInput.files(logFolder())], transformations, outputs: [stdout] }],
    });

    /** A server that takes OTLP over HTTP as JSON or Protobuf, and keeps what came. */
    const receiver = async (
      answer: (path: string) => number = () => 200,
    ): Promise<{ url: string; seen: { path: string; headers: NodeJS.Dict<string | string[]> }[] }> => {
      const seen: { path: string; headers: NodeJS.Dict<string | string[]> }[] = [];
      const server = createServer((request, response) => {
        request.resume().on('end', () => {
          seen.push({ path: request.url ?? '', headers: request.headers });
          response.writeHead(answer(request.url ?? '')).end();
        });
      });
      servers.push(server);
      await listening(server);
      return { url: `http://127.0.0.1:${portOf(server)}`, seen };
    };

    describe('logs', () => {
      test('a line in a file comes out as OTLP/JSON with the pod it is from', async () => {
        writeFileSync(logFile(), 'hello\n');

        const collector = new Collector({
          ...(await reading([])),
          resourceAttributes: { 'deployment.environment.name': 'a "$HOME" \\ ${env:HOME}' },
        });

        expect(await collector.entries(1)).toStrictEqual([
          {
            body: 'hello',
            attributes: {},
            resource: {
              'k8s.namespace.name': 'shop-namespace',
              'k8s.pod.name': '1e5',
              'k8s.pod.uid': 'e6b1',
              'k8s.node.name': 'node-1',
              'deployment.environment.name': 'a "$HOME" \\ ${env:HOME}',
              'service.name': 'shop',
            },
          },
        ]);
      }, 120_000);

      test('what is rotated away is read to its end, and what is new from its beginning', async () => {
        writeFileSync(logFile(), 'one\n');
        const collector = new Collector(await reading([]));
        await collector.entries(1);

        appendFileSync(logFile(), 'two\n');
        renameSync(logFile(), join(folder, 'logs/app.log.1'));
        writeFileSync(logFile(), 'three\n');

        expect((await collector.entries(3)).map(({ body }) => body).sort()).toStrictEqual(['one', 'three', 'two']);
      }, 120_000);

      test('an entry of several lines is one', async () => {
        writeFileSync(logFile(), '2026 Error\n  at a\n  at b\n2026 next\n');
        const input = OpenTelemetryInput.files(logFolder(), { entryStart: '^\\d{4} ' });
        const collector = new Collector({
          ...complete,
          healthPort: await freePort(),
          logs: [{ inputs: [input], outputs: [stdout] }],
        });

        expect((await collector.entries(2)).map(({ body }) => body)).toStrictEqual([
          '2026 Error\n  at a\n  at b',
          '2026 next',
        ]);
      }, 120_000);

      test('a collector that is killed goes on where it was, and no line is missing', async () => {
        const count = 5000;
        const lines = Array.from({ length: count }, (_, index) => `line ${index}`);
        const settings = await reading([]);
        const first = new Collector(settings);
        writeFileSync(logFile(), '');
        for (const line of lines.slice(0, count / 2)) {
          appendFileSync(logFile(), `${line}\n`);
        }
        await first.entries(100);
        await first.stop('SIGKILL');
        for (const line of lines.slice(count / 2)) {
          appendFileSync(logFile(), `${line}\n`);
        }
        const second = new Collector(settings);
        await second.until(() => entriesIn(second.batches).some(({ body }) => body === lines[count - 1]));

        const came = new Set(entriesIn([...first.batches, ...second.batches]).map(({ body }) => body));
        expect(lines.filter((line) => !came.has(line))).toStrictEqual([]);
      }, 180_000);

      test('while the other side is down lines wait in their file, and come when it is up', async () => {
        let up = false;
        const { url, seen } = await receiver(() => (up ? 200 : 503));
        writeFileSync(logFile(), 'hello\n');
        const collector = new Collector({
          ...complete,
          healthPort: await freePort(),
          logs: [{ inputs: [OpenTelemetryInput.files(logFolder())], outputs: [OpenTelemetryOutput.loki(url)] }],
        });
        await collector.until(() => seen.length >= 2);
        up = true;
        const failed = seen.length;

        await collector.until(() => seen.length > failed);
        expect(seen.at(-1)).toMatchObject({ path: '/otlp/v1/logs' });
      }, 120_000);
    });

    describe('transformations', () => {
      test('JSON is parsed, renamed, dropped and hashed, and what is none is kept and marked', async () => {
        writeFileSync(
          logFile(),
          [
            '{"msg":"paid","level":"WARN","user":{"mail":"a@b.example","age":41},"password":"p$1"}',
            'no JSON',
            '[1]',
            '',
          ].join('\n'),
        );
        const collector = new Collector(
          await reading([
            OpenTelemetryTransformation.parseJson({ message: 'msg' }),
            OpenTelemetryTransformation.severity('level'),
            OpenTelemetryTransformation.rename('user.age', 'age$'),
            OpenTelemetryTransformation.drop('password'),
            OpenTelemetryTransformation.hash('user.mail'),
          ]),
        );

        const entries = (await collector.entries(3)).map(({ resource: _, ...entry }) => entry);
        expect(entries).toStrictEqual([
          {
            body: 'paid',
            severity: 13,
            attributes: {
              'user.mail': createHash('sha256').update('a@b.example').digest('hex'),
              age$: 41,
            },
          },
          { body: 'no JSON', attributes: { 'parse.error': 'no JSON object' } },
          { body: '[1]', attributes: { 'parse.error': 'no JSON object' } },
        ]);
      }, 120_000);

      test('without a message the body of what was parsed is empty, so that nothing is in clear that was hashed', async () => {
        writeFileSync(logFile(), '{"mail":"a@b.example"}\n');
        const collector = new Collector(
          await reading([OpenTelemetryTransformation.parseJson(), OpenTelemetryTransformation.hash('mail')]),
        );

        const [entry] = await collector.entries(1);
        expect(JSON.stringify(entry)).not.toContain('a@b.example');
        expect(entry.body ?? '').toBe('');
      }, 120_000);

      test('a regular expression names attributes, and what does not match is kept and marked', async () => {
        writeFileSync(logFile(), '10.0.0.1 "GET /a$ HTTP/1.1" 200\nnothing of the kind\n');
        const collector = new Collector(
          await reading([
            OpenTelemetryTransformation.parseRegex(
              '^(?P<ip>\\S+) "(?P<method>[A-Z]+) (?P<path>\\S+) [^"]*" (?P<status>\\d+)$',
              {
                keepBody: true,
              },
            ),
          ]),
        );

        expect((await collector.entries(2)).map(({ body, attributes }) => ({ body, attributes }))).toStrictEqual([
          {
            body: '10.0.0.1 "GET /a$ HTTP/1.1" 200',
            attributes: { ip: '10.0.0.1', method: 'GET', path: '/a$', status: '200' },
          },
          { body: 'nothing of the kind', attributes: { 'parse.error': 'no match' } },
        ]);
      }, 120_000);

      test('what matches is dropped, at its place in the order', async () => {
        writeFileSync(logFile(), '{"path":"/healthz","n":1}\n{"path":"/healthz/more","n":2}\n{"n":3}\n');
        const collector = new Collector(
          await reading([
            OpenTelemetryTransformation.parseJson(),
            OpenTelemetryTransformation.rename('path', 'url.path'),
            OpenTelemetryTransformation.dropMatching('url.path', '^/healthz$'),
          ]),
        );

        expect((await collector.entries(2)).map(({ attributes }) => attributes)).toStrictEqual([
          { 'url.path': '/healthz/more', n: 2 },
          { n: 3 },
        ]);
      }, 120_000);
    });

    test.each(['123: {a', '1e5', 'null', 'a$b', '"', '# a', '[', 'a\\n'])(
      'a header from a Secret with the value %s arrives as it is',
      async (value) => {
        const { url, seen } = await receiver();
        writeFileSync(logFile(), 'hello\n');
        const headers = {
          authorization: OpenTelemetryHeader.fromSecret('otlp', 'token', 'Bearer '),
          'x-token': OpenTelemetryHeader.fromSecret('otlp', 'token'),
          'x-price': OpenTelemetryHeader.of('$5 ${env:HOME}'),
          'x-number': OpenTelemetryHeader.of('1_000'),
        };
        const collector = new Collector(
          {
            ...complete,
            healthPort: await freePort(),
            logs: [
              {
                inputs: [OpenTelemetryInput.files(logFolder())],
                outputs: [OpenTelemetryOutput.otlpHttp(url, { headers })],
              },
            ],
          },
          { OUTPUT_0_AUTHORIZATION: value, OUTPUT_0_X_TOKEN: value },
        );

        await collector.until(() => seen.length > 0);
        expect(seen[0].headers).toMatchObject({
          authorization: `Bearer ${value}`,
          'x-token': value,
          'x-price': '$5 ${env:HOME}',
          'x-number': '1_000',
        });
      },
      120_000,
    );

    describe('metrics', () => {
      const METRICS = '# TYPE requests_total counter\nrequests_total{path="/a",user="me"} 3\n';

      const exporter = async (): Promise<number> => {
        const server = createServer((_, response) => {
          response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(METRICS);
        });
        servers.push(server);
        await listening(server);
        return portOf(server);
      };

      test('an endpoint is scraped, and its series are those of this pod', async () => {
        const port = await exporter();
        const collector = new Collector({
          ...complete,
          healthPort: await freePort(),
          metrics: [
            {
              inputs: [OpenTelemetryInput.scrape({ port, interval: Duration.seconds(1) })],
              transformations: [OpenTelemetryTransformation.drop('user')],
              outputs: [stdout],
            },
          ],
        });

        const found = (): { attributes: Attributes; resource: Attributes; value?: number }[] =>
          collector.batches.flatMap(({ resourceMetrics = [] }) =>
            resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
              scopeMetrics
                .flatMap(({ metrics }) => metrics)
                .filter(({ name }) => name === 'requests_total')
                .flatMap(({ sum }) => sum?.dataPoints ?? [])
                .map(({ attributes, asDouble }) => ({
                  attributes: attributesOf(attributes),
                  resource: attributesOf(resource.attributes),
                  value: asDouble,
                })),
            ),
          );
        await collector.until(() => found().length > 0);
        expect(found()[0]).toMatchObject({
          attributes: { path: '/a' },
          resource: { 'service.name': 'shop', 'service.instance.id': `1e5:${port}`, 'k8s.pod.name': '1e5' },
          value: 3,
        });
        expect(found()[0].attributes).toStrictEqual({ path: '/a' });
      }, 120_000);

      test('what is scraped is sent on by OTLP to another collector, with a header from the environment', async () => {
        const port = await exporter();
        const { url, seen } = await receiver();
        const collector = new Collector(
          {
            ...complete,
            healthPort: await freePort(),
            metrics: [
              {
                inputs: [OpenTelemetryInput.scrape({ port, interval: Duration.seconds(1) })],
                outputs: [
                  OpenTelemetryOutput.otlpHttp(url, {
                    headers: {
                      authorization: OpenTelemetryHeader.fromSecret('otlp', 'token', 'Bearer '),
                      'x-price': OpenTelemetryHeader.of('$5 ${env:HOME}'),
                    },
                  }),
                ],
              },
            ],
          },
          { OUTPUT_0_AUTHORIZATION: '123: {a' },
        );

        await collector.until(() => seen.length > 0);
        expect(seen[0].path).toBe('/v1/metrics');
        expect(seen[0].headers).toMatchObject({ authorization: 'Bearer 123: {a', 'x-price': '$5 ${env:HOME}' });
      }, 120_000);

      test('one collector sends on to another one over gRPC', async () => {
        const port = await exporter();
        const [grpcPort, httpPort] = [await freePort(), await freePort()];
        const gateway = new Collector({
          ...complete,
          healthPort: await freePort(),
          metrics: [{ inputs: [OpenTelemetryInput.otlp({ grpcPort, httpPort })], outputs: [stdout] }],
        });
        new Collector({
          ...complete,
          healthPort: await freePort(),
          metrics: [
            {
              inputs: [OpenTelemetryInput.scrape({ port, interval: Duration.seconds(1) })],
              outputs: [OpenTelemetryOutput.otlp(`127.0.0.1:${grpcPort}`, { tls: OpenTelemetryTls.plaintext() })],
            },
          ],
        });

        await gateway.until(() => JSON.stringify(gateway.batches).includes('requests_total'));
      }, 120_000);
    });

    describe('health, metrics of its own, and its end', () => {
      test('it answers the probe, gives out its own metrics where asked for, and ends within seconds', async () => {
        const [healthPort, metricsPort] = [await freePort(), await freePort()];
        writeFileSync(logFile(), 'hello\n');
        const collector = new Collector({ ...(await reading([], healthPort)), metricsPort });
        await collector.entries(1);

        expect((await fetch(`http://127.0.0.1:${healthPort}/`)).status).toBe(200);
        expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain(
          'otelcol_receiver_accepted_log_records',
        );
        const { code, milliseconds } = await collector.stop();
        expect(code).toBe(0);
        expect(milliseconds).toBeLessThan(10_000);
      }, 120_000);

      test('it ends within seconds although nobody takes what it has', async () => {
        const port = await freePort();
        writeFileSync(logFile(), 'hello\n'.repeat(1000));
        const pipeline = {
          outputs: [OpenTelemetryOutput.otlp(`127.0.0.1:${port}`, { tls: OpenTelemetryTls.plaintext() })],
        };
        const collector = new Collector({
          ...complete,
          healthPort: await freePort(),
          logs: [{ ...pipeline, inputs: [OpenTelemetryInput.files(logFolder())] }],
        });
        await collector.until(() => collector.log.includes('Exporting failed'));

        const { milliseconds } = await collector.stop();
        expect(milliseconds).toBeLessThan(20_000);
      }, 120_000);
    });

    describe('what it takes', () => {
      test('settings of all sorts that have no problem for us have none for the collector', () => {
        const all = fc.sample(settingsOfAllSorts(), { numRuns: 1000, seed: 1 });
        // Many at once, because a start takes longer than a judgement; who is refused has its number in its name.
        for (let first = 0; first < all.length; first += 50) {
          const list = all.slice(first, first + 50);
          const env = Object.fromEntries(list.flatMap((settings) => Object.entries(variables(settings))));
          expect(verdict(together(list.map(renderOpenTelemetryConfig)), env)).toBe('');
        }
      }, 600_000);

      test.each<[string, OpenTelemetryPipeline, string]>([
        ['a pattern with a look-ahead', changed(OpenTelemetryTransformation.parseRegex('(?P<a>x)(?=y)')), 'logs'],
        ['a pattern that is not closed', changed(OpenTelemetryTransformation.dropMatching('a', '[')), 'logs'],
        ['nothing in', { inputs: [], outputs: [stdout] }, 'logs'],
        ['nothing out', { inputs: [otlp], outputs: [] }, 'logs'],
        [
          'a scrape that takes longer than its interval',
          {
            inputs: [
              OpenTelemetryInput.scrape({ port: 1, interval: Duration.seconds(1), timeout: Duration.seconds(2) }),
            ],
            outputs: [stdout],
          },
          'metrics',
        ],
        ['an endpoint without a port', { inputs: [otlp], outputs: [OpenTelemetryOutput.otlp('gateway')] }, 'traces'],
      ])('%s is refused by both', (_, pipeline, signal) => {
        const settings = { ...complete, [signal]: [pipeline] };

        expect(openTelemetryProblems(settings)).not.toStrictEqual([]);
        expect(verdict(renderOpenTelemetryConfig(settings), variables(settings))).not.toBe('');
      });
    });
  },
  'go build in test/support/otelcol, see .ci/run',
);

function changed(transformation: OpenTelemetryTransformation): OpenTelemetryPipeline {
  return { inputs: [otlp], transformations: [transformation], outputs: [stdout] };
}

/** Many configurations as one, which is judged in one go: each component gets the number of its configuration. */
function together(configs: string[]): string {
  interface Config {
    [kind: string]: Record<string, unknown>;
  }
  const all: Config = { extensions: {}, receivers: {}, processors: {}, exporters: {} };
  const extensions: string[] = [];
  const pipelines: Record<string, unknown> = {};
  for (const [index, text] of configs.entries()) {
    const config = parse(text) as Config;
    const numbered = (id: string): string => `${id}${id.includes('/') ? '-' : '/'}${index}x`;
    for (const kind of Object.keys(all)) {
      for (const [id, component] of Object.entries(config[kind])) {
        all[kind][numbered(id)] =
          kind === 'receivers' && (component as Record<string, unknown>).storage
            ? { ...(component as object), storage: numbered('file_storage') }
            : component;
      }
    }
    extensions.push(...(config.service.extensions as string[]).map(numbered));
    for (const [id, pipeline] of Object.entries(config.service.pipelines as Record<string, Record<string, string[]>>)) {
      pipelines[numbered(id)] = Object.fromEntries(
        Object.entries(pipeline).map(([kind, ids]) => [kind, ids.map(numbered)]),
      );
    }
  }
  return stringify(
    { ...all, service: { extensions, telemetry: { metrics: { level: 'none' } }, pipelines } },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

function settingsOfAllSorts(): fc.Arbitrary<CompleteOpenTelemetrySettings> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const port = fc.integer({ min: 1, max: 65535 });
  const words = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(text));
  const name = fc.oneof(
    words,
    fc.constantFrom('a.b', '$', '${env:X}', '"', '\\', "'", '%s', '1e5', 'null', '# a', ': '),
  );
  const object = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
  const host = fc.oneof(
    fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,5})?$/),
    fc.ipV4().filter((address) => !/^[0.]+$/.test(address)),
    fc
      .ipV6()
      .filter((address) => !/^[0:.]+$/.test(address))
      .map((address) => `[${address}]`),
  );
  const path = fc.stringMatching(/^\/[A-Za-z0-9._-]{0,8}(\/[a-z]{1,5})?$/);
  const pattern = fc
    .stringMatching(/^[A-Za-z0-9._@+=,~ *?-]{1,8}$/)
    .filter((text) => !/^\.{1,2}$|.\*\*|\*\*./.test(text));
  const regex = fc.constantFrom('^a$', '\\d+', '(?i)x|y', '[^"$]*', '\\p{Han}', 'a{2,3}', '\\Qa.b\\E', '"', '/');
  const header = fc.oneof(
    fc.stringMatching(/^[!-~]([ -~]{0,8}[!-~])?$/).map((value) => OpenTelemetryHeader.of(value)),
    fc.tuple(object, object).map(([secret, key]) => OpenTelemetryHeader.fromSecret(secret, key, 'Bearer ')),
  );
  const headers = fc.dictionary(
    fc.stringMatching(/^x-[a-z0-9_.-]{0,8}[a-km-z]$/).filter((one) => !one.endsWith('-bin')),
    header,
    {
      maxKeys: 2,
      noNullPrototype: true,
    },
  );
  const tls = fc.oneof(
    fc.constantFrom(OpenTelemetryTls.unverified(), OpenTelemetryTls.verified()),
    fc.constant(OpenTelemetryTls.verified({ serverName: 'a.example' })),
  );
  const share = fc.constant(SharedVolume.emptyDir('logs').at('/var/log/app/'));
  const files = fc
    .tuple(
      share,
      fc.record({
        include: optional(fc.array(pattern, { minLength: 1, maxLength: 3 })),
        exclude: optional(fc.array(pattern, { maxLength: 3 })),
        entryStart: optional(regex),
        onlyNew: optional(fc.boolean()),
      }),
    )
    .map(([folder, options]) => OpenTelemetryInput.files(folder, options));
  const otlpInput = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 20_000, max: 29_999 }), { minLength: 2, maxLength: 2 }),
      optional(fc.constantFrom('127.0.0.1', '::1', '0.0.0.0', '::')),
    )
    .map(([[grpcPort, httpPort], listenAddress]) => OpenTelemetryInput.otlp({ grpcPort, httpPort, listenAddress }));
  const scrape = fc
    .record({
      port: fc.integer({ min: 1, max: 9999 }),
      path: optional(path),
      interval: optional(fc.integer({ min: 1000, max: 1e6 }).map((millis) => Duration.millis(millis))),
      timeout: optional(fc.integer({ min: 1, max: 1000 }).map((millis) => Duration.millis(millis))),
      job: optional(name),
    })
    .map((options) => OpenTelemetryInput.scrape(options));
  const sending = fc.record({ headers: optional(headers), tls: optional(tls) });
  const target = fc.tuple(host, port);
  const url = fc
    .tuple(target, fc.constantFrom('', '/', '/a/b'))
    .map(([[at, on], rest]) => `https://${at}:${on}${rest}`);
  const anyOutput = fc.oneof(
    fc.tuple(target, sending).map(([[at, on], options]) => OpenTelemetryOutput.otlp(`${at}:${on}`, options)),
    fc.tuple(url, sending).map(([to, options]) => OpenTelemetryOutput.otlpHttp(to, options)),
    fc.constant(stdout),
    fc
      .tuple(fc.uuid(), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
      .map(([file, maxMegabytes, maxBackups]) =>
        OpenTelemetryOutput.file(SharedVolume.emptyDir('out').at('/out', { writer: VolumeWriter.HELPER }), file, {
          maxMegabytes,
          maxBackups,
        }),
      ),
  );
  const loki = fc
    .tuple(url, sending, optional(fc.constantFrom('tenant', 'a|b', '$1')))
    .map(([to, options, tenant]) => OpenTelemetryOutput.loki(to, { ...options, tenant }));
  const change = fc.oneof(
    fc
      .tuple(name, name)
      .filter(([from, to]) => from !== to)
      .map(([from, to]) => OpenTelemetryTransformation.rename(from, to)),
    name.map((attribute) => OpenTelemetryTransformation.drop(attribute)),
    name.map((attribute) => OpenTelemetryTransformation.hash(attribute)),
    fc.tuple(name, regex).map(([attribute, match]) => OpenTelemetryTransformation.dropMatching(attribute, match)),
  );
  const parsing = fc.oneof(fc.record({ message: optional(name) }), fc.record({ keepBody: optional(fc.boolean()) }));
  const logChange = fc.oneof(
    change,
    name.map((attribute) => OpenTelemetryTransformation.severity(attribute)),
    parsing.map((options) => OpenTelemetryTransformation.parseJson(options)),
    fc
      .tuple(regex, parsing)
      .map(([match, options]) => OpenTelemetryTransformation.parseRegex(`(?P<a>x)(?<b>${match})`, options)),
  );
  const pipeline = (
    input: fc.Arbitrary<OpenTelemetryInput>,
    output: fc.Arbitrary<OpenTelemetryOutput>,
    transformation: fc.Arbitrary<OpenTelemetryTransformation>,
  ): fc.Arbitrary<OpenTelemetryPipeline[]> =>
    fc.array(
      fc.record({
        inputs: input.map((one) => [one]),
        transformations: optional(fc.array(transformation, { maxLength: 5 })),
        outputs: fc.uniqueArray(output, { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    );
  const common = fc.record({
    serviceName: name,
    memory: fc.integer({ min: 96, max: 4096 }),
    resourceAttributes: optional(fc.dictionary(name, name, { maxKeys: 3, noNullPrototype: true })),
    metricsPort: optional(fc.constant(10_001)),
  });
  return fc
    .tuple(
      common,
      optional(pipeline(files, fc.oneof(anyOutput, loki), logChange)),
      optional(pipeline(scrape, anyOutput, change)),
      optional(pipeline(otlpInput, anyOutput, change)),
    )
    .map(([settings, logs, metrics, traces]) => ({ ...settings, logs, metrics, traces }))
    .filter((settings) => openTelemetryProblems(settings).length === 0);
}
