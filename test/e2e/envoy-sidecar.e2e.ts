import { Chart, Duration, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { EnvoyEdgeTls, EnvoySidecar, EnvoySidecarProps, HelperKind, PodSecurity } from '../../lib';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended } from './support/kept';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';
import { certificateFor, secret } from './support/secrets';

/** `EnvoySidecar` on a cluster, and the chart of its use case. */

/** An app at localhost that answers at once, or three seconds after `STOPPING`, and is well while a file is there. */
const APP = `trap exit TERM
mkdir -p /tmp/www/cgi-bin
echo answered >/tmp/www/index.html
echo well >/tmp/www/healthz
printf '#!/bin/sh\\ntouch /tmp/asked; until [ -e /tmp/stopping ]; do sleep 0.2; done; sleep 3; printf "content-type: text/plain\\\\r\\\\n\\\\r\\\\nat last\\\\n"' >/tmp/www/cgi-bin/slow
chmod +x /tmp/www/cgi-bin/slow
httpd -f -p 127.0.0.1:8080 -h /tmp/www & wait $!`;

/** A preStop hook that tells the app. */
const STOPPING: k8s.Lifecycle = { preStop: { exec: { command: sh('touch /tmp/stopping; sleep 12') } } };

/** What an app has to have whose proxy goes on taking requests: it goes on, too. */
const GOES_ON = (seconds: number): k8s.Lifecycle => ({ preStop: { exec: { command: ['sleep', String(seconds)] } } });

const EDGE = { listen: 8443, tls: EnvoyEdgeTls.plaintext(), appPort: 8080, health: { path: '/healthz' } };

function edge(scope: k8s.KubePod | k8s.KubeDeployment | k8s.KubeJob, props: Partial<EnvoySidecarProps> = {}): void {
  new EnvoySidecar(scope, 'edge', { ...EDGE, ...props });
}

function service(chart: Chart): void {
  new k8s.KubeService(chart, 'service', {
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }] },
  });
}

e2e(
  'TLS at the edge: both sides show certificates, a line of JSON, and a renewed one without a restart',
  async (namespace) => {
    await secret(namespace, 'greeter-tls', certificateFor('greeter'));
    await secret(namespace, 'greeter-client-tls', certificateFor('greeter-client'));
    await applyDist(namespace, 'use-case-tls-edge.yaml');
    const web = await namespace.ready('app=greeter');
    const shop = await namespace.ready('app=greeter-client');

    await namespace.logged(shop, 'app', /(hello from the app\n){2}/);
    const log = await namespace.logged(web, 'edge', /"path":"\/"/);
    const line = log.split('\n').find((one) => one.includes('"status":200')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      client_subject: 'CN=greeter-client',
      method: 'GET',
      path: '/',
      status: 200,
      tls_version: 'TLSv1.3',
    });
    const address = web.status.podIP ?? '';
    const around = await namespace.exec(shop, 'app', 'wget', '-T', '5', '-qO-', `http://${address}:8080/`);
    expect(around.stderr).toContain('refused');
    expect(await namespace.kubectl('get', 'configmaps', '-o', 'yaml')).not.toContain('PRIVATE KEY');

    await secret(namespace, 'greeter-tls', certificateFor('renewed'));
    // The kubelet brings it within a minute or two.
    await eventually('the certificate is renewed', async () => {
      const { stdout } = await namespace.exec(web, 'app', 'wget', '-qO-', 'http://127.0.0.1:9911/certs');
      return stdout.includes('"dns": "renewed"') || stdout;
    });
    // A client that asks for `greeter` does not take it; one that is connected goes on.
    expect(await namespace.logs(shop, 'app', '--tail=1')).toBe('hello from the app\n');
    await namespace.kubectl('delete', 'pod', shop.metadata.name);
    await namespace.logged(await namespace.ready('app=greeter-client'), 'app', /(failed\n[^]*){3}/);
    expect(restartsOf(await namespace.ready('app=greeter'))).toBe(0);
  },
);

e2e('TLS at the edge: a client that is not named gets nothing', async (namespace) => {
  await secret(namespace, 'greeter-tls', certificateFor('greeter'));
  await secret(namespace, 'greeter-client-tls', certificateFor('somebody-else'));
  await applyDist(namespace, 'use-case-tls-edge.yaml');
  await namespace.ready('app=greeter');
  const shop = await namespace.ready('app=greeter-client');

  await namespace.logged(shop, 'app', /(failed\n[^]*){3}/);
  expect(await namespace.logs(shop, 'app')).not.toContain('hello');
});

