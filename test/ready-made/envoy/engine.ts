import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {
  Agent,
  IncomingHttpHeaders,
  IncomingMessage,
  request as httpRequest,
  RequestListener,
  Server,
} from 'node:http';
import { createServer as createHttp } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ConnectionOptions } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  EnvoyAmbassador,
  EnvoyAmbassadorProps,
  EnvoyEdgeTls,
  EnvoyService,
  EnvoySidecar,
  EnvoySidecarProps,
} from '../../../lib';
import { Container, Manifest } from '../../../lib/values/pod';
import { freePort, listening, portOf } from '../../support/net';
import { run, withFolder } from '../../support/project';
import { deployment, podSpecOf } from '../../support/workloads';
import { untilRunning } from '../../support/until';

/** The files that a helper's ConfigMap brings into the pod, and its container. */
function filesAndContainer(add: (workload: Construct) => void): {
  files: Record<string, string>;
  container: Container;
} {
  const chart = Testing.chart();
  add(deployment(chart));
  const [workload, configMap] = Testing.synth(chart) as [Manifest, Manifest & { data: Record<string, string> }];
  const container = podSpecOf(workload).containers?.[1];
  if (!container) {
    throw new Error('the helper has no container');
  }
  return { files: configMap.data, container };
}

/** A folder that stands for a container's file system: its configuration, and its Secrets and ConfigMaps. */
export class Root {
  public readonly folder = mkdtempSync(join(tmpdir(), 'envoy-'));
  private version = 0;

