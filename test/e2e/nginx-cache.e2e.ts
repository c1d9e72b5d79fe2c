import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HelperKind, NginxCacheAmbassador, NginxCacheTls, PodSecurity } from '../../lib';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended } from './support/kept';
import { Namespace } from './support/namespace';
import { BUSYBOX, pod, server, sh } from './support/pods';
import { certificateFor, secret } from './support/secrets';

/** `NginxCacheAmbassador` on a cluster, and the chart of its use case. */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

/** What a container gets from localhost: headers, then the body. */
async function got(namespace: Namespace, which: Parameters<Namespace['exec']>[0], container: string, path = '/') {
  const { stdout, stderr } = await namespace.exec(
    which,
    container,
    ...['wget', '-T', '10', '-S', '-qO-', `http://localhost:8080${path}`],
  );
  return stderr + stdout;
}

e2e(
  'cache: the service is asked seldom, what is kept stands in while it is down, and a new pod begins anew',
  async (namespace) => {
    await applyDist(namespace, 'use-case-cache.yaml');
    const catalog = await namespace.ready('app=catalog');
    const showroom = await namespace.ready('app=showroom');

    await namespace.logged(showroom, 'app', /(X-Cache-Status[^]*){20}/);
    // The app asks once in a second, or less often on a busy machine, and the cache at most once in five: the log of the
    // service first, so that it is behind.
    const asked = (await namespace.logs(catalog, 'catalog')).match(/"GET \/items /g)?.length ?? 0;
    const log = await namespace.logs(showroom, 'app');
    expect(log).toMatch(/X-Cache-Status: HIT\s+items of (\S+)\n[^]*X-Cache-Status: HIT\s+items of \1\n/);
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan((log.match(/X-Cache-Status/g)?.length ?? 0) * 0.8);

    await namespace.kubectl('scale', 'deployment', 'catalog', '--replicas=0');
    await namespace.gone('app=catalog');
    await namespace.logged(showroom, 'app', /(X-Cache-Status: (STALE|UPDATING)\s+items of [^]*){5}$/);
    expect(await got(namespace, showroom, 'app', '/never-asked-for')).toContain('502 Bad Gateway');

    const [before] = /items of .*/.exec(await got(namespace, showroom, 'app', '/items')) ?? ['nothing'];
    await namespace.kubectl('scale', 'deployment', 'catalog', '--replicas=1');
    await namespace.ready('app=catalog');
    await eventually('there are new answers', async () => {
      const answer = await got(namespace, showroom, 'app', '/items');
      return (answer.includes(': HIT') && !answer.includes(before)) || answer;
    });
    expect(restartsOf(await namespace.ready('app=showroom'))).toBe(0);

    await namespace.kubectl('rollout', 'restart', 'deployment', 'showroom');
    await namespace.rolledOut('showroom');
    await eventually(
      'the old pod is gone',
      async () => (await namespace.pods('app=showroom')).length === 1 || 'not yet',
    );
    const fresh = await namespace.ready('app=showroom');
    expect(await namespace.logged(fresh, 'app', /X-Cache-Status/)).toMatch(/^\s*X-Cache-Status: MISS/);
  },
  RESTRICTED,
);

e2e('a container that starts again finds what was kept', async (namespace) => {
  await applyDist(namespace, 'use-case-cache.yaml');
  const showroom = await namespace.ready('app=showroom');
  await namespace.logged(showroom, 'app', /X-Cache-Status: HIT/);
  await namespace.kubectl('scale', 'deployment', 'catalog', '--replicas=0');
  await namespace.gone('app=catalog');

  await namespace.exec(showroom, 'catalog-cache', 'sh', '-c', 'kill -TERM 1');

  await namespace.pod('app=showroom', 'has started again', (one) => restartsOf(one) > 0);
  await eventually('what was kept is given', async () => {
    const answer = await got(namespace, showroom, 'app', '/items');
    return /X-Cache-Status: (STALE|UPDATING)/.test(answer) || answer;
  });
});

e2e(
  'it writes only where it may, and only its pod reaches it',
  async (namespace) => {
    await applyDist(namespace, 'use-case-cache.yaml');
    const showroom = await namespace.ready('app=showroom');
    await namespace.logged(showroom, 'app', /X-Cache-Status: HIT/);

    const stored = await namespace.exec(
      showroom,
      'catalog-cache',
      'sh',
      '-c',
      'id -u; cat $(find /var/cache/nginx-cache -type f) | grep -a KEY',
    );
    expect(stored.stdout).toBe('101\nKEY: /items\n');
    const elsewhere = await namespace.exec(showroom, 'catalog-cache', 'sh', '-c', 'touch /tmp/a');
    expect(elsewhere.stderr).toContain('Read-only file system');
    const { stderr } = await namespace.exec(
      showroom,
      'app',
      ...['wget', '-T', '5', '-qO-', `http://${showroom.status.podIP ?? ''}:8080/items`],
    );
    expect(stderr).toContain('refused');
  },
  RESTRICTED,
);

/** A server of HTTPS with its Service, which shows a certificate from a Secret. */
const SECURE = `server {
  listen 8443 ssl;
  ssl_certificate /etc/nginx/tls/tls.crt;
  ssl_certificate_key /etc/nginx/tls/tls.key;
  location / {
    add_header Cache-Control max-age=60;
    return 200 "secured\\n";
  }
}
`;

e2e.each('TLS to the upstream', {
  'with its name is kept like any other': ['catalog', /X-Cache-Status: HIT[^]*secured/],
  'with another name gets no request': ['somebody-else', /502 Bad Gateway/],
} as const)(async (namespace, [name, answer]) => {
  await secret(namespace, 'catalog-tls', certificateFor(name));
  await namespace.apply(
    synthesized((chart) => {
      new k8s.KubeConfigMap(chart, 'config', { metadata: { name: 'secure' }, data: { 'default.conf': SECURE } });
      new k8s.KubeService(chart, 'service', {
        metadata: { name: 'catalog' },
        spec: { selector: { app: 'catalog' }, ports: [{ port: 443, targetPort: k8s.IntOrString.fromNumber(8443) }] },
      });
      pod(
        chart,
        'catalog',
        {
          image: 'nginx:1.27',
          command: ['nginx', '-g', 'daemon off;'],
          volumeMounts: [
            { name: 'config', mountPath: '/etc/nginx/conf.d' },
            { name: 'tls', mountPath: '/etc/nginx/tls' },
          ],
          readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8443) }, periodSeconds: 1 },
        },
        {
          volumes: [
            { name: 'config', configMap: { name: 'secure' } },
            { name: 'tls', secret: { secretName: 'catalog-tls' } },
          ],
        },
        {},
      );
      // By the name of any namespace.
      new NginxCacheAmbassador(pod(chart, 'web'), 'cache', {
        kind: HelperKind.NATIVE_SIDECAR,
        upstream: `https://catalog.${namespace.name}.svc`,
        tls: NginxCacheTls.verified({ caSecret: 'catalog-tls', serverName: 'catalog' }),
      });
    }),
  );
  await namespace.ready('catalog');
  await namespace.ready('web');

  await eventually('it answers as it should', async () => {
    const text = await got(namespace, 'web', 'main');
    return answer.test(text) || text;
  });
  const refusals = await namespace.logs('web', 'cache');
  expect(refusals.includes('does not match "catalog"')).toBe(name !== 'catalog');
});

