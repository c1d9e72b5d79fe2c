import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Duration } from 'cdk8s';
import {
  HeaderValue,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetryPipeline,
  OpenTelemetryTls,
  OpenTelemetryTlsOptions,
  OpenTelemetryTransformation,
  SharedVolume,
  VolumeWriter,
} from '../../../lib';
import { freePort } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { run, withFolder } from '../../support/project';
import { Certificate, Collector, INSTALL, Item, OTELCOL, Sandbox } from './engine';

/** What collectors do with the configurations that are generated for them. */

const stdout = OpenTelemetryOutput.stdout();
const plaintext = OpenTelemetryTls.plaintext();

const told = (items: readonly Item[]): unknown[] => items.map(({ what }) => what);
const withoutResource = (items: readonly Item[]): object[] => items.map(({ resource: _, ...rest }) => rest);

describeWithProgram(
  OTELCOL,
  (program) => {
    let sandbox: Sandbox;

    beforeEach(() => {
      sandbox = new Sandbox(program);
    });

    afterEach(async () => {
      await sandbox.close();
    });

    const files = (): OpenTelemetryInput => OpenTelemetryInput.files(sandbox.logs);
    const write = (...lines: string[]): void => {
      appendFileSync(sandbox.logFile, lines.map((line) => `${line}\n`).join(''));
    };
    /** A collector of files that gives out what it reads. */
    const reading = (...transformations: OpenTelemetryTransformation[]): Promise<Collector> =>
      sandbox.start({ logs: [{ inputs: [files()], transformations, outputs: [stdout] }] });

    describe('logs of files', () => {
      test('a line comes out as OTLP/JSON with the pod it is from', async () => {
        write('hello');

        const collector = await sandbox.start({
          logs: [{ inputs: [files()], outputs: [stdout] }],
          resourceAttributes: { 'deployment.environment.name': 'a "$HOME" \\ ${env:HOME}' },
        });

        expect(await collector.gives(1)).toStrictEqual([
          {
            what: 'hello',
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
      });

      test('what is rotated away is read to its end, and what is new from its beginning', async () => {
        write('one');
        const collector = await reading();
        await collector.gives(1);

        write('two');
        renameSync(sandbox.logFile, sandbox.in('logs/app.log.1'));
        write('three');

        expect(told(await collector.gives(3)).sort()).toStrictEqual(['one', 'three', 'two']);
      });

      test('an entry of several lines is one', async () => {
        write('2026 Error', '  at a', '  at b', '2026 next');
        const input = OpenTelemetryInput.files(sandbox.logs, { entryStart: '^\\d{4} ' });

        const collector = await sandbox.start({ logs: [{ inputs: [input], outputs: [stdout] }] });

        expect(told(await collector.gives(2))).toStrictEqual(['2026 Error\n  at a\n  at b', '2026 next']);
      });

      test('only what is new is read where that is asked for, and what is left out is not', async () => {
        write('old');
        writeFileSync(sandbox.in('logs/debug.log'), 'left out\n');
        const input = OpenTelemetryInput.files(sandbox.logs, { onlyNew: true, exclude: ['debug.*'] });

        const collector = await sandbox.start({ logs: [{ inputs: [input], outputs: [stdout] }] });
        await collector.ready();
        // It has looked at the file when it has something of it.
        await collector.until('it reads', () => {
          write('new');
          return collector.items.length > 0;
        });

        expect(new Set(told(collector.items))).toStrictEqual(new Set(['new']));
      });

      test('into a file they come as lines of OTLP/JSON', async () => {
        write('hello');
        mkdirSync(sandbox.in('out'));
        const out = SharedVolume.emptyDir('out').at(sandbox.in('out'), { writer: VolumeWriter.HELPER });

        const collector = await sandbox.start({
          logs: [{ inputs: [files()], outputs: [OpenTelemetryOutput.file(out, 'out.json')] }],
        });

        const read = (): string => readFileSync(sandbox.in('out/out.json'), { encoding: 'utf8', flag: 'a+' });
        await collector.until('the file has it', () => read().endsWith('\n'));
        expect(read()).toContain('"body":{"stringValue":"hello"}');
      });

      test('a collector that is told to end gives out all that it has read, and the next one nothing of it again', async () => {
        const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
        const first = await reading();
        const writing = (async () => {
          for (let at = 0; at < lines.length; at += 100) {
            write(...lines.slice(at, at + 100));
            await new Promise(setImmediate);
          }
        })();
        await first.gives(1000);

        const { code, seconds } = await first.end();

        expect(code).toBe(0);
        expect(seconds).toBeLessThan(30);
        await writing;
        const second = await reading();
        await second.until('it has the last line', () => second.items.at(-1)?.what === lines.at(-1));
        expect(told([...first.items, ...second.items])).toStrictEqual(lines);
      });

      test('one that is killed goes on where it was, and no line is missing', async () => {
        const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}.`);
        const { port, seen } = await sandbox.receiver();
        const outputs = [OpenTelemetryOutput.loki(`http://127.0.0.1:${port}`)];
        const came = (): string[] => seen.flatMap(({ body }) => body.toString('latin1').match(/line \d+\./g) ?? []);
        const first = await sandbox.start({ logs: [{ inputs: [files()], outputs }] });
        write(...lines.slice(0, 2500));
        await first.until('some come', () => came().length >= 100);
        await first.end('SIGKILL');
        write(...lines.slice(2500));

        const second = await sandbox.start({ logs: [{ inputs: [files()], outputs }] });

        await second.until('the last line comes', () => came().includes(lines[lines.length - 1]));
        const all = new Set(came());
        expect(lines.filter((line) => !all.has(line))).toStrictEqual([]);
      });

      test('while the other side is down lines wait in their file, and come when it is up', async () => {
        let up = false;
        const { port, seen } = await sandbox.receiver(() => (up ? 200 : 503));
        write('hello');
        const collector = await sandbox.start({
          logs: [{ inputs: [files()], outputs: [OpenTelemetryOutput.loki(`http://127.0.0.1:${port}`)] }],
        });
        await collector.until('it has tried twice', () => seen.length >= 2);

        up = true;
        const failed = seen.length;

        await collector.until('it comes', () => seen.length > failed);
        expect(seen.at(-1)?.path).toBe('/otlp/v1/logs');
      });
    });

    describe('transformations', () => {
      test('JSON is parsed, renamed, dropped and hashed, and what is none is kept and marked', async () => {
        write(
          '{"msg":"paid","level":"WARN","user":{"mail":"a@b.example","age":41},"password":"p$1"}',
          'no JSON',
          '[1]',
        );

        const collector = await reading(
          OpenTelemetryTransformation.parseJson({ message: 'msg' }),
          OpenTelemetryTransformation.severity('level'),
          OpenTelemetryTransformation.rename('user.age', 'age$'),
          OpenTelemetryTransformation.drop('password'),
          OpenTelemetryTransformation.hash('user.mail'),
        );

        expect(withoutResource(await collector.gives(3))).toStrictEqual([
          {
            what: 'paid',
            severity: 13,
            attributes: { 'user.mail': createHash('sha256').update('a@b.example').digest('hex'), age$: 41 },
          },
          { what: 'no JSON', attributes: { 'parse.error': 'no JSON object' } },
          { what: '[1]', attributes: { 'parse.error': 'no JSON object' } },
        ]);
      });

      test('without a message the body of what was parsed is empty, so that nothing is in clear that was hashed', async () => {
        write('{"mail":"a@b.example"}');

        const collector = await reading(
          OpenTelemetryTransformation.parseJson(),
          OpenTelemetryTransformation.hash('mail'),
        );

        const [entry] = await collector.gives(1);
        expect(JSON.stringify(entry)).not.toContain('a@b.example');
        expect(entry.what ?? '').toBe('');
      });

      test('a regular expression names attributes, and what does not match is kept and marked', async () => {
        write('10.0.0.1 "GET /a$ HTTP/1.1" 200', 'nothing of the kind');

        const collector = await reading(
          OpenTelemetryTransformation.parseRegex(
            '^(?P<ip>\\S+) "(?P<method>[A-Z]+) (?P<path>\\S+) [^"]*" (?P<status>\\d+)$',
            { keepBody: true },
          ),
        );

        expect(withoutResource(await collector.gives(2))).toStrictEqual([
          {
            what: '10.0.0.1 "GET /a$ HTTP/1.1" 200',
            attributes: { ip: '10.0.0.1', method: 'GET', path: '/a$', status: '200' },
          },
          { what: 'nothing of the kind', attributes: { 'parse.error': 'no match' } },
        ]);
      });

      test('what matches is dropped, at its place in the order', async () => {
        write('{"path":"/healthz","n":1}', '{"path":"/healthz/more","n":2}', '{"n":3}');

        const collector = await reading(
          OpenTelemetryTransformation.parseJson(),
          OpenTelemetryTransformation.rename('path', 'url.path'),
          OpenTelemetryTransformation.dropMatching('url.path', '^/healthz$'),
        );

        expect((await collector.gives(2)).map(({ attributes }) => attributes)).toStrictEqual([
          { 'url.path': '/healthz/more', n: 2 },
          { n: 3 },
        ]);
      });
    });

    describe('OTLP', () => {
      /** What an SDK sends. */
      const send = async (port: number, signal: 'logs' | 'traces', body: object): Promise<number> => {
        const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        return (await fetch(`http://127.0.0.1:${port}/v1/${signal}`, options)).status;
      };
      const spans = (count: number, name: string): object => ({
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
            scopeSpans: [
              {
                spans: Array.from({ length: count }, (_, index) => ({
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: index.toString(16).padStart(16, 'e'),
                  name,
                  attributes: [{ key: 'url.path', value: { stringValue: '/a' } }],
                })),
              },
            ],
          },
        ],
      });

      test('logs and traces of the app come in, with its own name of the service', async () => {
        const [grpcPort, httpPort] = [await freePort(), await freePort()];
        const otlp = OpenTelemetryInput.otlp({ grpcPort, httpPort });
        const transformations = [OpenTelemetryTransformation.rename('url.path', 'path')];
        const collector = await sandbox.start({
          logs: [{ inputs: [otlp], outputs: [stdout] }],
          traces: [{ inputs: [otlp], transformations, outputs: [stdout] }],
        });
        await collector.ready();

        const log = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] };
        expect(await send(httpPort, 'logs', log)).toBe(200);
        expect(await send(httpPort, 'traces', spans(1, 'pay'))).toBe(200);

        expect(await collector.gives(2)).toMatchObject([
          { what: 'hello', resource: { 'service.name': 'shop', 'k8s.pod.name': '1e5' } },
          { what: 'pay', attributes: { path: '/a' }, resource: { 'service.name': 'checkout', 'k8s.pod.name': '1e5' } },
        ]);
      });

      test('while the other side is down 20,000 spans wait, what is more is refused, and they come when it is up', async () => {
        const [grpcPort, httpPort, gatewayGrpc, gatewayHttp] = [
          await freePort(),
          await freePort(),
          await freePort(),
          await freePort(),
        ];
        const collector = await sandbox.start({
          traces: [
            {
              inputs: [OpenTelemetryInput.otlp({ grpcPort, httpPort })],
              outputs: [OpenTelemetryOutput.otlp(`127.0.0.1:${gatewayGrpc}`, { tls: plaintext })],
            },
          ],
        });
        await collector.ready();

        const answers: number[] = [];
        for (let sent = 0; sent < 25; sent += 1) {
          answers.push(await send(httpPort, 'traces', spans(1000, 'pay')));
        }

        const taken = answers.filter((status) => status === 200).length;
        expect(taken).toBe(20);
        expect(new Set(answers.slice(taken))).toStrictEqual(new Set([503]));
        const gateway = await sandbox.start({
          traces: [
            { inputs: [OpenTelemetryInput.otlp({ grpcPort: gatewayGrpc, httpPort: gatewayHttp })], outputs: [stdout] },
          ],
        });
        await gateway.gives(20_000);
        expect(gateway.items).toHaveLength(20_000);
      });
    });

    describe('headers', () => {
      const SECRETS = ['123: {a', '1e5', 'null', 'a$b', '"', '# a', '[', 'a\\n', '${', "'"];

      test('of a Secret or not, they arrive as they are', async () => {
        const { port, seen } = await sandbox.receiver();
        write('hello');
        const headers = {
          authorization: HeaderValue.fromSecret('otlp', 'token', 'Bearer '),
          'x-price': HeaderValue.of('$5 ${env:HOME}'),
          'x-number': HeaderValue.of('1_000'),
          ...Object.fromEntries(
            SECRETS.map((_, index) => [`x-token-${index}`, HeaderValue.fromSecret('otlp', 'token')]),
          ),
        };

        const collector = await sandbox.start(
          {
            logs: [
              { inputs: [files()], outputs: [OpenTelemetryOutput.otlpHttp(`http://127.0.0.1:${port}`, { headers })] },
            ],
          },
          {
            OUTPUT_0_AUTHORIZATION: 'a-token',
            ...Object.fromEntries(SECRETS.map((secret, index) => [`OUTPUT_0_X_TOKEN_${index}`, secret])),
          },
        );

        await collector.until('it comes', () => seen.length > 0);
        expect(seen[0].headers).toMatchObject({
          authorization: 'Bearer a-token',
          'x-price': '$5 ${env:HOME}',
          'x-number': '1_000',
          ...Object.fromEntries(SECRETS.map((secret, index) => [`x-token-${index}`, secret])),
        });
      });
    });

    test('a value of a Secret with $$ or ${…} arrives otherwise, as the documentation warns', async () => {
      const { port, seen } = await sandbox.receiver();
      write('hello');
      const headers = { authorization: HeaderValue.fromSecret('otlp', 'token') };
      const outputs = [OpenTelemetryOutput.otlpHttp(`http://127.0.0.1:${port}`, { headers })];

      const collector = await sandbox.start(
        { logs: [{ inputs: [files()], outputs }] },
        { OUTPUT_0_AUTHORIZATION: 'a$$b ${WORD} ${env:WORD}', WORD: 'a-word' },
      );

      await collector.until('it comes', () => seen.length > 0);
      expect(seen[0].headers).toMatchObject({ authorization: 'a$b a-word a-word' });
    });

    describe('metrics', () => {
      const METRICS = '# TYPE requests_total counter\nrequests_total{path="/a",user="me"} 3\n';
      const scraping = (port: number, ...outputs: OpenTelemetryOutput[]): { metrics: OpenTelemetryPipeline[] } => ({
        metrics: [
          {
            inputs: [OpenTelemetryInput.scrape({ port, interval: Duration.seconds(1) })],
            transformations: [OpenTelemetryTransformation.drop('user')],
            outputs,
          },
        ],
      });
      const requestsOf = async (collector: Collector): Promise<Item> => {
        const found = (): Item[] => collector.items.filter(({ what }) => what === 'requests_total');
        await collector.until('there is the counter', () => found().length > 0);
        return found()[0];
      };

      test('an endpoint is scraped, and its series say which pod they are of', async () => {
        const port = await sandbox.exporter(METRICS, 'text/plain; version=0.0.4');
        const one = await sandbox.start(scraping(port, stdout));
        const other = await sandbox.start(scraping(port, stdout), { K8S_POD_NAME: 'other' });

        expect(await requestsOf(one)).toMatchObject({
          value: 3,
          attributes: { path: '/a' },
          resource: { 'service.name': 'shop', 'service.instance.id': `1e5:${port}`, 'k8s.pod.name': '1e5' },
        });
        expect((await requestsOf(one)).attributes).toStrictEqual({ path: '/a' });
        expect(await requestsOf(other)).toMatchObject({
          resource: { 'service.instance.id': `other:${port}`, 'k8s.pod.name': 'other' },
        });
      });

      test('endpoints that say nothing of what they give out, or something else, are scraped as well', async () => {
        const ports = [await sandbox.exporter(METRICS), await sandbox.exporter(METRICS, 'application/octet-stream')];

        const collectors = await Promise.all(ports.map((port) => sandbox.start(scraping(port, stdout))));

        expect(await Promise.all(collectors.map(requestsOf))).toMatchObject([{ value: 3 }, { value: 3 }]);
      });

      test('what is scraped is sent on over HTTP, and over gRPC to another collector', async () => {
        const port = await sandbox.exporter(METRICS);
        const { port: httpTo, seen } = await sandbox.receiver();
        const [grpcPort, httpPort] = [await freePort(), await freePort()];
        const gateway = await sandbox.start(
          { metrics: [{ inputs: [OpenTelemetryInput.otlp({ grpcPort, httpPort })], outputs: [stdout] }] },
          { K8S_POD_NAME: 'gateway', K8S_NODE_NAME: 'node-of-the-gateway' },
        );
        await gateway.ready();

        await sandbox.start(
          scraping(
            port,
            OpenTelemetryOutput.otlp(`127.0.0.1:${grpcPort}`, { tls: plaintext }),
            OpenTelemetryOutput.otlpHttp(`http://127.0.0.1:${httpTo}/base`),
          ),
        );

        expect(await requestsOf(gateway)).toMatchObject({
          value: 3,
          // Of where it was scraped, and not of the gateway.
          resource: { 'service.instance.id': `1e5:${port}`, 'k8s.pod.name': '1e5', 'k8s.node.name': 'node-1' },
        });
        await gateway.until('it came over HTTP, too', () => seen.length > 0);
        expect(seen[0].path).toBe('/base/v1/metrics');
      });
    });

    describe('TLS', () => {
      let server: Certificate;
      let client: Certificate;

      beforeAll(() => {
        server = certificateFor('localhost');
        client = certificateFor('client');
      });

      const sending = {
        gRPC: (port: number, tls: OpenTelemetryTls): OpenTelemetryOutput =>
          OpenTelemetryOutput.otlp(`localhost:${port}`, { tls }),
        HTTP: (port: number, tls: OpenTelemetryTls): OpenTelemetryOutput =>
          OpenTelemetryOutput.otlpHttp(`https://localhost:${port}`, { tls }),
      };
      const start = (output: OpenTelemetryOutput): Promise<Collector> => {
        write('hello');
        return sandbox.start({ logs: [{ inputs: [files()], outputs: [output] }] });
      };

      describe.each(Object.entries(sending))('over %s', (_, output) => {
        const trusting = (options: OpenTelemetryTlsOptions = {}): OpenTelemetryTls => {
          sandbox.mount('ca.crt', server.cert);
          return OpenTelemetryTls.verified({ caConfigMap: 'roots', ...options });
        };

        test('what has the right name and is vouched for gets the data', async () => {
          const { port, seen } = await sandbox.secureReceiver(server);

          const collector = await start(output(port, trusting({ caKey: 'root.pem' })));

          await collector.until('it comes', () => seen.length > 0);
        });

        test('what has another name gets nothing', async () => {
          const { port, seen } = await sandbox.secureReceiver(server);

          const collector = await start(output(port, trusting({ serverName: 'somebody-else' })));

          await collector.until('it is refused', () => collector.log.includes('not somebody-else'));
          expect(seen).toHaveLength(0);
        });

        test('what nobody vouches for gets nothing, unless that is asked for', async () => {
          const { port, seen } = await sandbox.secureReceiver(server);

          const collector = await start(output(port, OpenTelemetryTls.verified()));

          await collector.until('it is refused', () => collector.log.includes('signed by unknown authority'));
          expect(seen).toHaveLength(0);
          await collector.end();
          const careless = await start(output(port, OpenTelemetryTls.unverified()));
          await careless.until('it comes', () => seen.length > 0);
        });

        test('what asks for a certificate gets that of the Secret', async () => {
          const { port, seen } = await sandbox.secureReceiver({ ...server, ca: client.cert }, true);
          sandbox.mount('tls.crt', client.cert);
          sandbox.mount('tls.key', client.key);

          const collector = await start(output(port, trusting({ clientSecret: 'client' })));

          await collector.until('it comes', () => seen.length > 0);
        });
      });
    });

    describe('health, metrics of its own, and its end', () => {
      test('it answers the probe, gives out its own metrics where asked for, and ends within seconds', async () => {
        const [healthPort, metricsPort] = [await freePort(), await freePort()];
        write('hello');
        const collector = await sandbox.start({
          healthPort,
          metricsPort,
          logs: [{ inputs: [files()], outputs: [stdout] }],
        });
        await collector.gives(1);

        expect((await fetch(`http://127.0.0.1:${healthPort}/`)).status).toBe(200);
        expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain(
          'otelcol_receiver_accepted_log_records',
        );
        const { code, seconds } = await collector.end();
        expect(code).toBe(0);
        expect(seconds).toBeLessThan(30);
      });

      test('it ends within seconds although nobody takes what it has', async () => {
        write(...Array.from({ length: 1000 }, () => 'hello'));
        const output = OpenTelemetryOutput.otlp(`127.0.0.1:${await freePort()}`, { tls: plaintext });
        const collector = await sandbox.start({ logs: [{ inputs: [files()], outputs: [output] }] });
        await collector.until('it has tried', () => collector.log.includes('Exporting failed'));

        const { seconds } = await collector.end();

        expect(seconds).toBeLessThan(30);
      });
    });
  },
  INSTALL,
);

/** A certificate for a name that vouches for itself. */
function certificateFor(name: string): Certificate {
  return withFolder((folder) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', 'key'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    run(folder, 'openssl', ['req', '-x509', ...key, ...subject, '-out', 'cert']);
    const read = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8');
    return { cert: read('cert'), key: read('key'), ca: read('cert') };
  });
}
