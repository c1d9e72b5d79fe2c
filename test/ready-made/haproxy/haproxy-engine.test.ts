import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Testing } from 'cdk8s';
import { HaproxyAmbassador, HaproxyAmbassadorProps, HaproxyBalance, HaproxyMode, HaproxyRetry } from '../../../lib';
import { answering as listens, exchange, freePort, listening, portOf } from '../../support/net';
import { ended } from '../../support/process';
import { describeWithProgram } from '../../support/program';
import { until } from '../../support/until';
import { deployment } from '../../support/workloads';

describeWithProgram('haproxy', (haproxy) => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    closing.splice(0).forEach((close) => {
      close();
    });
  });

  /** Lets a server listen until the test has ended. */
  async function serving(server: Server, port?: number): Promise<Server> {
    server.on('connection', (socket: Socket) => closing.push(() => socket.destroy()));
    closing.push(() => server.close());
    return listening(server, port);
  }

  /** A server that says its name to whoever says something. */
  const named = (name: string, port?: number): Promise<Server> =>
    serving(
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
      shutdownTimeout: Duration.seconds(1),
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
      await listens(healthPort);
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
  });

  test('a server with as many errors as it may have is out, until its health checks succeed again', async () => {
    // Health checks ask another port, where all is well.
    const check = await serving(createServer((socket) => socket.end()));
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
  });

  /** A server of HTTP that answers each request with a status and its name. */
  const answering = (name: string, status: () => number): Promise<Server> =>
    serving(
      createHttpServer((_, response) => {
        response.writeHead(status(), { connection: 'close' }).end(name);
      }),
    );
  const get = async (port: number, path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return `${response.status} ${await response.text()}`;
  };

  test('in HTTP mode a request that a server answers with 503 is sent again, where that is asked for', async () => {
    let fails = 0;
    const server = await answering('one', () => (fails-- > 0 ? 503 : 200));
    const props = { mode: HaproxyMode.HTTP, servers: [{ name: 'one', host: '127.0.0.1', port: portOf(server) }] };
    await withAmbassador({ ...props, retryOn: [HaproxyRetry.SERVICE_UNAVAILABLE] }, async ({ listen }) => {
      fails = 1;
      expect(await get(listen, '/')).toBe('200 one');
    });
    await withAmbassador(props, async ({ listen }) => {
      fails = 1;
      expect(await get(listen, '/')).toBe('503 one');
    });
  });

  test('by URI, all requests for one path go to one server', async () => {
    const names = ['one', 'two', 'three'];
    const all = await Promise.all(names.map((name) => answering(name, () => 200)));
    const servers = all.map((server, index) => ({ name: names[index], host: '127.0.0.1', port: portOf(server) }));
    await withAmbassador({ mode: HaproxyMode.HTTP, balance: HaproxyBalance.URI, servers }, async ({ listen }) => {
      const seen = new Set<string>();
      for (let path = 0; path < 20; path += 1) {
        const answers = new Set([await get(listen, `/${path}`), await get(listen, `/${path}`)]);
        expect(answers.size).toBe(1);
        answers.forEach((answer) => seen.add(answer));
      }
      expect(seen.size).toBeGreaterThan(1);
    });
  });

  test('an idle connection is closed in time', async () => {
    const sockets: Socket[] = [];
    const server = await serving(createServer((socket) => sockets.push(socket.on('error', () => undefined))));
    const servers = [{ name: 'one', host: '127.0.0.1', port: portOf(server) }];
    const second = Duration.seconds(1);
    await withAmbassador({ servers, timeouts: { client: second, server: second } }, async ({ listen }) => {
      const begin = Date.now();
      const socket = connect(listen, '127.0.0.1');
      await once(socket.resume(), 'close');
      expect(Date.now() - begin).toBeGreaterThanOrEqual(900);
    });
  });

  test('a connection that goes on for ever ends with the hard stop', async () => {
    const sockets: Socket[] = [];
    const server = await serving(createServer((socket) => sockets.push(socket.on('error', () => undefined))));
    const servers = [{ name: 'one', host: '127.0.0.1', port: portOf(server) }];
    // Being idle does not end it.
    const hour = Duration.hours(1);
    await withAmbassador({ servers, timeouts: { client: hour, server: hour } }, async ({ listen, stop }) => {
      const socket = connect(listen, '127.0.0.1').on('error', () => undefined);
      await until('it is connected', () => sockets.some(({ destroyed }) => !destroyed) && !socket.pending);
      const closed = once(socket.resume(), 'close');
      await stop();
      await closed;
    });
  });
});
