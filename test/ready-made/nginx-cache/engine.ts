import { ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { NginxCacheAmbassador, NginxCacheAmbassadorProps } from '../../../lib';
import { Container, Manifest } from '../../../lib/values/pod';
import { freePort } from '../../support/net';
import { asNobody, sharedFolder } from '../../support/nobody';
import { deployment, podSpecOf } from '../../support/workloads';
import { Answer, ask, Asking } from '../envoy/engine';
import { untilRunning } from '../../support/until';

/** The version that `.ci/nginx` builds. */
export const NGINX = `nginx-${/^version = ".*\+([0-9.]+)"$/m.exec(readFileSync(join(__dirname, '../../support/nginx/Cargo.lock'), 'utf8'))?.[1] ?? ''}`;
export const INSTALL = 'put the folder that .ci/nginx prints into PATH';

let copy: string | undefined;

/** The program where nobody can run it, too: what root has built is in root's folder. */
export function runnable(nginx: string): string {
  if (asNobody.uid === undefined) {
    return nginx;
  }
  if (copy === undefined) {
    copy = join(sharedFolder('nginx-program-'), 'nginx');
    copyFileSync(nginx, copy);
  }
  return copy;
}

/** The configuration that an ambassador's ConfigMap brings into the pod, and its container. */
export function configAndContainer(props: NginxCacheAmbassadorProps): { config: string; container: Container } {
  const chart = Testing.chart();
  new NginxCacheAmbassador(deployment(chart), 'cache', props);
  const [workload, configMap] = Testing.synth(chart) as [Manifest, Manifest & { data: Record<string, string> }];
  const container = podSpecOf(workload).containers?.[1];
  if (!container) {
    throw new Error('the ambassador has no container');
  }
  return { config: configMap.data['nginx.conf'], container };
}

/** A folder that stands for a container's file system. */
export class Root {
  public readonly folder = sharedFolder('nginx-');

  public constructor() {
    for (const name of ['config', 'answers', 'run', 'tls']) {
      mkdirSync(this.in(name));
      if (asNobody.uid !== undefined) {
        execFileSync('chown', ['nobody', this.in(name)]);
      }
    }
    this.write('resolv.conf', 'nameserver 127.0.0.1\nsearch shop.svc.cluster.test svc.cluster.test cluster.test\n');
    this.write('if_inet6', '00000000000000000000000000000001 01 80 10 80 lo\n');
    this.write('authorities', '');
  }

  public in(...path: string[]): string {
    return join(this.folder, ...path);
  }

  public write(name: string, content: string): string {
    writeFileSync(this.in(name), content);
    return this.in(name);
  }

  /** A text of the container as it is here. */
  public moved(text: string): string {
    return text
      .replaceAll('/etc/nginx-cache-tls', this.in('tls'))
      .replaceAll('/etc/nginx-cache', this.in('config'))
      .replaceAll('/var/cache/nginx-cache', this.in('answers'))
      .replaceAll('/run/nginx-cache', this.in('run'))
      .replaceAll('/etc/resolv.conf', this.in('resolv.conf'))
      .replaceAll('/proc/net/if_inet6', this.in('if_inet6'));
  }

  /** The keys of the answers that are stored, as nginx writes them into their files. */
  public keys(): string[] {
    const folder = this.in('answers', 'answers');
    return (
      readdirSync(folder, { recursive: true, withFileTypes: true })
        // Others are not whole yet.
        .filter((entry) => /^[0-9a-f]{32}$/.test(entry.name))
        .flatMap((entry) => {
          const text = contentOf(join(entry.parentPath, entry.name));
          // Behind it is what the upstream has answered.
          return text === undefined ? [] : [text.slice(text.indexOf('\nKEY: ') + 6, text.indexOf('\nHTTP/1.1 '))];
        })
    );
  }

  /** A certificate for a name, as `tls.crt` and `tls.key`, of an authority in `ca.crt`, in the folder of TLS. */
  public certify(name: string, folder = 'tls'): { cert: string; key: string } {
    const openssl = (...args: string[]): void => {
      execFileSync('openssl', args, { cwd: this.in(folder), stdio: 'pipe' });
    };
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      'req',
      '-x509',
      ...curve,
      '-days',
      '2',
      '-subj',
      `/CN=authority of ${name}`,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
    );
    this.write(`${folder}/names`, `subjectAltName=DNS:${name}\n`);
    openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', 'tls.key', '-out', 'tls.csr');
    openssl(
      ...['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'],
      ...['-extfile', 'names', '-out', 'tls.crt'],
    );
    execFileSync('chmod', ['644', this.in(folder, 'tls.key')]);
    const read = (file: string) => readFileSync(this.in(folder, file), 'utf8');
    return { cert: read('tls.crt'), key: read('tls.key') };
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What `nginx -t` says against a configuration; the empty string where it takes it. */
export function complaints(nginx: string, root: Root, config: string): string {
  root.write('run/resolver.conf', 'resolver 127.0.0.1;\n');
  root.write('run/server.conf', 'server catalog.shop.svc.cluster.test:80 resolve;\n');
  const path = root.write('config/nginx.conf', root.moved(config));
  const { status, stderr } = spawnSync(nginx, ['-t', '-e', 'stderr', '-c', path], {
    ...asNobody,
    encoding: 'utf8',
    // It opens what it logs to, and cannot open a pipe of Node.js.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return status === 0 && !/\[(?:warn|error|alert|emerg)\]/.test(stderr) ? '' : stderr || `status ${status}`;
}

export interface Running {
  readonly root?: Root;
  /** Changes the configuration. */
  readonly edit?: (config: string) => string;
}

/** A running nginx with the ready-made container's command, and what it listens on. */
export class Engine {
  /** Runs an nginx until a test has ended. */
  public static async with(
    nginx: string,
    props: NginxCacheAmbassadorProps,
    test: (engine: Engine) => Promise<void>,
    { root = new Root(), edit }: Running = {},
  ): Promise<void> {
    const engine = await Engine.start(nginx, props, { root, edit });
    try {
      await test(engine);
    } finally {
      await engine.stop('SIGKILL');
      root.remove();
    }
  }

  public static async start(
    nginx: string,
    props: NginxCacheAmbassadorProps,
    { root = new Root(), edit = (config) => config }: Running = {},
  ): Promise<Engine> {
    const [listen, healthPort] = [props.listen ?? (await freePort()), await freePort()];
    const { config, container } = configAndContainer({ healthPort, ...props, listen });
    root.write('config/nginx.conf', edit(root.moved(config)));
    const [program, ...args] = (container.command ?? []).map((argument) =>
      root.moved(argument).replace('exec nginx ', `exec ${nginx} `),
    );
    // Of a file, as the runtime's pipe can be opened once more, and one of Node.js cannot.
    const out = openSync(root.write('out', ''), 'a');
    if (asNobody.uid !== undefined) {
      execFileSync('chown', ['nobody', root.in('out')]);
    }
    const child = spawn(program === 'nginx' ? nginx : program, args, {
      ...asNobody,
      cwd: '/',
      stdio: ['ignore', out, 'pipe'],
    });
    closeSync(out);
    const engine = new Engine(child, root, listen, healthPort);
    await engine.ready();
    return engine;
  }

  public log = '';
  public readonly exited: Promise<unknown[]>;

  private constructor(
    public readonly process: ChildProcess,
    public readonly root: Root,
    public readonly port: number,
    public readonly healthPort: number,
  ) {
    this.exited = once(process, 'exit');
    process.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  public ask(path = '/', asking: Asking = {}): Promise<Answer> {
    return ask(this.port, { path, ...asking });
  }

  /** Where the answer comes from, and what it is. */
  public async got(path = '/', asking: Asking = {}): Promise<string> {
    const { headers, status, body } = await this.ask(path, asking);
    return [headers['x-cache-status'] ?? 'not cached', ...(status === 200 ? [body] : [status])].join(' ');
  }

  public async stop(signal: NodeJS.Signals = 'SIGQUIT'): Promise<unknown[]> {
    const children = signal === 'SIGKILL' ? childrenOf(this.process.pid) : [];
    this.process.kill(signal);
    children.forEach((pid) => {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended with its master.
      }
    });
    return this.exited;
  }

  private async ready(): Promise<void> {
    await untilRunning(
      'nginx is ready',
      this.process,
      () => this.log,
      async () => {
        const answer = await ask(this.healthPort, { path: '/healthz' }).catch(() => undefined);
        return answer?.status === 200;
      },
    ).catch(async (error: unknown) => {
      await this.stop('SIGKILL');
      throw error;
    });
  }
}

function childrenOf(pid: number | undefined): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

/** An upstream that counts what it is asked, and can be down. */
export class Origin {
  /** Runs one until a test has ended. */
  public static async with(
    answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
    test: (origin: Origin) => Promise<void>,
    options: { host?: string; port?: number; tls?: object } = {},
  ): Promise<void> {
    const origin = new Origin(answer, options);
    try {
      await origin.up();
      await test(origin);
    } finally {
      await origin.down();
    }
  }

  /** What it was asked: methods, paths and queries. */
  public readonly asked: string[] = [];
  public port: number;
  private server?: Server;

  private constructor(
    private readonly answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
    private readonly options: { host?: string; port?: number; tls?: object },
  ) {
    this.port = options.port ?? 0;
  }

  public get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  public async up(): Promise<void> {
    const listener: RequestListener = (request, response) => {
      this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      this.answer(request, response, this.asked.length);
    };
    this.server = this.options.tls ? createSecureServer(this.options.tls, listener) : createServer(listener);
    this.server.listen(this.port, this.options.host ?? '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  public async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }
}

/** A server of names, each of which has one address, or none. */
export class Names {
  public static async with(test: (names: Names) => Promise<void>): Promise<void> {
    const names = new Names();
    try {
      names.socket.bind(0, '127.0.0.1');
      await once(names.socket, 'listening');
      await test(names);
    } finally {
      names.socket.close();
    }
  }

  public readonly addresses = new Map<string, string>();
  public readonly asked = new Set<string>();
  private readonly socket: Socket = createSocket('udp4');

  private constructor() {
    this.socket.on('message', (message, { port, address }) => {
      this.socket.send(this.answerTo(message), port, address);
    });
  }

  public get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  private answerTo(message: Buffer): Buffer {
    const labels: string[] = [];
    let end = 12;
    while (message[end] !== 0) {
      labels.push(message.toString('latin1', end + 1, end + 1 + message[end]));
      end += 1 + message[end];
    }
    const name = labels.join('.');
    this.asked.add(name);
    const address = this.addresses.get(name);
    const isIpv4 = message.readUInt16BE(end + 1) === 1;
    const records = address !== undefined && isIpv4 ? 1 : 0;
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    // An answer; the last digit is 3 where there is no such name.
    header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records, 6);
    const question = message.subarray(12, end + 5);
    // The name of the question, an address, for a second.
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...(address ?? '').split('.').map(Number)]);
    return Buffer.concat([header, question, ...(records > 0 ? [record] : [])]);
  }
}

/** nginx may have removed a file since its folder was read. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
