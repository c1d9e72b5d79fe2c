import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, Testing } from 'cdk8s';
import * as fc from 'fast-check';
import { Client } from 'pg';
import {
  PgBouncerAmbassador,
  PgBouncerAuthType,
  PgBouncerDatabase,
  PgBouncerPoolMode,
  PgBouncerSettings,
  PgBouncerTls,
  PgBouncerTlsOptions,
  PgBouncerUsers,
} from '../../../lib';
import { pgBouncerConfigProblems, renderPgBouncerConfig } from '../../../lib/ready-made/pgbouncer/pgbouncer-config';
import { freePort } from '../../support/net';
import { sharedFolder } from '../../support/nobody';
import { connected, PASSWORD, PgBouncer, Postgres, query, versionOf } from '../../support/postgres';
import { describeWithProgram } from '../../support/program';
import { deployment, synthPodSpec } from '../../support/workloads';

/** How many configurations the engine judges. */
const numRuns = Number(process.env.RUNS ?? 50);
const users = PgBouncerUsers.fromUserList('users');
const minimal: PgBouncerSettings = { users, databases: [{ name: 'shop', host: '127.0.0.1' }] };

describeWithProgram('pgbouncer', (pgbouncer) => {
  const version = versionOf(pgbouncer);
  let folder = '';

  beforeAll(() => {
    folder = sharedFolder('pg-');
    writeFileSync(join(folder, 'userlist.txt'), userList({ judge: PASSWORD, shop: PASSWORD }));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes a configuration whose users and certificates are in the folder. */
  function write(settings: PgBouncerSettings, edit: (text: string) => string = (text) => text): string {
    const path = join(folder, 'pgbouncer.ini');
    writeFileSync(path, edit(renderPgBouncerConfig(settings, { users: folder, tls: folder })));
    return path;
  }

  async function start(settings: PgBouncerSettings, edit?: (text: string) => string): Promise<PgBouncer> {
    return await PgBouncer.start([pgbouncer, write(settings, edit)]);
  }

  /** What an engine makes of settings: the console's answers, or why it does not start. */
  async function judged(settings: PgBouncerSettings): Promise<Record<'config' | 'databases', Table> | string> {
    const listen = await freePort();
    let bouncer: PgBouncer;
    try {
      bouncer = await start({ ...settings, listen, statsUsers: [...(settings.statsUsers ?? []), 'judge'] });
    } catch (error) {
      return (error as Error).message;
    }
    try {
      // Not the address that it listens on, which may be all of them.
      const host = settings.listenAddress?.includes(':') ? '::1' : '127.0.0.1';
      const console = await connected({ host, port: listen, user: 'judge', password: PASSWORD, database: 'pgbouncer' });
      const table = async (text: string): Promise<Table> => (await console.query<Table[number]>(text)).rows;
      const result = { config: await table('SHOW CONFIG'), databases: await table('SHOW DATABASES') };
      await console.end();
      return result;
    } finally {
      await bouncer.stop();
    }
  }

  test('settings without problems mean to PgBouncer what they say', async () => {
    await fc.assert(
      fc.asyncProperty(settingsOfAllSorts(version), async (settings) => {
        expect(pgBouncerConfigProblems(settings)).toStrictEqual([]);
        const result = await judged(settings);
        if (typeof result === 'string') {
          throw new Error(result);
        }
        const config = new Map(result.config.map(({ key, value }) => [key, value]));
        for (const [key, value] of Object.entries(meantBy(settings))) {
          // It shows six digits of numbers: where two are as near the even one, and JavaScript gives the larger one.
          const shown = /^[0-9.]+$/.test(value)
            ? [Number(value), Number(value) * (1 - 1e-9)].map((number) => String(Number(number.toPrecision(6))))
            : [value];
          expect({ key, shown }).toEqual({
            key,
            shown: expect.arrayContaining([readNumber(config.get(key))]) as unknown,
          });
        }
        for (const database of settings.databases.filter(({ name }) => name !== '*')) {
          expect(result.databases).toContainEqual(expect.objectContaining(databaseOf(database, settings, version)));
        }
      }),
      { numRuns },
    );
  }, 600_000);

  test('names of all sorts that have no problems are read as they are', async () => {
    const unit = fc.oneof(
      fc.stringMatching(/^[ \t\n=,;#%'"[\]{}*\\$`\-_.@+]$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    );
    const text = fc.string({ unit, minLength: 1, maxLength: 5 });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.stringMatching(/^[A-Za-z0-9_.-]+$/), text), text, async (name, other) => {
        const settings = { ...minimal, databases: [{ name, host: '10.0.0.1', database: other, user: other }] };
        if (name !== '*' && pgBouncerConfigProblems(settings).length === 0) {
          const result = await judged(settings);
          expect(result).toMatchObject({
            databases: expect.arrayContaining([
              expect.objectContaining({ name, database: other, force_user: other }),
            ]) as unknown,
          });
          read++;
        }
      }),
      { numRuns: numRuns * 2 },
    );
    expect(read).toBeGreaterThan(numRuns / 10);
  }, 600_000);

  test.each<[string, Partial<PgBouncerSettings>, RegExp]>([
    ['a database of the name of the console', { databases: [{ name: 'pgbouncer', host: 'db' }] }, /reserved/],
    ['a name with a space', { databases: [{ name: 'a b', host: 'db' }] }, /syntax error/],
    ['a name that ends a quoted value', { databases: [{ name: 'a', host: 'db', user: "a' b" }] }, /syntax error/],
    ['a mode that there is not', { poolMode: 'query' as unknown as PgBouncerPoolMode }, /invalid value "query"/],
    ['half a connection', { maxUserConnections: 1.5 }, /invalid value "1.5"/],
    ['no port', { databases: [{ name: 'a', host: 'db', port: 0 }] }, /invalid port/],
  ])('%s: PgBouncer does not start with it, and it is a problem', async (_, settings, complaint) => {
    const bad = { ...minimal, ...settings };

    expect(pgBouncerConfigProblems(bad)).not.toStrictEqual([]);
    await expect(start({ listen: await freePort(), ...bad })).rejects.toThrow(complaint);
  });

  test('a count that is too large is read as another one, and is a problem', async () => {
    const bad = { ...minimal, poolSize: 2 ** 32 + 5 };

    expect(pgBouncerConfigProblems(bad)).not.toStrictEqual([]);
    expect(await judged(bad)).toMatchObject({
      config: expect.arrayContaining([expect.objectContaining({ key: 'default_pool_size', value: '5' })]) as unknown,
    });
  });

  test('a port that is none is read as another one, and is a problem', async () => {
    const listen = await freePort();
    const bad = { ...minimal, listen: listen + 65_536 };

    expect(pgBouncerConfigProblems(bad)).not.toStrictEqual([]);
    const bouncer = await start(bad);
    await bouncer.stop();
    expect(bouncer.log).toContain(`listening on 127.0.0.1:${listen}`);
  });

  describeWithProgram(
    'postgres',
    (program) => {
      let postgres: Postgres;
      let bouncer: PgBouncer | undefined;
      let listen = 0;
      const clients: Client[] = [];

      beforeAll(async () => {
        postgres = await Postgres.start(program);
        for (const file of ['ca.crt', 'other-ca.crt']) {
          copyFileSync(join(postgres.folder, file), join(folder, file));
        }
        // The list has the passwords of users, and the server those of its own.
        await postgres.query(`CREATE USER report PASSWORD 'of-the-server'`);
      });

      afterEach(async () => {
        await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
        await bouncer?.stop();
      });

      afterAll(async () => {
        await postgres.remove();
      });

      const database = (): PgBouncerDatabase => ({
        name: 'shop',
        host: '127.0.0.1',
        port: postgres.port,
        database: 'postgres',
      });

      async function pooled(settings: Partial<PgBouncerSettings>, edit?: (text: string) => string): Promise<void> {
        listen = await freePort();
        const complete = { users, databases: [database()], tls: PgBouncerTls.plaintext(), listen, ...settings };
        expect(pgBouncerConfigProblems(complete)).toStrictEqual([]);
        bouncer = await start(complete, edit);
      }

      const shop = (password: string | undefined = PASSWORD) => ({
        port: listen,
        user: 'shop',
        password,
        database: 'shop',
      });

      async function client(): Promise<Client> {
        const one = await connected(shop());
        clients.push(one);
        return one;
      }

      /** The server's connections that PgBouncer has made. */
      async function serverConnections(): Promise<number> {
        const [[count]] = await postgres.query(
          `SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        );
        return count as number;
      }

      test('fifty clients share three connections to the server, a transaction each at a time', async () => {
        await pooled({ poolMode: PgBouncerPoolMode.TRANSACTION, poolSize: 3 });
        const all = await Promise.all(Array.from({ length: 50 }, client));

        const pids = await Promise.all(
          all.map(
            async (one) =>
              (await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.05)')).rows[0].pid,
          ),
        );

        expect(new Set(pids).size).toBe(3);
        expect(await serverConnections()).toBe(3);
      });

      test('by default, which is by session, each client has a connection of its own', async () => {
        await pooled({ poolSize: 60 });
        const all = await Promise.all(Array.from({ length: 50 }, client));
        const pid = async (one: Client) =>
          (await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0].pid;

        const pids = await Promise.all(all.map(pid));

        expect(new Set(pids).size).toBe(50);
        expect(await serverConnections()).toBe(50);
        expect(await Promise.all(all.map(pid))).toStrictEqual(pids);
      });

      test('who finds the pool exhausted waits, gets through when it is not, and is disconnected in time', async () => {
        await pooled({
          poolMode: PgBouncerPoolMode.TRANSACTION,
          poolSize: 1,
          timeouts: { queryWait: Duration.seconds(2) },
        });
        const [holder, patient, late] = [await client(), await client(), await client()];

        await holder.query('BEGIN');
        const waiting = patient.query('SELECT 1');
        await sleep(300);
        await holder.query('COMMIT');
        await waiting;
        await holder.query('BEGIN');
        const begin = Date.now();

        await expect(late.query('SELECT 1')).rejects.toThrow('query_wait_timeout');
        expect(Date.now() - begin).toBeGreaterThan(1900);
        await holder.query('COMMIT');
      });

      test('what JDBC sends at its start is taken, and refused where it is not ignored', async () => {
        const words = Buffer.from('user\0shop\0database\0shop\0extra_float_digits\x003\0\0');
        const head = Buffer.alloc(8);
        head.writeInt32BE(head.length + words.length, 0);
        // Version 3.0 of the protocol.
        head.writeInt32BE(3 << 16, 4);
        const answered = async (): Promise<string> => {
          const socket = connect(listen, '127.0.0.1');
          socket.write(Buffer.concat([head, words]));
          const [answer] = (await once(socket, 'data')) as [Buffer];
          socket.destroy();
          return answer.toString('latin1');
        };

        await pooled({});
        // It asks for the password.
        expect(await answered()).toMatch(/^R/);
        await bouncer?.stop();

        await pooled({}, (text) => text.replace(/^ignore_startup_parameters.*$/m, ''));
        expect(await answered()).toMatch(/^E[^]*unsupported startup parameter: extra_float_digits/);
      });

      test('more clients than it takes are refused', async () => {
        await pooled({ maxClientConnections: 2 });
        await Promise.all([client(), client()]);

        await expect(client()).rejects.toThrow(/no more connections allowed/);
      });

      test('a wrong password, an unknown user and an unknown database are refused', async () => {
        await pooled({});

        await expect(query(shop('wrong'), 'SELECT 1')).rejects.toThrow();
        await expect(query({ ...shop(), user: 'nobody' }, 'SELECT 1')).rejects.toThrow();
        await expect(query({ ...shop(), database: 'other' }, 'SELECT 1')).rejects.toThrow();
        expect(await query(shop(), 'SELECT 1')).toStrictEqual([[1]]);
      });

      test('nobody needs a password where clients are trusted, and PgBouncer shows the server that of the user', async () => {
        await pooled({ authType: PgBouncerAuthType.TRUST });

        expect(await query(shop(''), 'SELECT current_user')).toStrictEqual([['shop']]);
      });

      test('a database can have the user as whom PgBouncer logs in', async () => {
        writeFileSync(
          join(folder, 'userlist.txt'),
          userList({ shop: PASSWORD, judge: PASSWORD, report: 'of-the-server' }),
        );
        await pooled({ databases: [{ ...database(), user: 'report' }] });

        expect(await query(shop(), 'SELECT current_user')).toStrictEqual([['report']]);
      });

      test('a list of users that changes is taken over when it is told to reload', async () => {
        const list = (report: string) => {
          writeFileSync(join(folder, 'userlist.txt'), userList({ shop: PASSWORD, judge: PASSWORD, report }));
        };
        const report = () => query({ ...shop('of-the-server'), user: 'report' }, 'SELECT 1');
        list('old');
        await pooled({});
        await expect(report()).rejects.toThrow();

        list('of-the-server');
        bouncer?.process.kill('SIGHUP');

        await eventually(async () => {
          expect(await report()).toStrictEqual([[1]]);
        });
      });

      describe('TLS to the server', () => {
        const isEncrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
        const quick = { timeouts: { clientLogin: Duration.seconds(2) } };
        const verified = (options: PgBouncerTlsOptions = {}) => PgBouncerTls.verified({ caSecret: 'ca', ...options });

        test('is encrypted, with a server whose certificate has its name', async () => {
          await pooled({ tls: verified(), databases: [{ ...database(), host: 'localhost' }] });

          expect(await query(shop(), isEncrypted)).toStrictEqual([[true]]);
        });

        test('is refused where the name is another one', async () => {
          await pooled({ tls: verified(), ...quick });

          await expect(query(shop(), isEncrypted)).rejects.toThrow();
          await eventually(() => {
            expect(bouncer?.log).toMatch(/name `127.0.0.1' not present in server certificate/);
          });
        });

        test('is refused where no authority vouches for it, the public ones by default', async () => {
          for (const edit of [(text: string) => text.replace('/ca.crt', '/other-ca.crt'), undefined]) {
            await pooled(
              { tls: edit ? verified() : undefined, databases: [{ ...database(), host: 'localhost' }], ...quick },
              edit,
            );

            await expect(query(shop(), isEncrypted)).rejects.toThrow();
            await eventually(() => {
              expect(bouncer?.log).toMatch(/certificate verify failed|failed to open CA file/);
            });
            await bouncer?.stop();
          }
        });

        test('is encrypted with whoever answers, or not at all, where that is said', async () => {
          await pooled({ tls: PgBouncerTls.unverified() });
          expect(await query(shop(), isEncrypted)).toStrictEqual([[true]]);
          await bouncer?.stop();

          await pooled({ tls: PgBouncerTls.plaintext() });
          expect(await query(shop(), isEncrypted)).toStrictEqual([[false]]);
        });
      });

      test('told to stop, it lets its clients finish, where it knows how, and ends at once when they have', async () => {
        await pooled({ poolMode: PgBouncerPoolMode.TRANSACTION });
        const running = await client();
        await running.query('BEGIN');
        const process = bouncer?.process;

        process?.kill('SIGTERM');
        await sleep(500);
        if (version >= 123) {
          expect(process?.exitCode).toBeNull();
          await expect(client()).rejects.toThrow();
          expect((await running.query('SELECT 1 AS one')).rows).toStrictEqual([{ one: 1 }]);
          await running.query('COMMIT');
        }
        await running.end().catch(() => undefined);

        await eventually(() => {
          expect(process?.exitCode).toEqual(expect.any(Number));
        });
      });

      test('a query that is there before the server gets its answer as soon as that is', async () => {
        await postgres.down();
        await pooled({});
        const answer = query(shop(), 'SELECT 1');
        await sleep(2000);
        await postgres.up();
        const up = Date.now();

        expect(await answer).toStrictEqual([[1]]);
        expect(Date.now() - up).toBeLessThan(SERVER_RETRY);
      });

      test('a query waits for the end of an outage, and gets through within seconds of it', async () => {
        await pooled({ poolMode: PgBouncerPoolMode.TRANSACTION });
        await query(shop(), 'SELECT 1');
        await postgres.down();
        const waiting = query(shop(), 'SELECT 1');
        await sleep(1500);
        await postgres.up();
        const up = Date.now();

        expect(await waiting).toStrictEqual([[1]]);
        expect(Date.now() - up).toBeLessThan(SERVER_RETRY);
        expect(await query(shop(), 'SELECT 1')).toStrictEqual([[1]]);
      });

      describe('the ready-made container', () => {
        /** Its container, with its folders in ours, and PostgreSQL's own programs in its path. */
        async function container(settings: Partial<PgBouncerSettings>) {
          listen = await freePort();
          const chart = Testing.chart();
          const ambassador = new PgBouncerAmbassador(deployment(chart), 'db', {
            users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }, { secret: 'report-db' }),
            databases: [database()],
            tls: PgBouncerTls.plaintext(),
            listen,
            ...settings,
          });
          const { data } = ambassador.configMap.toJson() as { data: Record<string, string> };
          const places = ['/etc/pgbouncer-credentials', '/etc/pgbouncer-users', '/etc/pgbouncer/'];
          const here = (text: string): string =>
            places.reduce((result, place) => result.replaceAll(place, join(folder, place)), text);
          for (const place of places) {
            mkdirSync(join(folder, place), { recursive: true });
            chmodSync(join(folder, place), 0o777);
          }
          writeFileSync(join(folder, '/etc/pgbouncer/pgbouncer.ini'), here(data['pgbouncer.ini']));
          const { command, startupProbe } = synthPodSpec(chart).containers?.[1] as {
            command: string[];
            startupProbe: { exec: { command: string[] } };
          };
          return {
            command: command.map(here),
            probe: startupProbe.exec.command,
            env: { PATH: `${process.env.PATH ?? ''}:${dirname(pgbouncer)}:${dirname(program)}` },
          };
        }

        function secret(index: number, data: Record<'username' | 'password', string>): void {
          const at = join(folder, '/etc/pgbouncer-credentials', String(index));
          mkdirSync(at, { recursive: true });
          for (const [key, value] of Object.entries(data)) {
            writeFileSync(join(at, key), value);
          }
        }

        test('makes its list of users of several Secrets, whatever is in their passwords, for itself to read', async () => {
          const { command, env } = await container({});
          secret(1, { username: 'shop', password: PASSWORD });
          secret(2, { username: 'report', password: 'of-the-server' });

          bouncer = await PgBouncer.start(command, env);

          expect(await query(shop(), 'SELECT current_user')).toStrictEqual([['shop']]);
          expect(await query({ ...shop('of-the-server'), user: 'report' }, 'SELECT current_user')).toStrictEqual([
            ['report'],
          ]);
          const mode = spawnSync('stat', ['-c', '%a', join(folder, '/etc/pgbouncer-users/userlist.txt')], {
            encoding: 'utf8',
          });
          expect(mode.stdout).toBe('600\n');
          expect(command.join('\n')).not.toContain(PASSWORD);
        });

        test('does not start without its users', async () => {
          const { command, env } = await container({});
          rmSync(join(folder, '/etc/pgbouncer-credentials'), { recursive: true });

          await expect(PgBouncer.start(command, env)).rejects.toThrow("can't read");
        });

        test.each(Object.values(PgBouncerAuthType))(
          'has a probe that succeeds once it listens, with %s',
          async (authType) => {
            const { command, probe, env } = await container({ authType });
            const ask = () =>
              spawnSync(probe[0], probe.slice(1), { env: { ...process.env, ...env }, encoding: 'utf8' }).status;
            secret(1, { username: 'shop', password: PASSWORD });
            rmSync(join(folder, '/etc/pgbouncer-credentials/2'), { recursive: true, force: true });

            expect(ask()).toBe(2);
            bouncer = await PgBouncer.start(command, env);

            expect(ask()).toBe(0);
          },
        );
      });
    },
    'apt-get install postgresql',
  );
});

