import { ApiObject, Chart, Testing, Yaml } from 'cdk8s';
import { Job, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  Ambassador,
  HelperKind,
  HelperProps,
  InitOrder,
  KubernetesVersion,
  PodChecks,
  SharedVolume,
  Sidecar,
  WaitFor,
} from '../../lib';
import { Container } from '../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec, template } from '../support/workloads';

const { NATIVE_SIDECAR, REGULAR } = HelperKind;

function help(workload: Construct, id = 'helper', props: Partial<HelperProps> = {}): Sidecar {
  return new Sidecar(workload, id, { container: { name: id, image: 'x' }, ...props });
}

function names(containers: Container[] = []): (string | undefined)[] {
  return containers.map(({ name }) => name);
}

/** The names of regular containers and of init containers. */
function synthNames(chart: Chart): { regular: unknown[]; init: unknown[] } {
  const { containers, initContainers } = synthPodSpec(chart);
  return { regular: names(containers), init: names(initContainers) };
}

describe('how a helper runs', () => {
  test('as a regular container, unless something else is said', () => {
    const chart = Testing.chart();
    help(deployment(chart));

    expect(synthNames(chart)).toStrictEqual({ regular: ['app', 'helper'], init: [] });
  });

  test('as a native sidecar on request', () => {
    const chart = Testing.chart();
    help(deployment(chart), 'helper', { kind: NATIVE_SIDECAR });

    expect(Yaml.stringify(synthPodSpec(chart))).toBe(`containers:
  - image: nginx:1.27
    name: app
initContainers:
  - image: x
    name: helper
    restartPolicy: Always
`);
  });

  test('as a native sidecar where its container says so', () => {
    const chart = Testing.chart();
    help(deployment(chart), 'helper', { container: { name: 'helper', restartPolicy: 'Always', image: 'x' } });

    expect(synthPodSpec(chart).initContainers).toStrictEqual([{ name: 'helper', restartPolicy: 'Always', image: 'x' }]);
  });

  test('not in two ways at once', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    help(web, 'a', { container: { name: 'a', restartPolicy: 'Always', image: 'x' }, kind: REGULAR });
    help(web, 'b', { container: { name: 'b', restartPolicy: 'OnFailure', image: 'x' }, kind: NATIVE_SIDECAR });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] helper-kind: test/web/a: container "a" has restartPolicy "Always", which is for native sidecars, but is to be a regular container; leave out "restartPolicy" or "kind"',
      '[test/web] helper-kind: test/web/b: container "b" has restartPolicy "OnFailure", but is to be a native sidecar, whose restartPolicy is "Always"; leave out "restartPolicy" or "kind"',
    ]);
  });
});

describe('a custom resource', () => {
  const workflow = (restartPolicy: string): ApiObject =>
    new ApiObject(Testing.chart(), 'app', {
      apiVersion: 'sparkoperator.k8s.io/v1',
      kind: 'SparkApplication',
      spec: { template: { spec: { restartPolicy, containers: [{ name: 'driver', image: 'x' }] } } },
    });

  test.each(['Never', 'OnFailure'])('that runs to completion is not kept from it: %s', (restartPolicy) => {
    const app = workflow(restartPolicy);
    help(app);

    expect(synthErrors(app.chart)).toStrictEqual([
      '[test/app] job-completion: test/app/helper: container "helper" would keep the SparkApplication from completing, because a SparkApplication waits for every regular container to end; give the helper "kind: HelperKind.NATIVE_SIDECAR" or target Kubernetes 1.29 or later',
    ]);
  });

  test('that runs on has helpers of any kind', () => {
    const app = workflow('Always');
    help(app);

    expect(synthErrors(app.chart)).toStrictEqual([]);
  });
});

