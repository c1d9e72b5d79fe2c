import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, Size } from 'cdk8s';
import {
  NginxCacheAmbassadorProps,
  NginxCacheCondition,
  NginxCacheKey,
  NginxCacheStale,
  NginxCacheTls,
} from '../../../lib';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { Engine, INSTALL, Names, NGINX, Origin, Root, runnable } from './engine';

// On a busy machine each takes as long as it takes.
const minute = Duration.minutes(1);
const kept: Partial<NginxCacheAmbassadorProps> = { times: [{ statuses: [200], time: minute }] };

/** Answers how often it was asked. */
const counting = (_: IncomingMessage, response: ServerResponse, count: number): void => {
  response.end(`answer ${count}`);
};

describeWithProgram(
  NGINX,
  (path) => {
    const nginx = runnable(path);

    /** An upstream, and an nginx in front of it. */
    async function cached(
      props: Partial<NginxCacheAmbassadorProps>,
      test: (engine: Engine, origin: Origin) => Promise<void>,
      answer: Parameters<typeof Origin.with>[0] = counting,
    ): Promise<void> {
      await Origin.with(answer, (origin) =>
        Engine.with(nginx, { upstream: origin.url, ...props }, (engine) => test(engine, origin)),
      );
    }

    describe('what is kept', () => {
      test('the second answer is the first one again, and the upstream is not asked', () =>
        cached(kept, async (engine, origin) => {
          expect(await engine.got('/a?b=c')).toBe('MISS answer 1');
          expect(await engine.got('/a?b=c')).toBe('HIT answer 1');
          expect(await engine.got('/a?b=d')).toBe('MISS answer 2');
          expect(origin.asked).toStrictEqual(['GET /a?b=c', 'GET /a?b=d']);
        }));

      test('HEAD shares the answer of GET', () =>
        cached(kept, async (engine, origin) => {
          expect(await engine.got('/', { method: 'HEAD' })).toBe('MISS ');
          expect(await engine.got()).toBe('HIT answer 1');
          expect(origin.asked).toStrictEqual(['GET /']);
        }));

      test('by default only what the upstream says may be kept, as long as it says', () =>
        cached(
          {},
          async (engine) => {
            expect([await engine.got('/no'), await engine.got('/no')]).toStrictEqual([
              'MISS answer 1',
              'MISS answer 2',
            ]);
            expect([await engine.got('/max-age=60'), await engine.got('/max-age=60')]).toStrictEqual([
              'MISS answer 3',
              'HIT answer 3',
            ]);
            for (const [index, word] of ['private', 'no-store', 'no-cache'].entries()) {
              await engine.got(`/${word}`);
              expect(await engine.got(`/${word}`)).toBe(`MISS answer ${5 + 2 * index}`);
            }
          },
          (request, response, count) => {
            const word = request.url?.slice(1) ?? '';
            response.writeHead(200, word === 'no' ? {} : { 'cache-control': word }).end(`answer ${count}`);
          },
        ));

      test('times by status, where the upstream says nothing, and all others', () =>
        cached(
          {
            times: [
              { time: minute },
              { statuses: [200, 404], time: Duration.seconds(0) },
              { statuses: [203], time: minute },
            ],
          },
          async (engine) => {
            for (const [path, second] of [
              ['/200', 'MISS'],
              ['/203', 'HIT'],
              ['/404', 'MISS'],
              ['/410', 'HIT'],
            ]) {
              await engine.ask(path);
              expect([path, (await engine.ask(path)).headers['x-cache-status']]).toStrictEqual([path, second]);
            }
          },
          (request, response) => void response.writeHead(Number(request.url?.slice(1))).end(),
        ));

      test('what the upstream says is not heard, where that is asked for; a cookie is never kept', () =>
        cached(
          { ...kept, honorUpstream: false },
          async (engine) => {
            expect([await engine.got('/private'), await engine.got('/private')]).toStrictEqual([
              'MISS answer 1',
              'HIT answer 1',
            ]);
            expect([await engine.got('/cookie'), await engine.got('/cookie')]).toStrictEqual([
              'MISS answer 2',
              'MISS answer 3',
            ]);
          },
          (request, response, count) => {
            const headers = request.url === '/cookie' ? { 'set-cookie': 'a=b' } : { 'cache-control': 'private' };
            response.writeHead(200, headers).end(`answer ${count}`);
          },
        ));

      test('Vary is followed', () =>
        cached(
          kept,
          async (engine) => {
            const inLanguage = (language: string) => engine.got('/', { headers: { 'accept-language': language } });
            expect([await inLanguage('ko'), await inLanguage('en'), await inLanguage('ko')]).toStrictEqual([
              'MISS answer 1',
              'MISS answer 2',
              'HIT answer 1',
            ]);
          },
          (_, response, count) => void response.writeHead(200, { vary: 'accept-language' }).end(`answer ${count}`),
        ));

      test('what says to be too large is passed on, and not kept', () =>
        cached(
          { ...kept, maxAnswerSize: Size.kibibytes(100) },
          async (engine) => {
            for (const [bytes, second] of [
              [0, 'HIT'],
              [9, 'HIT'],
              [102_399, 'HIT'],
              [102_400, 'HIT'],
              [102_401, 'MISS'],
              [102_410, 'MISS'],
              [110_000, 'MISS'],
              [200_000, 'MISS'],
              [1_000_000, 'MISS'],
              [3_000_000, 'MISS'],
            ] as const) {
              await engine.ask(`/${bytes}`);
              const { headers, body } = await engine.ask(`/${bytes}`);
              expect([bytes, body.length, headers['x-cache-status']]).toStrictEqual([bytes, bytes, second]);
            }
          },
          (request, response) => {
            const bytes = Number(request.url?.slice(1));
            response.writeHead(200, { 'content-length': bytes }).end('a'.repeat(bytes));
          },
        ));

      test('what is asked for often enough', () =>
        cached({ ...kept, minUses: 3 }, async (engine) => {
          const all = [await engine.got(), await engine.got(), await engine.got(), await engine.got()];
          expect(all).toStrictEqual(['MISS answer 1', 'MISS answer 2', 'MISS answer 3', 'HIT answer 3']);
        }));

      test('the size is kept: what was not asked for longest goes', () =>
        cached(
          { ...kept, cacheSize: Size.mebibytes(1) },
          async (engine) => {
            for (let index = 0; index < 40; index += 1) {
              await engine.ask(`/${index}`);
            }
            // nginx looks every ten seconds.
            await until('old answers are removed', () => engine.root.keys().length <= 11);
            expect((await engine.ask('/39')).headers['x-cache-status']).toBe('HIT');
            expect((await engine.ask('/0')).headers['x-cache-status']).toBe('MISS');
          },
          (_, response) => void response.end('a'.repeat(100_000)),
        ));
    });

    describe('the key', () => {
      test('each part tells answers apart, and nothing else does', () =>
        cached(
          {
            ...kept,
            key: [
              NginxCacheKey.method(),
              NginxCacheKey.host(),
              NginxCacheKey.path(),
              NginxCacheKey.queryParameter('page'),
              NginxCacheKey.header('X-Tenant'),
              NginxCacheKey.cookie('lang'),
            ],
          },
          async (engine, origin) => {
            const first = { headers: { host: 'a', 'x-tenant': 'one', cookie: 'lang=ko; other=1' } };
            await engine.ask('/a?page=1&other=1', first);
            const same = { headers: { host: 'a', 'x-tenant': 'one', cookie: 'other=2; lang=ko', accept: 'x' } };
            expect(await engine.got('/a?other=2&page=1', same)).toBe('HIT answer 1');
            for (const [path, asking] of [
              ['/a?page=1', { ...first, method: 'HEAD' }],
              ['/a?page=1', { headers: { ...first.headers, host: 'b' } }],
              ['/A?page=1', first],
              ['/a?page=2', first],
              ['/a?page=1', { headers: { ...first.headers, 'x-tenant': 'two' } }],
              ['/a?page=1', { headers: { ...first.headers, cookie: 'lang=en' } }],
            ] as const) {
              const before = origin.asked.length;
              expect((await engine.ask(path, asking)).headers['x-cache-status']).toBe('MISS');
              expect(origin.asked).toHaveLength(before + 1);
            }
            expect(engine.root.keys()).toContain('GET\na\n/a\n1\none\nko');
          },
        ));

      test('paths are told apart as they were sent, and a query is none of them', () =>
        cached({ ...kept, key: [NginxCacheKey.path()] }, async (engine) => {
          for (const path of ['/a/b', '/a//b', '/a%2Fb', '/a/./b', '/a/c/../b', '/%61/b']) {
            expect([path, (await engine.ask(path)).headers['x-cache-status']]).toStrictEqual([path, 'MISS']);
          }
          expect(await engine.got('/a/b?c')).toBe('HIT answer 1');
        }));

      test('no part can look like the end of another', () =>
        cached({ ...kept, key: [NginxCacheKey.uri(), NginxCacheKey.header('x-tenant')] }, async (engine) => {
          const parts = [
            ['/a', 'bc'],
            ['/ab', 'c'],
            ['/abc', ''],
            ['/a%0Ab', 'c'],
            ['/a\\nb', 'c'],
          ];
          for (const [path, tenant] of parts) {
            expect(await engine.got(path, { headers: { 'x-tenant': tenant } })).toMatch(/^MISS/);
          }
        }));

      test('answers to POST are kept by body, where that is asked for, save for large ones', () =>
        cached({ ...kept, cachePost: true }, async (engine, origin) => {
          const post = (body: string) => engine.got('/search', { method: 'POST', body });
          const [long, tooLong] = ['a'.repeat(32_767), 'a'.repeat(50_000)];
          expect([await post('x'), await post('x'), await post('y')]).toStrictEqual([
            'MISS answer 1',
            'HIT answer 1',
            'MISS answer 2',
          ]);
          expect([await post(`${long}x`), await post(`${long}y`), await post(`${long}x`)]).toStrictEqual([
            'MISS answer 3',
            'MISS answer 4',
            'HIT answer 3',
          ]);
          expect(await engine.got('/search')).toBe('MISS answer 5');
          expect([await post(`${tooLong}x`), await post(`${tooLong}y`)]).toStrictEqual([
            'BYPASS answer 6',
            'BYPASS answer 7',
          ]);
          expect(origin.asked).toHaveLength(7);
          expect(engine.log).toBe('');
        }));

      test('POST is not kept by default, and of any size', () =>
        cached(
          kept,
          async (engine, origin) => {
            const post = { method: 'POST', body: 'a'.repeat(5_000_000) };
            expect([await engine.got('/', post), await engine.got('/', post)]).toStrictEqual([
              'not cached 5000000',
              'not cached 5000000',
            ]);
            expect(origin.asked).toHaveLength(2);
          },
          (request, response) => {
            let bytes = 0;
            request.on('data', (chunk: Buffer) => (bytes += chunk.length));
            request.on('end', () => response.end(String(bytes)));
          },
        ));
    });

    describe('who gets what is kept', () => {
      test('a request with a condition gets a new answer, which others get then', () =>
        cached({ ...kept, bypass: [NginxCacheCondition.header('x-refresh')] }, async (engine) => {
          await engine.ask();
          expect(await engine.got('/', { headers: { 'x-refresh': '1' } })).toBe('BYPASS answer 2');
          expect(await engine.got()).toBe('HIT answer 2');
        }));

      test('the answer to a request with a condition is not kept', () =>
        cached(
          { ...kept, noStore: [NginxCacheCondition.cookie('session'), NginxCacheCondition.queryParameter('draft')] },
          async (engine) => {
            expect(await engine.got('/', { headers: { cookie: 'session=a' } })).toBe('MISS answer 1');
            expect(await engine.got('/')).toBe('MISS answer 2');
            expect(await engine.got('/', { headers: { cookie: 'session=a' } })).toBe('HIT answer 2');
            expect([await engine.got('/?draft=1'), await engine.got('/?draft=1')]).toStrictEqual([
              'MISS answer 3',
              'MISS answer 4',
            ]);
          },
        ));

      const as = (user: string) => ({ headers: { authorization: `Bearer ${user}` } });

      test('what one user is authorized for nobody else gets', () =>
        cached(kept, async (engine) => {
          expect(await engine.got('/', as('one'))).toBe('BYPASS answer 1');
          expect(await engine.got('/', as('two'))).toBe('BYPASS answer 2');
          expect(await engine.got('/')).toBe('MISS answer 3');
          expect(await engine.got('/', as('one'))).toBe('BYPASS answer 4');
        }));

      test('unless that is said, or each has answers of his own', async () => {
        await cached({ ...kept, shareAuthorized: true }, async (engine) => {
          await engine.got('/', as('one'));
          expect(await engine.got('/', as('two'))).toBe('HIT answer 1');
        });
        const key = [NginxCacheKey.uri(), NginxCacheKey.header('Authorization')];
        await cached({ ...kept, key }, async (engine) => {
          const all = [
            await engine.got('/', as('one')),
            await engine.got('/', as('two')),
            await engine.got('/', as('one')),
          ];
          expect(all).toStrictEqual(['MISS answer 1', 'MISS answer 2', 'HIT answer 1']);
        });
      });
    });

    describe('while the upstream fails', () => {
      const short: Partial<NginxCacheAmbassadorProps> = { times: [{ statuses: [200], time: Duration.seconds(1) }] };

      test('an answer that is too old is given when the upstream is down, and a new one when it is up again', () =>
        cached(short, async (engine, origin) => {
          await engine.ask();
          await origin.down();
          await sleep(2100);
          expect(await engine.got()).toBe('STALE answer 1');
          expect(await engine.got('/other')).toBe('MISS 502');
          await origin.up();
          await until('there is a new answer', async () => (await engine.got()).includes('answer 2'));
        }));

      test('and when it says that it fails', () => {
        let fails = false;
        return cached(
          { ...short, backgroundUpdate: false },
          async (engine) => {
            await engine.ask();
            fails = true;
            await sleep(2100);
            expect(await engine.got()).toBe('STALE answer 1');
          },
          (_, response, count) => void response.writeHead(fails ? 503 : 200).end(`answer ${count}`),
        );
      });

      test('but not where that is not wanted', () =>
        cached({ ...short, useStale: [] }, async (engine, origin) => {
          await engine.ask();
          await origin.down();
          await sleep(2100);
          expect(await engine.got()).toBe('EXPIRED 502');
        }));

      test('nobody waits for a new answer while there is an old one', async () => {
        const slow: ServerResponse[] = [];
        await cached(
          short,
          async (engine) => {
            await engine.ask();
            await sleep(2100);
            expect(await engine.got()).toBe('STALE answer 1');
            expect(await engine.got()).toBe('UPDATING answer 1');
            await until('the upstream is asked for a new answer', () => slow.length > 0);
            slow[0].end('the new one');
            // HIT for a second only.
            await until('there is a new answer', async () => (await engine.got()).endsWith(' the new one'));
          },
          (_, response, count) => {
            if (count === 1) {
              response.end('answer 1');
            } else {
              slow.push(response);
            }
          },
        );
      });

      test('one who has to wait does, where updates are not in the background', () =>
        cached({ ...short, useStale: [NginxCacheStale.ERROR] }, async (engine) => {
          await engine.ask();
          await sleep(2100);
          expect(await engine.got()).toBe('EXPIRED answer 2');
        }));

      test('an answer that has not changed is asked for by its date or tag', () =>
        cached(
          { ...short, useStale: [] },
          async (engine) => {
            await engine.ask();
            await sleep(2100);
            expect(await engine.got()).toBe('REVALIDATED answer 1');
          },
          (request, response, count) => {
            const isKnown = request.headers['if-none-match'] === '"tag"';
            response.writeHead(isKnown ? 304 : 200, { etag: '"tag"' }).end(isKnown ? undefined : `answer ${count}`);
          },
        ));

      test('of requests at once that are alike, one goes to the upstream, and all get its answer', async () => {
        const held: ServerResponse[] = [];
        await cached(
          { ...kept, timeouts: { cacheLock: minute, cacheLockAge: minute } },
          async (engine, origin) => {
            const all = Array.from({ length: 20 }, () => engine.got('/popular'));
            await until('the upstream is asked', () => held.length > 0);
            await sleep(300);
            held[0].end('the only one');
            const answers = await Promise.all(all);
            expect(new Set(answers.map((answer) => answer.replace(/^\w+ /, '')))).toStrictEqual(
              new Set(['the only one']),
            );
            expect(answers.filter((answer) => answer.startsWith('MISS'))).toHaveLength(1);
            expect(origin.asked).toHaveLength(1);
          },
          (_, response) => void held.push(response),
        );
      });

      test('without the lock each goes to the upstream', async () => {
        const held: ServerResponse[] = [];
        await cached(
          { ...kept, cacheLock: false },
          async (engine) => {
            const all = Array.from({ length: 5 }, () => engine.got('/popular'));
            await until('all have asked the upstream', () => held.length === 5);
            held.forEach((response) => response.end('one'));
            await Promise.all(all);
          },
          (_, response) => void held.push(response),
        );
      });
    });

    describe('to the upstream', () => {
      test('requests and answers go as they are', () =>
        cached(
          kept,
          async (engine) => {
            const { headers, body } = await engine.ask('/a%2Fb//c?d=%20', {
              headers: { x_under_score: '1', 'x.dot': '2', host: 'localhost', 'if-none-match': '"x"' },
            });
            expect(JSON.parse(body)).toMatchObject({
              url: '/a%2Fb//c?d=%20',
              headers: {
                host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
                x_under_score: '1',
                'x.dot': '2',
              },
            });
            expect(headers).toMatchObject({
              server: 'the upstream',
              date: 'Fri, 27 Nov 2026 00:00:00 GMT',
              location: 'http://elsewhere.example/',
            });
          },
          (request, response) => {
            response.writeHead(200, {
              server: 'the upstream',
              date: 'Fri, 27 Nov 2026 00:00:00 GMT',
              location: 'http://elsewhere.example/',
              'x-accel-redirect': '/elsewhere',
            });
            response.end(JSON.stringify({ url: request.url, headers: request.headers }));
          },
        ));

      test('an answer in pieces is passed on as they come, and nobody is told the age of what is kept', async () => {
        const held: ServerResponse[] = [];
        await cached(
          kept,
          async (engine) => {
            const socket = connect(engine.port, '127.0.0.1');
            let seen = '';
            socket.setEncoding('utf8').on('data', (text: string) => (seen += text));
            socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
            await until('the first piece is there', () => seen.includes('first'));
            held[0].write('second');
            await until('the second piece is there', () => seen.includes('second'));
            held[0].end('last');

            await until('it is kept', async () => (await engine.got()) === 'HIT firstsecondlast');
            expect((await engine.ask()).headers).not.toHaveProperty('age');
          },
          (_, response) => {
            response.write('first');
            held.push(response);
          },
        );
      });

      test('a request for an upgrade goes on as any other', () =>
        cached(
          kept,
          async (engine) => {
            const { status, body } = await engine.ask('/', {
              headers: { connection: 'upgrade', upgrade: 'websocket' },
            });
            expect([status, body]).toStrictEqual([200, 'no upgrade']);
          },
          (request, response) => void response.end(request.headers.upgrade ?? 'no upgrade'),
        ));

      test('with a Host of its own', () =>
        cached(
          { hostHeader: 'catalog.example' },
          async (engine) => {
            expect((await engine.ask()).body).toBe('catalog.example');
          },
          (request, response) => void response.end(request.headers.host),
        ));

      test('connections are used again', async () => {
        const ports = new Set<number | undefined>();
        await cached(
          {},
          async (engine) => {
            for (let index = 0; index < 10; index += 1) {
              await engine.ask(`/${index}`);
            }
            expect(ports.size).toBe(1);
          },
          (request, response) => {
            ports.add(request.socket.remotePort);
            response.end();
          },
        );
      });

      test('who answers too late is not waited for', () =>
        cached(
          { timeouts: { read: Duration.millis(200) } },
          async (engine) => {
            expect((await engine.ask()).status).toBe(504);
          },
          () => undefined,
        ));

      const options = { caSecret: 'catalog-ca', serverName: 'catalog.test' };

      async function secured(
        props: Partial<NginxCacheAmbassadorProps>,
        test: (engine: Engine, origin: Origin) => Promise<void>,
        { tls = {}, root = new Root(), name = 'catalog.test' } = {},
      ): Promise<void> {
        await Origin.with(
          (request, response) => {
            const { subject } = (
              request.socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } }
            ).getPeerCertificate();
            response.end(`secured for ${subject?.CN ?? 'nobody'}`);
          },
          (origin) =>
            Engine.with(nginx, { upstream: origin.url, ...props }, (engine) => test(engine, origin), { root }),
          { tls: { ...root.certify(name), ...tls } },
        );
      }

      test('TLS: a certificate with the name, of an authority that is trusted', () =>
        secured({ tls: NginxCacheTls.verified(options) }, async (engine) => {
          expect(await engine.got()).toBe('MISS secured for nobody');
        }));

      test('TLS: another name is refused, and the request is not sent', () =>
        secured(
          { tls: NginxCacheTls.verified(options) },
          async (engine, origin) => {
            expect(await engine.got()).toBe('MISS 502');
            expect(engine.log).toContain('upstream SSL certificate does not match "catalog.test"');
            expect(origin.asked).toStrictEqual([]);
          },
          { name: 'other.test' },
        ));

      test('TLS: an authority that is not trusted is refused, the public ones by default', () =>
        secured({ tls: NginxCacheTls.verified({ serverName: 'catalog.test' }) }, async (engine, origin) => {
          expect(await engine.got()).toBe('MISS 502');
          expect(engine.log).toMatch(/upstream SSL certificate verify error/);
          expect(origin.asked).toStrictEqual([]);
        }));

      test('TLS: whoever answers, where that is said', () =>
        secured({ tls: NginxCacheTls.unverified() }, async (engine) => {
          expect(await engine.got()).toBe('MISS secured for nobody');
        }));

      test('TLS: nginx shows who it is, and a renewed certificate without a restart', async () => {
        const root = new Root();
        await secured(
          { tls: NginxCacheTls.verified({ ...options, clientSecret: 'shop-client' }) },
          async (engine, origin) => {
            expect(await engine.got('/1')).toBe('MISS secured for catalog.test');
            const authority = readFileSync(root.in('tls/ca.crt'));
            root.certify('renewed.test');
            root.write('tls/ca.crt', authority.toString());
            // Connections, and what they have agreed on, stay as they are.
            await origin.down();
            await origin.up();
            await until(
              'the renewed certificate is shown',
              async () => (await engine.got('/2')) === 'MISS secured for renewed.test',
            );
          },
          { root, tls: { requestCert: true, rejectUnauthorized: false } },
        );
      });
    });

    describe('names', () => {
      test('are looked up again while nginx runs, and may be there later', () =>
        Names.with(async (names) => {
          const at = (host: string, port?: number) => (test: (origin: Origin) => Promise<void>) =>
            Origin.with((_, response) => void response.end(`from ${host}`), test, { host, port });
          await at('127.0.0.1')((first) =>
            at(
              '127.0.0.2',
              first.port,
            )(() =>
              Engine.with(
                nginx,
                { upstream: `http://catalog.test.:${first.port}`, nameservers: [names.address] },
                async (engine) => {
                  await until('the name is looked up', () => names.asked.has('catalog.test'));
                  expect(await engine.got()).toBe('MISS 502');
                  names.addresses.set('catalog.test', '127.0.0.1');
                  // nginx asks again after ten seconds for a name that there is not.
                  await until('it is found', async () => (await engine.got()) === 'MISS from 127.0.0.1');
                  names.addresses.set('catalog.test', '127.0.0.2');
                  await until('the new address is found', async () => (await engine.got()) === 'MISS from 127.0.0.2');
                },
              ),
            ),
          );
        }));

      test.each([
        ['http://catalog', 'catalog.shop.svc.cluster.test'],
        ['http://catalog.other.svc', 'catalog.other.svc.cluster.test'],
        ['http://catalog.other.svc.cluster.test', 'catalog.other.svc.cluster.test'],
        ['http://example.com.', 'example.com'],
      ])('%s is asked for as %s, at the servers of the pod', async (upstream, name) => {
        await Names.with(async (names) => {
          const root = new Root();
          // Not at port 53, which is somebody else's here.
          const edit = (config: string) =>
            config.replace(`include ${root.in('run')}/resolver.conf;`, `resolver ${names.address};`);
          await Engine.with(
            nginx,
            { upstream },
            async () => {
              await until('a name is looked up', () => names.asked.size > 0);
              expect([...names.asked]).toStrictEqual([name]);
              expect(readFileSync(root.in('run/resolver.conf'), 'utf8')).toBe('resolver 127.0.0.1 ipv6=off;\n');
            },
            { root, edit },
          );
        });
      });

      test.each([
        ['nameserver 10.96.0.10\n', '', 'resolver 10.96.0.10 ipv6=off;\n'],
        [
          '# made by hand\nnameserver\tfd00::10\nnameserver 10.96.0.10\noptions ndots:5',
          'fd000000000000000000000000000005 02 40 00 80 eth0\n',
          'resolver [fd00::10] 10.96.0.10;\n',
        ],
        ['', 'fe800000000000000000000000000005 02 40 20 80 eth0\n', 'resolver 127.0.0.1 ipv6=off;\n'],
        ['nameserver 10.96.0.10', '', 'resolver 10.96.0.10 ipv6=off;\n'],
      ])('the servers of names are those of the pod: %j', async (resolvConf, addresses, resolver) => {
        const root = new Root();
        root.write('resolv.conf', resolvConf);
        root.write('if_inet6', addresses);
        await Engine.with(
          nginx,
          { upstream: 'http://catalog' },
          () => {
            expect(readFileSync(root.in('run/resolver.conf'), 'utf8')).toBe(resolver);
            return Promise.resolve();
          },
          { root },
        );
      });
    });

    describe('its life', () => {
      test('a container that starts again has its answers, and a new pod has none', async () => {
        await Origin.with(counting, async (origin) => {
          const props = { upstream: origin.url, ...kept };
          const first = await Engine.start(nginx, props);
          expect(await first.got()).toBe('MISS answer 1');
          await first.stop();
          const again = await Engine.start(nginx, props, { root: first.root });
          await until('what was kept is found again', async () => (await again.got()) === 'HIT answer 1');
          await again.stop();
          first.root.remove();
          await Engine.with(nginx, props, async (engine) => {
            expect(await engine.got()).toBe('MISS answer 2');
          });
        });
      });

      test('with SIGQUIT, which the image asks for, a request under way is answered, and then it ends', async () => {
        const held: ServerResponse[] = [];
        await cached(
          {},
          async (engine) => {
            const answer = engine.got();
            await until('the upstream is asked', () => held.length > 0);
            const ended = engine.stop('SIGQUIT');
            await until('nothing listens', async () => {
              const socket = connect(engine.port, '127.0.0.1');
              const isRefused = await once(socket, 'connect').then(
                () => false,
                () => true,
              );
              socket.destroy();
              return isRefused;
            });
            held[0].end('the last one');
            expect(await answer).toBe('MISS the last one');
            expect(await ended).toStrictEqual([0, null]);
          },
          (_, response) => void held.push(response),
        );
      });

      test('but it waits for no request for longer than it is told', () =>
        cached(
          { shutdownTimeout: Duration.millis(500) },
          async (engine, origin) => {
            const answer = engine.got().catch(() => 'cut off');
            await until('the upstream is asked', () => origin.asked.length > 0);
            expect(await engine.stop('SIGQUIT')).toStrictEqual([0, null]);
            expect(await answer).toMatch(/cut off|MISS 50\d/);
          },
          () => undefined,
        ));

      test('with SIGTERM it ends at once', () =>
        cached(
          {},
          async (engine, origin) => {
            const answer = engine.got().catch(() => 'cut off');
            await until('the upstream is asked', () => origin.asked.length > 0);
            expect(await engine.stop('SIGTERM')).toStrictEqual([0, null]);
            expect(await answer).toBe('cut off');
          },
          () => undefined,
        ));

      test('the log has a line of JSON for each request, without its query', () =>
        cached({ ...kept, accessLog: true }, async (engine) => {
          await engine.ask('/a"b?token=secret');
          await until('there is a line in the log', () => readFileSync(engine.root.in('out'), 'utf8').includes('\n'));
          const [line] = readFileSync(engine.root.in('out'), 'utf8').split('\n');
          expect(JSON.parse(line)).toMatchObject({ method: 'GET', path: '/a"b', status: '200', cache: 'MISS' });
          expect(line).not.toContain('secret');
        }));

      test('it writes nowhere but where it may', () =>
        cached(kept, async (engine) => {
          await engine.ask('/', { method: 'POST', body: 'a'.repeat(100_000) });
          expect(engine.log).toBe('');
        }));

      test('it listens for its pod only', () =>
        cached({}, async (engine) => {
          const socket = connect(engine.port, '127.0.0.2');
          await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
          const health = connect(engine.healthPort, '127.0.0.2');
          await once(health, 'connect');
          health.destroy();
        }));
    });
  },
  INSTALL,
);
