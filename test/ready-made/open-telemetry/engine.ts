import { ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { OpenTelemetrySettings, SharedVolume, VolumeShare } from '../../../lib';
import {
  CompleteOpenTelemetrySettings,
  environmentOf,
  renderOpenTelemetryConfig,
} from '../../../lib/ready-made/open-telemetry/open-telemetry-config';
import { openTelemetryProblems } from '../../../lib/ready-made/open-telemetry/open-telemetry-problems';
import { bodyOf, Seen } from '../../support/http';
import { freePort, listening, portOf } from '../../support/net';
import { untilRunning } from '../../support/until';

/** The collector that `.ci/otelcol` builds; the folder that this prints is to be in the PATH. */
export const OTELCOL = 'otelcol-0.160.0';
export const INSTALL = 'PATH="$(.ci/otelcol):$PATH"';

/** What the downward API would tell. */
const POD = {
  K8S_NAMESPACE_NAME: 'shop-namespace',
  K8S_POD_NAME: '1e5', // which YAML would read as a number
  K8S_POD_UID: 'e6b1',
  K8S_NODE_NAME: 'node-1',
};

export type Attributes = Record<string, unknown>;

interface Keyed {
  key: string;
  value: Record<string, unknown>;
}
interface Resource {
  resource: { attributes: Keyed[] };
}
interface LogRecord {
  body?: Record<string, unknown>;
  severityNumber?: number;
  attributes?: Keyed[];
}
interface Metric {
  name: string;
  sum?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
}
interface Point {
  asDouble?: number;
  asInt?: string;
  attributes?: Keyed[];
}

/** A line of OTLP/JSON. */
interface Batch {
  resourceLogs?: (Resource & { scopeLogs: { logRecords: LogRecord[] }[] })[];
  resourceMetrics?: (Resource & { scopeMetrics: { metrics: Metric[] }[] })[];
  resourceSpans?: (Resource & { scopeSpans: { spans: { name: string; attributes?: Keyed[] }[] }[] })[];
}

/** An entry of a log, a point of a metric or a span. */
export interface Item {
  /** The body of an entry, the name of a metric or span. */
  what: unknown;
  value?: number;
  severity?: number;
  attributes: Attributes;
  resource: Attributes;
}

function attributesOf(list: Keyed[] = []): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function itemsIn({ resourceLogs = [], resourceMetrics = [], resourceSpans = [] }: Batch): Item[] {
  return [
    ...resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs
        .flatMap(({ logRecords }) => logRecords)
        .map(({ body = {}, severityNumber, attributes }) => {
          // The name of the file is that of the input, too, and the same in all tests.
          const { 'log.file.name': _, ...rest } = attributesOf(attributes);
          return {
            what: Object.values(body)[0],
            ...(severityNumber && { severity: severityNumber }),
            attributes: rest,
            resource: attributesOf(resource.attributes),
          };
        }),
    ),
    ...resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
      scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ name, sum, gauge }) =>
          (sum ?? gauge)?.dataPoints.map(({ attributes, asDouble, asInt }) => ({
            what: name,
            value: asDouble ?? Number(asInt),
            attributes: attributesOf(attributes),
            resource: attributesOf(resource.attributes),
          })),
        )
        .filter((item) => item !== undefined),
    ),
    ...resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans
        .flatMap(({ spans }) => spans)
        .map(({ name, attributes }) => ({
          what: name,
          attributes: attributesOf(attributes),
          resource: attributesOf(resource.attributes),
        })),
    ),
  ];
}

/** A running collector, and what it gives out on its standard output. */
export class Collector {
  public readonly items: Item[] = [];
  /** What it says of itself. */
  public log = '';
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly read: Promise<unknown>;

  public constructor(program: string, config: string, env: NodeJS.ProcessEnv) {
    // What Node.js gives as stdout is a socket, which cannot be opened again by its name; that of a container is a pipe.
    this.child = spawn('bash', ['-c', 'exec "$0" "$@" > >(exec cat)', program, `--config=${config}`], {
      env: { ...process.env, ...POD, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // One that is killed may leave a line without an end, which whoever reads lines takes for none.
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      this.items.push(...lines.flatMap((line) => itemsIn(JSON.parse(line) as Batch)));
    });
    this.read = once(this.child.stdout, 'close');
    this.child.stderr.on('data', (data: Buffer) => {
      this.log += data.toString();
    });
  }

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits for a condition; what the collector says is a part of the error. */
  public async until(what: string, condition: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
    await untilRunning(what, this.child, () => `${JSON.stringify(this.items)}\n${this.log}`, condition, seconds);
  }

  /** Waits for so many items and gives all that have come. */
  public async gives(count: number): Promise<Item[]> {
    await this.until(`it gave ${count} items`, () => this.items.length >= count);
    return this.items;
  }

  public async ready(): Promise<void> {
    await this.until('it is ready', () => this.log.includes('Everything is ready'));
  }

  /** Ends it as the kubelet does, and tells how that went, when all that it gave has been read. */
  public async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; seconds: number }> {
    const start = Date.now();
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await exited) as [number | null];
    const seconds = (Date.now() - start) / 1000;
    await this.read;
    return { code, seconds };
  }

  public async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await this.end('SIGKILL');
    }
  }
}

