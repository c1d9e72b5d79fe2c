/**
 * What a ready-made helper costs: `helpers.ts NAME` prints as JSON what clients see without it and with it, and its
 * resident memory after that. All is on loopback: the clients in this process, the helper and what is behind it in others.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { k8s } from 'cdk8s-plus-28';
import {
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoySidecar,
  HaproxyAmbassador,
  Helper,
  NginxCacheAmbassador,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  PgBouncerAmbassador,
  PgBouncerPoolMode,
  PgBouncerTls,
  PgBouncerUsers,
} from '../lib';
import { INSTALL as OTELCOL_INSTALL, OTELCOL } from '../test/ready-made/open-telemetry/engine';
import { INSTALL as NGINX_INSTALL, NGINX } from '../test/ready-made/nginx-cache/engine';
import { certificateFor } from '../test/support/certificates';
import { freePort } from '../test/support/net';
import { connected, PASSWORD, Postgres } from '../test/support/postgres';
import { availabilityOf } from '../test/support/program';
import { until } from '../test/support/until';
import { ReadyMadeProcess } from './ready-made';
import { typescript } from './run';
import { Client, get, http, post, seen } from './traffic';

/** Where a helper listens, and what is behind it. */
interface Place {
  readonly listen: number;
  readonly healthPort: number;
  readonly otherPort: number;
  readonly behind: number;
}

/** A helper, and what it is asked. */
interface Measured {
  /** Its engine, and where that is from. */
  readonly engine: readonly [program: string, install: string];
  readonly add: (workload: k8s.KubeDeployment, place: Place) => Helper;
  /** What the image runs, where the helper does not say. */
  readonly command?: readonly string[];
  readonly behind?: 'HTTPS' | 'PostgreSQL';
  readonly client?: (port: number) => Promise<Client>;
}

const ENVOY = ['envoy', '.ci/run has it from PyPI'] as const;
const OWN = certificateFor('localhost');
const LOGIN = { user: 'shop', password: PASSWORD, database: 'postgres' };
const secrets = {
  '/etc/pgbouncer-users/userlist.txt': `"shop" "${PASSWORD.replaceAll('"', '""')}"\n`,
  '/etc/envoy-secrets/secret-edge/tls.crt': OWN['tls.crt'],
  '/etc/envoy-secrets/secret-edge/tls.key': OWN['tls.key'],
};
let asked = 0;

const pooled: Pick<Measured, 'engine' | 'add' | 'behind'> = {
  engine: ['pgbouncer', 'apt-get install pgbouncer'],
  behind: 'PostgreSQL',
  add: (workload, { listen, behind }) =>
    new PgBouncerAmbassador(workload, 'helper', {
      listen,
      databases: [{ name: 'postgres', host: '127.0.0.1', port: behind }],
      users: PgBouncerUsers.fromUserList('users'),
      tls: PgBouncerTls.plaintext(),
      poolMode: PgBouncerPoolMode.TRANSACTION,
    }),
};

const cached: Pick<Measured, 'engine' | 'add'> = {
  engine: [NGINX, NGINX_INSTALL],
  add: (workload, { listen, healthPort, behind }) =>
    new NginxCacheAmbassador(workload, 'helper', { listen, healthPort, upstream: `http://127.0.0.1:${behind}` }),
};

const inFront = (tls: EnvoyEdgeTls): Measured['add'] => {
  return (workload, { listen, healthPort, behind }) =>
    new EnvoySidecar(workload, 'helper', { listen, healthPort, tls, appPort: behind });
};