describe('the target version', () => {
  test.each([
    ['1.28', false],
    ['v1.28.15', false],
    ['1.28+', false],
    ['1.29', true],
    ['1.30.0-rc.1', true],
    ['v1.31.2-eks-1234567', true],
    ['1.100', true],
  ])('%s decides: native sidecar %p', (version, native) => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, version);
    help(deployment(chart));

    expect(synthNames(chart)).toStrictEqual(
      native ? { regular: ['app'], init: ['helper'] } : { regular: ['app', 'helper'], init: [] },
    );
  });

  test('does not change what was said for a helper', () => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, '1.33');
    help(deployment(chart), 'helper', { kind: REGULAR });

    expect(synthNames(chart)).toStrictEqual({ regular: ['app', 'helper'], init: [] });
  });

  test.each(['', '1', '31', '2.0', 'latest', '1.x', '1.31 or so', '1.31.x', 'x1.31', '1.3.1.4'])(
    'is an error where it cannot be read: %j',
    (version) => {
      expect(() => {
        KubernetesVersion.target(Testing.chart(), version);
      }).toThrow(`test: "${version}" is no version of Kubernetes; write it like "1.31" or "v1.31.2"`);
    },
  );

  test('of the nearest scope wins, whenever it is set', () => {
    const app = Testing.app();
    const old = new Chart(app, 'old');
    const recent = new Chart(app, 'recent');
    const mixed = deployment(recent, 'old-again');
    for (const workload of [deployment(old), deployment(recent), mixed]) {
      help(workload);
    }
    synthManifests(recent);
    KubernetesVersion.target(mixed, '1.28');
    KubernetesVersion.target(old, '1.28');
    KubernetesVersion.target(app, '1.30');

    expect(synthNames(old).regular).toStrictEqual(['app', 'helper']);
    expect(synthManifests(recent).map((manifest) => JSON.stringify(manifest).includes('initContainers'))).toStrictEqual(
      [false, true],
    );
    expect(KubernetesVersion.of(mixed)?.toString()).toBe('1.28');
    expect(KubernetesVersion.of(recent)?.minor).toBe(30);
  });

  test('is not that of a helper alone, which would be woven by another', () => {
    const helper = help(deployment(Testing.chart()));

    expect(() => {
      KubernetesVersion.target(helper, '1.31');
    }).toThrow(
      'test/web/helper: a pod runs on one version of Kubernetes, helpers and all; set that of the workload that it joins, test/web',
    );
  });

  test('can be set anew', () => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, '1.28');
    KubernetesVersion.target(chart, '1.32');

    expect(KubernetesVersion.of(chart)?.hasNativeSidecars).toBe(true);
  });

  test('is undefined where none was set', () => {
    expect(KubernetesVersion.of(Testing.chart())).toBeUndefined();
  });

  test('too old for a native sidecar is an error', () => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, '1.28');
    const web = deployment(chart);
    help(web, 'a', { kind: NATIVE_SIDECAR });
    help(web, 'b', { container: { name: 'b', restartPolicy: 'Always', image: 'x' } });

    expect(synthErrors(chart)).toStrictEqual(
      ['a', 'b'].map(
        (name) =>
          `[test/web] native-sidecar-version: container "${name}" is a native sidecar, but Kubernetes 1.28 has none unless the feature gate SidecarContainers is on; make it a regular container, or target 1.29 or later`,
      ),
    );
  });
});