export interface Receiver {
  readonly port: number;
  readonly seen: readonly Seen[];
}

/** A certificate and its key, and the certificate of who vouches for it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

const OK = { 'content-type': 'application/x-protobuf' };

/** Where collectors run as in a pod: with a folder of logs, one of their state, and what they send to. */
export class Sandbox {
  public readonly folder = mkdtempSync(join(tmpdir(), 'collector-'));
  private readonly collectors: Collector[] = [];
  private readonly servers: (Server | ReturnType<typeof createSecureServer>)[] = [];
  private count = 0;

  public constructor(private readonly program: string) {
    mkdirSync(this.in('logs'));
    mkdirSync(this.in('state'));
  }

  public in(...path: string[]): string {
    return join(this.folder, ...path);
  }

  public get logs(): VolumeShare {
    return SharedVolume.emptyDir('logs').at(this.in('logs'));
  }

  public get logFile(): string {
    return this.in('logs/app.log');
  }

  /** Settings as the helper completes them, with a port of their own for probes. */
  public async settings(settings: OpenTelemetrySettings): Promise<CompleteOpenTelemetrySettings> {
    const complete = { healthPort: await freePort(), serviceName: 'shop', memory: 256, ...settings };
    expect(openTelemetryProblems(complete)).toStrictEqual([]);
    return complete;
  }

  public async start(settings: OpenTelemetrySettings, env: NodeJS.ProcessEnv = {}): Promise<Collector> {
    const config = this.write(renderOpenTelemetryConfig(await this.settings(settings)));
    const collector = new Collector(this.program, config, env);
    this.collectors.push(collector);
    return collector;
  }

  /** What the collector says against a configuration; the empty string if it takes it. */
  public verdict(settings: CompleteOpenTelemetrySettings): Promise<string> {
    const config = this.write(renderOpenTelemetryConfig(settings));
    const references = environmentOf(settings).filter(({ valueFrom }) => valueFrom);
    const env = { ...process.env, ...Object.fromEntries(references.map(({ name }) => [name, 'x'])) };
    return new Promise((resolve) => {
      execFile(this.program, ['validate', `--config=${config}`], { env }, (error, _, stderr) => {
        resolve(error ? stderr || error.message : '');
      });
    });
  }

  /** A server that takes OTLP over HTTP, and keeps what came. */
  public async receiver(answer: () => number = () => 200): Promise<Receiver> {
    const seen: Seen[] = [];
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ path: request.url ?? '', headers: request.headers, body });
        response.writeHead(answer(), OK).end();
      });
    });
    this.servers.push(server);
    await listening(server);
    return { port: portOf(server), seen };
  }

  /** One with TLS, that takes OTLP over HTTP as well as over gRPC, perhaps only of who has a certificate. */
  public async secureReceiver({ cert, key, ca }: Certificate, requestCert = false): Promise<Receiver> {
    const seen: Seen[] = [];
    const server = createSecureServer({
      cert,
      key,
      ca,
      requestCert,
      rejectUnauthorized: requestCert,
      allowHTTP1: true,
    });
    server.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ path: request.url, headers: request.headers, body });
        if (request.headers['content-type'] !== 'application/grpc') {
          response.writeHead(200, OK);
          response.end();
          return;
        }
        response.writeHead(200, { 'content-type': 'application/grpc' });
        response.addTrailers({ 'grpc-status': '0' });
        response.end(Buffer.alloc(5)); // an empty message, not compressed
      });
    });
    this.servers.push(server);
    await listening(server);
    return { port: portOf(server), seen };
  }

  /** A Prometheus endpoint. */
  public async exporter(text: string, contentType?: string): Promise<number> {
    const server = createServer((_, response) => {
      response.writeHead(200, contentType === undefined ? {} : { 'content-type': contentType }).end(text);
    });
    this.servers.push(server);
    await listening(server);
    return portOf(server);
  }

  /** Puts a file where the first output would have what is for TLS. */
  public mount(name: string, text: string): void {
    mkdirSync(this.in('tls/0'), { recursive: true });
    writeFileSync(this.in('tls/0', name), text);
  }

  /** Ends all that runs, and removes the folder. */
  public async close(): Promise<void> {
    await Promise.all(this.collectors.map((collector) => collector.kill()));
    for (const server of this.servers) {
      if ('closeAllConnections' in server) {
        server.closeAllConnections();
      }
      server.close();
    }
    rmSync(this.folder, { recursive: true });
  }

  /** The configuration as it is but for folders that are other ones here. */
  private write(config: string): string {
    this.count += 1;
    const file = this.in(`config-${this.count}.yaml`);
    writeFileSync(
      file,
      config.replaceAll('/var/lib/otelcol', this.in('state')).replaceAll('/etc/otelcol-tls', this.in('tls')),
    );
    return file;
  }
}

/** The memory that a process has at most had, in MB. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