export const HELPERS: Readonly<Record<string, Measured>> = {
  '`EnvoyAmbassador`': {
    engine: ENVOY,
    add: (workload, { listen, behind, healthPort }) =>
      new EnvoyAmbassador(workload, 'helper', {
        healthPort,
        services: [{ listen, upstreams: [`http://127.0.0.1:${behind}`] }],
      }),
  },
  '`EnvoySidecar`': { engine: ENVOY, add: inFront(EnvoyEdgeTls.plaintext()) },
  '`EnvoySidecar` / the app, with TLS': {
    engine: ENVOY,
    add: inFront(EnvoyEdgeTls.fromSecret('edge')),
    behind: 'HTTPS',
    client: (port) => http(port, get(), OWN['ca.crt']),
  },
  '`HaproxyAmbassador`, by TCP': {
    engine: ['haproxy', 'apt-get install haproxy'],
    command: ['haproxy', '-db', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
    add: (workload, { listen, healthPort, behind }) =>
      new HaproxyAmbassador(workload, 'helper', {
        listen,
        healthPort,
        servers: [{ name: 'one', host: '127.0.0.1', port: behind }],
      }),
  },
  '`NginxCacheAmbassador`, kept': cached,
  '`NginxCacheAmbassador`, not kept yet': {
    ...cached,
    client: (port) =>
      http(
        port,
        get(() => `/${asked++}`),
      ),
  },
  '`PgBouncerAmbassador`, queries': {
    ...pooled,
    client: async (port) => {
      const client = await connected({ port, ...LOGIN });
      return {
        ask: async () => {
          await client.query('SELECT 1');
        },
        close: () => void client.end(),
      };
    },
  },
  '`PgBouncerAmbassador`, a connection for each query': {
    ...pooled,
    client: (port) =>
      Promise.resolve({
        ask: async () => {
          const client = await connected({ port, ...LOGIN });
          await client.query('SELECT 1');
          await client.end();
        },
        close: () => undefined,
      }),
  },
  '`OpenTelemetrySidecar`, entries of logs by OTLP, passed on': {
    engine: [OTELCOL, OTELCOL_INSTALL],
    add: (workload, { listen, behind, healthPort, otherPort }) =>
      new OpenTelemetrySidecar(workload, 'helper', {
        healthPort,
        logs: [
          {
            inputs: [OpenTelemetryInput.otlp({ httpPort: listen, grpcPort: otherPort })],
            outputs: [OpenTelemetryOutput.otlpHttp(`http://127.0.0.1:${behind}`)],
          },
        ],
      }),
    client: (port) => http(port, post),
  },
};

/** What is not there of what a measurement needs. */
export function missing({ engine, behind }: Measured): string | undefined {
  const programs = [engine, ...(behind === 'PostgreSQL' ? [['postgres', 'apt-get install postgresql'] as const] : [])];
  const reasons = programs.map(([program, install]) => availabilityOf(program, install, { ...process.env, CI: '' }));
  return reasons.flatMap((reason) => ('skip' in reason ? [reason.skip.replace('skipped: ', '')] : []))[0];
}

function pathOf(program: string): string {
  const availability = availabilityOf(program, '');
  if (!('path' in availability)) {
    throw new Error(`there is no ${program}`);
  }
  return availability.path;
}

interface Behind {
  /** For the helper. */
  readonly port: number;
  /** For who asks without it. */
  readonly direct: number;
  readonly end: () => Promise<void>;
}

async function behind(kind: Measured['behind']): Promise<Behind> {
  if (kind === 'PostgreSQL') {
    const postgres = await Postgres.start(pathOf('postgres'));
    return { port: postgres.port, direct: postgres.port, end: () => postgres.remove() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const [certificate, key] = ['tls.crt', 'tls.key'].map((name) => {
    writeFileSync(join(folder, name), OWN[name]);
    return join(folder, name);
  });
  const { program, args } = typescript('upstream.ts', certificate, key);
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const [plain, secure] = line.toString().trim().split(' ').map(Number);
  const end = async (): Promise<void> => {
    server.kill();
    await once(server, 'exit');
    rmSync(folder, { recursive: true });
  };
  return { port: plain, direct: kind === 'HTTPS' ? secure : plain, end };
}

async function measure(measured: Measured): Promise<object> {
  const { engine, add, command, client = (port: number) => http(port, get()) } = measured;
  const { port, direct, end } = await behind(measured.behind);
  const [listen, healthPort, otherPort] = [await freePort(), await freePort(), await freePort()];
  const place = { listen, healthPort, otherPort, behind: port };
  try {
    const helper = ReadyMadeProcess.start(pathOf(engine[0]), (workload) => add(workload, place), { command, secrets });
    try {
      await until('the helper answers', () => answers(() => client(listen)), 20);
      const { p50: bareP50, p99: bareP99, rate: bareRate } = await seen(() => client(direct));
      const helped = await seen(() => client(listen));
      return {
        ...{ bareP50, bareP99, bareRate, ...helped },
        ...{ megabytes: helper.megabytes('VmRSS'), own: helper.megabytes('RssAnon') },
      };
    } finally {
      await helper.stop();
    }
  } finally {
    await end();
  }
}

async function answers(client: () => Promise<Client>): Promise<boolean> {
  try {
    const one = await client();
    await one.ask();
    one.close();
    return true;
  } catch {
    return false;
  }
}

if (require.main === module) {
  void measure(HELPERS[process.argv[2]]).then((said) => {
    console.log(JSON.stringify(said));
  });
}
