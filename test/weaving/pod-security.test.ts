import { Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HelperKind, PodSecurity, RestrictedOptions, SharedVolume, Sidecar, VolumeWriter } from '../../lib';
import { Container } from '../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../support/workloads';

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Synthesizes a Deployment with one helper; gives back the helper's container or what is wrong with it. */
function synthHelper(
  container: Partial<k8s.Container>,
  options: RestrictedOptions,
  pod: Partial<k8s.PodSpec> = {},
): { container?: Container; errors: string[] } {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', pod);
  new Sidecar(web, 'helper', { container: { name: 'helper', image: 'x', ...container }, restricted: options });
  const errors = synthErrors(chart);
  return { container: errors.length > 0 ? undefined : synthPodSpec(chart).containers?.at(1), errors };
}

describe('a helper', () => {
  test('is left as it was given unless it is to be restricted', () => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'helper', { container: { name: 'helper', image: 'x' } });

    expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({ name: 'helper', image: 'x' });
  });

  test('that is restricted has a security context and an emptyDir where it writes, and its pod is left alone', () => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'helper', {
      container: { name: 'helper', image: 'x' },
      restricted: { user: 101, group: 102, writablePaths: ['/tmp', '/var/Cache/'] },
    });

    expect(Yaml.stringify(synthPodSpec(chart))).toBe(`containers:
  - image: nginx:1.27
    name: app
  - image: x
    name: helper
    securityContext:
      allowPrivilegeEscalation: false
      capabilities:
        drop:
          - ALL
      readOnlyRootFilesystem: true
      runAsGroup: 102
      runAsNonRoot: true
      runAsUser: 101
      seccompProfile:
        type: RuntimeDefault
    volumeMounts:
      - mountPath: /tmp
        name: helper-writable-0
      - mountPath: /var/Cache/
        name: helper-writable-1
volumes:
  - emptyDir: {}
    name: helper-writable-0
  - emptyDir: {}
    name: helper-writable-1
`);
  });

  test('can be restricted as a native sidecar', () => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'helper', {
      container: { name: 'helper', image: 'x' },
      kind: HelperKind.NATIVE_SIDECAR,
      restricted: { user: 1 },
    });

    expect(synthPodSpec(chart).initContainers).toEqual([
      { name: 'helper', image: 'x', restartPolicy: 'Always', securityContext: { ...restricted, runAsUser: 1 } },
    ]);
  });

  test('keeps what its own security context says besides', () => {
    const securityContext: k8s.SecurityContext = {
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['NET_RAW'] },
      privileged: false,
      procMount: 'Default',
      readOnlyRootFilesystem: false,
      runAsGroup: 7,
      runAsUser: 5,
      seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' },
    };

    expect(synthHelper({ securityContext }, {}).container?.securityContext).toEqual({
      ...securityContext,
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['NET_RAW', 'ALL'] },
      runAsNonRoot: true,
    });
  });

  test('inherits the user and the seccomp profile of its pod', () => {
    const securityContext = { runAsUser: 1000, seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } };
    const { seccompProfile, ...filledIn } = restricted;

    expect(synthHelper({}, {}, { securityContext }).container?.securityContext).toEqual(filledIn);
    expect(synthHelper({}, { user: 5, group: 6 }, { securityContext }).container?.securityContext).toEqual({
      ...filledIn,
      runAsUser: 5,
      runAsGroup: 6,
    });
  });

  test('has a seccomp profile that will do where its pod has none', () => {
    const securityContext = { seccompProfile: { type: 'Unconfined' } };

    expect(synthHelper({}, { user: 1 }, { securityContext }).container?.securityContext).toEqual({
      ...restricted,
      runAsUser: 1,
    });
  });

  test.each<[k8s.SecurityContext, string[]]>([
    [
      { runAsUser: 7 },
      [
        'security-preset: test/web/helper: container "helper" has runAsUser: 7, but the preset is given 5; remove one of them',
      ],
    ],
    [
      { runAsGroup: 8 },
      [
        'security-preset: test/web/helper: container "helper" has runAsGroup: 8, but the preset is given 6; remove one of them',
      ],
    ],
    [
      { allowPrivilegeEscalation: true },
      [
        'pod-security-restricted: test/web/helper: container "helper" must set securityContext.allowPrivilegeEscalation=false',
      ],
    ],
    [
      { runAsNonRoot: false },
      [
        'pod-security-restricted: test/web/helper: container "helper" must set securityContext.runAsNonRoot=true, or the pod must',
      ],
    ],
    [
      { privileged: true },
      [
        'privilege-escalation: container "helper" cannot set `allowPrivilegeEscalation` to false and `privileged` to true; remove one of them',
        'pod-security-restricted: test/web/helper: container "helper" must not set securityContext.privileged=true',
      ],
    ],
    [
      { seccompProfile: { type: 'Unconfined' } },
      [
        'pod-security-restricted: test/web/helper: container "helper" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost", or the pod must',
      ],
    ],
    [
      { capabilities: { add: ['SYS_PTRACE'] } },
      [
        'pod-security-restricted: test/web/helper: container "helper" must not include anything but "NET_BIND_SERVICE" in securityContext.capabilities.add',
      ],
    ],
  ])('that says otherwise is an error: %j', (securityContext, errors) => {
    expect(synthHelper({ securityContext }, { user: 5, group: 6 }).errors).toStrictEqual(
      errors.map((error) => `[test/web] ${error}`),
    );
  });

  test('without a user, or with user 0, is an error', () => {
    expect(synthHelper({}, {}).errors).toStrictEqual([
      '[test/web] numeric-user: test/web/helper: container "helper" has runAsNonRoot: true and no runAsUser, so it starts only if its image has a numeric user; set runAsUser',
    ]);
    const asRoot = [synthHelper({}, { user: 0 }), synthHelper({}, {}, { securityContext: { runAsUser: 0 } })];
    for (const { errors } of asRoot) {
      expect(errors).toContain(
        '[test/web] non-root-user: container "helper" has runAsNonRoot: true and runs as user 0, so the kubelet does not start it; give runAsUser another number',
      );
    }
  });

  test('whose name is taken is that error only', () => {
    const container = { name: 'app', securityContext: { runAsUser: 7 } };

    expect(synthHelper(container, { user: 5, writablePaths: ['/tmp'] }).errors).toStrictEqual([
      '[test/web] container-conflict: test/web/helper: the pod already has a container "app"; it has "app": give the helper another name',
    ]);
  });

  test('that mounts something where it writes keeps that', () => {
    const chart = Testing.chart();
    new Sidecar(deployment(chart), 'helper', {
      container: { name: 'helper', image: 'x', volumeMounts: [{ name: 'mine', mountPath: '/tmp' }] },
      volumes: [{ name: 'mine', emptyDir: { medium: 'Memory' } }],
      shares: [SharedVolume.emptyDir('logs').at('/logs', { writer: VolumeWriter.BOTH })],
      restricted: { user: 1, writablePaths: ['/tmp', '/logs'] },
    });

    const { containers = [], volumes = [] } = synthPodSpec(chart);
    expect(containers[1].volumeMounts).toStrictEqual([
      { name: 'mine', mountPath: '/tmp' },
      { name: 'logs', mountPath: '/logs' },
    ]);
    expect(volumes.map(({ name }) => name)).toStrictEqual(['mine', 'logs']);
  });

  test('never writes into a volume that is of something else', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { volumes: [{ name: 'helper-writable-0', emptyDir: {} }] });
    new Sidecar(web, 'helper', {
      container: { name: 'helper', image: 'x' },
      restricted: { user: 1, writablePaths: ['/tmp', '/a/b'] },
    });

    const { containers = [], volumes = [] } = synthPodSpec(chart);
    expect(containers[1].volumeMounts).toStrictEqual([
      { name: 'helper-writable-1', mountPath: '/tmp' },
      { name: 'helper-writable-2', mountPath: '/a/b' },
    ]);
    expect(volumes.map(({ name }) => name)).toStrictEqual([0, 1, 2].map((index) => `helper-writable-${index}`));
  });

  test('has a volume of its own for what the workload asks of it besides', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new Sidecar(web, 'helper', {
      container: { name: 'helper', image: 'x' },
      restricted: { user: 1, writablePaths: ['/a'] },
    });
    PodSecurity.restrict(web, { user: 1, containers: { helper: { writablePaths: ['/b'] } } });

    expect(synthPodSpec(chart).containers?.[1].volumeMounts).toStrictEqual([
      { name: 'helper-writable-0', mountPath: '/a' },
      { name: 'helper-writable-1', mountPath: '/b' },
    ]);
  });

  test('has volumes whose names are labels, however long its name is', () => {
    const chart = Testing.chart();
    const name = 'x'.repeat(63);
    new Sidecar(deployment(chart), 'helper', {
      container: { name, image: 'x' },
      restricted: { user: 1, writablePaths: ['/.cache'] },
    });

    expect(synthPodSpec(chart).volumes).toStrictEqual([{ name: `${'x'.repeat(50)}-writable-0`, emptyDir: {} }]);
  });
});

