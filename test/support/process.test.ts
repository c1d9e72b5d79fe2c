import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ended } from './process';

const stubborn = async () => {
  const child = spawn('sh', ['-c', "trap '' TERM; echo trapped; while true; do sleep 0.1; done"]);
  await once(child.stdout, 'data');
  return child;
};

test('a process that ends is waited for', async () => {
  const child = spawn('sleep', ['60']);

  await ended(child, 'SIGTERM');

  expect(child.signalCode).toBe('SIGTERM');
});

test('one that had to be killed is a failure, and is gone', async () => {
  const child = await stubborn();

  await expect(ended(child, 'SIGTERM', 0.2)).rejects.toThrow('sh did not end within 0.2 s of SIGTERM; it was killed');

  expect(child.signalCode).toBe('SIGKILL');
});

test('one that was to be killed is none', async () => {
  const child = await stubborn();

  await ended(child, 'SIGKILL', 0);

  expect(child.signalCode).toBe('SIGKILL');
});
