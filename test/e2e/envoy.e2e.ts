import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { EnvoyAmbassador, HelperKind, PodSecurity, WaitFor } from '../../lib';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended } from './support/kept';
import { BUSYBOX, IDLE, pod, server, sh } from './support/pods';
import { certificateFor, secret } from './support/secrets';

/** `EnvoyAmbassador` on a cluster, and the charts of its use cases. */

const TOKEN = 'a-token-that-is-nowhere-else';

e2e('external API: TLS, the token of a Secret, and a new one without a restart', async (namespace) => {
  await secret(namespace, 'external-api-tls', certificateFor('external-api'));
  await secret(namespace, 'external-api-token', { token: TOKEN });
  await applyDist(namespace, 'use-case-external-api.yaml');
  const shop = await namespace.ready('app=storefront');

  await namespace.logged(shop, 'app', new RegExp(`/orders for Bearer ${TOKEN}\n`));
  const configMaps = await namespace.kubectl('get', 'configmaps', '-o', 'yaml');
  expect(configMaps).toContain('external-api-token');
  expect(configMaps).not.toContain(TOKEN);
  expect(await namespace.kubectl('get', 'pod', shop.metadata.name, '-o', 'yaml')).not.toContain(TOKEN);

  await secret(namespace, 'external-api-token', { token: 'renewed' });
  // The kubelet brings it within a minute or two.
  await namespace.logged(shop, 'app', /\/orders for Bearer renewed\n/);
  expect(restartsOf(await namespace.ready('app=storefront'))).toBe(0);

  await eventually('of forty requests at once some are too many', async () => {
    const script = 'for i in $(seq 40); do wget -qO /dev/null http://localhost:8080/ 2>&1 & done; wait';
    const { stdout, stderr } = await namespace.exec(shop, 'app', 'sh', '-c', script);
    return stdout.includes('429 Too Many Requests') || stdout + stderr;
  });
});

e2e('external API: a server that shows another name gets no request', async (namespace) => {
  await secret(namespace, 'external-api-tls', certificateFor('somebody-else'));
  await secret(namespace, 'external-api-token', { token: TOKEN });
  await applyDist(namespace, 'use-case-external-api.yaml');
  await namespace.ready('app=external-api');
  const shop = await namespace.ready('app=storefront');

  await namespace.logged(shop, 'app', /(503 Service Unavailable[^]*){3}/);
  expect(await namespace.logs(shop, 'app')).not.toContain('Bearer');
  const api = await namespace.ready('app=external-api');
  expect(await namespace.logs(api, 'api')).not.toContain('GET /orders');
});

e2e('retries and circuit breaker: the app sees no 503, and a breaker that opens and closes', async (namespace) => {
  await applyDist(namespace, 'use-case-retries-and-circuit-breaker.yaml');
  const orders = await namespace.ready('app=orders');
  const checkout = await namespace.ready('app=checkout');
  const ask = (count: number) =>
    namespace.exec(
      checkout,
      'app',
      'sh',
      '-c',
      `for i in $(seq ${count}); do wget -qO- http://localhost:8080/ 2>&1; done; true`,
    );

  expect((await ask(60)).stdout).toBe('ordered\n'.repeat(60));
  expect(await namespace.logs(orders, 'orders')).toMatch(/" 503 /);

  await namespace.exec(orders, 'orders', 'touch', '/tmp/broken');
  await eventually('the breaker is open', async () => {
    const { stdout } = await ask(1);
    return stdout.includes('503 Service Unavailable') || stdout;
  });
  const asked = async () => (await namespace.logs(orders, 'orders')).split('\n').length;
  await eventually('requests do not reach the service', async () => {
    const before = await asked();
    expect((await ask(20)).stdout).not.toContain('ordered');
    // Some that are let through again after five seconds, and those of the app itself.
    const through = (await asked()) - before;
    return through < 15 || `${through} did`;
  });

  await namespace.exec(orders, 'orders', 'rm', '/tmp/broken');
  await eventually('the breaker is closed', async () => {
    const { stdout } = await ask(5);
    return stdout === 'ordered\n'.repeat(5) || stdout;
  });
  expect(restartsOf(await namespace.ready('app=checkout'))).toBe(0);
});

e2e('with a WaitFor for its upstream, an EnvoyAmbassador answers from the first request on', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const asking = `for i in 1 2 3 4 5; do wget -T 60 -qO- http://localhost:8080/ 2>/dev/null || echo refused; done; ${IDLE}`;
      const web = pod(chart, 'web', { command: sh(asking) });
      new EnvoyAmbassador(web, 'proxy', {
        kind: HelperKind.NATIVE_SIDECAR,
        services: [{ listen: 8080, upstreams: ['http://api'] }],
      });
      new WaitFor(web, 'wait', { host: 'api', port: 80 });
      server(chart, 'api', 8);
    }),
  );
  await namespace.ready('web');
  expect(await namespace.logged('web', 'main', /((answered|refused)\n){5}/)).toBe('answered\n'.repeat(5));
});

