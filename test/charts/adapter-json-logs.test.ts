import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { Manifest } from '../../lib/values/pod';
import { freePort } from '../support/net';
import { describeWithProgram } from '../support/program';
import { podSpecOf } from '../support/workloads';
import { synthCharts } from './synth';

/** nginx writes its log as the image does: combined format, a line as soon as the request is answered. */
const nginxConfig = (folder: string, port: number) => `
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log ${folder}/access.log combined;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; location / { return 200 "hello\\n"; } }
}
`;

describeWithProgram('nginx', (nginx) => {
  describeWithProgram('busybox', (busybox) => {
    theAdapter(nginx, busybox);
  });
});

function theAdapter(nginx: string, busybox: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'pod-patterns-'));
  const processes: ChildProcess[] = [];

  const start = (program: string, args: string[], path?: string): ChildProcess => {
    const env = path === undefined ? process.env : { ...process.env, PATH: path };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    processes.push(child);
    return child;
  };

  afterAll(() => {
    for (const { pid } of processes) {
      if (pid !== undefined) {
        process.kill(-pid, 'SIGKILL');
      }
    }
    rmSync(folder, { recursive: true });
  });

  test('prints each line that nginx logs as a JSON object, from before the log exists', async () => {
    const { containers = [] } = podSpecOf(parse(synthCharts()['adapter-json-logs.yaml']) as Manifest);
    const [, , script] = containers[1].command ?? [];
    const port = await freePort();
    const tools = join(folder, 'bin');
    mkdirSync(tools);
    execFileSync(busybox, ['--install', '-s', tools]);

    const adapter = start(join(tools, 'sh'), ['-c', script.replace('/var/log/nginx', folder)], tools);
    const lines = createInterface({ input: adapter.stdout ?? process.stdin })[Symbol.asyncIterator]();
    writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, port));
    start(nginx, ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]);

    const logged = async (path: string, headers: Record<string, string>): Promise<unknown> => {
      await request(port, path, headers);
      const { value } = (await lines.next()) as IteratorResult<string, undefined>;
      return JSON.parse(String(value));
    };
    const common = { client: '127.0.0.1', status: 200, bytes: 6 };

    expect(await logged('/', { 'user-agent': 'curl/8.5.0' })).toMatchObject({
      ...common,
      user: '-',
      request: 'GET / HTTP/1.1',
      referer: '-',
      agent: 'curl/8.5.0',
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/) as string,
    });
    expect(
      await logged('/a?b="c"&d=%41', {
        authorization: `Basic ${Buffer.from('kim lee:secret').toString('base64')}`,
        referer: 'https://example.com/[x] %s',
        'user-agent': 'say "hi" \\ \t{}',
      }),
    ).toMatchObject({
      ...common,
      user: 'kim lee',
      request: 'GET /a?b="c"&d=%41 HTTP/1.1',
      referer: 'https://example.com/[x] %s',
      agent: 'say "hi" \\ \t{}',
    });
  });
}

/** nginx may still be starting, so it is asked again until it answers. */
async function request(port: number, path: string, headers: Record<string, string>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const call = get({ port, host: '127.0.0.1', path, headers, agent: false });
      const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
      response.resume();
      await once(response, 'end');
      return;
    } catch (error) {
      if (attempt === 50) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
