import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ambassador, HelperKind, PodChecks, SharedVolume, Sidecar, WaitFor } from '../../lib';
import { project } from '../support/project';
import { endOf, List, statusOf } from './support/api';
import { complaintsOf, synthesized } from './support/charts';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended, secondsToEnd } from './support/kept';
import { Namespace } from './support/namespace';
import { BUSYBOX, FOREVER, IDLE, pod, serve, server, sh } from './support/pods';

/** A manifest that breaks one rule, which the API server accepts, and what a cluster makes of it. */
interface Fault {
  readonly rule: string;
  readonly define: (chart: Chart) => void;
  readonly seen: (namespace: Namespace) => Promise<void>;
}

const port = (number: number): k8s.IntOrString => k8s.IntOrString.fromNumber(number);
const named = (name: string): k8s.IntOrString => k8s.IntOrString.fromString(name);
const helper = (fields: Partial<k8s.Container> = {}): k8s.Container => ({
  name: 'helper',
  image: BUSYBOX,
  command: sh(IDLE),
  ...fields,
});
const FILES = { one: 'first', two: 'second' };
const LONG = 'w'.repeat(58);

function configMap(chart: Chart, name: string): void {
  new k8s.KubeConfigMap(chart, name, { metadata: { name }, data: FILES });
}

