import { ApiObject, App, Chart, Include, JsonPatch, Testing } from 'cdk8s';
import { k8s, Deployment, Cpu } from 'cdk8s-plus-28';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubernetesVersion, ManifestApp, PodChecks, Sidecar } from '../../../lib';
import { FindingLevel, KubernetesValidation } from '../lib';
import { describeWithModule } from './go';

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'kubernetes-validation-'));
});

afterEach(() => {
  rmSync(outdir, { recursive: true });
});

function appWith(...charts: string[]): { app: App; charts: Chart[] } {
  const app = new App({ outdir });
  return { app, charts: charts.map((id) => new Chart(app, id)) };
}

function service(chart: Chart, id: string, spec: object): ApiObject {
  return new ApiObject(chart, id, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
}

const GOOD = { selector: { app: 'web' }, ports: [{ port: 80 }] };
const HEADLINE = 'Validation failed with the following errors:\n';

describeWithModule('the validation of an app', () => {
  test('says in one error what the API server would say of each object, with the paths of construct and field', () => {
    const { app, charts } = appWith('a', 'b');
    service(charts[0], 'one', { ports: [{ port: 80 }, { port: 0 }] });
    service(charts[1], 'two', { ...GOOD, replicas: 2 });
    new k8s.KubeConfigMap(charts[1], 'Three', { metadata: { name: 'Three' } });
    KubernetesValidation.of(app).checkAll();

    expect(() => {
      app.synth();
    }).toThrow(
      new Error(
        HEADLINE +
          [
            '  [a/one] kube-apiserver: spec.ports[0].name: Required value',
            '  [a/one] kube-apiserver: spec.ports[1].name: Required value',
            '  [a/one] kube-apiserver: spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
            '  [a/one] kube-apiserver: spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
            '  [b/two] kube-apiserver: spec.replicas: strict decoding error: unknown field "spec.replicas"',
            '  [b/Three] kube-apiserver: metadata.name: Invalid value: "Three": a lowercase RFC 1123 subdomain must ' +
              "consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric " +
              "character (e.g. 'example.com', regex used for validation is " +
              "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
          ].join('\n'),
      ),
    );
  });

  test('lets pass what the API server accepts', () => {
    const { app, charts } = appWith('a');
    service(charts[0], 'one', GOOD);
    KubernetesValidation.of(app).checkAll();

    expect(() => {
      app.synth();
    }).not.toThrow();
  });

  test('judges what is added later, and only what is inside the scope', () => {
    const { app, charts } = appWith('a', 'b');
    KubernetesValidation.of(charts[0]).checkAll();
    service(charts[0], 'one', {});
    service(charts[1], 'two', {});

    expect(() => {
      app.synth();
    }).toThrow(new Error(`${HEADLINE}  [a/one] kube-apiserver: spec.ports: Required value`));
  });

  test('judges one object, where that is the scope', () => {
    const chart = Testing.chart();
    KubernetesValidation.of(service(chart, 'one', {})).checkAll();

    expect(() => {
      Testing.synth(chart);
    }).toThrow('[test/one] kube-apiserver: spec.ports: Required value');
  });

  test('goes by the options of the innermost scope, whoever came first', () => {
    const warned = { ...GOOD, externalIPs: ['1.2.3.04'] };
    const { app, charts } = appWith('a', 'b');
    const strict = service(charts[0], 'strict', warned);
    service(charts[0], 'lenient', warned);
    const options = { failOnWarnings: true };
    service(charts[1], 'inStrictChart', warned);
    const lenient = service(charts[1], 'lenient', warned);
    KubernetesValidation.of(strict).checkAll(options);
    KubernetesValidation.of(lenient).checkAll();
    KubernetesValidation.of(charts[1]).checkAll(options);
    KubernetesValidation.of(app).checkAll();

    expect(() => {
      app.synth();
    }).toThrow(/^.*\n {2}\[a\/strict\] .*\n {2}\[b\/inStrictChart\] .*$/);
  });

  test('judges a workload with the helpers that are woven into it', () => {
    const chart = new Chart(new ManifestApp({ outdir }), 'test');
    const web = new k8s.KubeDeployment(chart, 'web', {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
      },
    });
    new Sidecar(web, 'helper', {
      // A name that no node has: what only the API server knows.
      container: { name: 'helper', image: 'busybox', resources: { limits: { gpu: k8s.Quantity.fromNumber(1) } } },
    });
    KubernetesValidation.of(chart).checkAll();

    expect(() => {
      Testing.synth(chart);
    }).toThrow(
      'kube-apiserver: spec.template.spec.containers[1].resources.limits[gpu]: Invalid value: "gpu": must be a ' +
        'standard resource for containers',
    );
  });

  test('renders an object once, however many charts there are', () => {
    const { app, charts } = appWith('a', 'b', 'c', 'd');
    const one = service(charts[0], 'one', GOOD);
    const render = jest.spyOn(one, 'toJson');
    KubernetesValidation.of(app).checkAll();
    app.synth();

    // Once for the verdict, once for the file.
    expect(render).toHaveBeenCalledTimes(2);
  });

  test('says each finding once where two copies of the package judge, by the options of the innermost scope', () => {
    let other: typeof KubernetesValidation | undefined;
    jest.isolateModules(() => {
      other = jest.requireActual<typeof import('../lib')>('../lib').KubernetesValidation;
    });
    const { app, charts } = appWith('a');
    service(charts[0], 'one', {});
    service(charts[0], 'two', { ...GOOD, externalIPs: ['1.2.3.04'] });
    KubernetesValidation.of(app).checkAll();
    other?.of(charts[0]).checkAll({ failOnWarnings: true });

    expect(other).not.toBe(KubernetesValidation);
    expect(() => {
      app.synth();
    }).toThrow(/^.*\n {2}\[a\/one\] kube-apiserver: spec.ports: Required value\n {2}\[a\/two\] .*$/);
  });

  test('looks again at what was rejected', () => {
    const { app, charts } = appWith('a');
    const one = service(charts[0], 'one', {});
    KubernetesValidation.of(app).checkAll();
    expect(() => {
      app.synth();
    }).toThrow('spec.ports: Required value');
    one.addJsonPatch(JsonPatch.add('/spec/ports', [{ port: 80 }]));

    expect(() => {
      app.synth();
    }).not.toThrow();
  });

  test('judges cdk8s-plus workloads, and each item of an included List', () => {
    const { app, charts } = appWith('a');
    new Deployment(charts[0], 'plus', {
      containers: [{ image: 'nginx', portNumber: 70_000, resources: { cpu: { limit: Cpu.millis(5) } } }],
    });
    const file = join(outdir, 'list.yaml');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: List\nmetadata: {name: x}\nitems: [{apiVersion: v1, kind: Secret, data: {a: b}}]\n',
    );
    new Include(charts[0], 'list', { url: file });
    KubernetesValidation.of(app).checkAll();

    expect(() => {
      app.synth();
    }).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /\[a\/plus\/Resource\] .*containerPort: Invalid value: 70000: .*items\[0\].data.a: .*illegal base64/s,
        ) as string,
      }) as Error,
    );
  });

  test('reports with everything else that an object cannot be rendered', () => {
    const { app, charts } = appWith('a');
    const one = service(charts[0], 'one', GOOD);
    one.addJsonPatch(JsonPatch.test('/spec/ports/0/port', 81));
    service(charts[0], 'two', {});
    KubernetesValidation.of(app).checkAll();

    expect(() => {
      app.synth();
    }).toThrow(/\[a\/one\] Failed serializing .*\n.*\[a\/two\] kube-apiserver: spec.ports: Required value/is);
  });
});