describe.each<[string, (scope: Construct) => ApiObject]>([
  [
    'Job',
    (scope: Construct) =>
      new k8s.KubeJob(scope, 'job', { spec: { template: template('job', { restartPolicy: 'Never' }) } }),
  ],
  [
    'CronJob',
    (scope: Construct) =>
      new k8s.KubeCronJob(scope, 'job', {
        spec: { schedule: '@daily', jobTemplate: { spec: { template: template('job', { restartPolicy: 'Never' }) } } },
      }),
  ],
  ['Job of cdk8s-plus', (scope: Construct) => ApiObject.of(new Job(scope, 'job', { containers: [{ image: 'x' }] }))],
])('on a %s', (_, create) => {
  test('a regular helper is an error that names the remedy', () => {
    const chart = Testing.chart();
    const job = create(chart);
    help(job);

    expect(synthErrors(chart)).toStrictEqual([
      `[${job.node.path}] job-completion: ${job.node.path}/helper: container "helper" would keep the Job from completing, because a Job waits for every regular container to end; give the helper "kind: HelperKind.NATIVE_SIDECAR" or target Kubernetes 1.29 or later`,
    ]);
  });

  test.each([{ kind: NATIVE_SIDECAR }, { container: { name: 'helper', restartPolicy: 'Always', image: 'x' } }])(
    'a native sidecar works: %j',
    (props) => {
      const chart = Testing.chart();
      help(create(chart), 'helper', props);

      expect(names(synthPodSpec(chart, create(Testing.chart()).kind).initContainers)).toStrictEqual(['helper']);
    },
  );

  test('a target version of 1.29 or later works', () => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, '1.29');
    const { kind } = create(chart);
    help(chart.node.findAll().find((child) => ApiObject.isApiObject(child)) ?? chart);

    expect(names(synthPodSpec(chart, kind).initContainers)).toStrictEqual(['helper']);
  });

  test('neither works before 1.29, and the error does not suggest what does not work', () => {
    const chart = Testing.chart();
    KubernetesVersion.target(chart, '1.28');
    const job = create(chart);
    help(job, 'regular');
    help(job, 'native', { kind: NATIVE_SIDECAR });

    const [regular, native, ...others] = synthErrors(chart);
    expect(regular).toBe(
      `[${job.node.path}] job-completion: ${job.node.path}/regular: container "regular" would keep the Job from completing, because a Job waits for every regular container to end; native sidecars do not, but the target version is 1.28: raise it to 1.29 or later`,
    );
    expect(native).toMatch(
      /native-sidecar-version: container "native" is a native sidecar, but Kubernetes 1.28 has none/,
    );
    expect(others).toStrictEqual([]);
  });
});

