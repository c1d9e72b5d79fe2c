import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lets a server listen on localhost: on the given port, or on one that is free. */
export async function listening(server: Server, port = 0): Promise<Server> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = await listening(createServer());
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Sends something to a port and gives back all that it answers. */
export function exchange(port: number, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(5000, () => {
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

/** Waits until something listens on a port, at most five seconds. */
export async function answering(port: number): Promise<void> {
  const start = Date.now();
  while (Date.now() - start < 5000) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}
