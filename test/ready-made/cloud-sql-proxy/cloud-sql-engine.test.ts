import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, Server, Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { CloudSqlCredentials, CloudSqlInstance, CloudSqlNetwork, CloudSqlSettings } from '../../../lib';
import { cloudSqlArgs } from '../../../lib/ready-made/cloud-sql-proxy/cloud-sql-args';
import { cloudSqlProblems } from '../../../lib/ready-made/cloud-sql-proxy/cloud-sql-problems';
import { exchange, freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { serviceAccount } from '../../support/service-account';
import { until, untilSaid } from '../../support/until';
import { Cloud, Proxy } from './engine';

const connectionName = 'my-shop:europe-west1:orders';
const stock = 'my-shop:asia-northeast3:stock';
const NAMES = [connectionName, stock, 'example.com:my-shop:us-central1:a'];
const numRuns = Number(process.env.RUNS ?? 50);
jest.setTimeout(600_000 + numRuns * 2000);

/** Of an instance, whose port is always the same: each run of the tests has others. */
const address = (number: number): string => `127.8.${process.pid % 256}.${number}`;

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

describeWithProgram(
  'cloud-sql-proxy',
  (program) => {
    let servers: Server[];
    let cloud: Cloud;
    let api: string;
    let nowhere: string;
    beforeAll(async () => {
      servers = await Promise.all(['public', 'private', 'psc', 'stock'].map(database));
      const [ofPublic, ofPrivate, ofPsc, ofStock] = servers.map((server) => `127.0.0.1:${portOf(server)}`);
      nowhere = `http://127.0.0.1:${await freePort()}`;
      cloud = await Cloud.start(program, [
        `${connectionName}/public/${address(1)}/${ofPublic}`,
        `${connectionName}/private/${address(2)}/${ofPrivate}`,
        `${connectionName}/psc/${address(3)}/${ofPsc}`,
        `${stock}/public/${address(4)}/${ofStock}`,
      ]);
      api = cloud.endpoint;
    });
    afterAll(async () => {
      for (const server of servers) {
        server.close();
      }
      await cloud.stop();
    });

    /** Runs a proxy as the pod's account, with what stands for Google. */
    async function withProxy<T>(
      settings: CloudSqlSettings,
      test: (proxy: Proxy) => Promise<T>,
      { endpoint = api, folder = '/nowhere' } = {},
    ): Promise<T> {
      const healthPort = settings.healthPort ?? (await freePort());
      const args = cloudSqlArgs({ ...settings, healthPort }).map((arg) =>
        arg.replace('/etc/cloud-sql-credentials', folder),
      );
      // The pod's account is asked for at the metadata server, which is at another address in the cloud.
      const env = { ...process.env, GCE_METADATA_HOST: endpoint.slice('http://'.length) };
      const proxy = await Proxy.start(program, [`--sqladmin-api-endpoint=${endpoint}`, ...args], healthPort, env);
      try {
        return await test(proxy);
      } finally {
        await proxy.stop();
      }
    }

    const one = async (more: Partial<CloudSqlInstance> = {}) => ({ connectionName, listen: await freePort(), ...more });

    test('connections arrive at the address that is chosen, by TLS with a certificate for the account of the pod', async () => {
      const instances = [
        await one(),
        await one({ network: CloudSqlNetwork.PRIVATE_IP }),
        await one({ network: CloudSqlNetwork.PSC }),
        await one({ connectionName: stock }),
      ];
      await withProxy({ instances }, async () => {
        const answers = await Promise.all(instances.map(({ listen }) => exchange(listen, 'SELECT')));
        expect(answers).toStrictEqual(['SELECT: public', 'SELECT: private', 'SELECT: psc', 'SELECT: stock']);
      });
      await untilSaid(cloud, `${connectionName} is looked up as Bearer pod sqlservice.admin\n`);
    });

    test('the key of a Secret is what it asks Google with', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cloud-sql-'));
      writeFileSync(join(folder, 'key.json'), serviceAccount(api));
      const credentials = CloudSqlCredentials.serviceAccountKey({ secret: 'sql-account' });
      const instance = await one();

      await withProxy(
        { instances: [instance], credentials },
        async () => {
          expect(await exchange(instance.listen, 'SELECT')).toBe('SELECT: public');
        },
        { folder },
      );

      rmSync(folder, { recursive: true });
      await untilSaid(cloud, `${connectionName} is looked up as Bearer key sqlservice.admin\n`);
    });

    test('an instance with iamLogin is reached with a login of the account, and one without beside it is not', async () => {
      const instances = [await one({ iamLogin: true }), await one({ connectionName: stock })];
      const since = cloud.output.length;

      await withProxy({ instances }, async () => {
        expect(await exchange(instances[0].listen, 'SELECT')).toBe('SELECT: public');
        expect(await exchange(instances[1].listen, 'SELECT')).toBe('SELECT: stock');
      });

      const told = () => cloud.output.slice(since).split('\n');
      const logins = (name: string) => told().filter((line) => line.startsWith(`${name} is to be reached`));
      const login = `${connectionName} is to be reached with the login "pod sqlservice.login"`;
      await until('both are asked for', () => logins(connectionName).includes(login) && logins(stock).length > 0);
      expect(logins(stock).at(-1)).toBe(`${stock} is to be reached with the login ""`);
    });

    test('one instance with and without iamLogin would be asked for at each turn, and is a problem', async () => {
      const instances = [await one(), await one({ iamLogin: true })];
      expect(cloudSqlProblems({ instances })).toHaveLength(1);
      const since = cloud.output.length;

      await withProxy({ instances }, async () => {
        expect(await exchange(instances[0].listen, 'SELECT')).toBe('SELECT: public');
        void exchange(instances[1].listen, 'SELECT').catch(() => undefined);
        await until('it has asked again', () => (cloud.output.slice(since).match(/the login "/g)?.length ?? 0) > 1);
      });
    });

    test.each([false, true])(
      'without Google it starts and closes connections, which get through as soon as Google is there (lazy: %p)',
      async (lazyRefresh) => {
        const instance = await one();
        const port = await freePort();
        const endpoint = `http://127.0.0.1:${port}`;
        await withProxy(
          { instances: [instance], lazyRefresh },
          async (proxy) => {
            expect(await asked(instance.listen)).toBe('');
            expect(await proxy.health('/liveness')).toBe(200);
            const late = await Cloud.start(
              program,
              [`${connectionName}/public/${address(5)}/127.0.0.1:${portOf(servers[0])}`],
              port,
            );
            try {
              await until('it gets through', async () => (await asked(instance.listen)) === 'SELECT: public');
            } finally {
              await late.stop();
            }
          },
          { endpoint },
        );
      },
    );

    test('where there is no account it does not start, and says so', async () => {
      const env = { PATH: process.env.PATH, HOME: '/nowhere', NO_GCE_CHECK: 'true' };
      const proxy = await Proxy.start(program, cloudSqlArgs({ instances: [await one()] }), 0, env);

      expect(await proxy.terminated()).toBe(1);
      await untilSaid(proxy, 'could not find default credentials');
    });

    test('the port for probes tells its health on all addresses and has metrics, and its log is lines of JSON', async () => {
      const instance = await one();
      await withProxy({ instances: [instance] }, async (proxy) => {
        const paths = ['/startup', '/liveness', '/readiness', '/metrics', '/quitquitquit'];
        expect(await Promise.all(paths.map((path) => proxy.health(path)))).toStrictEqual([200, 200, 200, 200, 404]);
        if (hasIpv6) {
          expect(await proxy.health('/startup', '[::1]')).toBe(200);
        }
        await exchange(instance.listen, 'SELECT');
        const lines = proxy.output.trim().split('\n');
        expect(lines.map((line) => typeof JSON.parse(line))).toStrictEqual(lines.map(() => 'object'));
      });
    });

    test('connections above the limit are closed, and readiness, which nothing asks for, is 503 then', async () => {
      const instance = await one();
      await withProxy({ instances: [instance], maxConnections: 1 }, async (proxy) => {
        const held = await hold(instance.listen);
        await until('there is no connection left', async () => (await proxy.health('/readiness')) === 503);
        expect(await asked(instance.listen)).toBe('');
        held.destroy();
        await until('there is one again', async () => (await proxy.health('/readiness')) === 200);
        expect(await asked(instance.listen)).toBe('SELECT: public');
      });
    });

    test.each<[string, number, boolean, number]>([
      ['without connections it ends at once', 600, false, 0],
      ['with one it ends when that does, and closes others', 600, true, 0],
      ['with one that stays it ends when the time is over', 1, true, 1],
    ])('SIGTERM: %s', async (_, shutdownTimeout, isHeld, code) => {
      const instance = await one();
      const settings = { instances: [instance], shutdownTimeout: Duration.seconds(shutdownTimeout) };
      await withProxy(settings, async (proxy) => {
        expect(await asked(instance.listen)).toBe('SELECT: public');
        const held = isHeld ? await hold(instance.listen) : undefined;
        proxy.process.kill('SIGTERM');
        await until('it is told', () => proxy.output.includes('SIGTERM signal received'));
        if (held && shutdownTimeout > 1) {
          expect(await asked(instance.listen)).toBe('');
          expect(proxy.hasEnded).toBe(false);
          held.destroy();
        }
        expect(await proxy.terminated()).toBe(code);
        held?.destroy();
      });
    });

    test.each([
      ['a name without project and region', 'orders'],
      ['a region that the instance is not in', 'my-shop:europe:orders'],
    ])('%s: it starts and never connects, and that is a problem', async (_, name) => {
      const instance = await one({ connectionName: name });
      expect(cloudSqlProblems({ instances: [instance] })).toHaveLength(1);

      await withProxy({ instances: [instance] }, async (proxy) => {
        expect(await asked(instance.listen)).toBe('');
        await untilSaid(proxy, 'failed to connect to instance');
      });
    });

    test('a port that is far too large is read as another one, and is a problem', async () => {
      const port = await freePort();
      const instances = [{ connectionName, listen: 2 ** 32 + port }];
      expect(cloudSqlProblems({ instances })).toHaveLength(1);

      await withProxy({ instances }, async () => {
        expect(await asked(port)).toBe('SELECT: public');
      });
    });

    test('no connections would be as many as one wants, and is a problem', async () => {
      const settings = { instances: [await one()], maxConnections: 0 };
      expect(cloudSqlProblems(settings)).toHaveLength(1);

      await withProxy(settings, async () => {
        const held = await hold(settings.instances[0].listen);
        expect(await asked(settings.instances[0].listen)).toBe('SELECT: public');
        held.destroy();
      });
    });

    test('settings of all sorts: what has no problems for us is taken as it is meant, and what has some is not', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cloud-sql-'));
      writeFileSync(join(folder, 'key.json'), serviceAccount(nowhere));
      const count = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(settingsOfAllSorts(), async (given) => {
          const settings = await withPorts(given);
          const problems = cloudSqlProblems(settings);
          await withProxy(
            settings,
            async (proxy) => {
              if (proxy.hasEnded !== problems.length > 0) {
                throw new Error([...problems, 'The proxy says:', proxy.output].join('\n'));
              }
              count[proxy.hasEnded ? 'refused' : 'taken']++;
              if (!proxy.hasEnded) {
                const host = settings.listenAddress ?? '127.0.0.1';
                try {
                  await Promise.all(settings.instances.map(({ listen }) => connected(listen, host)));
                } catch (error) {
                  throw new Error(`${String(error)}\n${JSON.stringify(settings)}\n${proxy.output}`, { cause: error });
                }
              }
            },
            { endpoint: nowhere, folder },
          );
        }),
        { numRuns },
      );
      rmSync(folder, { recursive: true });
      expect(Math.min(count.taken, count.refused)).toBeGreaterThan(numRuns / 10);
    });
  },
  '.ci/cloud-sql-proxy builds it',
);

/** A server that answers with what it is asked, and its name; or not at all, if it is to hold the connection. */
function database(name: string): Promise<Server> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        if (String(data) === 'hold') {
          socket.write('held');
        } else {
          socket.end(`${String(data)}: ${name}`);
        }
      });
    }),
  );
}