/** One of each kind that the kubelet fills with files, and one to mount a single file of. */
const VOLUMES_OF_FILES: k8s.Volume[] = [
  { name: 'configmap', configMap: { name: 'one' } },
  { name: 'secret', secret: { secretName: 'secret' } },
  { name: 'projected', projected: { sources: [{ configMap: { name: 'one' } }] } },
  { name: 'downward', downwardApi: { items: [{ path: 'one', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { name: 'file', configMap: { name: 'one' } },
];

/** The container is never started; the kubelet says why. */
const neverStarts =
  (reason: string, words: RegExp) =>
  async (namespace: Namespace): Promise<void> => {
    const seen = await namespace.pod('web', `has ${reason}`, (one) =>
      [endOf(one, 'main')?.reason, statusOf(one, 'main').state.waiting?.reason].includes(reason),
    );
    const { state } = statusOf(seen, 'main');
    expect(`${state.waiting?.message ?? ''} ${endOf(seen, 'main')?.message ?? ''}`).toMatch(words);
  };

/** The volumes are never mounted; the kubelet says why. */
const neverMounts =
  (words: RegExp) =>
  async (namespace: Namespace): Promise<void> => {
    await eventually('the kubelet says that it cannot mount', async () => {
      const messages = (await namespace.events('web')).map(({ message }) => message);
      return messages.some((message) => words.test(message)) || messages.join('\n');
    });
    await namespace.pod(
      'web',
      'stays in ContainerCreating',
      (seen) => statusOf(seen, 'main').state.waiting?.reason === 'ContainerCreating',
    );
  };

const FAULTS: Record<string, Fault> = {
  'a startup probe that asks the main container: it never starts': {
    rule: 'startup-deadlock',
    define: (chart) => {
      const web = pod(chart, 'web', { command: sh(serve(8080)), ports: [{ containerPort: 8080 }] });
      new Sidecar(web, 'helper', {
        container: helper({ startupProbe: { tcpSocket: { port: port(8080) }, periodSeconds: 1, failureThreshold: 5 } }),
        kind: HelperKind.NATIVE_SIDECAR,
      });
    },
    seen: async (namespace) => {
      const seen = await namespace.pod(
        'web',
        'has restarted its helper',
        (one) => statusOf(one, 'helper').restartCount > 1,
      );
      expect(statusOf(seen, 'main').state).toMatchObject({ waiting: { reason: 'PodInitializing' } });
      expect(await namespace.kubectl('get', 'pod', 'web')).toMatch(/0\/2 +Init:/);
    },
  },
  'a WaitFor for what the main container serves: it never starts': {
    rule: 'startup-deadlock',
    define: (chart) => {
      const web = pod(chart, 'web', { command: sh(serve(8080)), ports: [{ containerPort: 8080 }] });
      const [deadline, interval] = [Duration.seconds(5), Duration.seconds(1)];
      new WaitFor(web, 'wait', { host: 'localhost', port: 8080, deadline, interval });
    },
    seen: async (namespace) => {
      const seen = await namespace.pod('web', 'has given up, again', (one) => statusOf(one, 'wait').restartCount > 0);
      expect(endOf(seen, 'wait')).toMatchObject({ exitCode: 1 });
      expect(statusOf(seen, 'main').state).toMatchObject({ waiting: { reason: 'PodInitializing' } });
    },
  },
  'a probe of a port that is open on the loopback address only: never ready': {
    rule: 'loopback-probe',
    define: (chart) => {
      const readinessProbe = { tcpSocket: { port: port(8080) }, periodSeconds: 1 };
      new Ambassador(pod(chart, 'web'), 'helper', {
        container: helper({ command: sh('exec httpd -f -p 127.0.0.1:8080 -h /etc'), readinessProbe }),
        kind: HelperKind.REGULAR,
        listeners: [{ port: 8080, upstream: 'itself' }],
      });
    },
    seen: async (namespace) => {
      await eventually('the kubelet says that the probe fails', async () => {
        const messages = (await namespace.events('web')).map(({ message }) => message);
        return messages.some((message) => /Readiness probe failed: .*:8080/.test(message)) || messages.join('\n');
      });
      const { stdout } = await namespace.exec('web', 'main', 'wget', '-qO-', 'http://localhost:8080/hostname');
      expect(stdout.trim()).toBe('web');
      const seen = await namespace.pod('web', 'runs', (one) => statusOf(one, 'main').ready);
      expect(statusOf(seen, 'helper').ready).toBe(false);
    },
  },
  'a Service to a port that is open on the loopback address only: endpoints, and every connection refused': {
    rule: 'service-loopback-port',
    define: (chart) => {
      new Ambassador(pod(chart, 'web'), 'helper', {
        container: helper({ command: sh('exec httpd -f -p 127.0.0.1:8080 -h /etc') }),
        listeners: [{ port: 8080, upstream: 'itself' }],
      });
      new k8s.KubeService(chart, 'service', {
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: port(8080) }] },
      });
      pod(chart, 'client');
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      await namespace.ready('client');
      await eventually('the Service is known, and refuses', async () => {
        const { code, stderr } = await namespace.exec('client', 'main', 'wget', '-T', '5', '-qO-', 'http://web/');
        expect(code).not.toBe(0);
        return stderr.includes('refused') || stderr;
      });
      const inside = await namespace.exec('web', 'main', 'wget', '-qO-', 'http://localhost:8080/hostname');
      expect(inside.stdout.trim()).toBe('web');
    },
  },
  'a name of the cluster on the host network: nobody there knows it': {
    rule: 'cluster-dns',
    define: (chart) => {
      server(chart, 'api');
      for (const [name, dnsPolicy] of [['web'], ['mended', 'ClusterFirstWithHostNet']] as const) {
        const [deadline, interval] = [Duration.seconds(5), Duration.seconds(1)];
        new WaitFor(pod(chart, name, {}, { hostNetwork: true, dnsPolicy }), 'wait', {
          ...{ host: 'api', port: 80, deadline, interval },
        });
      }
    },
    seen: async (namespace) => {
      await namespace.ready('mended');
      const seen = await namespace.pod('web', 'has given up', (one) => statusOf(one, 'wait').restartCount > 0);
      expect(endOf(seen, 'wait')).toMatchObject({ exitCode: 1 });
    },
  },
  'a StatefulSet whose name leaves no room for the hash behind it: no pod ever comes': {
    rule: 'stateful-set-name',
    define: (chart) => {
      const labels = { app: 'web' };
      new k8s.KubeStatefulSet(chart, 'web', {
        metadata: { name: LONG },
        spec: {
          serviceName: 'web',
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: 'main', image: BUSYBOX, command: sh(IDLE) }] },
          },
        },
      });
    },
    seen: async (namespace) => {
      await eventually('its controller says why', async () => {
        const messages = (await namespace.events(LONG)).map(({ message }) => message);
        return messages.some((message) => message.includes('must be no more than 63')) || messages.join('\n');
      });
      expect(await namespace.kubectl('get', 'pods', '-o', 'name')).toBe('');
    },
  },
  'a port below 1024 without root: refused': {
    rule: 'privileged-port',
    define: (chart) => {
      // What containerd before 2.0 leaves as it is in every pod.
      const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '1024' }];
      pod(
        chart,
        'web',
        {
          command: sh('exec httpd -f -p 80'),
          ports: [{ containerPort: 80 }],
          securityContext: { runAsUser: 65_534 },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
        { securityContext: { sysctls } },
      );
    },
    seen: async (namespace) => {
      const seen = await namespace.pod('web', 'has ended', (one) => endOf(one, 'main') !== undefined);
      expect(endOf(seen, 'main')?.message).toContain('Permission denied');
    },
  },
  'a process 1 that has no handler of SIGTERM, or waits for its child: the grace period ends it': {
    rule: 'sigterm',
    define: (chart) => {
      const deaf = (name: string, shell: string[], image = BUSYBOX): k8s.Container => ({ name, image, command: shell });
      const foreground = 'trap exit TERM; while true; do sleep 3600; done';
      const web = pod(chart, 'web', { command: ['tail', '-f', '/dev/null'] }, { terminationGracePeriodSeconds: 8 });
      for (const [container, kind] of [
        [deaf('sleep', ['sleep', '3600'])],
        [deaf('busybox', sh('sleep 3600; true'))],
        [deaf('trap', sh(foreground))],
        [deaf('dash', sh('sleep 3600; true'), 'nginx:1.27')],
        [deaf('bash', ['bash', '-c', foreground], 'nginx:1.27')],
        [deaf('native', sh('tail -f /dev/null')), HelperKind.NATIVE_SIDECAR],
      ] as const) {
        new Sidecar(web, container.name, { container, kind: kind ?? HelperKind.REGULAR });
      }
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      const over = await ended(namespace, 'web');
      for (const name of ['main', 'sleep', 'busybox', 'trap', 'dash', 'bash', 'native']) {
        expect({ name, ...endOf(over.pod, name) }).toMatchObject({ name, exitCode: 137 });
        expect(secondsToEnd(over, name)).toBeGreaterThanOrEqual(7);
      }
    },
  },
  'an image that is no reference: the container is not made': {
    rule: 'image-reference',
    define: (chart) => {
      pod(chart, 'web', { image: 'registry.example.com/Team/App:1.2' });
    },
    seen: neverStarts('InvalidImageName', /couldn't parse image name/),
  },
  'two containers on one port: one of them ends again and again': {
    rule: 'port-conflict',
    define: (chart) => {
      const web = pod(chart, 'web', { image: 'nginx:1.27', command: undefined, ports: [{ containerPort: 80 }] });
      new Sidecar(web, 'helper', {
        container: helper({
          command: sh(`until wget -qO /dev/null http://localhost/; do sleep 1; done; exec httpd -f -p 80`),
          ports: [{ containerPort: 80 }],
          terminationMessagePolicy: 'FallbackToLogsOnError',
        }),
      });
    },
    seen: async (namespace) => {
      const seen = await namespace.pod('web', 'has restarted', (one) => statusOf(one, 'helper').restartCount > 0);
      expect(statusOf(seen, 'main')).toMatchObject({ ready: true, restartCount: 0 });
      expect(endOf(seen, 'helper')?.message).toContain('Address already in use');
    },
  },
  'two containers of a pod on one host port: one of them gets it all': {
    rule: 'host-port-conflict',
    define: (chart) => {
      const ports = (containerPort: number): k8s.ContainerPort[] => [{ containerPort, hostPort: 18_473 }];
      const web = pod(chart, 'web', { command: sh(serve(8080)), ports: ports(8080) });
      new Sidecar(web, 'helper', {
        container: helper({ command: sh('exec httpd -f -p 8081 -h /etc'), ports: ports(8081) }),
        kind: HelperKind.NATIVE_SIDECAR,
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      const { status } = (await namespace.find<{ readonly status: { readonly hostIP: string } }>('pods/web')) ?? {
        status: { hostIP: '' },
      };
      const answers = new Set<string>();
      for (let request = 0; request < 10; request += 1) {
        const url = `http://${status.hostIP}:18473/`;
        const { stdout, stderr } = await namespace.exec('web', 'main', 'wget', '-T', '5', '-qO-', url);
        answers.add(stdout || stderr);
      }
      expect(answers.size).toBe(1);
    },
  },
  'a mount inside a read-only emptyDir: the container cannot be started': {
    rule: 'mount-under-read-only',
    define: (chart) => {
      pod(
        chart,
        'web',
        {
          volumeMounts: [
            { name: 'outer', mountPath: '/data', readOnly: true },
            { name: 'inner', mountPath: '/data/inner' },
          ],
        },
        {
          volumes: [
            { name: 'outer', emptyDir: {} },
            { name: 'inner', emptyDir: {} },
          ],
        },
      );
    },
    seen: neverStarts('StartError', /read-only file system/),
  },
  'a mount below a file that subPath mounts: the container cannot be started': {
    rule: 'mount-under-read-only',
    define: (chart) => {
      configMap(chart, 'files');
      pod(
        chart,
        'web',
        {
          volumeMounts: [
            { name: 'files', mountPath: '/data/file', subPath: 'one' },
            { name: 'inner', mountPath: '/data/file/inner' },
          ],
        },
        {
          volumes: [
            { name: 'files', configMap: { name: 'files' } },
            { name: 'inner', emptyDir: {} },
          ],
        },
      );
    },
    seen: neverStarts('StartError', /not a directory/),
  },
  'a single file mounted inside the mount of a volume of files: the container cannot be started': {
    rule: 'mount-under-read-only',
    define: (chart) => {
      configMap(chart, 'one');
      new k8s.KubeSecret(chart, 'secret', { metadata: { name: 'secret' }, stringData: FILES });
      const inside = (name: string): Partial<k8s.Container> => ({
        volumeMounts: [
          { name, mountPath: '/data' },
          { name: 'file', mountPath: '/data/inner', subPath: 'one' },
        ],
      });
      const web = pod(chart, 'web', inside('configmap'), { volumes: VOLUMES_OF_FILES });
      for (const name of ['secret', 'projected', 'downward']) {
        new Sidecar(web, name, { container: helper({ name, ...inside(name) }) });
      }
    },
    seen: async (namespace) => {
      for (const name of ['main', 'secret', 'projected', 'downward']) {
        const seen = await namespace.pod('web', `has not started ${name}`, (one) => endOf(one, name) !== undefined);
        expect(endOf(seen, name)).toMatchObject({
          reason: 'StartError',
          message: expect.stringMatching(/not a directory/) as string,
        });
      }
    },
  },
  'a volume without a source: an empty folder': {
    rule: 'volume-source',
    define: (chart) => {
      pod(chart, 'web', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }, { volumes: [{ name: 'data' }] });
    },
    seen: async (namespace) => {
      const { code, stdout } = await namespace.exec(await namespace.ready('web'), 'main', 'ls', '-A', '/data');
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    },
  },
  'two files of a volume at one path: the later one is there': {
    rule: 'overlapping-paths',
    define: (chart) => {
      configMap(chart, 'files');
      const items = [
        { key: 'one', path: 'conf' },
        { key: 'two', path: 'conf' },
      ];
      pod(
        chart,
        'web',
        { volumeMounts: [{ name: 'files', mountPath: '/files' }] },
        { volumes: [{ name: 'files', configMap: { name: 'files', items } }] },
      );
    },
    seen: async (namespace) => {
      const { stdout } = await namespace.exec(await namespace.ready('web'), 'main', 'cat', '/files/conf');
      expect(stdout).toBe(FILES.two);
    },
  },
  'two files of a volume, one inside the other: the volume is never mounted': {
    rule: 'overlapping-paths',
    define: (chart) => {
      configMap(chart, 'files');
      const items = [
        { key: 'one', path: 'conf' },
        { key: 'two', path: 'conf/two' },
      ];
      pod(
        chart,
        'web',
        { volumeMounts: [{ name: 'files', mountPath: '/files' }] },
        { volumes: [{ name: 'files', configMap: { name: 'files', items } }] },
      );
    },
    seen: neverMounts(/MountVolume.SetUp failed for volume "files"/),
  },
  'two mounts at one path that look different: one hides the other': {
    rule: 'mount-path-equivalent',
    define: (chart) => {
      const web = pod(
        chart,
        'web',
        {
          volumeMounts: [
            { name: 'a', mountPath: '/data' },
            { name: 'b', mountPath: '/data/' },
          ],
        },
        { volumes: [{ name: 'a', emptyDir: {} }] },
      );
      new Sidecar(web, 'helper', {
        container: helper({
          volumeMounts: [
            { name: 'a', mountPath: '/a' },
            { name: 'b', mountPath: '/b' },
          ],
        }),
        volumes: [{ name: 'b', emptyDir: {} }],
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      await namespace.exec('web', 'main', 'touch', '/data/file');
      expect((await namespace.exec('web', 'helper', 'find', '/a', '/b', '-type', 'f')).stdout).toBe('/b/file\n');
    },
  },
  'a variable that is set twice: a later apply changes the one that does not count': {
    rule: 'env-unique',
    define: (chart) => {
      new k8s.KubeDeployment(chart, 'web', {
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [
                {
                  name: 'main',
                  image: BUSYBOX,
                  command: sh(`echo "level $LEVEL"; ${IDLE}`),
                  env: [
                    { name: 'LEVEL', value: 'info' },
                    { name: 'LEVEL', value: 'debug' },
                  ],
                },
              ],
            },
          },
        },
      });
    },
    seen: async (namespace) => {
      const before = await namespace.ready('app=web');
      expect(await namespace.logged(before, 'main', /\n/)).toBe('level debug\n');
      const written = await namespace.kubectl(
        'get',
        'deployment/web',
        '-o',
        "jsonpath={.metadata.annotations['kubectl\\.kubernetes\\.io/last-applied-configuration']}",
      );
      await namespace.apply(written.replace('"debug"', '"warn"'));
      const env = 'jsonpath={.spec.template.spec.containers[0].env[*].value}';
      expect(await namespace.kubectl('get', 'deployment/web', '-o', env)).toBe('warn debug');
    },
  },
  'a variable that refers to a later one: it stays as it is written': {
    rule: 'env-reference',
    define: (chart) => {
      pod(chart, 'web', {
        command: sh(`echo "$URL"; ${IDLE}`),
        env: [
          { name: 'URL', value: 'postgres://app:$(DB_PASSWORD)@db' },
          { name: 'DB_PASSWORD', value: 'secret' },
        ],
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      expect(await namespace.logged('web', 'main', /\n/)).toBe('postgres://app:$(DB_PASSWORD)@db\n');
    },
  },
  'a port that is declared twice: server-side apply refuses it': {
    rule: 'duplicate-port',
    define: (chart) => {
      pod(chart, 'web', {
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'metrics', containerPort: 8080 },
        ],
      });
    },
    seen: async (namespace) => {
      const made = await namespace.kubectl('get', 'pod/web', '-o', 'json');
      const { spec } = JSON.parse(made) as { readonly spec: object };
      const again = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec });
      const refused = await namespace.tryKubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], again);
      expect(refused.stderr).toMatch(/duplicate entries for key .containerPort=8080/);
    },
  },
  'a mount inside another one: it hides what is there': {
    rule: 'nested-mount',
    define: (chart) => {
      const web = pod(
        chart,
        'web',
        {
          volumeMounts: [
            { name: 'outer', mountPath: '/data' },
            { name: 'inner', mountPath: '/data/inner' },
          ],
        },
        { volumes: [{ name: 'inner', emptyDir: {} }] },
      );
      new Sidecar(web, 'helper', {
        container: helper({
          command: sh(`mkdir -p /outer/inner; touch /outer/inner/file; ${IDLE}`),
          volumeMounts: [{ name: 'outer', mountPath: '/outer' }],
        }),
        volumes: [{ name: 'outer', emptyDir: {} }],
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      expect((await namespace.exec('web', 'helper', 'find', '/outer', '-type', 'f')).stdout).toBe(
        '/outer/inner/file\n',
      );
      expect((await namespace.exec('web', 'main', 'find', '/data', '-type', 'f')).stdout).toBe('');
    },
  },
  'memory of less than a byte: the pod never starts': {
    rule: 'fractional-bytes',
    define: (chart) => {
      pod(chart, 'web', { resources: { limits: { memory: k8s.Quantity.fromString('512m') } } });
    },
    seen: neverMounts(/MountVolume.SetUp failed .* no space left on device/),
  },
  'a probe of a port name that another container declares: never ready': {
    rule: 'probe-port-name',
    define: (chart) => {
      const web = pod(chart, 'web', { readinessProbe: { httpGet: { port: named('http') }, periodSeconds: 1 } });
      new Sidecar(web, 'helper', {
        container: helper({ command: sh(serve(8080)), ports: [{ name: 'http', containerPort: 8080 }] }),
      });
    },
    seen: async (namespace) => {
      await eventually('the kubelet says that it does not find the port', async () => {
        const messages = (await namespace.events('web')).map(({ message }) => message);
        return (
          messages.some((message) => /couldn't find port: http|Readiness probe errored/.test(message)) ||
          messages.join('\n')
        );
      });
      const seen = await namespace.pod('web', 'runs', (one) => statusOf(one, 'helper').ready);
      expect(statusOf(seen, 'main').ready).toBe(false);
    },
  },
  'runAsNonRoot with an image whose user is a name: the container is not made': {
    rule: 'non-root-user',
    define: (chart) => {
      pod(chart, 'web', { image: 'haproxy:2.4', command: undefined, securityContext: { runAsNonRoot: true } });
    },
    seen: neverStarts('CreateContainerConfigError', /image has non-numeric user \(haproxy\)/),
  },
  'runAsNonRoot with user 0: the container is not made': {
    rule: 'non-root-user',
    define: (chart) => {
      pod(chart, 'web', { securityContext: { runAsNonRoot: true, runAsUser: 0 } });
    },
    seen: neverStarts('CreateContainerConfigError', /breaks non-root policy/),
  },
  'a Service for a port name that no pod declares: no endpoints': {
    rule: 'service-target-port',
    define: (chart) => {
      pod(chart, 'web', { command: sh(serve(8080)), ports: [{ name: 'web', containerPort: 8080 }] });
      new k8s.KubeService(chart, 'service', {
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: named('http') }] },
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      await eventually('the endpoints of the Service have been looked for', async () => {
        const { items } = (await namespace.find<List<{ readonly ports?: readonly unknown[] }>>(SLICES)) ?? {
          items: [],
        };
        return items.length > 0 || 'not yet';
      });
      const { items } = (await namespace.find<List<{ readonly ports?: readonly unknown[] }>>(SLICES)) ?? { items: [] };
      expect(items.flatMap(({ ports }) => ports ?? [])).toEqual([]);
    },
  },
  'one port name in two containers: a Service reaches the first only': {
    rule: 'port-name-shared',
    define: (chart) => {
      const web = pod(chart, 'web', { command: sh(serve(9100)), ports: [{ name: 'metrics', containerPort: 9100 }] });
      new Sidecar(web, 'helper', {
        container: helper({ command: sh(serve(8404)), ports: [{ name: 'metrics', containerPort: 8404 }] }),
      });
      new k8s.KubeService(chart, 'service', {
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: named('metrics') }] },
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      await eventually('the Service has endpoints', async () => {
        const { items } = (await namespace.find<List<{ readonly ports?: readonly { readonly port: number }[] }>>(
          SLICES,
        )) ?? { items: [] };
        const ports = items.flatMap(({ ports: all }) => (all ?? []).map((one) => one.port));
        return (ports.length > 0 && ports.every((one) => one === 9100)) || JSON.stringify(ports);
      });
    },
  },
  'a preStop hook that sleeps longer than the grace period: two seconds are left to end': {
    rule: 'shutdown-grace',
    define: (chart) => {
      pod(
        chart,
        'web',
        {
          command: sh(`trap 'echo signal >/dev/termination-log; sleep 10; exit' TERM; ${FOREVER}`),
          lifecycle: { preStop: { exec: { command: ['sleep', '60'] } } },
        },
        { terminationGracePeriodSeconds: 4 },
      );
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      const over = await ended(namespace, 'web');
      const end = endOf(over.pod, 'main');
      expect(end).toMatchObject({ exitCode: 137, message: 'signal\n' });
      expect(secondsToEnd(over, 'main')).toBeGreaterThanOrEqual(4);
      expect(secondsToEnd(over, 'main')).toBeLessThan(60);
    },
  },
};