describeWithModule('the version of the clusters', () => {
  const pod = {
    containers: [{ name: 'web', image: 'nginx', lifecycle: { preStop: { sleep: { seconds: 0 } } } }],
  };

  function errorsFor(version: string | undefined, target?: string): string {
    const chart = Testing.chart();
    new ApiObject(chart, 'pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec: pod });
    if (target !== undefined) {
      KubernetesVersion.target(chart, target);
    }
    KubernetesValidation.of(chart).checkAll({ version });
    try {
      Testing.synth(chart);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  const ZERO = 'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 0: must be greater than 0';

  test('is that of the code unless one is given', () => {
    expect(KubernetesValidation.kubernetesVersion()).toBe('v1.34.4');
    expect(errorsFor(undefined)).toBe('');
  });

  test('chooses the features: no sleep of zero seconds before 1.33', () => {
    expect(errorsFor('1.31')).toContain(ZERO);
    expect(errorsFor('v1.32.5-eks-1234567')).toContain(ZERO);
    expect(errorsFor('1.33')).toBe('');
  });

  test('is that of KubernetesVersion.target, unless an option says otherwise', () => {
    expect(errorsFor(undefined, '1.31')).toContain(ZERO);
    expect(errorsFor('1.34', '1.31')).toBe('');
  });

  test('that is not known is said, and judged as the nearest', () => {
    const chart = Testing.chart();
    service(chart, 'one', GOOD);
    const [old, ...others] = KubernetesValidation.of(chart).findings({ version: '1.28' });
    expect(old).toMatchObject({
      level: FindingLevel.UNJUDGED,
      message: 'judged as Kubernetes 1.31 judges: 1.28 is not known here',
    });
    expect(others).toEqual([]);
    expect(KubernetesValidation.of(chart).findings({ version: '1.99' })[0].message).toBe(
      'judged as Kubernetes 1.34 judges: 1.99 is not known here',
    );
  });

  test('changes no code: in 1.33 the restartPolicy of a regular container was an error', () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod' },
      spec: { containers: [{ name: 'a', image: 'b', restartPolicy: 'Often' }] },
    };
    expect(KubernetesValidation.judge(manifest, '1.33').findings).toEqual([]);
  });

  test('that cannot be read is an error', () => {
    expect(errorsFor('latest')).toContain('"latest" is no version of Kubernetes; write it like "1.34"');
  });
});

describeWithModule('what is less than an error', () => {
  const WARNED = { ...GOOD, externalIPs: ['1.2.3.04'] };

  function chartWithBoth(): Chart {
    const chart = Testing.chart();
    new ApiObject(chart, 'pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod' },
      spec: { containers: [{ name: 'a', image: 'b' }], volumes: [{ name: 'g', gitRepo: { repository: 'r' } }] },
    });
    new ApiObject(chart, 'rollout', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'x' } });
    return chart;
  }

  const WARNING = 'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+';
  const UNJUDGED = 'no verdict: this package does not judge Rollout of argoproj.io/v1alpha1';

  test('does not fail the synthesis, and what nobody judged is told on the standard error', () => {
    const told: string[] = [];
    jest.spyOn(process, 'emitWarning').mockImplementation((warning) => {
      told.push(String(warning));
    });
    const chart = chartWithBoth();
    KubernetesValidation.of(chart).checkAll();

    expect(() => {
      Testing.synth(chart);
    }).not.toThrow();
    expect(told).toEqual([`test/rollout: ${UNJUDGED}`]);
    jest.restoreAllMocks();
  });

  test('fails it where that is asked for', () => {
    const chart = chartWithBoth();
    KubernetesValidation.of(chart).checkAll({ failOnWarnings: true, failOnUnjudged: true });

    expect(() => {
      Testing.synth(chart);
    }).toThrow(
      new Error(`${HEADLINE}  [test/pod] kube-apiserver: ${WARNING}\n  [test/rollout] kube-apiserver: ${UNJUDGED}`),
    );
  });

  test('can be listed with the errors', () => {
    expect(KubernetesValidation.of(chartWithBoth()).findings()).toEqual([
      {
        path: 'test/pod',
        apiVersion: 'v1',
        kind: 'Pod',
        level: FindingLevel.WARNING,
        field: 'spec.volumes[0].gitRepo',
        reason: 'Warning',
        message: WARNING,
      },
      {
        path: 'test/rollout',
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        level: FindingLevel.UNJUDGED,
        field: '',
        reason: 'Kind',
        message: UNJUDGED,
      },
    ]);
  });

  test('a version of a kind that is gone is not judged, and the one that is there is named', () => {
    const { findings } = KubernetesValidation.judge({ apiVersion: 'batch/v1beta1', kind: 'CronJob' });
    expect(findings).toEqual([
      expect.objectContaining({
        level: FindingLevel.UNJUDGED,
        message: 'no verdict: this package does not judge CronJob of batch/v1beta1, only that of batch/v1',
      }),
    ]);
  });

  test('an address that is not canonical is a warning', () => {
    const { findings } = KubernetesValidation.judge({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: WARNED,
    });
    expect(findings.map(({ level }) => level)).toEqual([FindingLevel.WARNING]);
  });
});

