import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ConfigChange, ConfigFiles, HelperKind, PodSecurity, Sidecar } from '../../lib';
import { endOf, List, statusOf } from './support/api';
import { synthesized } from './support/charts';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { Namespace } from './support/namespace';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';

/** What the pages of rules say of kubelet and API server besides what happens to those who ignore them. */

e2e('variables: what is expanded, what stays as it is written, and which of two counts', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      new k8s.KubeConfigMap(chart, 'settings', { metadata: { name: 'settings' }, data: { HOST: 'db' } });
      pod(chart, 'web', {
        command: sh(`env | sort; ${IDLE}`),
        envFrom: [{ configMapRef: { name: 'settings' } }],
        env: [
          { name: 'SHOWN_FROM', value: '$(HOST)' },
          { name: 'SHOWN_SERVICE', value: '$(KUBERNETES_SERVICE_PORT)' },
          { name: 'SHOWN_ESCAPED', value: '$$(HOST)' },
          { name: 'SHOWN_CIRCLE', value: '$(SHOWN_BACK)' },
          { name: 'SHOWN_BACK', value: '$(SHOWN_CIRCLE)' },
          { name: 'SHOWN_PATH', value: '/bin' },
          { name: 'SHOWN_PATH', value: '$(SHOWN_PATH):/more' },
          { name: 'SHOWN_EMPTY' },
        ],
      });
    }),
  );
  await namespace.ready('web');
  const printed = await namespace.logged('web', 'main', /^SHOWN_SERVICE/m);
  expect(printed.split('\n').filter((line) => line.startsWith('SHOWN'))).toEqual([
    'SHOWN_BACK=$(SHOWN_BACK)',
    'SHOWN_CIRCLE=$(SHOWN_BACK)',
    'SHOWN_EMPTY=',
    'SHOWN_ESCAPED=$(HOST)',
    'SHOWN_FROM=db',
    'SHOWN_PATH=/bin:/more',
    expect.stringMatching(/^SHOWN_SERVICE=\d+$/),
  ]);
});

interface EndpointSlice {
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
}

e2e('a Service finds named ports by protocol, and those of native sidecars', async (namespace) => {
  const number = (port: number): k8s.IntOrString => k8s.IntOrString.fromNumber(port);
  const named = (name: string): k8s.IntOrString => k8s.IntOrString.fromString(name);
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { ports: [{ name: 'dns', containerPort: 5300 }] });
      new Sidecar(web, 'udp', {
        container: {
          name: 'udp',
          image: BUSYBOX,
          command: sh(IDLE),
          ports: [{ name: 'dns', containerPort: 5301, protocol: 'UDP' }],
        },
      });
      new Sidecar(web, 'native', {
        container: {
          name: 'native',
          image: BUSYBOX,
          command: sh(IDLE),
          ports: [{ name: 'metrics', containerPort: 9100 }],
        },
        kind: HelperKind.NATIVE_SIDECAR,
      });
      new k8s.KubeService(chart, 'service', {
        metadata: { name: 'web' },
        spec: {
          selector: { app: 'web' },
          ports: [
            { name: 'tcp', port: 53, targetPort: named('dns') },
            { name: 'udp', port: 53, targetPort: named('dns'), protocol: 'UDP' },
            { name: 'metrics', port: 80, targetPort: named('metrics') },
            { name: 'number', port: 81, targetPort: number(81) },
          ],
        },
      });
    }),
  );
  await namespace.ready('web');
  const slices = 'discovery.k8s.io/v1/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb';
  const found = await eventually('the Service has endpoints', async () => {
    const { items } = (await namespace.find<List<EndpointSlice>>(slices)) ?? { items: [] };
    const ports = items.flatMap(({ ports: all }) => all ?? []).map((one) => `${one.name} ${one.port}/${one.protocol}`);
    return ports.length > 0 ? ports.sort() : 'none';
  });
  expect(found).toEqual(['metrics 9100/TCP', 'number 81/TCP', 'tcp 5300/TCP', 'udp 5301/UDP']);
});

e2e('an ExternalName that is an address is a name that does not exist', async (namespace) => {
  const service = (name: string, externalName: string): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'ExternalName', externalName },
  });
  const kubernetes = 'kubernetes.default.svc.cluster.local';
  const items = [service('address', '10.96.0.1'), service('name', kubernetes)];
  await namespace.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await namespace.apply(synthesized((chart) => void pod(chart, 'web')));
  const web = await namespace.ready('web');
  const ask = (host: string) => namespace.exec(web, 'main', 'wget', '-T', '5', '-qO-', `http://${host}:443/`);
  // The API server answers what is not TLS.
  await eventually('the name is found', async () => {
    const { stderr } = await ask('name');
    return stderr.includes('400 Bad Request') || stderr;
  });
  expect((await ask('address')).stderr).toContain('bad address');
});

