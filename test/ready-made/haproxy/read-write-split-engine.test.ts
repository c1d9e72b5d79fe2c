import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Testing } from 'cdk8s';
import { HaproxyAmbassador, HaproxyServer } from '../../../lib';
import { answering, freePort, listening, portOf } from '../../support/net';
import { PASSWORD, Postgres, query } from '../../support/postgres';
import { ended } from '../../support/process';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { deployment } from '../../support/workloads';

describeWithProgram(
  'postgres',
  (postgres) => {
    describeWithProgram('haproxy', (haproxy) => {
      let databases: Postgres[];
      beforeAll(async () => {
        databases = [await Postgres.start(postgres), await Postgres.start(postgres)];
      });
      afterAll(async () => {
        await Promise.all(databases.map((database) => database.remove()));
      });

      /** Runs an ambassador whose writes and reads go to the same servers, each checked for its own path. */
      async function withSplit(
        servers: readonly HaproxyServer[],
        test: (writes: number, reads: number) => Promise<void>,
      ): Promise<void> {
        const [writes, reads, healthPort] = [await freePort(), await freePort(), await freePort()];
        const chart = Testing.chart();
        const { configMap } = new HaproxyAmbassador(deployment(chart), 'db', {
          serviceName: 'writes',
          listen: writes,
          servers: [...servers],
          httpCheckPath: '/primary',
          furtherServices: [
            { serviceName: 'reads', listen: reads, servers: [...servers], httpCheckPath: '/replica?lag=16MB' },
          ],
          healthPort,
          shutdownTimeout: Duration.seconds(1),
        });
        const { data } = configMap.toJson() as { data: Record<string, string> };
        const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
        const file = join(folder, 'haproxy.cfg');
        writeFileSync(file, data['haproxy.cfg']);
        const proxy = spawn(haproxy, ['-db', '-f', file], { stdio: 'ignore' });
        try {
          await answering(healthPort);
          await test(writes, reads);
        } finally {
          await ended(proxy, 'SIGTERM');
          rmSync(folder, { recursive: true });
        }
      }

      /** The database that a query through a port arrives at; undefined where it arrives nowhere. */
      async function reached(port: number): Promise<unknown> {
        const rows = await query({ port, user: 'shop', password: PASSWORD, database: 'postgres' }, 'SHOW port').catch(
          () => undefined,
        );
        const found = rows && databases.findIndex((database) => String(database.port) === rows[0][0]);
        return found === undefined ? undefined : ['first', 'second'][found];
      }

      /** Waits until five queries in a row arrive there: before its first checks HAProxy takes every server for one that is up. */
      async function reaches(port: number, wanted: string): Promise<void> {
        let seen: unknown[] = [];
        const isReached = async () => {
          seen = [];
          for (let count = 0; count < 5; count += 1) {
            seen.push(await reached(port));
          }
          return seen.every((each) => each === wanted);
        };
        await until(`port ${port} reaches the ${wanted}`, isReached, 60, () => `it reaches ${seen.join(', ')}`);
      }

      test('writes go to the primary and reads to replicas, also when they change their parts', async () => {
        let primary = 0;
        const apis: Server[] = [];
        try {
          for (const index of databases.keys()) {
            // What Patroni answers, which tells the parts of a cluster.
            const api = createServer((request, response) => {
              const asked = request.url?.startsWith('/primary') ? primary === index : primary !== index;
              response.writeHead(asked ? 200 : 503).end();
            });
            await listening(api);
            apis.push(api);
          }
          const servers = databases.map(({ port }, index) => ({
            name: `db-${index}`,
            host: '127.0.0.1',
            port,
            checkPort: portOf(apis[index]),
            checkInterval: Duration.millis(200),
          }));
          await withSplit(servers, async (writes, reads) => {
            await reaches(writes, 'first');
            await reaches(reads, 'second');

            primary = 1;

            await reaches(writes, 'second');
            await reaches(reads, 'first');
          });
        } finally {
          for (const api of apis) {
            api.closeAllConnections();
            api.close();
            await once(api, 'close');
          }
        }
      });
    });
  },
  'apt-get install postgresql',
);
