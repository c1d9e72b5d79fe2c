import { messagesOf, withContainer } from './support';

const image = 'nginx:1.27';
const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const restricted = (spec: object, kubernetesVersion?: string): string[] =>
  messagesOf('pod-security-restricted', spec, { kubernetesVersion });
const container = (securityContext: object, fields: object = {}): string[] =>
  restricted(withContainer({ securityContext: { ...good, ...securityContext }, ...fields }));

test('says which containers do not satisfy "restricted", and why', () => {
  const spec = {
    initContainers: [{ name: 'setup', image }],
    containers: [{ name: 'app', image, securityContext: { ...good, runAsUser: 0 } }, { image }],
  };
  expect(restricted(spec)).toEqual([
    'containers "setup", containers[1] must set securityContext.allowPrivilegeEscalation=false',
    'containers "setup", containers[1] must set securityContext.capabilities.drop=["ALL"]',
    'containers "setup", containers[1] must set securityContext.runAsNonRoot=true, or the pod must',
    'container "app" must not set runAsUser=0; give the number of another user',
    'containers "setup", containers[1] must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost", or the pod must',
  ]);
});

test('accepts a user and a seccomp profile of the pod, and a container that says otherwise is named', () => {
  const { runAsNonRoot, seccompProfile, ...own } = good;
  const pod = { securityContext: { runAsNonRoot, seccompProfile } };
  expect(restricted(withContainer({ securityContext: own }, pod))).toEqual([]);
  expect(restricted(withContainer({ securityContext: { ...own, runAsNonRoot: false } }, pod))).toEqual([
    'container "app" must set securityContext.runAsNonRoot=true, or the pod must',
  ]);
});

test.each([
  [{ privileged: true }, ['container "app" must not set securityContext.privileged=true']],
  [{ capabilities: { drop: ['all'] } }, ['container "app" must set securityContext.capabilities.drop=["ALL"]']],
  [{ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }, []],
  [
    { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
    ['container "app" must not include anything but "NET_BIND_SERVICE" in securityContext.capabilities.add'],
  ],
  [{ procMount: 'Unmasked' }, ['container "app" must not set securityContext.procMount']],
  [{ procMount: 'Default', readOnlyRootFilesystem: false }, []],
  [{ seLinuxOptions: { type: 'container_t', level: 's0' } }, []],
  [{ seLinuxOptions: { user: 'u' } }, ['container "app" must not set securityContext.seLinuxOptions to {"user":"u"}']],
  [
    { appArmorProfile: { type: 'Unconfined' } },
    ['container "app" must not set the AppArmor profile type to "Unconfined"'],
  ],
  [
    { windowsOptions: { hostProcess: true } },
    ['container "app" must not set securityContext.windowsOptions.hostProcess=true'],
  ],
  [
    { seccompProfile: { type: 'Unconfined' } },
    [
      'container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost", or the pod must',
    ],
  ],
])('of a container with %j: %j', (securityContext, messages) => {
  expect(container(securityContext)).toEqual(messages);
});

test('forbids host ports, and hosts in probes and hooks', () => {
  const fields = {
    ports: [{ containerPort: 80, hostPort: 80 }],
    livenessProbe: { tcpSocket: { port: 80, host: '10.0.0.1' } },
    lifecycle: { preStop: { httpGet: { port: 80 } } },
  };
  expect(container({}, fields)).toEqual([
    'container "app" must not use hostPort 80',
    'container "app" must not set the host "10.0.0.1" in its livenessProbe',
  ]);
});

test('forbids what a pod shares with its host', () => {
  const spec = {
    hostNetwork: true,
    hostPID: true,
    hostIPC: false,
    securityContext: { runAsUser: 0, seccompProfile: { type: 'Unconfined' }, sysctls: [{ name: 'kernel.msgmax' }] },
    volumes: [
      { name: 'root', hostPath: { path: '/' } },
      { name: 'share', nfs: {} },
      { name: 'tmp', emptyDir: {} },
      { name: 'model', image: {} },
    ],
  };
  const allowed =
    'allowed are configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret';
  expect(restricted(withContainer({ securityContext: good }, spec))).toEqual([
    'the pod must not set hostNetwork=true',
    'the pod must not set hostPID=true',
    `volume "root" uses the restricted volume type "hostPath"; ${allowed}`,
    `volume "share" uses the restricted volume type "nfs"; ${allowed}`,
    'the pod must not set the sysctl "kernel.msgmax"',
    'the pod must not set runAsUser=0; give the number of another user',
    'the pod must not set securityContext.seccompProfile.type to "Unconfined"',
  ]);
});

test('of a Windows pod asks for no Linux settings', () => {
  const pod = { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } };
  expect(restricted(withContainer({}, pod))).toEqual([]);
});

test('allows root in a user namespace of its own, from Kubernetes 1.35', () => {
  const { runAsNonRoot, ...root } = good;
  const spec = withContainer({ securityContext: { ...root, runAsUser: 0 } }, { hostUsers: !runAsNonRoot });
  expect(restricted(spec, '1.35')).toEqual([]);
  expect(restricted(spec, '1.34')).toHaveLength(2);
  expect(restricted(spec)).toHaveLength(2);
});

test('knows the images of Docker Hub whose user is a name, by any of their spellings', () => {
  const of = (name: string): string[] =>
    messagesOf('non-root-user', withContainer({ image: name, securityContext: { runAsNonRoot: true } }));
  for (const name of [
    'haproxy',
    'haproxy:2.9',
    'library/haproxy',
    'docker.io/haproxy',
    'docker.io/library/haproxy@sha256:0',
  ]) {
    expect(of(name)).toHaveLength(1);
  }
  for (const name of ['nginx', 'registry.example.com/haproxy', 'bitnami/haproxy', 'constructor', '__proto__']) {
    expect(of(name)).toEqual([]);
  }
});

test.each([
  ['nginx', 1],
  ['nginx:latest', 1],
  ['localhost:5000/nginx', 1],
  ['nginx:1.27', 0],
  ['nginx@sha256:0', 0],
  ['nginx:latest@sha256:0', 0],
  ['', 0],
])('%p is not pinned: %d finding', (name, count) => {
  expect(messagesOf('pinned-image', withContainer({ image: name }))).toHaveLength(count);
});