e2e.each('the pod is ready while the app is well, and the app is not waited for to start', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      edge(pod(chart, 'web', { command: sh(`sleep 5; ${APP}`) }), { kind });
      service(chart);
    }),
  );
  const isReady = async () => {
    const [web] = await namespace.pods('app=web');
    return (web.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
  };
  await namespace.ready('web');

  await namespace.exec('web', 'main', 'rm', '/tmp/www/healthz');
  await eventually('the pod is not ready', async () => !(await isReady()) || 'it is ready');
  await namespace.exec('web', 'main', 'touch', '/tmp/www/healthz');
  const web = await namespace.ready('web');
  expect(restartsOf(web)).toBe(0);
});

e2e.each('a request under way is finished when the pod is deleted, and Envoy ends then', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      edge(pod(chart, 'web', { command: sh(APP), lifecycle: STOPPING }), { kind });
      service(chart);
      pod(chart, 'client', {}, {}, {});
    }),
  );
  await namespace.ready('web');
  await namespace.ready('client');

  const slow = namespace.exec('client', 'main', 'wget', '-T', '120', '-qO-', 'http://web/cgi-bin/slow');
  await eventually('the request is under way', async () => {
    const { code, stderr } = await namespace.exec('web', 'main', 'test', '-e', '/tmp/asked');
    return code === 0 || stderr || 'not yet';
  });
  const over = await ended(namespace, 'web');

  expect(await slow).toMatchObject({ code: 0, stdout: 'at last\n' });
  expect(endOf(over.pod, 'edge')?.exitCode).toBe(0);
});

e2e('no request is lost while all pods are replaced', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const web = new k8s.KubeDeployment(chart, 'web', {
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [{ name: 'main', image: BUSYBOX, command: sh(APP), lifecycle: GOES_ON(10) }],
            },
          },
        },
      });
      edge(web, { kind: HelperKind.NATIVE_SIDECAR, drain: { atLeast: Duration.seconds(10) } });
      service(chart);
      const asking = `trap 'exit' TERM
while true; do wget -T 60 -qO- http://web/ 2>&1 || echo lost; sleep 0.05; done`;
      pod(chart, 'client', { command: sh(asking) }, {}, {});
    }),
  );
  await namespace.rolledOut('web');
  await namespace.ready('client');
  await namespace.logged('client', 'main', /answered/);
  const before = (await namespace.logs('client', 'main')).length;

  await namespace.kubectl('rollout', 'restart', 'deployment/web');
  await namespace.rolledOut('web');
  await eventually('the old pods are gone', async () => (await namespace.pods('app=web')).length === 2 || 'not yet');

  const since = (await namespace.logs('client', 'main')).slice(before);
  expect(since).toContain('answered');
  expect(since.replaceAll(/answered\n/g, '')).toBe('');
});

e2e('a Job with a native EnvoySidecar completes', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const job = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              containers: [
                { name: 'main', image: BUSYBOX, command: sh('wget -T 5 -qO- http://localhost:9912/started') },
              ],
            },
          },
        },
      });
      edge(job, { kind: HelperKind.NATIVE_SIDECAR, drain: { atLeast: Duration.seconds(1) } });
    }),
  );

  await namespace.completed('job');
});

e2e(
  'two in a pod run where "restricted" is enforced, and only their own ports are open to others',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        const web = pod(chart, 'web', { command: sh(APP) }, {}, {});
        PodSecurity.restrict(web, { user: 65534, containers: { main: { writablePaths: ['/tmp'] } } });
        edge(web, { metricsPort: 9913 });
        const other = new EnvoySidecar(web, 'other', {
          ...EDGE,
          listen: 9443,
          portName: 'other',
          healthPort: 9922,
          adminPort: 9921,
        });
        other.addJsonPatch(JsonPatch.remove('/lifecycle'));
        const client = pod(chart, 'client', { command: sh(IDLE) }, {}, {});
        PodSecurity.restrict(client, { user: 65534 });
      }),
    );
    const web = await namespace.ready('web');
    await namespace.ready('client');
    const ask = (port: number, path: string) =>
      namespace.exec('client', 'main', 'wget', '-T', '5', '-qO-', `http://${web.status.podIP ?? ''}:${port}${path}`);

    expect((await ask(8443, '/')).stdout).toBe('answered\n');
    expect((await ask(9443, '/')).stdout).toBe('answered\n');
    expect((await ask(9913, '/metrics')).stdout).toContain('envoy_server_live{} 1');
    for (const port of [8080, 9911, 9921]) {
      expect((await ask(port, '/')).stderr).toContain('refused');
    }
  },
  { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
);
