import { isBeingDeleted, Pod, restartsOf } from './support/api';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { ended, KEPT, secondsToEnd } from './support/kept';
import { Namespace } from './support/namespace';
import { kill } from './support/node';

/** `HaproxyAmbassador` with a port for writes and one for reads, in the chart of its use case. */

const REPLICAS = ['reports-replica-1', 'reports-replica-2'];
const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

const addressOf = ({ status }: Pod): string => `${status.podIP ?? 'nowhere'}:6379`;

/** The chart, when the replicas share the reads; gives the pods of the app, the primary and the replicas. */
async function running(namespace: Namespace): Promise<readonly [reports: Pod, primary: Pod, replicas: Pod[]]> {
  await applyDist(namespace, 'use-case-read-write-split.yaml');
  const reports = await namespace.ready('app=reports');
  const primary = await namespace.ready('app=reports-primary');
  const replicas = await Promise.all(REPLICAS.map((name) => namespace.ready(`app=${name}`)));
  await readAt(namespace, reports, replicas);
  return [reports, primary, replicas];
}

/** Waits until the app reads what it has just written, four times, from these servers alone, and from each of them. */
async function readAt(namespace: Namespace, reports: Pod, servers: readonly Pod[]): Promise<void> {
  const one = `(?:${servers.map(addressOf).join('|')})`;
  const each = servers.map((server) => `(?=[^w]*${addressOf(server)})`).join('');
  await namespace.logged(
    reports,
    'app',
    new RegExp(`written: (\\d+) .*\\n${each}(read: \\1 at ${one}\\n){4}written: .*\\n[^w]*$`),
  );
}

/** What the app said; fails where anything but an answer is among it, or a write went elsewhere. */
async function answers(namespace: Namespace, reports: Pod, primary: Pod): Promise<readonly string[]> {
  const lines = (await namespace.logs(reports, 'app')).trim().split('\n');
  expect(lines.filter((line) => !/^(written|read): \d+ at [\d.]+:6379$/.test(line))).toEqual([]);
  const written = lines.filter((line) => line.startsWith('written'));
  expect(written).toEqual(written.map((_, index) => `written: ${index + 1} at ${addressOf(primary)}`));
  return lines;
}

e2e(
  'read/write split: writes go to the primary, replicas share the reads, and one that is away is left out',
  async (namespace) => {
    const [reports, primary, replicas] = await running(namespace);

    const away = replicas[0].metadata.name;
    await namespace.kubectl('scale', 'deployment', REPLICAS[0], '--replicas=0');
    await readAt(namespace, reports, [replicas[1]]);
    await namespace.kubectl('scale', 'deployment', REPLICAS[0], '--replicas=1');
    const back = await namespace.pod(
      `app=${REPLICAS[0]}`,
      'is another one',
      (pod) => pod.metadata.name !== away && !isBeingDeleted(pod) && pod.status.podIP !== undefined,
    );
    await readAt(namespace, reports, [back, replicas[1]]);
    await namespace.kubectl('scale', 'deployment', ...REPLICAS, '--replicas=0');
    await readAt(namespace, reports, [primary]);

    // From the first request on.
    expect((await answers(namespace, reports, primary)).length).toBeGreaterThan(20);
    expect(restartsOf(await namespace.ready('app=reports'))).toBe(0);
    const stranger = await namespace.exec(primary, 'redis', 'redis-cli', '-h', reports.status.podIP ?? '', 'PING');
    expect(stranger.stderr).toContain('Connection refused');
  },
  RESTRICTED,
);

e2e('read/write split: no read fails for a replica that is killed, and the pod ends in seconds', async (namespace) => {
  const [reports, primary, replicas] = await running(namespace);

  await kill(namespace, replicas[0], 'redis-server');
  await namespace.pod(`app=${REPLICAS[0]}`, 'was started again', (pod) => restartsOf(pod) > 0);
  await readAt(namespace, reports, replicas);
  await answers(namespace, reports, primary);

  await namespace.kubectl('patch', 'pod', reports.metadata.name, '-p', `{"metadata":{"finalizers":["${KEPT}"]}}`);
  const over = await ended(namespace, reports.metadata.name);
  for (const container of ['app', 'database']) {
    // Before it is killed, after thirty; a busy machine takes some of them.
    expect(secondsToEnd(over, container)).toBeLessThan(20);
  }
});