  /** Writes the configuration as the container sees it, and returns the file. */
  public write(files: Record<string, string>): string {
    mkdirSync(join(this.folder, 'config'), { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      const moved = content
        .replaceAll('/etc/envoy-secrets/', `${this.folder}/secrets/`)
        .replaceAll('/etc/envoy/', `${this.folder}/config/`);
      writeFileSync(join(this.folder, 'config', name), moved);
    }
    return join(this.folder, 'config/envoy.yaml');
  }

  /** Writes a Secret or ConfigMap as the kubelet does: into a new folder, to which a link then points. */
  public mount(name: string, content: Record<string, string>): void {
    const folder = join(this.folder, 'secrets', name);
    const version = `..${++this.version}`;
    mkdirSync(join(folder, version), { recursive: true });
    for (const [key, value] of Object.entries(content)) {
      writeFileSync(join(folder, version, key), value);
    }
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    // Links to what was there before stay: for a moment without them Envoy would read nothing, and not look again.
    for (const key of Object.keys(content).filter((name) => !existsSync(join(folder, name)))) {
      symlinkSync(`..data/${key}`, join(folder, key));
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let pair: { readonly certificate: string; readonly key: string } | undefined;

/** Something that Envoy takes for what has such a name: a certificate, its key, or any value. */
function secretContent(name: string): string {
  pair ??= withFolder((folder) => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    run(folder, 'openssl', ['req', '-x509', ...curve, '-subj', '/CN=any', '-keyout', 'key', '-out', 'certificate']);
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    return { certificate: read('certificate'), key: read('key') };
  });
  return name === 'tls.key' ? pair.key : /\.(?:crt|pem)$/.test(name) ? pair.certificate : 'value';
}

/** What Envoy says against a configuration; the empty string where it takes it. */
export function complaints(envoy: string, files: Record<string, string>): string {
  const root = new Root();
  const named = Object.values(files)
    .join('\n')
    .matchAll(/\/etc\/envoy-secrets\/([a-z0-9.-]+)\/([A-Za-z0-9._-]+)/g);
  for (const [, folder, key] of named) {
    mkdirSync(join(root.folder, 'secrets', folder), { recursive: true });
    writeFileSync(join(root.folder, 'secrets', folder, key), secretContent(key));
  }
  try {
    const { status, stderr } = spawnSync(
      envoy,
      ['--mode', 'validate', '--config-path', root.write(files), '--log-level', 'warning'],
      { encoding: 'utf8' },
    );
    return status === 0 && stderr.trim() === '' ? '' : stderr || `status ${status}`;
  } finally {
    root.remove();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly agent?: Agent;
  /** How TLS is spoken, where it is. */
  readonly tls?: ConnectionOptions;
}

/** Sends a request to a port of localhost. */
export async function ask(
  port: number,
  { path = '/', method = 'GET', headers, body, agent, tls }: Asking = {},
): Promise<Answer> {
  const options = { host: '127.0.0.1', port, path, method, headers, agent: agent ?? false };
  const outgoing = tls ? httpsRequest({ ...options, ...tls }) : httpRequest(options);
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

export async function statusesOf(port: number, count: number, asking?: Asking): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) {
    statuses.push((await ask(port, asking)).status);
  }
  return statuses;
}

/** Where an Envoy runs. */
interface Place {
  readonly ports: readonly number[];
  readonly healthPort: number;
  readonly adminPort: number;
  readonly startedPath: string;
  readonly root: Root;
}

/** A running Envoy with the ready-made container's arguments, and what it listens on. */
export class Engine {
  /** Runs an Envoy until a test has ended. */
  public static async with(
    envoy: string,
    services: readonly Omit<EnvoyService, 'listen'>[],
    test: (engine: Engine) => Promise<void>,
    { root = new Root(), ...props }: Partial<EnvoyAmbassadorProps> & { root?: Root } = {},
  ): Promise<void> {
    const [healthPort, adminPort] = [await freePort(), await freePort()];
    const ports = await Promise.all(services.map(freePort));
    const made = filesAndContainer(
      (workload) =>
        new EnvoyAmbassador(workload, 'proxy', {
          healthPort,
          adminPort,
          ...props,
          services: services.map((service, index) => ({ ...service, listen: ports[index] })),
        }),
    );
    await Engine.running(envoy, made, { ports, healthPort, adminPort, startedPath: '/ready', root }, test);
  }

  /** Runs an Envoy in front of an app until a test has ended. */
  public static async before(
    envoy: string,
    appPort: number,
    settings: Partial<EnvoySidecarProps>,
    test: (engine: Engine) => Promise<void>,
    root = new Root(),
  ): Promise<void> {
    const [listen, healthPort, adminPort] = [await freePort(), await freePort(), await freePort()];
    const made = filesAndContainer(
      (workload) =>
        new EnvoySidecar(workload, 'proxy', {
          tls: EnvoyEdgeTls.plaintext(),
          ...settings,
          ...{ listen, appPort, healthPort, adminPort },
        }),
    );
    await Engine.running(envoy, made, { ports: [listen], healthPort, adminPort, startedPath: '/started', root }, test);
  }

  private static async running(
    envoy: string,
    { files, container }: ReturnType<typeof filesAndContainer>,
    place: Place,
    test: (engine: Engine) => Promise<void>,
  ): Promise<void> {
    const { root } = place;
    const config = root.write(files);
    const args = (container.args ?? []).map((argument) => (argument === '/etc/envoy/envoy.yaml' ? config : argument));
    const engine = new Engine(spawn(envoy, args, { stdio: ['ignore', 'pipe', 'pipe'] }), container, place);
    try {
      await engine.ready();
      await test(engine);
    } finally {
      await engine.stop('SIGKILL');
      root.remove();
    }
  }

  public log = '';
  public readonly exited: Promise<unknown[]>;

  private constructor(
    public readonly process: ChildProcess,
    public readonly container: Container,
    private readonly place: Place,
  ) {
    this.exited = once(process, 'exit');
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  public get ports(): readonly number[] {
    return this.place.ports;
  }

  public get port(): number {
    return this.ports[0];
  }

  public get healthPort(): number {
    return this.place.healthPort;
  }

  public get adminPort(): number {
    return this.place.adminPort;
  }

  /** The value of a counter or gauge of its administration interface. */
  public async stat(name: string): Promise<number> {
    const { body } = await ask(this.adminPort, { path: `/stats?filter=^${name}$` });
    return Number(/: (\d+)/.exec(body)?.[1] ?? 0);
  }

  public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown[]> {
    this.process.kill(signal);
    return this.exited;
  }

  private async ready(): Promise<void> {
    await untilRunning(
      'Envoy is ready',
      this.process,
      () => this.log,
      async () => {
        const answer = await ask(this.healthPort, { path: this.place.startedPath }).catch(() => undefined);
        return answer?.status === 200;
      },
    );
  }
}

/** Runs servers until a test has ended. */
export async function withServers(
  handlers: readonly RequestListener[],
  test: (...urls: string[]) => Promise<void>,
  create: (handler: RequestListener) => Server = createHttp,
  scheme = 'http',
): Promise<void> {
  const servers: Server[] = [];
  try {
    for (const handler of handlers) {
      const server = create(handler);
      servers.push(server);
      await listening(server);
    }
    await test(...servers.map((server) => `${scheme}://127.0.0.1:${portOf(server)}`));
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