e2e('it starts before its upstream has a name, and finds it within seconds', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      new NginxCacheAmbassador(pod(chart, 'web'), 'cache', { upstream: 'http://api' });
    }),
  );
  await namespace.ready('web');
  expect(await got(namespace, 'web', 'main')).toContain('502');

  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
    }),
  );
  await namespace.ready('api');

  await eventually('it answers', async () => {
    const answer = await got(namespace, 'web', 'main');
    return answer.endsWith('answered\n') || answer;
  });
  expect(restartsOf(await namespace.ready('web'))).toBe(0);
});

/** Asks as soon as it starts, and once more, two seconds after it was told to stop. */
const FIRST_AND_LAST = `ask() { wget -T 10 -qO- http://localhost:8080/ || echo failed; }
ask >/tmp/first
trap 'sleep 2; { cat /tmp/first; ask; } >/dev/termination-log; exit' TERM
while true; do sleep 3600 & wait $!; done
`;

e2e('a native one answers the first request and the last one', async (namespace) => {
  await namespace.apply(synthesized((chart) => void server(chart, 'api')));
  await namespace.ready('api');
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { command: sh(FIRST_AND_LAST) });
      new NginxCacheAmbassador(web, 'cache', { kind: HelperKind.NATIVE_SIDECAR, upstream: 'http://api' });
    }),
  );
  await namespace.ready('web');
  await eventually('the first one is answered', async () => {
    const { stdout } = await namespace.exec('web', 'main', 'cat', '/tmp/first');
    return stdout !== '' || 'not yet';
  });

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'main')?.message).toBe('answered\nanswered\n');
});

e2e(
  'two of them in a Job, which completes when its main container does',
  async (namespace) => {
    await applyDist(namespace, 'use-case-cache.yaml');
    await namespace.ready('app=catalog');
    await namespace.apply(
      synthesized((chart) => {
        const asking = 'wget -qO- http://localhost:8080/items && wget -qO- http://localhost:9090/items';
        const job = new k8s.KubeJob(chart, 'job', {
          metadata: { name: 'job' },
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: BUSYBOX, command: sh(asking) }] },
            },
          },
        });
        for (const [id, listen, healthPort] of [
          ['one', 8080, 8089],
          ['two', 9090, 9099],
        ] as const) {
          new NginxCacheAmbassador(job, id, {
            kind: HelperKind.NATIVE_SIDECAR,
            upstream: 'http://catalog',
            times: [{ time: Duration.minutes(1) }],
            listen,
            healthPort,
          });
        }
        PodSecurity.restrict(job, { user: 1000 });
      }),
    );

    await namespace.completed('job');
    const [done] = await namespace.pods('job-name=job');
    expect(await namespace.logs(done, 'main')).toMatch(/^(items of .*\n){2}$/);
  },
  RESTRICTED,
);
