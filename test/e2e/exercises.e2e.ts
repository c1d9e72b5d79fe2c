import { endOf, isReady, statusesOf, statusOf } from './support/api';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { hasEnded, KEPT } from './support/kept';
import { terminal } from './support/terminal';

/** The four exercises at the end of the tutorial, as worked in `charts/exercises/`. */

e2e('exercise 1: the sidecar prints the accesses, the last one before the end too', async (namespace) => {
  await terminal(namespace);
  await applyDist(namespace, 'exercise-1-sidecar-logging.yaml');
  const pod = await namespace.ready('app=exercise-1');
  const ask = (path: string) => namespace.exec('terminal', 'terminal', 'curl', '-sS', `http://exercise-1/${path}`);
  await eventually('nginx answers', async () => (await ask('first')).code === 0 || 'no answer');
  await namespace.logged(pod, 'log-collector', /"GET \/first HTTP/);

  const followed = namespace.tryKubectl(['logs', '-f', pod.metadata.name, '-c', 'log-collector']);
  await ask('last');
  const kept = JSON.stringify({ metadata: { finalizers: [KEPT] } });
  await namespace.kubectl('patch', 'pod', pod.metadata.name, '--type=merge', '-p', kept);
  await namespace.kubectl('delete', 'deployment', 'exercise-1');
  const over = await namespace.pod(pod.metadata.name, 'has ended', hasEnded);
  // Nothing took the whole grace period of thirty seconds: it would have been killed.
  const codes = statusesOf(over).map(({ state }) => state.terminated?.exitCode);
  expect(codes).not.toContain(137);
  expect(codes).not.toContain(undefined);
  expect((await followed).stdout).toMatch(/"GET \/last HTTP/);
});

e2e('exercise 2: of five containers one is well, and each other fails in its own words', async (namespace) => {
  await applyDist(namespace, 'exercise-2-broken.yaml');
  const pod = await namespace.pod(
    'app=exercise-2-broken',
    'shows what is wrong',
    (seen) =>
      endOf(seen, 'admin') !== undefined &&
      endOf(seen, 'logger') !== undefined &&
      'running' in statusOf(seen, 'reporter').state &&
      'running' in statusOf(seen, 'status').state &&
      statusOf(seen, 'web').ready,
  );
  expect(statusOf(pod, 'web')).toMatchObject({ ready: true, restartCount: 0 });
  const says = (container: string, words: RegExp): Promise<true> =>
    eventually(`${container} says ${String(words)}`, async () => {
      const said = await namespace.logs(pod, container);
      return words.test(said) || said;
    });
  await says('admin', /Address already in use/);
  await says('logger', /can't open '\/var\/log\/access.log': No such file or directory/);
  await says('reporter', /can't create \/reports\/latest.txt: Read-only file system/);
  await eventually('the kubelet says why status is not ready', async () => {
    const events = await namespace.events(pod.metadata.name);
    const words = events.filter(({ reason }) => reason === 'Unhealthy').map(({ message }) => message);
    return words.some((message) => /Readiness probe failed: .*:8082: .*refused/.test(message)) || words.join('\n');
  });
  const later = await namespace.pod('app=exercise-2-broken', 'is there', () => true);
  expect(isReady(later)).toBe(false);
  expect(statusOf(later, 'status')).toMatchObject({ ready: false, restartCount: 0 });
});

e2e('exercise 2: mended, all five are ready and do their work', async (namespace) => {
  await applyDist(namespace, 'exercise-2-mended.yaml');
  const pod = await namespace.ready('app=exercise-2-mended');
  expect(pod.spec.containers).toHaveLength(5);
  const curl = (url: string) => namespace.exec(pod, 'web', 'curl', '-fsS', url);
  expect((await curl('http://localhost/shown')).stderr).toContain('404');
  await namespace.logged(pod, 'logger', /"GET \/shown HTTP/);
  expect((await curl('http://localhost:8080/hostname')).stdout.trim()).toBe(pod.metadata.name);
  await eventually('the web server has the report', async () => {
    const { stdout, stderr } = await namespace.exec(pod, 'web', 'cat', '/reports/latest.txt');
    return /\d\d:\d\d:\d\d/.test(stdout) || stderr;
  });
  expect((await namespace.bash('kubectl get pods -l app=exercise-2-mended')).stdout).toContain('5/5');
});

e2e('exercise 3: from the first request on, the app gets answers through localhost', async (namespace) => {
  await terminal(namespace);
  await applyDist(namespace, 'exercise-3-ambassador.yaml');
  const pod = await namespace.ready('app=exercise-3');

  const log = await namespace.logged(pod, 'app', /(Welcome to nginx![^]*){2}/);
  expect(log).not.toMatch(/failed|refused/);
  const address = `http://${pod.status.podIP ?? ''}:8080/`;
  expect((await namespace.exec('terminal', 'terminal', 'curl', '-sS', address)).stderr).toMatch(/onnect/);
});

e2e('exercise 4: the Service serves what nginx counts, as Prometheus reads it', async (namespace) => {
  await terminal(namespace);
  await applyDist(namespace, 'exercise-4-metrics.yaml');
  await namespace.ready('app=exercise-4');
  const curl = (...args: string[]) => namespace.exec('terminal', 'terminal', 'curl', '-sS', ...args);
  const requests = async (): Promise<number> => {
    const { stdout } = await curl('http://exercise-4:9113/metrics');
    return Number(/^nginx_http_requests_total (\d+)$/m.exec(stdout)?.[1] ?? 0);
  };

  const before = await eventually('there are metrics', async () => (await requests()) || 'none');
  for (let request = 0; request < 5; request += 1) {
    expect((await curl('http://exercise-4/')).stdout).toContain('Welcome to nginx!');
  }
  // The exporter's own requests count, too.
  expect((await requests()) - before).toBeGreaterThanOrEqual(6);
  const { stdout } = await curl('-D', '-', '-o', '/dev/null', 'http://exercise-4:9113/metrics');
  expect(stdout).toMatch(/^content-type: text\/plain; version=0.0.4/im);
});