e2e('an EnvoyAmbassador starts before its upstream has a name, and finds it within seconds', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      new EnvoyAmbassador(pod(chart, 'web'), 'proxy', { services: [{ listen: 8080, upstreams: ['http://api'] }] });
    }),
  );
  const web = await namespace.ready('web');
  const ask = () => namespace.exec(web, 'main', 'wget', '-T', '5', '-qO-', 'http://localhost:8080/');
  expect((await ask()).stderr).toContain('503');

  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
    }),
  );
  await namespace.ready('api');

  await eventually('it answers', async () => {
    const { stdout, stderr } = await ask();
    return stdout === 'answered\n' || stderr;
  });
  expect(restartsOf(await namespace.ready('web'))).toBe(0);
});

/** When it is told to stop it asks once a second, so many times unless one is refused, and says what came of the last. */
const lastRequests = (count: number): string => `trap '
for i in $(seq ${count}); do
  sleep 1
  wget -T 30 -qO- http://localhost:8080/ >/tmp/last || { echo refused >/tmp/last; break; }
done
cat /tmp/last >/dev/termination-log
exit' TERM
while true; do sleep 3600 & wait $!; done`;

e2e.each('the last request of a main container that is told to stop', {
  'is answered by a native one': [{ kind: HelperKind.NATIVE_SIDECAR }, 3, 'answered'],
  'is answered by a regular one with a delay': [{ kind: HelperKind.REGULAR, delay: 10 }, 1, 'answered'],
  'is refused by a regular one without': [{ kind: HelperKind.REGULAR }, 20, 'refused'],
} as const)(async (namespace, [{ kind, ...options }, requests, said]) => {
  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
      new EnvoyAmbassador(pod(chart, 'web', { command: sh(lastRequests(requests)) }), 'proxy', {
        kind,
        services: [{ listen: 8080, upstreams: ['http://api'] }],
        stopDelay: 'delay' in options ? Duration.seconds(options.delay) : undefined,
      });
    }),
  );
  await namespace.ready('web');
  await namespace.ready('api');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'main')?.message?.trim()).toBe(said);
});

e2e('a Job with a native EnvoyAmbassador completes', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
      const work = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              containers: [
                { name: 'main', image: BUSYBOX, command: sh('wget -T 5 -qO- http://localhost:8080/ | grep answered') },
              ],
            },
          },
        },
      });
      new EnvoyAmbassador(work, 'proxy', {
        kind: HelperKind.NATIVE_SIDECAR,
        services: [{ listen: 8080, upstreams: ['http://api'] }],
      });
      new WaitFor(work, 'wait', { host: 'api', port: 80 });
    }),
  );

  await namespace.completed('job');
});

e2e(
  'three in a pod run where "restricted" is enforced, and only the ports for probes and metrics are open to others',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        const web = pod(chart, 'web', {}, {}, {});
        PodSecurity.restrict(web, { user: 65534 });
        new EnvoyAmbassador(web, 'one', {
          services: [{ listen: 8081, upstreams: ['http://api'] }],
          metricsPort: 9903,
        });
        new EnvoyAmbassador(web, 'other', {
          services: [{ listen: 8082, upstreams: ['http://api'] }],
          healthPort: 9912,
          adminPort: 9911,
        });
        new EnvoyAmbassador(web, 'third', {
          services: [{ listen: 8083, upstreams: ['http://localhost:9903'] }],
          healthPort: 9922,
          adminPort: 9921,
        });
      }),
    );
    const web = await namespace.ready('web');
    const ask = (host: string, port: number, path: string) =>
      namespace.exec(web, 'main', 'wget', '-T', '5', '-qO-', `http://${host}:${port}${path}`);
    const address = web.status.podIP ?? '';

    expect((await ask(address, 9903, '/metrics')).stdout).toContain('envoy_server_live{} 1');
    for (const [port, path] of [
      [8081, '/'],
      [8082, '/'],
      [9901, '/ready'],
      [9911, '/ready'],
    ] as const) {
      expect((await ask(address, port, path)).stderr).toContain('refused');
    }
    expect((await ask('localhost', 9911, '/ready')).stdout).toBe('LIVE\n');
    // What other pods do not reach, whoever may do this does.
    const forwarded = await namespace.bash(`
      coproc kubectl port-forward pod/web :9911
      read -r told <&"\${COPROC[0]}"
      port=\${told#*:}
      exec 3<>"/dev/tcp/127.0.0.1/\${port%% *}"
      printf 'GET /ready HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n' >&3
      cat <&3
      kill $COPROC_PID`);
    expect(forwarded.stdout).toContain('LIVE');
    expect((await ask('localhost', 8083, '/metrics')).stdout).toContain('envoy_server_live{} 1');
  },
  { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
);