test('docs/proof.md lists these rules, and the page of each says what was seen', () => {
  const docs = join(project, 'docs');
  const [, table = ''] = /^## Rules and reality\n([^]*?)^## /m.exec(readFileSync(join(docs, 'proof.md'), 'utf8')) ?? [];
  const listed = table.matchAll(/^\| \[([a-z-]+)\]\(rules/gm);
  const rules = [...new Set(Object.values(FAULTS).map(({ rule }) => rule))].sort();
  expect([...listed].map(([, rule]) => rule).sort()).toEqual(rules);
  const silent = rules.filter(
    (rule) => !readFileSync(join(docs, 'rules', `${rule}.md`), 'utf8').includes('Seen on a '),
  );
  expect(silent).toEqual([]);
});

const SLICES = 'discovery.k8s.io/v1/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb';

/** Synthesis says which rule it is; without it the manifest is accepted and does not do what it should. */
e2e.each(
  'rule and reality',
  FAULTS,
)(async (namespace, { rule, define, seen }) => {
  const isOptIn = OPT_IN.includes(rule);
  expect(
    complaintsOf((chart) => {
      define(chart);
      const checks = PodChecks.of(chart).checkAll();
      if (isOptIn) {
        checks.require(rule);
      }
    }),
  ).toContain(rule);
  await namespace.apply(
    synthesized((chart) => {
      define(chart);
      const checks = PodChecks.of(chart).checkAll();
      if (!isOptIn) {
        checks.ignore(rule, 'shows what happens');
      }
    }),
  );
  await seen(namespace);
});

/** Rules that have to be asked for. */
const OPT_IN = ['nested-mount'];

const SOUND: Record<string, Omit<Fault, 'rule'>> = {
  'a whole volume mounted inside one of files: its folder is made': {
    define: (chart) => {
      configMap(chart, 'one');
      new k8s.KubeSecret(chart, 'secret', { metadata: { name: 'secret' }, stringData: FILES });
      const inside = (name: string): Partial<k8s.Container> => ({
        volumeMounts: [
          { name, mountPath: '/data' },
          { name: 'inner', mountPath: '/data/inner' },
        ],
      });
      const volumes = [...VOLUMES_OF_FILES, { name: 'inner', emptyDir: {} }];
      const web = pod(chart, 'web', inside('configmap'), { volumes });
      for (const name of ['secret', 'projected', 'downward']) {
        new Sidecar(web, name, { container: helper({ name, ...inside(name) }) });
      }
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      for (const name of ['main', 'secret', 'projected', 'downward']) {
        expect(await namespace.exec('web', name, 'touch', '/data/inner/file')).toMatchObject({ code: 0 });
        expect((await namespace.exec('web', name, 'cat', '/data/one')).stdout).toBe(
          name === 'downward' ? 'web' : FILES.one,
        );
      }
    },
  },
  'a mount inside a read-only emptyDir in which another container has made the folder': {
    define: (chart) => {
      const web = pod(
        chart,
        'web',
        {
          volumeMounts: [
            { name: 'outer', mountPath: '/data', readOnly: true },
            { name: 'inner', mountPath: '/data/inner' },
          ],
        },
        { volumes: [{ name: 'inner', emptyDir: {} }] },
      );
      new Sidecar(web, 'helper', {
        container: helper({
          command: sh(`mkdir -p /outer/inner; touch /tmp/made; ${IDLE}`),
          startupProbe: { exec: { command: ['test', '-f', '/tmp/made'] }, periodSeconds: 1 },
          volumeMounts: [{ name: 'outer', mountPath: '/outer' }],
        }),
        kind: HelperKind.NATIVE_SIDECAR,
        volumes: [{ name: 'outer', emptyDir: {} }],
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      expect(await namespace.exec('web', 'main', 'touch', '/data/inner/file')).toMatchObject({ code: 0 });
    },
  },
  'a preStop hook that is shorter than the grace period: it ends before SIGTERM comes': {
    define: (chart) => {
      const data = SharedVolume.emptyDir('data');
      const web = pod(chart, 'web', {
        command: sh(`trap 'cat /data/hook >/dev/termination-log; exit 0' TERM; ${FOREVER}`),
        lifecycle: { preStop: { exec: { command: sh('sleep 2; echo hooked >/data/hook') } } },
      });
      new Sidecar(web, 'helper', {
        container: helper(),
        shutdownDeadline: Duration.seconds(5),
        shares: [data.at('/data')],
      });
    },
    seen: async (namespace) => {
      await namespace.ready('web');
      expect(endOf((await ended(namespace, 'web')).pod, 'main')).toMatchObject({ exitCode: 0, message: 'hooked\n' });
    },
  },
};

e2e.each(
  'what no rule says anything against',
  SOUND,
)(async (namespace, { define, seen }) => {
  await namespace.apply(
    synthesized((chart) => {
      define(chart);
      PodChecks.of(chart).checkAll();
    }),
  );
  await seen(namespace);
});