describe('a workload', () => {
  test('is restricted as a whole: helpers attached before and after, and init containers', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { initContainers: [{ name: 'setup', image: 'x' }] });
    new Sidecar(web, 'before', { container: { name: 'before', image: 'x' } });
    PodSecurity.restrict(web, { user: 1000, writablePaths: ['/tmp'] });
    new Sidecar(web, 'after', { container: { name: 'after', image: 'x' }, kind: HelperKind.NATIVE_SIDECAR });

    const { containers = [], initContainers = [], volumes = [] } = synthPodSpec(chart);
    const all = [...containers, ...initContainers];
    expect(all.map(({ name }) => name)).toStrictEqual(['app', 'before', 'setup', 'after']);
    for (const { name, securityContext, volumeMounts } of all) {
      expect(securityContext).toEqual({ ...restricted, runAsUser: 1000 });
      expect(volumeMounts).toStrictEqual([{ name: `${name}-writable-0`, mountPath: '/tmp' }]);
    }
    expect(volumes).toEqual(
      ['app', 'before', 'setup', 'after'].map((name) => ({ name: `${name}-writable-0`, emptyDir: {} })),
    );
  });

  test('is restricted without any helper', () => {
    const chart = Testing.chart();
    PodSecurity.restrict(deployment(chart), { user: 1 });

    expect(synthPodSpec(chart)).toEqual({
      containers: [{ name: 'app', image: 'nginx:1.27', securityContext: { ...restricted, runAsUser: 1 } }],
    });
  });

  test('can leave the users to its containers', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', {
      containers: [{ name: 'app', image: 'x', securityContext: { runAsUser: 7, runAsGroup: 8 } }],
    });
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'x', securityContext: { runAsUser: 9 } } });
    PodSecurity.restrict(web);

    expect(synthPodSpec(chart).containers).toEqual([
      { name: 'app', image: 'x', securityContext: { ...restricted, runAsUser: 7, runAsGroup: 8 } },
      { name: 'helper', image: 'x', securityContext: { ...restricted, runAsUser: 9 } },
    ]);
  });

  test('can say for single containers what differs', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', {
      containers: [
        { name: 'app', image: 'x' },
        { name: 'own', image: 'x', securityContext: { runAsUser: 7 } },
      ],
    });
    new Sidecar(web, 'proxy', { container: { name: 'proxy', image: 'x' }, restricted: { user: 99 } });
    new Sidecar(web, 'other', { container: { name: 'other', image: 'x' } });
    PodSecurity.restrict(web, { user: 1, containers: { other: { user: 2, writablePaths: ['/tmp'] } } });

    const { containers = [], volumes = [] } = synthPodSpec(chart);
    expect(containers.map(({ securityContext }) => (securityContext as k8s.SecurityContext).runAsUser)).toStrictEqual([
      1, 7, 99, 2,
    ]);
    expect(volumes.map(({ name }) => name)).toStrictEqual(['other-writable-0']);
  });

  test('says nothing else for a container where that is undefined', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', {
      containers: [{ name: 'app', image: 'x', securityContext: { allowPrivilegeEscalation: undefined } }],
    });
    PodSecurity.restrict(web, { user: 101, containers: { app: { user: undefined } } });

    expect(synthPodSpec(chart).containers).toEqual([
      { name: 'app', image: 'x', securityContext: { ...restricted, runAsUser: 101 } },
    ]);
  });

  test('may have a container without a name, which no message mentions', () => {
    const chart = Testing.chart();
    const containers = [{ image: 'x' } as k8s.Container, { name: 'own', image: 'x' }];
    PodSecurity.restrict(deployment(chart, 'web', { containers }), { user: 1, containers: { nobody: { user: 3 } } });

    expect(synthErrors(chart)).toContain(
      '[test/web] security-preset: PodSecurity.restrict: the pod has no container "nobody" to restrict; it has "own"',
    );
  });

  test('whose containers say otherwise is an error, all at once', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', {
      containers: [
        { name: 'app', image: 'x', securityContext: { privileged: true } },
        { name: 'own', image: 'x', securityContext: { runAsUser: 7 } },
      ],
    });
    PodSecurity.restrict(web, { user: 1, containers: { own: { user: 8 }, nobody: { user: 3 } } });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] security-preset: PodSecurity.restrict: the pod has no container "nobody" to restrict; it has "app", "own"',
      '[test/web] security-preset: PodSecurity.restrict: container "own" has runAsUser: 7, but the preset is given 8; remove one of them',
      '[test/web] privilege-escalation: container "app" cannot set `allowPrivilegeEscalation` to false and `privileged` to true; remove one of them',
      '[test/web] pod-security-restricted: container "app" must not set securityContext.privileged=true',
    ]);
  });

  test('whose pod does otherwise is an error', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { hostNetwork: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] });
    PodSecurity.restrict(web, { user: 1 });

    const errors = synthErrors(chart);
    expect(errors).toHaveLength(2);
    expect(errors.join()).toMatch(/hostNetwork.*hostPath|hostPath.*hostNetwork/);
  });

  test('can be restricted once', () => {
    const web = deployment(Testing.chart());
    PodSecurity.restrict(web, { user: 1 });

    expect(() => {
      PodSecurity.restrict(web, { user: 2 });
    }).toThrow('test/web is restricted already; say everything in one call');
  });

  test('is printed in the usual order, the same each time', () => {
    const chart = Testing.chart();
    PodSecurity.restrict(deployment(chart), { user: 1, writablePaths: ['/tmp'] });

    const first = Yaml.stringify(synthPodSpec(chart));
    expect(first).toMatch(/^containers:[^]*\nvolumes:/);
    expect(Yaml.stringify(synthPodSpec(chart))).toBe(first);
    expect(Yaml.stringify(...synthManifests(chart))).not.toMatch(/[&*]a\d/);
  });
});

