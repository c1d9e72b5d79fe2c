import { ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client, ClientConfig } from 'pg';
import { freePort } from './net';
import { asNobody, sharedFolder } from './nobody';
import { ended } from './process';
import { until, untilRunning } from './until';

/** A password with everything in it that a list of users has to quote. */
export const PASSWORD = String.raw`it's "a" \secret $(id)`;

/** A PostgreSQL of its own, with TLS and the users shop and judge. */
export class Postgres {
  public static async start(postgres: string): Promise<Postgres> {
    const folder = sharedFolder('pg-');
    const data = join(folder, 'data');
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, PASSWORD);
    const initdb = join(dirname(postgres), 'initdb');
    execFileSync(
      initdb,
      [
        '-D',
        data,
        '--username=shop',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--no-sync',
        '--no-instructions',
      ],
      { ...asNobody, cwd: folder, stdio: 'pipe' },
    );
    makeCertificates(folder);
    const server = new Postgres(postgres, folder, await freePort());
    await server.up();
    return server;
  }

  private process?: ChildProcess;

  private constructor(
    private readonly program: string,
    /** With `ca.crt`, which vouches for the server's certificate, and `other-ca.crt`, which does not. */
    public readonly folder: string,
    public readonly port: number,
  ) {}

  private async up(): Promise<void> {
    const { folder, port } = this;
    const settings = ['fsync=off', 'max_connections=150', 'ssl=on', `ssl_cert_file=${folder}/tls.crt`];
    this.process = spawn(
      this.program,
      [
        ...['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), '-k', ''],
        ...[...settings, `ssl_key_file=${folder}/tls.key`].flatMap((setting) => ['-c', setting]),
      ],
      { ...asNobody, cwd: folder, stdio: 'ignore' },
    );
    let problem = '';
    await until(
      'PostgreSQL answers',
      () =>
        this.query('SELECT 1').then(
          () => true,
          (error: unknown) => {
            problem = String(error);
            return false;
          },
        ),
      60,
      () => problem,
    );
  }

  /** Ends it, with all connections. */
  private async down(): Promise<void> {
    await ended(this.process, 'SIGINT');
  }

  public async remove(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks it directly. */
  public async query(text: string): Promise<unknown[][]> {
    return await query({ port: this.port, user: 'shop', password: PASSWORD, database: 'postgres' }, text);
  }
}

/** Rows of a query on a connection of its own. */
export async function query(config: ClientConfig, text: string): Promise<unknown[][]> {
  const client = await connected(config);
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

export async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', ...config });
  client.on('error', () => undefined); // it is told by the query that is going on, or is none of the test's business
  await client.connect();
  return client;
}

/** A PgBouncer that runs. */
export class PgBouncer {
  /** @throws what it logs, when it does not start */
  public static async start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<PgBouncer> {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      ...asNobody,
      cwd: '/',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const bouncer = new PgBouncer(child);
    child.stderr.on('data', (chunk: Buffer) => {
      bouncer.log += chunk.toString();
    });
    const isUp = (): boolean => bouncer.log.includes('process up');
    await untilRunning('PgBouncer is up', child, () => bouncer.log, isUp).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return bouncer;
  }

  public log = '';

  private constructor(public readonly process: ChildProcess) {}

  /** Ends it at once, with all connections. */
  public async stop(): Promise<void> {
    await ended(this.process, 'SIGQUIT');
  }
}

/** The version of a PgBouncer, as a number: 1.18.0 is 118. */
export function versionOf(pgbouncer: string): number {
  const { stdout } = spawnSync(pgbouncer, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) * 100 + Number(minor);
}

/** A certificate for the host localhost, and for no address. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { ...asNobody, cwd: folder, stdio: 'pipe' });
  };
  for (const name of ['ca', 'other-ca']) {
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.crt`],
    );
  }
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', 'tls.key', '-out', 'tls.csr'],
  );
  openssl(
    ...['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'],
    ...['-extfile', 'names', '-out', 'tls.crt'],
  );
  chmodSync(join(folder, 'tls.key'), 0o600);
}