describe('the order of init containers', () => {
  const own = {
    initContainers: [
      { name: 'setup', image: 'x' },
      { name: 'migrate', image: 'x' },
    ],
  };

  /** Attaches helpers a, b, c … with the orders given to a workload that has `setup` and `migrate`. */
  function order(...orders: InitOrder[][]): { chart: Chart; init: () => unknown[] } {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', own);
    orders.forEach((wishes, index) => {
      help(web, 'abcdef'[index], { kind: NATIVE_SIDECAR, order: wishes });
    });
    return { chart, init: () => synthNames(chart).init };
  }
  const { first, before, after } = {
    first: InitOrder.first(),
    before: (name: string) => InitOrder.before(name),
    after: (name: string) => InitOrder.after(name),
  };

  test.each<[string, InitOrder[][], string]>([
    ['helpers follow the own ones as they were attached', [[], []], 'setup migrate a b'],
    ['first', [[first]], 'a setup migrate'],
    ['two firsts, as they were attached', [[], [first], [first]], 'b c setup migrate a'],
    ['before the first, which leaves the own ones as they are', [[before('setup')]], 'a setup migrate'],
    ['before the second', [[before('migrate')]], 'setup a migrate'],
    ['before one, with another helper that stays behind', [[], [before('migrate')]], 'setup b migrate a'],
    ['after an own one, which they all are anyway', [[after('setup')]], 'setup migrate a'],
    ['between two own ones', [[after('setup'), before('migrate')]], 'setup a migrate'],
    ['before another helper', [[], [before('a')]], 'setup migrate b a'],
    ['after another helper', [[after('b')], []], 'setup migrate b a'],
    ['several before the same, as they were attached', [[before('migrate')], [before('migrate')]], 'setup a b migrate'],
    ['a chain', [[after('b')], [after('c')], [before('migrate')]], 'setup c migrate b a'],
    ['first and before', [[first, before('b')], [first]], 'a b setup migrate'],
    ['first and after another first', [[first, after('b')], [first]], 'b a setup migrate'],
  ])('%s', (_, orders, expected) => {
    expect(
      order(...orders)
        .init()
        .join(' '),
    ).toBe(expected);
  });

  test.each<[string, InitOrder[][], string]>([
    ['before itself', [[before('a')]], 'test/web/a: $"a" after "a"'],
    ['two helpers', [[before('b')], [before('a')], [after('a')]], 'test/web/a: $"a" after "b", "b" after "a"'],
    [
      'against the own order',
      [[after('migrate'), before('setup')]],
      'test/web/a: $"setup" after "a", "a" after "migrate", "migrate" after "setup"',
    ],
    [
      'first, but after another',
      [[first, after('migrate')]],
      'test/web/a: $"setup" after "a", "a" after "migrate", "migrate" after "setup"',
    ],
  ])('a cycle is an error that names it and nothing else: %s', (_, orders, cycle) => {
    expect(synthErrors(order(...orders).chart)).toStrictEqual([
      `[test/web] init-order: ${cycle.replace('$', 'the order of init containers is a cycle: ')}; leave out one of these wishes`,
    ]);
  });

  test.each([
    [before('nobody'), 'before init container "nobody"'],
    [after('app'), 'after init container "app"'],
  ])('a name that no init container has is an error that says which there are', (wish, what) => {
    expect(synthErrors(order([wish], []).chart)).toStrictEqual([
      `[test/web] init-order: test/web/a: container "a" is to start ${what}, which the pod does not have; besides it, it has "setup", "migrate", "b"`,
    ]);
  });

  test('is nothing for regular containers', () => {
    const chart = Testing.chart();
    help(deployment(chart, 'web', own), 'a', { order: [first] });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] init-order: test/web/a: container "a" is a regular container, and those start all at once; leave out "order" or give it "kind: HelperKind.NATIVE_SIDECAR"',
    ]);
  });
});

