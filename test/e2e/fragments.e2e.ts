import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../support/project';
import { statusOf } from './support/api';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';

/** The fragments of the tutorial and the chart of the third pattern. */

e2e(
  'communication over localhost: the app is answered by what is outside, and other pods are not let in',
  async (namespace) => {
    await applyDist(namespace, 'communication.yaml');
    // The manifest names an image that stands for the reader's own app, and a site on the internet.
    const pod = await namespace.ready('localhost');
    await namespace.ready('shared-volume');
    await eventually('the proxy answers in the pod', async () => {
      const { stdout, stderr } = await namespace.exec(pod, 'proxy', 'curl', '-fsS', 'http://localhost:8080/');
      return /example/i.test(stdout) || stderr;
    });
    const address = `http://${pod.status.podIP ?? ''}:8080/`;
    const other = await namespace.exec('shared-volume', 'reader', 'wget', '-T', '5', '-qO-', address);
    expect(other.stderr).toMatch(/Connection refused/);
  },
);

e2e('communication over localhost, where there is neither the image nor the site', async (namespace) => {
  const manifest = readFileSync(join(project, 'dist/communication.yaml'), 'utf8');
  await namespace.apply(
    manifest.replace('image: myapp', 'image: no-such-app').replace('example.com', 'example.invalid'),
  );
  await eventually('the pod is in ImagePullBackOff', async () => {
    const { stdout } = await namespace.bash('kubectl get pod localhost');
    return stdout.includes('ImagePullBackOff') || stdout;
  });
  await namespace.logged('localhost', 'proxy', /host not found in upstream "example.invalid"/);
});

e2e('communication through a volume: the reader prints what the writer wrote, and cannot write', async (namespace) => {
  await applyDist(namespace, 'communication.yaml');
  const pod = await namespace.ready('shared-volume');
  await namespace.logged(pod, 'reader', /^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d/m);

  expect((await namespace.exec(pod, 'writer', 'touch', '/data/mine')).code).toBe(0);
  const { code, stderr } = await namespace.exec(pod, 'reader', 'touch', '/data/mine');
  expect(code).not.toBe(0);
  expect(stderr).toContain('Read-only file system');
});

e2e('communication of processes: app2 sees the process of app1', async (namespace) => {
  await applyDist(namespace, 'communication.yaml');
  const pod = await namespace.ready('shared-process-namespace');
  await namespace.logged(pod, 'app2', /sleep 3600/);
});

e2e('best practice 1: three containers with a role each, the metrics are those of nginx', async (namespace) => {
  await applyDist(namespace, 'best-practices.yaml');
  const pod = await namespace.ready('app=clear-roles');
  await eventually('the exporter says that nginx is up', async () => {
    const { stdout, stderr } = await namespace.exec(pod, 'app', 'curl', '-fsS', 'http://localhost:9113/metrics');
    return /^nginx_up 1$/m.test(stdout) || stdout || stderr;
  });
  await namespace.exec(pod, 'app', 'curl', '-fsS', 'http://localhost/role');
  await namespace.logged(pod, 'logger', /"GET \/role HTTP/);
});

e2e('best practice 2: each container runs with its own requests and limits', async (namespace) => {
  await applyDist(namespace, 'best-practices.yaml');
  const pod = await namespace.ready('app=resource-limits');
  const limit = async (container: string): Promise<string> => {
    const files = '/sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes';
    return (await namespace.exec(pod, container, 'sh', '-c', `cat ${files} 2>/dev/null`)).stdout.trim();
  };
  expect([await limit('app'), await limit('sidecar')]).toEqual([String(2 ** 30), String(2 ** 28)]);
});

e2e('best practice 3: the app waits for the database and starts once it answers', async (namespace) => {
  await applyDist(namespace, 'best-practices.yaml');
  const waiting = await namespace.pod(
    'app=start-order',
    'waits',
    (seen) => 'running' in statusOf(seen, 'wait-for-db').state,
  );
  await namespace.logged(waiting, 'wait-for-db', /^waiting for db:5432, at most 300 s$/m);
  expect(statusOf(waiting, 'app').state).toMatchObject({ waiting: { reason: 'PodInitializing' } });

  await namespace.apply(`
apiVersion: v1
kind: Pod
metadata: { name: db, labels: { app: db } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: db
    image: busybox:1.37.0
    command: [nc, -lk, -p, '5432', -e, cat]
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
`);
  const pod = await namespace.ready('app=start-order');
  await namespace.logged(pod, 'wait-for-db', /^db:5432 answers$/m);
});

e2e('best practice 4: the configuration can be read and not written', async (namespace) => {
  await applyDist(namespace, 'best-practices.yaml');
  const pod = await namespace.ready('app=read-only-config');
  const read = await namespace.exec(pod, 'app', 'cat', '/etc/config/app.properties');
  expect(read.stdout).toBe('greeting=hello\n');
  const written = await namespace.exec(pod, 'app', 'touch', '/etc/config/app.properties');
  expect(written.stderr).toContain('Read-only file system');
});

e2e('the adapter prints each access as a JSON object', async (namespace) => {
  await applyDist(namespace, 'adapter-json-logs.yaml');
  const pod = await namespace.ready('app=adapter-json-logs');
  await namespace.exec(pod, 'nginx', 'curl', '-sS', '-A', 'e2e "quoted"', 'http://localhost/missing');

  const log = await namespace.logged(pod, 'json-logs', /\n/);
  expect(JSON.parse(log.split('\n')[0])).toMatchObject({
    request: 'GET /missing HTTP/1.1',
    status: 404,
    agent: 'e2e "quoted"',
  });
});