/** A process that is not root serves port 80, with the sysctl as it is where nobody sets it. */
const lowPort = (chart: Chart, fields: Partial<k8s.Container>, spec: Partial<k8s.PodSpec>): k8s.KubePod =>
  pod(
    chart,
    'web',
    { command: sh('exec httpd -f -p 80'), terminationMessagePolicy: 'FallbackToLogsOnError', ...fields },
    { terminationGracePeriodSeconds: 1, ...spec },
    {},
  );

e2e('a port below 1024 without root: NET_BIND_SERVICE does not open it', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const securityContext = { runAsUser: 65_534, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } };
      const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '1024' }];
      lowPort(chart, { securityContext }, { securityContext: { sysctls } });
    }),
  );
  const seen = await namespace.pod('web', 'has ended', (one) => endOf(one, 'main') !== undefined);
  expect(endOf(seen, 'main')?.message).toContain('Permission denied');
});

e2e(
  'a port below 1024 without root: lowPorts opens it, where "restricted" is enforced',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        PodSecurity.restrict(lowPort(chart, { ports: [{ containerPort: 80 }] }, {}), { user: 65_534, lowPorts: true });
      }),
    );
    const web = await namespace.ready('web');
    await eventually('it answers', async () => {
      const { stderr } = await namespace.exec(web, 'main', 'wget', '-T', '5', '-qO-', 'http://localhost/');
      return stderr.includes('404') || stderr;
    });
    expect(statusOf(web, 'main').restartCount).toBe(0);
  },
  { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
);

const CONTAINER = { name: 'main', image: BUSYBOX };

/** What the API server makes of a pod, or says against it. */
async function created(namespace: Namespace, spec: object, ...options: string[]): Promise<Made> {
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec };
  const args = ['create', '--dry-run=server', '-o', 'json', ...options, '-f', '-'];
  const { code, stdout, stderr } = await namespace.tryKubectl(args, JSON.stringify(manifest));
  const made = code === 0 ? (JSON.parse(stdout) as { readonly spec: Fields }) : { spec: {} };
  return { spec: made.spec, said: stderr };
}

type Fields = Readonly<Record<string, unknown>>;

interface Made {
  readonly spec: Fields;
  readonly said: string;
}

e2e('what the API server fills in, drops, or takes for another thing', async (namespace) => {
  const misspelt = { containers: [{ ...CONTAINER, volumeMount: [] }] };
  expect((await created(namespace, misspelt)).said).toContain('unknown field "spec.containers[0].volumeMount"');
  const warned = await created(namespace, misspelt, '--validate=warn');
  expect(warned.said).toMatch(/^Warning: unknown field "spec.containers\[0\].volumeMount"/);
  expect(warned.spec.containers).toMatchObject([{ name: 'main' }]);
  expect(JSON.stringify(warned.spec)).not.toContain('"volumeMount"');

  const containers = [CONTAINER];
  const sourceless = await created(namespace, { containers, volumes: [{ name: 'data', secret: null }] });
  expect(sourceless.spec.volumes).toContainEqual({ name: 'data', emptyDir: {} });
  const negative = await created(namespace, { containers, terminationGracePeriodSeconds: -5 });
  expect(negative.spec.terminationGracePeriodSeconds).toBe(1);

  // With the feature ContainerRestartRules, which is on from 1.35 on, it is refused.
  const initContainers = [{ ...CONTAINER, name: 'init', restartPolicy: 'always' }];
  const { spec, said } = await created(namespace, { containers, initContainers });
  const dropped = spec.initContainers === undefined ? undefined : JSON.stringify(spec.initContainers);
  expect(dropped?.includes('restartPolicy') ?? !said.includes('Unsupported value')).toBe(false);

  for (const apiVersion of ['extensions/v1beta1', 'v1']) {
    const removed = { apiVersion, kind: 'Deployment', metadata: { name: 'web' }, spec: {} };
    const answer = await namespace.tryKubectl(['apply', '-f', '-'], JSON.stringify(removed));
    expect(answer.stderr).toContain(`no matches for kind "Deployment" in version "${apiVersion}"`);
  }
});

e2e('a Deployment on the host network with one port twice is accepted, and its pods are refused', async (namespace) => {
  const ports = [{ containerPort: 18_474 }];
  const containers = ['one', 'two'].map((name) => ({ name, image: BUSYBOX, command: sh(IDLE), ports }));
  const labels = { app: 'web' };
  await namespace.apply(
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { hostNetwork: true, containers } },
      },
    }),
  );
  await eventually('the controller says that the pod is refused', async () => {
    const messages = (await namespace.events()).map(({ message }) => message);
    return messages.some((message) => message.includes('hostPort: Duplicate value')) || messages.join('\n');
  });
  expect(await namespace.pods('app=web')).toEqual([]);
});