describe('an ambassador whose main container is an init container', () => {
  const own = {
    initContainers: [
      { name: 'setup', image: 'x' },
      { name: 'migrate', image: 'x' },
    ],
  };

  function proxy(workload: Construct, id: string, props: Partial<HelperProps>): Ambassador {
    return new Ambassador(workload, id, {
      container: { name: id, image: 'x' },
      kind: NATIVE_SIDECAR,
      listeners: [{ port: 5000 + id.charCodeAt(0), upstream: 'db:5432' }],
      ...props,
    });
  }

  test.each<[string, (web: Construct) => void, string]>([
    ['an own one', (web) => proxy(web, 'p', { main: 'migrate' }), 'setup p migrate'],
    ['the first own one', (web) => proxy(web, 'p', { main: 'setup' }), 'p setup migrate'],
    [
      'another helper, attached before',
      (web) => [help(web, 'a', { kind: NATIVE_SIDECAR }), proxy(web, 'p', { main: 'a' })],
      'setup migrate p a',
    ],
    [
      'another helper, attached later',
      (web) => [proxy(web, 'p', { main: 'a' }), help(web, 'a', { kind: NATIVE_SIDECAR })],
      'setup migrate p a',
    ],
    [
      'several ambassadors, as they were attached',
      (web) => [proxy(web, 'p', { main: 'migrate' }), proxy(web, 'q', { main: 'migrate' })],
      'setup p q migrate',
    ],
    [
      'a chain of them',
      (web) => [proxy(web, 'p', { main: 'migrate' }), proxy(web, 'q', { main: 'p' })],
      'setup q p migrate',
    ],
    [
      'what waits for the same service stands before both',
      (web) => [proxy(web, 'p', { main: 'migrate' }), new WaitFor(web, 'w', { host: 'db', port: 5432 })],
      'setup w p migrate',
    ],
    [
      'what waits for the same service after the one that is helped stays there',
      (web) => [
        proxy(web, 'p', { main: 'migrate' }),
        new WaitFor(web, 'w', { host: 'db', port: 5432, order: [InitOrder.after('migrate')] }),
      ],
      'setup p migrate w',
    ],
    [
      'what waits with its help, for the same service',
      (web) => [new WaitFor(web, 'w', { host: 'db', port: 5432 }), proxy(web, 'p', { main: 'w' })],
      'setup migrate p w',
    ],
    [
      'not where it asks for the contrary',
      (web) => proxy(web, 'p', { main: 'setup', order: [InitOrder.after('migrate')] }),
      'setup migrate p',
    ],
    [
      'not where the other asks for the contrary',
      (web) => [
        help(web, 'a', { kind: NATIVE_SIDECAR, order: [InitOrder.before('p')] }),
        proxy(web, 'p', { main: 'a' }),
      ],
      'setup migrate a p',
    ],
    [
      'two that help each other, where one asks to be first',
      (web) => [proxy(web, 'p', { main: 'q' }), proxy(web, 'q', { main: 'p', order: [InitOrder.before('p')] })],
      'setup migrate q p',
    ],
    [
      'a sidecar stays behind the one that it helps',
      (web) => help(web, 'a', { kind: NATIVE_SIDECAR, main: 'migrate' }),
      'setup migrate a',
    ],
  ])('starts before it: %s', (_, attach, expected) => {
    const chart = Testing.chart();
    attach(deployment(chart, 'web', own));

    expect(synthNames(chart).init.join(' ')).toBe(expected);
  });

  test('and is its main container as well is an error that says what to do', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', own);
    proxy(web, 'p', { main: 'q' });
    proxy(web, 'q', { main: 'p' });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] init-order: test/web/p: the order of init containers is a cycle: "p" after "q", "q" after "p"; an ambassador starts before its "main", unless "order" says otherwise: say there which one is first',
    ]);
  });

  test.each([
    [undefined, 'give it "kind: HelperKind.NATIVE_SIDECAR" or target Kubernetes 1.29 or later'],
    ['1.28', 'raise the target version, 1.28, to 1.29 or later'],
  ])('would start too late as a regular container: target version %p', (version, remedy) => {
    const chart = Testing.chart();
    if (version !== undefined) {
      KubernetesVersion.target(chart, version);
    }
    proxy(deployment(chart, 'web', own), 'p', { kind: undefined, main: 'migrate' });

    expect(synthErrors(chart)).toStrictEqual([
      `[test/web] init-order: test/web/p: container "p" is a regular container, which starts only after init container "migrate", which it helps, has ended; ${remedy}`,
    ]);
  });

  test('runs beside a native sidecar also as a regular container', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', own);
    help(web, 'a', { kind: NATIVE_SIDECAR });
    proxy(web, 'p', { kind: REGULAR, main: 'a' });

    expect(synthNames(chart)).toStrictEqual({ regular: ['app', 'p'], init: ['setup', 'migrate', 'a'] });
  });
});

