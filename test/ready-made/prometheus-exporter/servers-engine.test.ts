import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration } from 'cdk8s';
import {
  MemcachedExporterProps,
  MysqldCollector,
  PostgresExporterProps,
  PrometheusExporter,
  PrometheusExporterTls,
} from '../../../lib';
import { certificateFor } from '../../support/certificates';
import { answering, exchange, freePort, listening, portOf } from '../../support/net';
import { Postgres } from '../../support/postgres';
import { describeWithProgram } from '../../support/program';
import { run } from '../../support/project';
import { until, untilSaid } from '../../support/until';
import { Running, Told, told } from './engine';

const INSTALL = 'PATH=$PATH:$(.ci/exporters)';
const passwordSecret = { name: 'db', key: 'password' };
/** With what URLs, shells and files of settings make something else of. */
const PASSWORD = "a$b@:/#%='\\x";
const RIGHT = { 'db/password': PASSWORD };
const WRONG = { 'db/password': 'wrong' };

/** A server that runs until the tests of a block are over. */
class Server {
  public readonly folder = mkdtempSync(join(tmpdir(), 'server-'));
  private process?: ChildProcess;

  public async start(port: number, program: string, args: readonly string[]): Promise<void> {
    this.process = spawn(program, args, { cwd: this.folder, stdio: 'ignore' });
    await answering(port);
  }

  public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { process } = this;
    if (process?.exitCode === null && process.signalCode === null) {
      process.kill(signal);
      await once(process, 'close');
    }
  }

  public async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs an exporter, and shows that it ends when it is told to. */
async function running(
  program: string,
  what: Told,
  secrets: Readonly<Record<string, string>>,
  use: (exporter: Running) => Promise<void>,
): Promise<void> {
  const exporter = new Running(program, what, secrets);
  try {
    await exporter.started();
    await use(exporter);
  } finally {
    await exporter.stop();
  }
}