e2e('a pod whose ConfigMap is not there stays in ContainerCreating, and has no logs', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const volumeMounts = [{ name: 'files', mountPath: '/files' }];
      pod(chart, 'web', { volumeMounts }, { volumes: [{ name: 'files', configMap: { name: 'files' } }] });
    }),
  );
  await eventually('the kubelet says that it cannot mount', async () => {
    const events = await namespace.events('web');
    return (
      events.some(({ reason, message }) => reason === 'FailedMount' && message.includes('"files" not found')) ||
      events.map(({ message }) => message).join('\n')
    );
  });
  const [web] = await namespace.pods('app=web');
  expect(statusOf(web, 'main').state).toMatchObject({ waiting: { reason: 'ContainerCreating' } });
  expect((await namespace.tryKubectl(['logs', 'web', '-c', 'main'])).code).not.toBe(0);
});

e2e('a pod that writes more to an emptyDir than its size is evicted', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const data = { name: 'data', emptyDir: { sizeLimit: k8s.Quantity.fromString('1Mi') } };
      const command = sh(`dd if=/dev/zero of=/data/file bs=1M count=8; ${IDLE}`);
      pod(chart, 'web', { command, volumeMounts: [{ name: 'data', mountPath: '/data' }] }, { volumes: [data] });
    }),
  );
  interface Evicted {
    readonly status: { readonly reason?: string; readonly message?: string };
  }
  const evicted = await eventually('it is evicted', async () => {
    const found = await namespace.find<Evicted>('pods/web');
    return found?.status.reason === 'Evicted' ? found : JSON.stringify(found?.status.reason ?? 'not yet');
  });
  expect(evicted.status.message).toMatch(/emptyDir volume "data" exceeds the limit/i);
});

e2e('a file of a ConfigMap that is mounted by subPath does not change with it, and others do', async (namespace) => {
  const apply = (one: string): Promise<void> =>
    namespace.apply(
      synthesized((chart) => {
        new k8s.KubeConfigMap(chart, 'files', { metadata: { name: 'files' }, data: { one } });
        const volumeMounts = [
          { name: 'files', mountPath: '/all' },
          { name: 'files', mountPath: '/single/one', subPath: 'one' },
        ];
        pod(chart, 'web', { volumeMounts }, { volumes: [{ name: 'files', configMap: { name: 'files' } }] });
      }),
    );
  await apply('before');
  const web = await namespace.ready('web');
  await apply('after');
  await eventually('the whole volume has the new one', async () => {
    const { stdout, stderr } = await namespace.exec(web, 'main', 'cat', '/all/one');
    return stdout === 'after' || stdout + stderr;
  });
  expect((await namespace.exec(web, 'main', 'cat', '/single/one')).stdout).toBe('before');
});

e2e.each('files of a Job and of a bare Pod change: what runs is not replaced', {
  'with RESTART': ConfigChange.RESTART,
  'with REPLACE': ConfigChange.REPLACE,
})(async (namespace, onChange) => {
  const manifest = (kind: 'Job' | 'Pod', greeting: string): string =>
    synthesized((chart) => {
      const containers = [{ ...CONTAINER, command: sh(IDLE) }];
      const metadata = { name: 'web', labels: { app: kind.toLowerCase() } };
      const web =
        kind === 'Pod'
          ? new k8s.KubePod(chart, 'web', { metadata, spec: { containers } })
          : new k8s.KubeJob(chart, 'web', {
              metadata,
              spec: { template: { metadata, spec: { restartPolicy: 'Never', containers } } },
            });
      new Sidecar(web, 'helper', {
        container: { name: 'helper', image: BUSYBOX, command: sh(IDLE) },
        kind: HelperKind.NATIVE_SIDECAR,
        files: [
          ConfigFiles.of({ greeting }, { configMapName: `greeting-of-${kind.toLowerCase()}`, onChange }).at('/config'),
        ],
      });
    });
  const running = async (): Promise<string[]> =>
    [await namespace.ready('app=pod'), await namespace.ready('app=job')].map(({ metadata }) => metadata.uid);
  await namespace.apply(manifest('Pod', 'hello'));
  await namespace.apply(manifest('Job', 'hello'));
  const before = await running();

  await namespace.apply(manifest('Pod', 'goodbye'));
  await namespace.apply(manifest('Job', 'goodbye'));

  const greeting = 'jsonpath={.data.greeting}';
  for (const kind of ['pod', 'job']) {
    expect(await namespace.kubectl('get', 'configmap', `greeting-of-${kind}`, '-o', greeting)).toBe('goodbye');
  }
  expect(await running()).toEqual(before);
  // What would replace the pods of a Deployment.
  const checksum = JSON.stringify({ spec: { template: { metadata: { annotations: { checksum: 'other' } } } } });
  const refused = await namespace.tryKubectl(['patch', 'job', 'web', '-p', checksum]);
  expect(refused.stderr).toContain('field is immutable');
});
