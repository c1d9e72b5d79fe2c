import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { listening, portOf } from './net';

/** A repository to sync from: a folder, which a server of HTTP can show. */
export class Origin {
  public readonly folder = mkdtempSync(join(tmpdir(), 'origin-'));
  private readonly servers: Server[] = [];

  public constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  }

  /** Commits files, and gives back the commit's hash. */
  public commit(files: Readonly<Record<string, string>>): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=a change');
    return this.git('rev-parse', 'HEAD').trim();
  }

  public git(...args: string[]): string {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', ['-C', this.folder, ...identity, ...args], { encoding: 'utf8' });
  }

  /** Serves the repository, to who says this `user:password` if there is one, and gives back its address. */
  public async serve(credentials: () => string | undefined = () => undefined): Promise<string> {
    const server = createServer((request, response) => {
      const wanted = credentials();
      if (wanted !== undefined && request.headers.authorization !== `Basic ${btoa(wanted)}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
      void this.answer(request, response);
    });
    this.servers.push(server);
    await listening(server);
    return `http://127.0.0.1:${portOf(server)}/.git`;
  }

  public remove(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As git's own program for web servers does. */
  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // It may end without having read what it is sent.
    backend.stdin.on('error', () => undefined);
    backend.stdin.end(await buffer(request));
    const output = await buffer(backend.stdout);
    const end = output.indexOf('\r\n\r\n');
    const headers = output
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(parseInt(status), Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(output.subarray(end + 4));
  }
}
