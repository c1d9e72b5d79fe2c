/** Clients that do as little as they can, and what they see. */
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Asks once, and returns when all of the answer is there. */
export interface Client {
  ask(): Promise<void>;
  close(): void;
}

export interface Seen {
  /** From a question to its answer, one after another, in milliseconds: the median, and what one in a hundred exceeds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers a second, on several connections at once. */
  readonly rate: number;
}

const WARM_MILLISECONDS = 300;
const ASKED = 1500;
/** Where answers take long there are fewer of them. */
const ASKED_MILLISECONDS = 1000;
const CONNECTIONS = 16;
const RATE_MILLISECONDS = 800;

export async function seen(connected: () => Promise<Client>): Promise<Seen> {
  const one = await connected();
  await askUntil(one, Date.now() + WARM_MILLISECONDS);
  const times = (await askUntil(one, Date.now() + ASKED_MILLISECONDS, ASKED)).sort((a, b) => a - b);
  one.close();
  const part = (share: number) => times[Math.floor(times.length * share)];
  return { p50: part(0.5), p99: part(0.99), rate: await rateOf(connected) };
}

/** Asks one question after another, and tells how many milliseconds each took. */
async function askUntil(client: Client, end: number, count = Infinity): Promise<number[]> {
  const times: number[] = [];
  while (Date.now() < end && times.length < count) {
    const start = process.hrtime.bigint();
    await client.ask();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return times;
}

async function rateOf(connected: () => Promise<Client>): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, connected));
  const start = Date.now();
  const answers = await Promise.all(clients.map((client) => askUntil(client, start + RATE_MILLISECONDS)));
  const seconds = (Date.now() - start) / 1000;
  clients.forEach((client) => {
    client.close();
  });
  return answers.flat().length / seconds;
}

/** A client of HTTP with a connection that is kept open. Answers need a Content-Length, as those of `upstream.ts` have. */
export async function http(port: number, request: () => string, ca?: string): Promise<Client> {
  let connection = await Connection.to(port, ca);
  return {
    ask: async () => {
      // nginx closes one after so many requests.
      if (connection.isLast) {
        connection = await Connection.to(port, ca);
      }
      await connection.ask(request());
    },
    close: () => {
      connection.close();
    },
  };
}

/** Requests for one path, or for another one each time. */
export function get(path: () => string = () => '/'): () => string {
  return () => `GET ${path()} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

/** Requests with an entry of a log as OTLP. */
export function post(): string {
  const logRecords = [{ severityText: 'INFO', body: { stringValue: 'an order of three items was placed' } }];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const head = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  return `POST /v1/logs HTTP/1.1\r\n${head}\r\n\r\n${body}`;
}

class Connection {
  public static async to(port: number, ca?: string): Promise<Connection> {
    const socket = ca
      ? connectSecurely({ host: '127.0.0.1', port, ca, servername: 'localhost' })
      : connect(port, '127.0.0.1').setNoDelay();
    await once(socket, ca ? 'secureConnect' : 'connect');
    return new Connection(socket);
  }

  /** Whether the other side has said that it closes the connection. */
  public isLast = false;
  private answer = '';
  private answered: () => void = () => undefined;
  private failed: (error: Error) => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.take(text);
    });
    socket.on('error', (error: Error) => {
      this.failed(error);
    });
    socket.on('close', () => {
      this.failed(new Error('the connection was closed'));
    });
  }

  public ask(request: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.failed = reject;
      this.socket.write(request);
    });
  }

  public close(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.answer += text;
    const end = this.answer.indexOf('\r\n\r\n');
    const head = this.answer.slice(0, Math.max(end, 0));
    const [, length] = /content-length: (\d+)/i.exec(head) ?? [];
    if (end < 0 || this.answer.length < end + 4 + Number(length)) {
      return;
    }
    this.answer = '';
    this.isLast = /connection: close/i.test(head);
    if (head.startsWith('HTTP/1.1 200 ')) {
      this.answered();
    } else {
      this.failed(new Error(head));
    }
  }
}
