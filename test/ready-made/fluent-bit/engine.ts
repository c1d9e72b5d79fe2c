import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { FluentBitSettings, FluentBitSidecar, SharedVolume, VolumeShare } from '../../../lib';
import { bodyOf, Seen } from '../../support/http';
import { freePort, listening, portOf } from '../../support/net';
import { until, untilRunning } from '../../support/until';
import { deployment, synthManifests, synthPodSpec } from '../../support/workloads';

export const INSTALL = 'build v5.1.1 of github.com/fluent/fluent-bit, and put it in the PATH';

/** What the downward API would tell. */
const POD: Readonly<Partial<Record<string, string>>> = {
  'metadata.namespace': 'shop-namespace',
  'metadata.name': '1e5', // which YAML would read as a number
  'metadata.uid': 'e6b1',
  'spec.nodeName': 'node-1',
  'status.podIP': '127.0.0.1',
};

/** What records get of the pod. */
export const FROM_POD = {
  'service.name': 'web',
  'k8s.namespace.name': 'shop-namespace',
  'k8s.pod.name': '1e5',
  'k8s.pod.uid': 'e6b1',
  'k8s.node.name': 'node-1',
};

export type Fields = Record<string, unknown>;

export interface Receiver {
  readonly port: number;
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}

function fieldsOf({ '@timestamp': _, 'log.file.path': __, ...fields }: Fields): Fields {
  return fields;
}

/** A Fluent Bit that runs, and what it gives out. */
export class Running {
  public output = '';
  public log = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  public constructor(program: string, config: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(program, [`--config=${config}`], { env });
    this.ended = once(this.child, 'close');
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
  }

  public get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The records on its standard output, without their times and files. */
  public get records(): Fields[] {
    return this.lines.map(fieldsOf);
  }

  /** Those of one file. */
  public recordsOf(file: string): Fields[] {
    return this.lines.filter((record) => record['log.file.path'] === file).map(fieldsOf);
  }

  private get lines(): Fields[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Fields);
  }

  public until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    return untilRunning(what, this.child, () => `${this.output}\n${this.log}`, condition);
  }

  /** Waits for so many records, and gives what was asked for of each. */
  public async gives(count: number): Promise<Fields[]> {
    await this.until(`it gave ${count} records`, () => this.records.length >= count);
    return this.records;
  }

  /** Ends it as the kubelet does, and tells how that went. */
  public async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; seconds: number }> {
    const start = Date.now();
    if (!this.hasEnded) {
      this.child.kill(signal);
    }
    await this.ended;
    return { code: this.child.exitCode, seconds: (Date.now() - start) / 1000 };
  }
}

/** Where Fluent Bits run as in a pod: with a folder of logs, one of their state, and what they send to. */
export class Sandbox {
  public readonly folder = mkdtempSync(join(tmpdir(), 'fluent-bit-'));
  private readonly running: Running[] = [];
  private readonly receivers: Receiver[] = [];
  private count = 0;

  public constructor(private readonly program: string) {
    for (const name of ['logs', 'state']) {
      mkdirSync(this.in(name));
    }
  }

  public in(...path: string[]): string {
    return join(this.folder, ...path);
  }

  public get logs(): VolumeShare {
    return SharedVolume.emptyDir('logs').at(this.in('logs'));
  }

  /** Adds lines to a log. */
  public write(lines: string, name = 'app.log'): void {
    appendFileSync(this.in('logs', name), lines);
  }

  /** Puts a file where the volume of a Secret or ConfigMap would be. */
  public mount(path: string, content: string): void {
    mkdirSync(dirname(this.in('tls', path)), { recursive: true });
    writeFileSync(this.in('tls', path), content);
  }

  /** Starts one as its container would, with what Secrets have by their keys. */
  public async start(
    settings: FluentBitSettings,
    secrets: Readonly<Partial<Record<string, string>>> = {},
  ): Promise<Running> {
    const { config, env } = this.told({ healthPort: await freePort(), ...settings }, secrets);
    const running = new Running(this.program, config, env);
    this.running.push(running);
    await until('it has started, or not', () => running.hasEnded || running.log.includes('Shutdown Grace Period='));
    // Another test, of somebody else, may have taken the port since.
    return running.log.includes('could not bind address') ? this.start(settings, secrets) : running;
  }

  /** Starts one with a configuration of its own. */
  public run(name: string, config: object): Running {
    writeFileSync(this.in(name), JSON.stringify(config));
    const running = new Running(this.program, this.in(name), process.env);
    this.running.push(running);
    return running;
  }

  /** What it says against settings when it starts with them; the empty string if it takes them. */
  public async verdict(settings: FluentBitSettings): Promise<string> {
    const running = await this.start(settings);
    await running.end('SIGKILL');
    return running.log
      .split('\n')
      .filter((line) => /\[ ?(?:error|warn) ?\]|failed|invalid/i.test(line))
      .join('\n');
  }

  /** A server that takes requests, and keeps what came. */
  public async receiver(
    answer: () => number = () => 200,
    tls?: { key: string; cert: string },
    port = 0,
  ): Promise<Receiver> {
    const seen: Seen[] = [];
    const take: RequestListener = (request, response) => {
      void bodyOf(request).then((body) => {
        const status = answer();
        if (status < 300) {
          seen.push({ path: request.url ?? '', headers: request.headers, body });
        }
        response.writeHead(status).end();
      });
    };
    const server: Server = tls ? createSecureServer(tls, take) : createServer(take);
    await listening(server, port);
    const receiver = {
      port: portOf(server),
      seen,
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
    this.receivers.push(receiver);
    return receiver;
  }

  /** Ends all that runs, and removes the folder. */
  public async close(): Promise<void> {
    await Promise.all(this.running.map((each) => each.end('SIGKILL')));
    await Promise.all(this.receivers.map((each) => each.close().catch(() => undefined)));
    rmSync(this.folder, { recursive: true });
  }

  /** What the container is told in the manifest, with folders that are other ones here. */
  private told(
    settings: FluentBitSettings,
    secrets: Readonly<Partial<Record<string, string>>>,
  ): { config: string; env: NodeJS.ProcessEnv } {
    const chart = Testing.chart();
    new FluentBitSidecar(deployment(chart), 'log-shipper', settings);
    const container = synthPodSpec(chart).containers?.find(
      ({ name }) => name === 'log-shipper',
    ) as unknown as k8s.Container;
    const { data } = synthManifests(chart).find(({ kind }) => kind === 'ConfigMap') as {
      data?: Record<string, string>;
    };
    this.count += 1;
    const config = this.in(`config-${this.count}.yaml`);
    writeFileSync(
      config,
      (data?.['fluent-bit.yaml'] ?? '')
        .replaceAll('/var/lib/fluent-bit', this.in('state'))
        .replaceAll('/etc/fluent-bit-tls', this.in('tls')),
    );
    const env = (container.env ?? []).map(({ name, valueFrom }) => [
      name,
      POD[valueFrom?.fieldRef?.fieldPath ?? ''] ?? secrets[valueFrom?.secretKeyRef?.key ?? ''] ?? 'x',
    ]);
    return { config, env: { PATH: process.env.PATH, ...(Object.fromEntries(env) as Record<string, string>) } };
  }
}