/** The answer at a port; nothing, if the connection is closed. */
function asked(port: number): Promise<string> {
  return exchange(port, 'SELECT').catch(() => '');
}

async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** A connection that stays, as far as the database. */
async function hold(port: number): Promise<Socket> {
  const socket = await connected(port);
  socket.write('hold');
  await once(socket, 'data');
  return socket;
}

/** A port that is free, by its number among some of them, or one that there is not. */
type Port = { readonly free: number } | number;

type Given = Omit<CloudSqlSettings, 'instances' | 'healthPort'> & {
  readonly instances: readonly (Omit<CloudSqlInstance, 'listen'> & { readonly listen: Port })[];
  readonly healthPort: Port;
};

async function withPorts({ instances, healthPort, ...others }: Given): Promise<CloudSqlSettings> {
  const free = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const number = (port: Port) => (typeof port === 'number' ? port : free[port.free]);
  return {
    ...others,
    instances: instances.map((instance) => ({ ...instance, listen: number(instance.listen) })),
    healthPort: number(healthPort),
  };
}

/** Settings with a mistake now and then, of those that the proxy finds. */
function settingsOfAllSorts(): fc.Arbitrary<Given> {
  const seldom = <T>(right: fc.Arbitrary<T>, ...wrong: T[]): fc.Arbitrary<T> =>
    fc.oneof({ arbitrary: right, weight: 15 }, { arbitrary: fc.constantFrom(...wrong), weight: 1 });
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const index = fc.integer({ min: 0, max: 5 });
  const ports = fc.oneof(
    { arbitrary: fc.uniqueArray(index, { minLength: 5, maxLength: 5 }), weight: 8 },
    { arbitrary: fc.array(index, { minLength: 5, maxLength: 5 }), weight: 1 },
  );
  const instance = fc.record({
    which: fc.integer({ min: 0, max: NAMES.length - 1 }),
    network: optional(fc.constantFrom(...Object.values(CloudSqlNetwork))),
    wrong: seldom(fc.constant<number | undefined>(undefined), -1, 0, 1.5, 65_536, 70_000),
  });
  const impersonate = 'orders@my-shop.iam.gserviceaccount.com';
  const delegates = ['pods@my-shop.iam.gserviceaccount.com'];
  return fc
    .record({
      given: fc.array(instance, { minLength: 1, maxLength: 4 }),
      ports,
      iamLogins: fc.array(optional(fc.boolean()), { minLength: NAMES.length, maxLength: NAMES.length }),
      wrongHealth: seldom(fc.constant<number | undefined>(undefined), -1, 1.5, 65_536, 70_000),
      listenAddress: optional(
        seldom(
          fc.constantFrom('127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::1', '::'] : [])),
          ...['localhost', '', '127.0.0.1:5432', '1.2.3', '256.0.0.1', '192.0.2.1', '[::1]'],
        ),
      ),
      maxConnections: optional(seldom(fc.integer({ min: 1, max: 1_000_000 }), -1, 1.5, NaN, Infinity, 2 ** 64, 1e21)),
      shutdownTimeout: optional(
        seldom(
          fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((count) => Duration.millis(count)),
          Duration.days(110_000),
        ),
      ),
      lazyRefresh: optional(fc.boolean()),
      quotaProject: fc.constantFrom(undefined, 'my-shop', 'example.com:my-shop'),
      credentials: fc.constantFrom(
        undefined,
        CloudSqlCredentials.workloadIdentity({ impersonate, delegates }),
        CloudSqlCredentials.serviceAccountKey({ secret: 'sql-account' }),
        CloudSqlCredentials.serviceAccountKey({ secret: 'sql-account', impersonate }),
      ),
    })
    .map(({ given, ports: [health, ...free], iamLogins, wrongHealth, ...settings }) => ({
      ...settings,
      instances: given.map(({ which, network, wrong }, at) => ({
        connectionName: NAMES[which],
        network,
        iamLogin: iamLogins[which],
        listen: wrong ?? { free: free[at] },
      })),
      healthPort: wrongHealth ?? { free: health },
    }));
}
