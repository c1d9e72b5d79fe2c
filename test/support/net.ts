import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { until } from './until';

/** Lets a server listen on localhost: on the given port, or on one that is free. */
export async function listening(server: Server, port = 0): Promise<Server> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

// Below those of outgoing connections and of node ports, some for each worker of jest.
const PORTS = 1000;
const FIRST = 10_000 + (Number(process.env.JEST_WORKER_ID ?? 0) % 16) * PORTS;
let given = Math.floor(Math.random() * PORTS);

/** A port on which nothing listens, each time another. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries++) {
    const port = FIRST + (given++ % PORTS);
    try {
      const server = await listening(createServer(), port);
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
    }
  }
  throw new Error(`something listens on all ports from ${FIRST} to ${FIRST + PORTS - 1}`);
}

/** A way to a server that can be cut: nobody has to tell the server to end, and to wait until it is there again. */
export class Way {
  public static async to(destination: number): Promise<Way> {
    const way = new Way(destination, await freePort());
    await way.open();
    return way;
  }

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((incoming) => {
    const outgoing = connect(this.destination, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    }
    pipeline(incoming, outgoing, incoming, () => undefined);
  });

  private constructor(
    private readonly destination: number,
    public readonly port: number,
  ) {}

  public async open(): Promise<void> {
    await listening(this.server, this.port);
  }

  /** Refuses connections, and ends those that there are. */
  public async cut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}

/** Sends something to a port and gives back all that it answers. */
export function exchange(port: number, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(60_000, () => {
      socket.destroy(new Error(`port ${port} is silent`));
    });
    socket.on('connect', () => {
      socket.write(message);
    });
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

/** Waits until something listens on a port. */
export async function answering(port: number): Promise<void> {
  await until(`something listens on port ${port}`, async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  });
}