describeWithModule('beside the rules of cdk8s-pod-patterns', () => {
  function errorsOf(app: App, spec: object, options = {}): string {
    const chart = new Chart(app, 'a');
    const pod = new ApiObject(chart, 'pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec });
    new ApiObject(chart, 'files', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'A' },
      data: { 'a/b': 'c' },
    });
    new Sidecar(pod, 'helper', { container: { name: 'helper', image: 'busybox:1.37' } });
    PodChecks.of(app).checkAll();
    KubernetesValidation.of(app).checkAll(options);
    try {
      app.synth();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  const WRONG = {
    dnsPolicy: 'none',
    containers: [
      { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 70_000 }], securityContext: { procMount: 'x' } },
    ],
  };

  test.each([
    ['App', () => new App({ outdir })],
    ['ManifestApp', () => new ManifestApp({ outdir })],
  ])('what both say is one finding, with the remedy and the words of the server, in an %s', (_, create) => {
    const lines = errorsOf(create(), WRONG).split('\n').slice(1);
    expect(lines.filter((line) => line.includes('70000'))).toEqual([
      expect.stringMatching(
        /^ {2}\[a\/pod\] port-number: .*70000.*\(kube-apiserver: spec\.containers\[0\]\.ports\[0\]\.containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive\)$/,
      ),
    ]);
    expect(lines.filter((line) => line.includes('dnsPolicy'))).toEqual([
      '  [a/pod] field-value: the pod has dnsPolicy "none"; unsupported value: supported values: "ClusterFirst", ' +
        '"ClusterFirstWithHostNet", "Default", "None"; write "None" (kube-apiserver: spec.dnsPolicy: Unsupported value: ' +
        '"none": supported values: "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")',
    ]);
    expect(lines.filter((line) => line.includes('a/b'))).toEqual([
      expect.stringMatching(
        /^ {2}\[a\/files\] config-map-key: .*\(kube-apiserver: data\[a\/b\]: Invalid value: "a\/b": .*\)$/,
      ),
    ]);
    expect(lines.filter((line) => line.includes('metadata.name'))).toHaveLength(1);
    expect(lines).toHaveLength(5);
  });

  test('of two containers with mistakes in one field, each has the words that are said of it', () => {
    const spec = {
      containers: [
        { name: 'web', image: 'nginx:1.27', resources: { limits: { gpu: '1' } } },
        { name: 'proxy', image: 'nginx:1.27', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      ],
    };
    const lines = errorsOf(new App({ outdir }), spec).split('\n');
    expect(lines.filter((line) => line.includes('[a/pod]'))).toEqual([
      expect.stringMatching(
        /^ {2}\[a\/pod\] request-limit: container "proxy" .*\(kube-apiserver: spec\.containers\[1\]\.resources\.requests: .*\)$/,
      ),
      ...Array<unknown>(4).fill(
        expect.stringMatching(/kube-apiserver: spec\.containers\[0\]\.resources\.\w+\[gpu\]: /),
      ),
    ]);
  });

  test('what the server says twice in the same words is said once', () => {
    const chart = new Chart(new App({ outdir }), 'a');
    new ApiObject(chart, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'a'.repeat(64) },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'nginx:1.27' }] } } },
    });
    PodChecks.of(chart).checkAll();
    KubernetesValidation.of(chart).checkAll();

    expect(() => {
      Testing.synth(chart);
    }).toThrow(/^.*\n {2}\[a\/job\] metadata-name: .*\(kube-apiserver: spec\.template\.labels: .*\)$/);
  });

  test('what is right passes', () => {
    const chart = new Chart(new App({ outdir }), 'a');
    const pod = new ApiObject(chart, 'pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pod' },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    });
    new Sidecar(pod, 'helper', { container: { name: 'helper', image: 'busybox:1.37' } });
    KubernetesValidation.of(chart).checkAll();
    expect(() => {
      Testing.synth(chart);
    }).not.toThrow();
  });
});
