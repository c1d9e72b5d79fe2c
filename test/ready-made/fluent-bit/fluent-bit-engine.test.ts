import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import {
  FluentBitLogs,
  FluentBitOutput,
  FluentBitParser,
  FluentBitSettings,
  FluentBitTls,
  HeaderValue,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  SharedVolume,
  VolumeWriter,
} from '../../../lib';
import { certificateFor } from '../../support/certificates';
import { freePort } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { INSTALL as COLLECTOR, OTELCOL, Sandbox as Collectors } from '../open-telemetry/engine';
import { Fields, FROM_POD, INSTALL, Receiver, Running, Sandbox } from './engine';

jest.setTimeout(120_000);

describeWithProgram(
  'fluent-bit',
  (program) => {
    let sandbox: Sandbox;

    beforeEach(() => {
      sandbox = new Sandbox(program);
    });

    afterEach(async () => {
      await sandbox.close();
    });

    /** One that reads the logs, and gives them out on its standard output. */
    function start(logs: Partial<FluentBitLogs> = {}, settings: Partial<FluentBitSettings> = {}): Promise<Running> {
      return sandbox.start({
        logs: [{ source: sandbox.logs, ...logs }],
        outputs: [FluentBitOutput.stdout()],
        ...settings,
      });
    }

    const line = (log: string): Fields => ({ log, ...FROM_POD });

    test('lines become records with the fields of the pod, those of new and renamed files too', async () => {
      sandbox.write('there before\n');
      const running = await start({ exclude: ['*-debug.log'] }, { fields: { team: 'a "b"\\ c', stage: '1e5' } });
      const more = { ...FROM_POD, team: 'a "b"\\ c', stage: '1e5' };
      expect(await running.gives(1)).toStrictEqual([{ log: 'there before', ...more }]);

      sandbox.write('in a new file\n', 'new.log');
      sandbox.write('left out\n', 'new-debug.log');
      await running.gives(2);
      renameSync(sandbox.in('logs/app.log'), sandbox.in('logs/app.log.1'));
      sandbox.write('after the rotation\n');
      sandbox.write('the last words before it\n', 'app.log.1');

      const records = await running.gives(4);
      expect(records.map(({ log }) => log).sort()).toStrictEqual([
        'after the rotation',
        'in a new file',
        'the last words before it',
        'there before',
      ]);
      expect((await running.end()).code).toBe(0);
    });

    test('lines are parsed as JSON, and what is none is kept', async () => {
      const time = { timeField: 'time', timeFormat: '%Y-%m-%dT%H:%M:%S.%L%z' };
      sandbox.write(
        [
          '{"time":"2026-01-02T03:04:05.678+0900","level":"info","deep":{"a":[1,2.5,null,true]}}',
          'no JSON',
          '{"time":"once upon a time","service.name":"its own"}',
          '[1]',
          '',
        ].join('\n'),
      );
      const running = await start({ parser: FluentBitParser.json(time) });

      expect(await running.gives(4)).toStrictEqual([
        { time: '2026-01-02T03:04:05.678+0900', level: 'info', deep: { a: [1, 2.5, null, true] }, ...FROM_POD },
        line('no JSON'),
        { time: 'once upon a time', ...FROM_POD, 'service.name': 'its own' },
        line('[1]'),
      ]);
      expect(running.output).toMatch(/^\{"@timestamp":"2026-01-01T18:04:05.678000Z"/);
    });

    test('lines are parsed by a regular expression, and what does not match is kept', async () => {
      sandbox.write('GET /a/b "x" 200\nnothing\n');
      const running = await start({
        parser: FluentBitParser.regex('^(?<method>[A-Z]+) (?<path>/[^ ]*/?) "(?<quoted>[^"]*?)" (?<status>\\d{3})$'),
      });

      expect(await running.gives(2)).toStrictEqual([
        { method: 'GET', path: '/a/b', quoted: 'x', status: '200', ...FROM_POD },
        line('nothing'),
      ]);
    });

    test('a time that a group has is that of the record, and one of another format is left out', async () => {
      sandbox.write('at 12/Jan/2026:01:02:03 +0100 a\nat noon b\n');
      const parser = FluentBitParser.regex('^at (?<when>.+) (?<what>\\w)$', {
        timeField: 'when',
        timeFormat: '%d/%b/%Y:%H:%M:%S %z',
      });
      const running = await start({ parser });

      expect(await running.gives(2)).toStrictEqual([
        { when: '12/Jan/2026:01:02:03 +0100', what: 'a', ...FROM_POD },
        { what: 'b', ...FROM_POD },
      ]);
      expect(running.output).toMatch(/^\{"@timestamp":"2026-01-12T00:02:03.000000Z"/);
    });

    test('entries of several lines are one, also the last one', async () => {
      sandbox.write('begin of another\n2026 INFO one\n2026 WARN two\n  at a\n\n  at b 2026\n2026 INFO three\n');
      const running = await start({ entryStart: '^\\d{4} ' });

      expect(await running.gives(4)).toStrictEqual(
        ['begin of another\n', '2026 INFO one\n', '2026 WARN two\n  at a\n\n  at b 2026\n', '2026 INFO three\n'].map(
          line,
        ),
      );
    });

    test('entries of several lines are parsed', async () => {
      sandbox.write('a 2026 INFO one\nb 2026 WARN two\n  at a\n{"json": 1}\n');
      const parser = FluentBitParser.regex('^(?<who>\\w) \\d+ (?<level>[A-Z]+) (?<message>(?:.|\\n)*)$');
      const running = await start({ entryStart: ' \\d{4} ', parser });

      expect(await running.gives(2)).toStrictEqual([
        { who: 'a', level: 'INFO', message: 'one\n', ...FROM_POD },
        { who: 'b', level: 'WARN', message: 'two\n  at a\n{"json": 1}\n', ...FROM_POD },
      ]);
    });

    test('what is written right before the end is sent', async () => {
      const running = await start();
      sandbox.write('first\n');
      await running.gives(1);
      sandbox.write('last words\n');
      const { code } = await running.end();

      expect(running.records).toStrictEqual([line('first'), line('last words')]);
      expect(code).toBe(0);
    });

    test('a line that is too long is cut, and the next one is read', async () => {
      sandbox.write(`${'x'.repeat(200_000)}\n${'y'.repeat(1_000_000)}\nnext\n`);
      const running = await start();
      await running.until('next', () => running.records.some(({ log }) => log === 'next'));

      const [whole, cut] = running.records.map(({ log }) => (log as string).length);
      expect(whole).toBe(200_000);
      expect(cut).toBeGreaterThan(250_000);
      expect(running.records).toHaveLength(3);
    });

    /** What came as lists of JSON. */
    const recordsOf = ({ seen }: Receiver): Fields[] =>
      seen.flatMap(({ body }) => JSON.parse(body.toString()) as Fields[]);
    const logsOf = (receiver: Receiver): unknown[] => recordsOf(receiver).map(({ log }) => log);

    test('what could not be sent is sent when the other side is there again, even after it was killed', async () => {
      let isUp = false;
      const receiver = await sandbox.receiver(() => (isUp ? 200 : 503));
      const outputs = [FluentBitOutput.http(`http://127.0.0.1:${receiver.port}/in?a=b`)];
      sandbox.write('one\ntwo\n');
      const killed = await start({}, { outputs });
      await killed.until('it has tried', () => killed.log.includes('HTTP status=503'));
      await killed.end('SIGKILL');
      isUp = true;
      sandbox.write('three\n');
      const again = await start({}, { outputs });
      await again.until('all has arrived', () => recordsOf(receiver).length >= 3);

      expect(logsOf(receiver).sort()).toStrictEqual(['one', 'three', 'two']);
      expect(recordsOf(receiver)[0]).toMatchObject({
        '@timestamp': expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        ...FROM_POD,
      });
      expect(receiver.seen[0]).toMatchObject({ path: '/in?a=b', headers: { 'content-type': 'application/json' } });
    });

    test('it ends within its grace period while nobody takes what it has, and keeps that', async () => {
      const receiver = await sandbox.receiver(() => 503);
      const outputs = [FluentBitOutput.http(`http://127.0.0.1:${receiver.port}/`)];
      sandbox.write('one\n');
      const running = await start({}, { outputs, shutdownTimeout: Duration.seconds(2) });
      await running.until('it has tried', () => running.log.includes('HTTP status=503'));

      expect(await running.end()).toMatchObject({ code: 0 });
      expect(running.log).toContain('service will shutdown in max 2 seconds');
      const { port } = receiver;
      await receiver.close();
      const other = await sandbox.receiver(() => 200, undefined, port);
      const again = await start({}, { outputs });
      await again.until('it has arrived', () => other.seen.length > 0);
      expect(logsOf(other)).toStrictEqual(['one']);
    });

    test('with no retries what is refused is lost, and what comes later is sent', async () => {
      let answers = 0;
      const receiver = await sandbox.receiver(() => (answers++ === 0 ? 503 : 200));
      sandbox.write('one\n');
      const running = await start(
        {},
        { outputs: [FluentBitOutput.http(`http://127.0.0.1:${receiver.port}/`, { retries: 0 })] },
      );
      await running.until('it has tried', () => answers > 0);
      sandbox.write('two\n');
      await running.until('the next one has arrived', () => receiver.seen.length > 0);

      expect(logsOf(receiver)).toStrictEqual(['two']);
    });

    test('while nobody takes it, not more is read than may be kept; later all of it arrives', async () => {
      let isUp = false;
      const receiver = await sandbox.receiver(() => (isUp ? 200 : 503));
      const count = 400;
      for (let number = 0; number < count; number++) {
        sandbox.write(`${number} ${'x'.repeat(100_000)}\n`);
      }
      const running = await start(
        {},
        { outputs: [FluentBitOutput.http(`http://127.0.0.1:${receiver.port}/`)], bufferSize: Size.mebibytes(8) },
      );
      await running.until('it has paused', () => running.log.includes('paused (storage buf overlimit'));
      const kept = megabytesIn(sandbox.in('state'));
      const memory =
        Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))?.[1]) / 1024;
      isUp = true;
      await running.until('all has arrived', () => new Set(logsOf(receiver)).size === count);

      expect(kept).toBeLessThan(12);
      expect(memory).toBeLessThan(64);
    });

    test('headers and passwords come from Secrets', async () => {
      const receiver = await sandbox.receiver();
      sandbox.write('one\n');
      const secrets = { token: 't0k "e\\n\' #$ {x} ,=', username: 'us er', password: 'p"a,s s: #w' };
      const to = (path: string): string => `http://127.0.0.1:${receiver.port}${path}`;
      const running = await sandbox.start(
        {
          logs: [{ source: sandbox.logs }],
          outputs: [
            FluentBitOutput.http(to('/a'), {
              headers: {
                authorization: HeaderValue.fromSecret('logs', 'token', 'Bearer '),
                'X-Plain': HeaderValue.of('a, "b" \\c: #d  e'),
              },
            }),
            FluentBitOutput.http(to('/b'), { basicAuthSecret: 'logs' }),
          ],
        },
        secrets,
      );
      await running.until('both have arrived', () => receiver.seen.length >= 2);

      const headersAt = (path: string): unknown => receiver.seen.find((seen) => seen.path === path)?.headers;
      expect(headersAt('/a')).toMatchObject({
        authorization: `Bearer ${secrets.token}`,
        'x-plain': 'a, "b" \\c: #d  e',
      });
      expect(headersAt('/b')).toMatchObject({
        authorization: `Basic ${Buffer.from(`${secrets.username}:${secrets.password}`).toString('base64')}`,
      });
      expect(running.log).not.toMatch(/t0k|p"a/);
    });

    test('Loki gets lines of JSON, and labels', async () => {
      const receiver = await sandbox.receiver();
      sandbox.write('one\n');
      const running = await start(
        {},
        {
          outputs: [
            FluentBitOutput.loki(`http://127.0.0.1:${receiver.port}/prefix/`, {
              tenant: 'shop',
              labels: { team: 'a/b' },
            }),
          ],
        },
      );
      await running.until('it has arrived', () => receiver.seen.length > 0);

      expect(receiver.seen[0]).toMatchObject({
        path: '/prefix/loki/api/v1/push',
        headers: { 'x-scope-orgid': 'shop' },
      });
      const { streams } = JSON.parse(receiver.seen[0].body.toString()) as {
        streams: { stream: Fields; values: [string, string][] }[];
      };
      expect(streams[0].stream).toStrictEqual({
        service_name: 'web',
        k8s_namespace_name: 'shop-namespace',
        k8s_pod_name: '1e5',
        team: 'a/b',
      });
      expect(JSON.parse(streams[0].values[0][1])).toMatchObject({ log: 'one', 'k8s.node.name': 'node-1' });
    });

    test('a file has a JSON object for each record, and is put aside when it is full', async () => {
      const share = SharedVolume.emptyDir('out').at(sandbox.in('out'), { writer: VolumeWriter.HELPER });
      mkdirSync(sandbox.in('out'));
      const running = await start(
        {},
        { outputs: [FluentBitOutput.file(share, 'all.json', { maxSize: Size.mebibytes(1), maxBackups: 2 })] },
      );
      for (let count = 0; count < 5; count++) {
        sandbox.write(`${String(count).repeat(700_000 / 100)}\n`.repeat(100));
        await running.until('it is written', () =>
          readdirSync(sandbox.in('out')).some((name) =>
            readFileSync(sandbox.in('out', name), 'utf8').includes(`"log":"${count}`),
          ),
        );
      }
      await running.until('it is put aside', () => readdirSync(sandbox.in('out')).length > 2);

      expect(readFileSync(sandbox.in('out/all.json'), 'utf8')).toMatch(
        /^\{"log.file.path":"[^"]*","log":"\d+".*\}\n$/s,
      );
    });

    test('the port of its health and metrics', async () => {
      const healthPort = await freePort();
      sandbox.write('one\n');
      const running = await start({}, { healthPort });
      await running.gives(1);
      const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${healthPort}${path}`);

      expect((await get('/')).status).toBe(200);
      await running.until('the record is counted', async () =>
        (await (await get('/api/v2/metrics/prometheus')).text()).includes(
          'fluentbit_output_proc_records_total{name="stdout.0"} 1\n',
        ),
      );
    });

    test('another Fluent Bit that shares a key says that it has taken all', async () => {
      const port = await freePort();
      const other = sandbox.run('other.yaml', {
        pipeline: {
          inputs: [{ name: 'forward', listen: '127.0.0.1', port, shared_key: 'p"a ss', self_hostname: 'other' }],
          outputs: [{ name: 'stdout', match: '*', format: 'json_lines' }],
        },
      });
      await other.until('it listens', () => other.log.includes('listening on'));
      sandbox.write('one\n');
      const to = (secret: string): Promise<Running> =>
        sandbox.start(
          {
            logs: [{ source: sandbox.logs }],
            outputs: [
              FluentBitOutput.forward('127.0.0.1', { port, sharedKeySecret: 'key', tls: FluentBitTls.plaintext() }),
            ],
          },
          { 'shared-key': secret },
        );
      const wrong = await to('guessed');
      await wrong.until('it is not let in', () => wrong.log.includes('failed to flush chunk'));
      await wrong.end('SIGKILL');
      const running = await to('p"a ss');
      await running.until('it has arrived', () => other.records.length > 0);

      expect(other.records).toMatchObject([{ log: 'one', ...FROM_POD }]);
    });

    describeWithProgram(
      OTELCOL,
      (collectorProgram) => {
        test('a Collector gets entries, and what says where they are from as attributes of their resource', async () => {
          const collectors = new Collectors(collectorProgram);
          const httpPort = await freePort();
          const collector = await collectors.start({
            logs: [
              {
                inputs: [OpenTelemetryInput.otlp({ httpPort, grpcPort: await freePort() })],
                outputs: [OpenTelemetryOutput.stdout()],
              },
            ],
          });
          await collector.ready();
          sandbox.write('{"level":"info","count":3}\nno JSON\n');
          const outputs = [FluentBitOutput.otlpHttp(`http://127.0.0.1:${httpPort}`)];
          await start({ parser: FluentBitParser.json() }, { outputs, fields: { team: 'shop' } });
          const items = await collector.gives(2);
          await collectors.close();

          const resource = { ...FROM_POD, team: 'shop' };
          expect(items).toMatchObject([
            {
              what: {
                values: [{ key: 'level' }, { key: 'count', value: { intValue: '3' } }, { key: 'log.file.path' }],
              },
              resource,
            },
            { what: 'no JSON', attributes: { 'log.file.path': sandbox.in('logs/app.log') }, resource },
          ]);
        });
      },
      COLLECTOR,
      { elsewhere: true },
    );

    describe('TLS', () => {
      const { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca } = certificateFor('localhost');

      function sendTo(host: string, tls: FluentBitTls | undefined, receiver: Receiver): Promise<Running> {
        sandbox.mount('0/ca.crt', ca);
        sandbox.write('one\n');
        return start({}, { outputs: [FluentBitOutput.http(`https://${host}:${receiver.port}/`, { tls })] });
      }

      test('a server of the right name is sent to', async () => {
        const receiver = await sandbox.receiver(undefined, { cert, key });
        const running = await sendTo('localhost', FluentBitTls.verified({ caSecret: 'ca' }), receiver);
        await running.until('it has arrived', () => receiver.seen.length > 0);
      });

      test.each([
        ['of another name', '127.0.0.1', FluentBitTls.verified({ caSecret: 'ca' })],
        ['nobody vouches for', 'localhost', undefined],
        [
          'of another name than it is to have',
          'localhost',
          FluentBitTls.verified({ caSecret: 'ca', serverName: 'other.example' }),
        ],
      ])('a server %s is not', async (_, host, tls) => {
        const receiver = await sandbox.receiver(undefined, { cert, key });
        const running = await sendTo(host, tls, receiver);
        await running.until('it has been refused', () => /certificate|hostname|\[tls\] error/.test(running.log));
        await running.end('SIGKILL');

        expect(receiver.seen).toStrictEqual([]);
      });

      test.each([
        ['whose name is given', FluentBitTls.verified({ caSecret: 'ca', serverName: 'localhost' })],
        ['that is not verified', FluentBitTls.unverified()],
      ])('a server %s is sent to', async (_, tls) => {
        const receiver = await sandbox.receiver(undefined, { cert, key });
        const running = await sendTo('127.0.0.1', tls, receiver);
        await running.until('it has arrived', () => receiver.seen.length > 0);
      });
    });
  },
  INSTALL,
  { elsewhere: true },
);

/** What the files of a folder have in them. */
function megabytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size / 1e6, 0);
}
