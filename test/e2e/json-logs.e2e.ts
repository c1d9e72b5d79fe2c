import { k8s } from 'cdk8s-plus-28';
import { HelperKind, JsonLogFormat, JsonLogs, PodSecurity, SharedVolume } from '../../lib';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';

/** `JsonLogs` on a cluster, and the chart of its use case. */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

const source = SharedVolume.emptyDir('logs').at('/logs');
const format = JsonLogFormat.regex('(?<level>[A-Z]+) (?<message>.*)');

e2e(
  'log format: what nginx logs is JSON, each line, of both logs',
  async (namespace) => {
    await applyDist(namespace, 'use-case-log-format.yaml');
    const blog = await namespace.ready('app=blog');
    const agent = 'say "hi" \\ 한글';

    await namespace.exec(blog, 'nginx', 'curl', '-s', '-A', agent, 'http://localhost/');
    await namespace.exec(blog, 'nginx', 'curl', '-s', 'http://localhost/missing');
    const access = await namespace.logged(blog, 'access-json', /"path":"\/missing"/);
    const errors = await namespace.logged(blog, 'errors-json', /missing/);

    const lines = access.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { client: '127.0.0.1', method: 'GET', path: '/', protocol: 'HTTP/1.1', status: 200, agent },
      {
        path: '/missing',
        status: 404,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$/) as string,
      },
    ]);
    expect(
      errors
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('No such file') as string }),
    );
    expect(restartsOf(await namespace.ready('app=blog'))).toBe(0);
  },
  RESTRICTED,
);

e2e('a Job with a native one completes, and its last line comes out though it has no end', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const work = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          template: {
            metadata: { labels: { app: 'job' } },
            spec: {
              restartPolicy: 'Never',
              containers: [
                { name: 'main', image: BUSYBOX, command: sh('printf "INFO begun\\nINFO done" >/logs/job.log') },
              ],
            },
          },
        },
      });
      new JsonLogs(work, 'json', { kind: HelperKind.NATIVE_SIDECAR, source, file: 'job.log', format });
    }),
  );

  await namespace.completed('job');

  const [job] = await namespace.pods('app=job');
  expect(await namespace.logs(job, 'json')).toBe(
    '{"level":"INFO","message":"begun"}\n{"level":"INFO","message":"done"}\n',
  );
  expect(endOf(job, 'json')?.exitCode).toBe(0);
});

e2e(
  'a log that nobody else may read is told of, and read when it can be; a killed formatter comes back',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        const script = `umask 077; echo 'INFO secret' >/logs/app.log; ${IDLE}`;
        const web = pod(chart, 'web', { command: sh(script) }, {}, {});
        PodSecurity.restrict(web, { user: 1000 });
        new JsonLogs(web, 'json', { source, file: 'app.log', format });
      }),
    );
    await namespace.logged('web', 'json', /\/logs\/app.log cannot be read by user 65534/);

    await namespace.exec('web', 'main', 'chmod', '644', '/logs/app.log');
    await namespace.logged('web', 'json', /\{"level":"INFO","message":"secret"\}/);

    await namespace.exec('web', 'json', ...sh('kill -KILL $(pidof awk)'));
    await namespace.exec('web', 'main', ...sh('echo INFO again >>/logs/app.log'));
    await namespace.logged('web', 'json', /again/);
    const again = await namespace.pod('web', 'has started its formatter again', (web) => restartsOf(web) > 0);
    expect(restartsOf(again)).toBe(1);
  },
  RESTRICTED,
);