test('what is no workload cannot be restricted', () => {
  expect(() => {
    PodSecurity.restrict(Testing.chart(), {});
  }).toThrow('test is no workload: it holds nothing');
});

describe('ports below 1024 can be opened to those who are not root', () => {
  const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
  const context = (spec: Partial<k8s.PodSpec>, attach: (web: k8s.KubeDeployment) => void) => {
    const chart = Testing.chart();
    attach(deployment(chart, 'web', spec));
    return chart;
  };
  const helper = (web: k8s.KubeDeployment) =>
    new Sidecar(web, 's', { container: { name: 's', image: 's:1' }, restricted: { user: 1, lowPorts: true } });
  const workload = (web: k8s.KubeDeployment) => {
    PodSecurity.restrict(web, { user: 1, lowPorts: true });
  };

  test.each([
    ['for a helper', helper],
    ['for a workload', workload],
    [
      'for one of its containers',
      (web: k8s.KubeDeployment) => {
        PodSecurity.restrict(web, { user: 1, containers: { app: { lowPorts: true } } });
      },
    ],
  ])('%s, beside what the pod says', (_, attach) => {
    const other = { name: 'kernel.shm_rmid_forced', value: '1' };
    expect(synthPodSpec(context({}, attach)).securityContext).toStrictEqual({ sysctls });
    expect(
      synthPodSpec(context({ securityContext: { fsGroup: 1, sysctls: [other, ...sysctls] } }, attach)).securityContext,
    ).toStrictEqual({ fsGroup: 1, sysctls: [other, ...sysctls] });
    expect(
      synthPodSpec(context({ securityContext: { fsGroup: 1, sysctls: [other] } }, attach)).securityContext,
    ).toStrictEqual({ fsGroup: 1, sysctls: [other, ...sysctls] });
  });

  test('but not where the pod says something else, nor on the host network', () => {
    const given = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }];
    expect(synthErrors(context({ securityContext: { sysctls: given } }, helper))).toStrictEqual([
      '[test/web] security-preset: test/web/s: the pod has the sysctl net.ipv4.ip_unprivileged_port_start: "80", where ' +
        '"lowPorts" would set "0"; leave out one of them',
    ]);
    expect(synthErrors(context({ hostNetwork: true }, helper))).toStrictEqual([
      '[test/web] security-preset: test/web/s: the pod is on the host network, where it cannot have the sysctl ' +
        'net.ipv4.ip_unprivileged_port_start; leave out "lowPorts", and let the container listen on a port from 1024 on',
    ]);
  });
});
