import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Testing } from 'cdk8s';
import { HaproxyAmbassador, HaproxyAmbassadorProps } from '../../../lib';
import { answering, exchange, freePort, listening, portOf } from '../../support/net';
import { ended } from '../../support/postgres';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { deployment } from '../../support/workloads';

describeWithProgram('haproxy', (haproxy) => {
  /** A server that says its name to whoever says something. */
  const named = (name: string, port?: number): Promise<Server> =>
    listening(
      createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(name))),
      port,
    );

  interface Running {
    readonly listen: number;
    /** What it has said. */
    readonly log: () => string;
    /** Tells it to end, as its image does, and waits until it has. */
    readonly stop: () => Promise<void>;
  }

  /** Runs the ready-made HAProxy. */
  async function withAmbassador(
    props: Omit<HaproxyAmbassadorProps, 'listen'>,
    test: (running: Running) => Promise<void>,
  ): Promise<void> {
    const [listen, healthPort] = [await freePort(), await freePort()];
    const { configMap } = new HaproxyAmbassador(deployment(Testing.chart()), 'proxy', {
      hardStopAfter: Duration.seconds(1),
      ...props,
      listen,
      healthPort,
    });
    const { data } = configMap.toJson() as { data: Record<string, string> };
    const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, data['haproxy.cfg']);
    const proxy = spawn(haproxy, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [proxy.stdout, proxy.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (log += text));
    }
    try {
      await answering(healthPort);
      await test({ listen, log: () => log, stop: () => ended(proxy, 'SIGUSR1') });
    } finally {
      await ended(proxy, 'SIGTERM');
      rmSync(folder, { recursive: true });
    }
  }

  const says = async (port: number): Promise<string> => exchange(port, 'who?').catch(() => 'nobody');
  const reaches = (port: number, name: string): Promise<void> =>
    until(`${name} answers`, async () => (await says(port)) === name);

  test('a backup gets connections while the others are down, and no longer', async () => {
    const port = await freePort();
    const backup = await named('backup');
    const servers = [
      { name: 'replica', host: '127.0.0.1', port },
      { name: 'primary', host: '127.0.0.1', port: portOf(backup), backup: true },
    ];
    await withAmbassador({ servers }, async ({ listen }) => {
      await reaches(listen, 'backup');
      const replica = await named('replica', port);
      await reaches(listen, 'replica');
      replica.close();
      await reaches(listen, 'backup');
    });
    backup.close();
  });

  test('a server with as many errors as it may have is out, until its health checks succeed again', async () => {
    // Health checks ask another port, where all is well.
    const check = await listening(createServer((socket) => socket.end()));
    const port = await freePort();
    const server = { name: 'one', host: '127.0.0.1', port, checkPort: portOf(check), errorLimit: 3 };
    await withAmbassador({ servers: [server] }, async ({ listen, log }) => {
      await until('it is out', async () => {
        await says(listen);
        return /Server \S+\/one is DOWN/.test(log());
      });
      expect(log()).toMatch(/is DOWN, reason: Health analyze, info: "Detected 3 consecutive errors/);
      await until('it is in again', () => /Server \S+\/one is UP/.test(log()));
    });
    check.close();
  });

  test('an idle connection is closed in time', async () => {
    const sockets: Socket[] = [];
    const server = await listening(createServer((socket) => sockets.push(socket.on('error', () => undefined))));
    const servers = [{ name: 'one', host: '127.0.0.1', port: portOf(server) }];
    const second = Duration.seconds(1);
    await withAmbassador({ servers, timeouts: { client: second, server: second } }, async ({ listen }) => {
      const begin = Date.now();
      const socket = connect(listen, '127.0.0.1');
      await once(socket.resume(), 'close');
      expect(Date.now() - begin).toBeGreaterThanOrEqual(900);
    });
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });

  test('a connection that goes on for ever ends with the hard stop', async () => {
    const sockets: Socket[] = [];
    const server = await listening(createServer((socket) => sockets.push(socket.on('error', () => undefined))));
    const servers = [{ name: 'one', host: '127.0.0.1', port: portOf(server) }];
    await withAmbassador({ servers }, async ({ listen, stop }) => {
      const socket = connect(listen, '127.0.0.1').on('error', () => undefined);
      await until('it is connected', () => sockets.some(({ destroyed }) => !destroyed) && !socket.pending);
      const closed = once(socket.resume(), 'close');
      await stop();
      await closed;
    });
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
});