/** A server that takes connections, and says nothing. */
async function withSilent(use: (port: number, asked: () => boolean) => Promise<void>): Promise<void> {
  const sockets: Socket[] = [];
  const server = await listening(createServer((socket) => sockets.push(socket)));
  try {
    await use(portOf(server), () => sockets.length > 0);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
}

/** Shows that SIGTERM ends an exporter that waits for its server with a scrape. */
function endsWhileScraped(
  program: string,
  whatOf: (port: number, metricsPort: number) => Told,
  more: readonly string[] = [],
): Promise<void> {
  return withSilent(async (port, asked) => {
    const exporter = new Running(program, whatOf(port, await freePort()), {}, more);
    try {
      await exporter.started();
      const scrape = exporter.metrics().catch(() => 'cut off');
      await until('its server is asked', asked);
      await exporter.stop();
      await scrape;
    } finally {
      await exporter.stop();
    }
  });
}

describeWithProgram(
  'nginx-prometheus-exporter',
  (program) => {
    describeWithProgram('nginx', (nginx) => {
      const server = new Server();
      let port = 0;
      beforeAll(async () => {
        port = await freePort();
        const file = join(server.folder, 'nginx.conf');
        writeFileSync(
          file,
          `daemon off; master_process off; pid ${server.folder}/pid; error_log ${server.folder}/log;
events {}
http {
  access_log off;
  server { listen 127.0.0.1:${port}; location = /status { stub_status; } location / { return 200; } }
}
`,
        );
        await server.start(port, nginx, ['-p', server.folder, '-c', file]);
      });
      afterAll(() => server.remove());

      test('counts its requests, and says when it is down', async () => {
        const metricsPort = await freePort();
        const what = told((web) =>
          PrometheusExporter.nginx(web, 'metrics', { statusPort: port, statusPath: '/status', metricsPort }),
        );
        await running(program, what, {}, async (exporter) => {
          const before = await exporter.metrics();
          for (let count = 0; count < 3; count++) {
            await exchange(port, 'GET / HTTP/1.0\r\n\r\n');
          }
          const after = await exporter.metrics();
          // With the one that reads the status.
          const requests = 'nginx_http_requests_total';
          expect((after.valueOf(requests) ?? 0) - (before.valueOf(requests) ?? 0)).toBe(4);
          expect([after.typeOf(requests), after.valueOf('nginx_up')]).toStrictEqual(['COUNTER', 1]);

          // What the probe asks for does not ask nginx.
          expect((await exporter.get('/')).status).toBe(200);
          expect((await exporter.metrics()).valueOf(requests)).toBe((after.valueOf(requests) ?? 0) + 1);

          await server.stop();
          expect((await exporter.metrics()).valueOf('nginx_up')).toBe(0);
          expect((await exporter.get('/')).status).toBe(200);
        });
      });
    });

    test('waits for an nginx that does not answer, whatever it is told, as the documentation warns', async () => {
      await withSilent(async (statusPort, asked) => {
        const metricsPort = await freePort();
        const what = told((web) => PrometheusExporter.nginx(web, 'metrics', { statusPort, metricsPort }));
        const exporter = new Running(program, what, {}, ['--nginx.timeout=100ms']);
        try {
          await exporter.started();
          const prometheus = new AbortController();
          const scrape = exporter.get('/metrics', prometheus.signal);
          await until('nginx is asked', asked);
          // Once it does what it says, there can be a property for it.
          expect(await Promise.race([scrape.then(() => 'answered'), sleep(3000, 'waits')])).toBe('waits');
          prometheus.abort();
          await expect(scrape).rejects.toThrow('aborted');
          expect((await exporter.get('/')).status).toBe(200);
        } finally {
          await exporter.stop();
        }
      });
    });

    test('ends while a scrape is under way that would take for ever', () =>
      endsWhileScraped(program, (statusPort, metricsPort) =>
        told((web) => PrometheusExporter.nginx(web, 'metrics', { statusPort, metricsPort })),
      ));
  },
  INSTALL,
);

describeWithProgram(
  'redis_exporter',
  (program) => {
    describeWithProgram('redis-server', (redis) => {
      const server = new Server();
      let port = 0;
      const command = async (...words: string[]): Promise<string> => {
        const encode = (list: string[]): string =>
          `*${list.length}\r\n${list.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
        return exchange(port, encode(['AUTH', PASSWORD]) + encode(words) + encode(['QUIT']));
      };
      beforeAll(async () => {
        port = await freePort();
        await server.start(port, redis, [
          ...['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', server.folder],
          ...['--requirepass', PASSWORD],
        ]);
        await command('MSET', 'session:1', 'x', 'session:2', 'x', 'a,b=c+d $(x)', '7');
        await command('ACL', 'SETUSER', 'exporter', 'on', `>${PASSWORD}`, '~*', '+@all');
      });
      afterAll(() => server.remove());

      test.each(['exporter', undefined])('as the user %s counts keys, and reads values', async (user) => {
        const metricsPort = await freePort();
        const what = told((web) =>
          PrometheusExporter.redis(web, 'metrics', {
            redisPort: port,
            user,
            passwordSecret,
            metricsPort,
            countKeys: [{ pattern: 'session:*' }],
            checkKeys: [{ pattern: 'a,b=c+d $(x)', database: 0 }],
          }),
        );
        expect(JSON.stringify(what)).not.toContain(PASSWORD);
        await running(program, what, RIGHT, async (exporter) => {
          const metrics = await exporter.metrics();
          expect(metrics.valueOf('redis_up')).toBe(1);
          expect(metrics.valueOf('redis_keys_count', { db: 'db0', key: 'session:*' })).toBe(2);
          expect(metrics.valueOf('redis_key_value', { db: 'db0', key: 'a,b=c+d $(x)' })).toBe(7);
        });
      });

      test('walks through all keys for each pattern at each scrape', async () => {
        const scans = async (): Promise<number> =>
          Number(/cmdstat_scan:calls=(\d+)/.exec(await command('INFO', 'commandstats'))?.[1] ?? 0);
        const metricsPort = await freePort();
        const countKeys = [{ pattern: 'session:*' }, { pattern: 'queue:*' }];
        const what = told((web) =>
          PrometheusExporter.redis(web, 'metrics', { redisPort: port, passwordSecret, metricsPort, countKeys }),
        );
        await running(program, what, RIGHT, async (exporter) => {
          const before = await scans();
          await exporter.metrics();
          const after = await scans();
          expect(after - before).toBeGreaterThanOrEqual(2);
          await exporter.metrics();
          expect((await scans()) - after).toBe(after - before);
        });
      });

      test('ends while a scrape is under way that would take a minute', () =>
        endsWhileScraped(
          program,
          (redisPort, metricsPort) =>
            told((web) => PrometheusExporter.redis(web, 'metrics', { redisPort, metricsPort })),
          ['--connection-timeout=60s'],
        ));

      test('with a wrong password it runs, and says that Redis is not up', async () => {
        const metricsPort = await freePort();
        const what = told((web) =>
          PrometheusExporter.redis(web, 'metrics', { redisPort: port, passwordSecret, metricsPort }),
        );
        await running(program, what, WRONG, async (exporter) => {
          expect((await exporter.metrics()).valueOf('redis_up')).toBe(0);
          expect(await exporter.get('/health')).toStrictEqual({ status: 200, body: 'ok' });
        });
      });
    });
  },
  INSTALL,
);

describeWithProgram(
  'postgres_exporter',
  (program) => {
    describeWithProgram(
      'postgres',
      (postgres) => {
        let server: Postgres | undefined;
        let port = 0;
        beforeAll(async () => {
          server = await Postgres.start(postgres);
          ({ port } = server);
          await server.query('CREATE DATABASE "my/db"');
          const quoted = PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''");
          await server.query(`CREATE ROLE "met.rics" LOGIN PASSWORD E'${quoted}' IN ROLE pg_monitor`);
        });
        afterAll(() => server?.remove());

        const whatOf = async (more: Partial<PostgresExporterProps> = {}): Promise<Told> => {
          const metricsPort = await freePort();
          return told((web) =>
            PrometheusExporter.postgres(web, 'metrics', {
              user: 'met.rics',
              passwordSecret,
              postgresPort: port,
              database: 'my/db',
              metricsPort,
              ...more,
            }),
          );
        };

        test('reads settings and sizes', async () => {
          const what = await whatOf();
          expect(JSON.stringify(what)).not.toContain(PASSWORD);
          await running(program, what, RIGHT, async (exporter) => {
            const metrics = await exporter.metrics();
            expect(metrics.valueOf('pg_up')).toBe(1);
            expect(metrics.valueOf('pg_settings_max_connections', { server: `127.0.0.1:${port}` })).toBe(150);
            expect(metrics.valueOf('pg_database_size_bytes', { datname: 'my/db' })).toBeGreaterThan(1e6);
            expect((await exporter.get('/')).status).toBe(200);
          });
        });

        test('encrypts where that is wanted, for a server that takes no other connection', async () => {
          await running(program, await whatOf({ tls: true }), RIGHT, async (exporter) => {
            expect((await exporter.metrics()).valueOf('pg_up')).toBe(1);
            const sessions = await server?.query(
              `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'met.rics'`,
            );
            expect(sessions).toStrictEqual([[true]]);
          });
        });

        test('leaves the settings out where they are not wanted', async () => {
          await running(program, await whatOf({ settingsMetrics: false }), RIGHT, async (exporter) => {
            const metrics = await exporter.metrics();
            expect(metrics.valueOf('pg_up')).toBe(1);
            expect(metrics.families.filter(({ name }) => name.startsWith('pg_settings_'))).toStrictEqual([]);
          });
        });

        test('fails at a password with a space, and shows it, as the documentation warns', async () => {
          const spaced = { 'db/password': 'with a space' };
          await running(program, await whatOf(), spaced, async (exporter) => {
            expect((await exporter.metrics()).valueOf('pg_up')).toBe(0);
            await untilSaid(exporter, 'malformed dsn');
            await untilSaid(exporter, 'with a space');
          });
        });

        test('with a wrong password it runs, and says that PostgreSQL is not up', async () => {
          await running(program, await whatOf(), WRONG, async (exporter) => {
            expect((await exporter.metrics()).valueOf('pg_up')).toBe(0);
            expect((await exporter.get('/')).status).toBe(200);
          });
        });
      },
      'apt-get install postgresql',
    );
  },
  INSTALL,
);

describeWithProgram(
  'mysqld_exporter',
  (program) => {
    describeWithProgram(
      'mariadbd',
      (mariadbd) => {
        const server = new Server();
        let port = 0;
        beforeAll(async () => {
          port = await freePort();
          const data = join(server.folder, 'data');
          const init = join(server.folder, 'init.sql');
          const asUser = process.getuid?.() === 0 ? ['--user=root'] : [];
          run(server.folder, 'mariadb-install-db', [
            ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
            ...asUser,
          ]);
          const quoted = PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''");
          writeFileSync(
            init,
            `CREATE USER 'met.rics'@'%' IDENTIFIED BY '${quoted}';
GRANT PROCESS, REPLICATION CLIENT, SLAVE MONITOR, SELECT ON *.* TO 'met.rics'@'%';
CREATE USER 'asking'@'%' IDENTIFIED BY 'what?';
`,
          );
          await server.start(port, mariadbd, [
            ...[
              '--no-defaults',
              `--datadir=${data}`,
              `--port=${port}`,
              '--bind-address=127.0.0.1',
              '--skip-name-resolve',
            ],
            ...[`--socket=${server.folder}/socket`, `--init-file=${init}`, '--max-connections=17', ...asUser],
          ]);
        });
        afterAll(() => server.remove());

        const whatOf = async (collectors?: MysqldCollector[], user = 'met.rics'): Promise<Told> => {
          const metricsPort = await freePort();
          return told((web) =>
            PrometheusExporter.mysqld(web, 'metrics', {
              user,
              passwordSecret,
              mysqldPort: port,
              collectors,
              metricsPort,
            }),
          );
        };

        test('reads status and variables', async () => {
          const what = await whatOf();
          expect(JSON.stringify(what)).not.toContain(PASSWORD);
          await running(program, what, RIGHT, async (exporter) => {
            const metrics = await exporter.metrics();
            expect(metrics.valueOf('mysql_up')).toBe(1);
            expect(metrics.valueOf('mysql_global_variables_max_connections')).toBe(17);
            expect((await exporter.get('/')).status).toBe(200);
          });
        });

        test('takes every collector that there is; two of them want another server than MariaDB', async () => {
          await running(program, await whatOf(Object.values(MysqldCollector)), RIGHT, async (exporter) => {
            const metrics = await exporter.metrics();
            const failed = Object.values(MysqldCollector).filter((name) => {
              const success = metrics.valueOf('mysql_exporter_collector_success', { collector: `collect.${name}` });
              expect([0, 1]).toContain(success);
              return success === 0;
            });
            expect(failed).toStrictEqual([MysqldCollector.STATEMENTS, MysqldCollector.REPLICA_HOSTS]);
          });
        });

        test('fails at a password with a question mark, as the documentation warns', async () => {
          const asking = { 'db/password': 'what?' };
          await running(program, await whatOf([], 'asking'), asking, async (exporter) => {
            expect((await exporter.metrics()).valueOf('mysql_up')).toBe(0);
            await untilSaid(exporter, 'Error opening connection to database');
          });
        });

        test('with a wrong password it runs, and says that MySQL is not up', async () => {
          await running(program, await whatOf(), WRONG, async (exporter) => {
            expect((await exporter.metrics()).valueOf('mysql_up')).toBe(0);
            expect((await exporter.get('/')).status).toBe(200);
          });
        });
      },
      'apt-get install mariadb-server',
    );
  },
  INSTALL,
);

describeWithProgram(
  'memcached_exporter',
  (program) => {
    describeWithProgram('memcached', (memcached) => {
      const tls = PrometheusExporterTls;
      const servers: Server[] = [];
      let certificates: Record<string, string> = {};
      beforeAll(() => {
        certificates = certificateFor('cache.example');
      });
      afterAll(() => Promise.all(servers.map((server) => server.remove())));

      async function started(
        more: (folder: string) => readonly string[] = () => [],
      ): Promise<{ server: Server; port: number }> {
        const server = new Server();
        servers.push(server);
        const port = await freePort();
        const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
        await server.start(port, memcached, [
          ...['-l', '127.0.0.1', '-p', `${port}`, '-m', '16', ...asUser],
          ...more(server.folder),
        ]);
        return { server, port };
      }

      const whatOf = async (memcachedPort: number, more: Partial<MemcachedExporterProps> = {}): Promise<Told> => {
        const metricsPort = await freePort();
        return told((web) => PrometheusExporter.memcached(web, 'metrics', { memcachedPort, metricsPort, ...more }));
      };

      test('counts items and hits, and says when it is down', async () => {
        const { server, port } = await started();
        await exchange(port, 'set a 0 0 1\r\nx\r\nget a\r\nget b\r\nquit\r\n');
        await running(program, await whatOf(port), {}, async (exporter) => {
          const metrics = await exporter.metrics();
          expect(metrics.valueOf('memcached_up')).toBe(1);
          expect(metrics.valueOf('memcached_current_items')).toBe(1);
          expect(metrics.typeOf('memcached_commands_total')).toBe('COUNTER');
          expect(metrics.valueOf('memcached_commands_total', { command: 'get', status: 'hit' })).toBe(1);
          expect(metrics.valueOf('memcached_commands_total', { command: 'get', status: 'miss' })).toBe(1);
          expect(metrics.valueOf('memcached_limit_bytes')).toBe(16 * 2 ** 20);
          // What the probe asks for does not ask memcached.
          expect((await exporter.get('/')).status).toBe(200);

          await server.stop();
          expect((await exporter.metrics()).valueOf('memcached_up')).toBe(0);
          expect((await exporter.get('/')).status).toBe(200);
        });
      });

      test('does not wait for a memcached that does not answer for longer than it is told to', async () => {
        await withSilent(async (silent) => {
          const what = await whatOf(silent, { timeout: Duration.millis(200) });
          await running(program, what, {}, async (exporter) => {
            expect((await exporter.metrics()).valueOf('memcached_up')).toBe(0);
            await untilSaid(exporter, 'i/o timeout');
          });
        });
      });

      test('whoever reaches the port can have another memcached asked, as the documentation warns', async () => {
        const [own, other] = [await started(), await started()];
        await exchange(other.port, 'set a 0 0 1\r\nx\r\nquit\r\n');
        await running(program, await whatOf(own.port), {}, async (exporter) => {
          expect((await exporter.metrics()).valueOf('memcached_current_items')).toBe(0);
          const asked = await exporter.metrics(`/scrape?target=127.0.0.1:${other.port}`);
          expect(asked.valueOf('memcached_current_items')).toBe(1);
        });
      });

      test('says that a memcached with users is down, as the documentation warns', async () => {
        const { port } = await started((folder) => {
          chmodSync(folder, 0o755);
          writeFileSync(join(folder, 'users'), 'user:password\n', { mode: 0o644 });
          return ['-Y', join(folder, 'users')];
        });
        await running(program, await whatOf(port), {}, async (exporter) => {
          expect((await exporter.metrics()).valueOf('memcached_up')).toBe(0);
        });
      });

      describe('with TLS', () => {
        let port = 0;
        beforeAll(async () => {
          ({ port } = await started((folder) => {
            // Not for root alone.
            chmodSync(folder, 0o755);
            for (const [name, content] of Object.entries(certificates)) {
              writeFileSync(join(folder, name), content, { mode: 0o644 });
            }
            const files = [
              `ssl_chain_cert=${folder}/tls.crt`,
              `ssl_key=${folder}/tls.key`,
              `ssl_ca_cert=${folder}/ca.crt`,
            ];
            // It wants a certificate of whoever connects.
            return ['-Z', '-o', [...files, 'ssl_verify_mode=2'].join(',')];
          }));
        });

        const clientSecret = 'tls';
        test.each<[string, () => PrometheusExporterTls | undefined, number]>([
          ['verified', () => tls.verified({ serverName: 'cache.example', caSecret: 'tls', clientSecret }), 1],
          [
            'verified by what another key has',
            () => tls.verified({ serverName: 'cache.example', caSecret: 'tls', caKey: 'root.pem', clientSecret }),
            1,
          ],
          ['not looked at', () => tls.unverified({ clientSecret }), 1],
          ['of another name', () => tls.verified({ serverName: 'other.example', caConfigMap: 'tls', clientSecret }), 0],
          ['of an authority that nobody knows', () => tls.verified({ serverName: 'cache.example', clientSecret }), 0],
          ['the only one', () => tls.unverified(), 0],
          ['not spoken of', () => undefined, 0],
        ])('a certificate %s', async (_, make, up) => {
          const secrets = Object.fromEntries(
            Object.entries({ ...certificates, 'root.pem': certificates['ca.crt'] }).map(([key, value]) => [
              `tls/${key}`,
              value,
            ]),
          );
          const what = await whatOf(port, { tls: make(), timeout: Duration.seconds(5) });
          await running(program, what, secrets, async (exporter) => {
            expect((await exporter.metrics()).valueOf('memcached_up')).toBe(up);
          });
        });
      });
    });
  },
  INSTALL,
);