type Table = Record<string, unknown>[];

function userList(passwords: Record<string, string>): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return Object.entries(passwords)
    .map(([name, password]) => `${quoted(name)} ${quoted(password)}\n`)
    .join('');
}

/** How long PgBouncer itself would wait before it tries again, in milliseconds; a second is what it is told. */
const SERVER_RETRY = 15_000;

async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  const begin = Date.now();
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() - begin > 60_000) {
        throw error;
      }
      await sleep(100);
    }
  }
}

function readNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[0-9.]+(?:e\+[0-9]+)?$/.test(value) ? String(Number(value)) : value;
}

/** What `SHOW CONFIG` has to say of settings. */
function meantBy(settings: PgBouncerSettings): Record<string, string> {
  const { timeouts = {} } = settings;
  const seconds = (duration: Duration | undefined): number | undefined => duration && duration.toMilliseconds() / 1000;
  const retry = seconds(timeouts.serverRetry ?? Duration.seconds(1));
  const meant = {
    listen_addr: settings.listenAddress ?? '127.0.0.1',
    unix_socket_dir: '',
    auth_type: settings.authType ?? 'scram-sha-256',
    pool_mode: settings.poolMode ?? 'session',
    default_pool_size: settings.poolSize ?? 20,
    min_pool_size: settings.minPoolSize ?? 0,
    reserve_pool_size: settings.reservePoolSize ?? 0,
    reserve_pool_timeout: seconds(settings.reservePoolTimeout) ?? 5,
    max_db_connections: settings.maxDatabaseConnections ?? 0,
    max_user_connections: settings.maxUserConnections ?? 0,
    max_client_conn: settings.maxClientConnections ?? 100,
    max_prepared_statements: settings.maxPreparedStatements,
    server_tls_sslmode: settings.tls?._mode ?? 'verify-full',
    server_connect_timeout: seconds(timeouts.serverConnect) ?? 15,
    server_login_retry: retry,
    dns_nxdomain_ttl: retry,
    server_idle_timeout: seconds(timeouts.serverIdle) ?? 600,
    server_lifetime: seconds(timeouts.serverLifetime) ?? 3600,
    query_wait_timeout: seconds(timeouts.queryWait) ?? 120,
    query_timeout: seconds(timeouts.query) ?? 0,
    idle_transaction_timeout: seconds(timeouts.idleTransaction) ?? 0,
    client_idle_timeout: seconds(timeouts.clientIdle) ?? 0,
    client_login_timeout: seconds(timeouts.clientLogin) ?? 60,
    ignore_startup_parameters: (settings.ignoreStartupParameters ?? ['extra_float_digits']).join(', '),
    admin_users: (settings.adminUsers ?? []).join(', '),
    stats_users: [...(settings.statsUsers ?? []), 'judge'].join(', '),
    log_connections: Number(settings.logConnections ?? true),
    log_disconnections: Number(settings.logConnections ?? true),
  };
  return Object.fromEntries(
    Object.entries(meant).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

/** What `SHOW DATABASES` has to say of one. */
function databaseOf(
  database: PgBouncerDatabase,
  settings: PgBouncerSettings,
  version: number,
): Record<string, unknown> {
  const reserve = database.reservePoolSize ?? settings.reservePoolSize ?? 0;
  return {
    name: database.name,
    host: database.host,
    port: database.port ?? 5432,
    database: database.database ?? database.name,
    force_user: database.user ?? null,
    pool_size: database.poolSize ?? settings.poolSize ?? 20,
    min_pool_size: database.minPoolSize ?? settings.minPoolSize ?? 0,
    ...(version < 124 ? { reserve_pool: reserve } : { reserve_pool_size: reserve }),
    pool_mode: database.poolMode ?? null,
    max_connections: database.maxConnections ?? settings.maxDatabaseConnections ?? 0,
  };
}

function settingsOfAllSorts(version: number): fc.Arbitrary<PgBouncerSettings> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const count = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1_000_000 }));
  const countOrNone = fc.oneof(fc.constant(0), count);
  const duration = fc
    .oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 100_000 }))
    .map((millis) => Duration.millis(millis));
  const durationOrNone = fc.oneof(fc.constant(Duration.millis(0)), duration);
  const mode = fc.constantFrom(...Object.values(PgBouncerPoolMode));
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,63}$/).filter((text) => text !== 'pgbouncer');
  const user = fc.stringMatching(/^[A-Za-zäß국_$@+=;#%[\]*.-]{1,20}$/);
  const database = fc.record({
    name: fc.oneof({ arbitrary: name, weight: 9 }, fc.constant('*')),
    host: fc
      .oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9](\.[a-z][a-z0-9]{1,8}){0,3}$/))
      .filter((host) => !/^[0.:]+$/.test(host)),
    port: optional(fc.integer({ min: 1, max: 65535 })),
    database: optional(user),
    user: optional(user),
    poolMode: optional(mode),
    poolSize: optional(count),
    minPoolSize: optional(countOrNone),
    reservePoolSize: optional(countOrNone),
    maxConnections: optional(count),
  });
  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
  return fc
    .record({
      users: fc.constant(users),
      databases: fc.uniqueArray(database, { minLength: 1, maxLength: 4, selector: (one) => one.name }),
      tls: optional(fc.constantFrom(PgBouncerTls.verified(), PgBouncerTls.unverified(), PgBouncerTls.plaintext())),
      listenAddress: optional(fc.constantFrom('127.0.0.1', '*', '0.0.0.0', ...(hasIpv6 ? ['::1', '::'] : []))),
      authType: optional(fc.constantFrom(...Object.values(PgBouncerAuthType))),
      poolMode: optional(mode),
      poolSize: optional(count),
      minPoolSize: optional(countOrNone),
      reservePoolSize: optional(countOrNone),
      reservePoolTimeout: optional(duration),
      maxDatabaseConnections: optional(count),
      maxUserConnections: optional(count),
      maxClientConnections: optional(count),
      maxPreparedStatements: version < 121 ? fc.constant(undefined) : optional(fc.integer({ min: 0, max: 10_000 })),
      timeouts: optional(
        fc.record({
          serverConnect: optional(duration),
          serverRetry: optional(duration),
          serverIdle: optional(durationOrNone),
          serverLifetime: optional(duration),
          queryWait: optional(durationOrNone),
          query: optional(duration),
          idleTransaction: optional(duration),
          clientIdle: optional(fc.integer({ min: 10_000, max: 2 ** 31 - 1 }).map((millis) => Duration.millis(millis))),
          clientLogin: optional(fc.integer({ min: 10_000, max: 2 ** 31 - 1 }).map((millis) => Duration.millis(millis))),
        }),
      ),
      ignoreStartupParameters: optional(
        fc.array(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.]{0,30}$/), { maxLength: 3 }),
      ),
      statsUsers: optional(fc.array(user, { maxLength: 3 })),
      adminUsers: optional(fc.array(user, { maxLength: 3 })),
      logConnections: optional(fc.boolean()),
    })
    .map((settings) => ({ ...settings, listen: 1 }))
    .filter((settings) => pgBouncerConfigProblems(settings).length === 0);
}
