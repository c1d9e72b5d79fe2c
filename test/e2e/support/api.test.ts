import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, read, remove } from './api';
import { inFolder, useFolder } from './run';

const folder = mkdtempSync(join(tmpdir(), 'api-'));
const asked: string[] = [];
let answers: [status: number | 'none', body: object][] = [];

/** Answers as it is told to, one request after another. */
const server = createServer((request, response) => {
  request.resume();
  asked.push(`${request.method} ${request.url}`);
  const [status, body] = answers.shift() ?? [500, {}];
  if (status === 'none') {
    request.socket.destroy();
  } else {
    response.writeHead(status).end(JSON.stringify(body));
  }
});

beforeAll(async () => {
  useFolder(folder);
  server.listen(inFolder('proxy.sock'));
  await once(server, 'listening');
});
beforeEach(() => asked.splice(0));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const status = (code: number): object => ({ kind: 'Status', code });

test('what an earlier request has deleted, whose answer did not come, is deleted', async () => {
  answers = [
    ['none', {}],
    [404, status(404)],
  ];
  expect(await remove('/pods/web')).toBeUndefined();
  expect(asked).toEqual(['DELETE /pods/web', 'DELETE /pods/web']);

  answers = [[404, status(404)]];
  await expect(remove('/pods/web')).rejects.toThrow('DELETE /pods/web was answered with 404');

  answers = [[200, { metadata: { name: 'web' } }]];
  expect(await remove('/pods/web')).toEqual({ metadata: { name: 'web' } });
});

test('what an earlier request has made is made', async () => {
  answers = [
    [503, status(503)],
    [409, status(409)],
  ];
  await create('/pods', { metadata: { name: 'web' } });

  answers = [[409, status(409)]];
  await expect(create('/pods', {})).rejects.toThrow('POST /pods was answered with 409');
});

test('what is not there is undefined', async () => {
  answers = [[404, status(404)]];
  expect(await read('/pods/web')).toBeUndefined();
});