describe('waiting for a native sidecar', () => {
  const probe = (path: string): k8s.Probe => ({
    httpGet: { path, port: k8s.IntOrString.fromNumber(80), scheme: 'HTTP' },
    periodSeconds: 2,
  });
  const wire = (path: string) => ({ httpGet: { path, port: 80, scheme: 'HTTP' }, periodSeconds: 2 });

  function synthHelper(
    probes: Partial<k8s.Container>,
    props: Partial<HelperProps> = {},
    Helper: typeof Sidecar | typeof Ambassador = Sidecar,
  ): { container?: Container; errors: string[] } {
    const chart = Testing.chart();
    new Helper(deployment(chart), 'helper', {
      container: { name: 'helper', image: 'x', ...probes },
      kind: NATIVE_SIDECAR,
      listeners: [{ port: 1, upstream: 'x' }],
      ...props,
    });
    const errors = synthErrors(chart);
    const { initContainers = [], containers = [] } = errors.length > 0 ? {} : synthPodSpec(chart);
    return { container: initContainers.at(0) ?? containers.at(1), errors };
  }

  test('its readinessProbe becomes its startupProbe, too', () => {
    const readinessProbe = { ...probe('/ready'), successThreshold: 2, failureThreshold: 9 };

    expect(synthHelper({ readinessProbe }, { waitForStart: true }).container).toEqual({
      name: 'helper',
      image: 'x',
      restartPolicy: 'Always',
      readinessProbe: { ...wire('/ready'), successThreshold: 2, failureThreshold: 9 },
      // A startup probe must not have a successThreshold other than 1.
      startupProbe: { ...wire('/ready'), failureThreshold: 9 },
    });
  });

  test('a startupProbe of its own stays what it is', () => {
    const probes = { readinessProbe: probe('/ready'), startupProbe: probe('/started') };

    expect(synthHelper(probes, { waitForStart: true }).container?.startupProbe).toEqual(wire('/started'));
  });

  test('nothing to tell by is an error', () => {
    expect(synthHelper({ livenessProbe: probe('/live') }, { waitForStart: true }).errors).toStrictEqual([
      '[test/web] start-gate: test/web/helper: nothing tells when container "helper" has started; give it a startupProbe or a readinessProbe, or leave out "waitForStart"',
    ]);
  });

  test('a regular container is an error', () => {
    expect(synthHelper({ readinessProbe: probe('/') }, { waitForStart: true, kind: REGULAR }).errors).toStrictEqual([
      '[test/web] start-gate: test/web/helper: container "helper" is a regular container, for which no other waits; leave out "waitForStart" or give it "kind: HelperKind.NATIVE_SIDECAR"',
    ]);
  });

  test('happens by itself for an ambassador that has a probe, and for no sidecar', () => {
    const probes = { readinessProbe: probe('/ready') };

    expect(synthHelper(probes, {}, Ambassador).container?.startupProbe).toEqual(wire('/ready'));
    expect(synthHelper(probes, { waitForStart: false }, Ambassador).container?.startupProbe).toBeUndefined();
    expect(synthHelper({}, {}, Ambassador).container?.startupProbe).toBeUndefined();
    expect(synthHelper(probes, { kind: REGULAR }, Ambassador).container?.startupProbe).toBeUndefined();
    expect(synthHelper(probes).container?.startupProbe).toBeUndefined();
  });

  test('prints both probes in full, without YAML aliases', () => {
    const { container } = synthHelper({ readinessProbe: probe('/ready') }, { waitForStart: true });

    expect(Yaml.stringify(container)).toBe(`image: x
name: helper
readinessProbe:
  httpGet:
    path: /ready
    port: 80
    scheme: HTTP
  periodSeconds: 2
restartPolicy: Always
startupProbe:
  httpGet:
    path: /ready
    port: 80
    scheme: HTTP
  periodSeconds: 2
`);
  });
});

test('objects that are used many times are printed in full each time', () => {
  const chart = Testing.chart();
  const resources = { limits: { memory: k8s.Quantity.fromString('1Gi') } };
  const unknown = { future: { a: [1, 2] } };
  PodChecks.of(chart).ignore('unknown-field', 'of a version to come');
  const source = { medium: 'Memory' };
  const logs = SharedVolume.emptyDir('logs', source);
  for (const id of ['one', 'two']) {
    const web = deployment(chart, id, { containers: [{ name: 'app', image: 'x', resources, ...unknown }] });
    for (const helper of ['a', 'b']) {
      help(web, helper, {
        container: { name: helper, image: 'x', resources, ...unknown },
        volumes: [logs.volume],
      });
    }
  }

  expect(Yaml.stringify(...synthManifests(chart))).not.toMatch(/[&*]a\d/);
});
