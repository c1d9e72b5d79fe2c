import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject, Chart, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct, IValidation } from 'constructs';
import { ConfigFiles, ManifestApp, ManifestFormat, PodChecks, Sidecar } from '../../lib';

describe.each(['synth', 'synthYaml'] as const)('%s', (method) => {
  test('renders each object once, whatever is woven, checked and written', () => {
    const app = newApp();
    PodChecks.of(app).checkAll();
    const counts: Record<string, number> = {};
    const counted = (name: string) => {
      counts[name] = 0;
      return lazy(() => (counts[name]++, name));
    };
    const chart = new Chart(app, 'chart');
    new Sidecar(workload(chart, 'web', { counted: counted('web') }), 'helper', {
      container: { name: 'helper', image: 'helper:1', workingDir: counted('helper') },
      files: [ConfigFiles.of({ 'a.conf': 'a' }).at('/etc/helper')],
    });
    workload(chart, 'bare', { counted: counted('bare') });
    ManifestFormat.of(workload(chart, 'formatted', { counted: counted('formatted') })).head('formatted');
    configMap(chart, 'config', counted('config'));
    service(chart, 'service', counted('http'));

    new ApiObject(chart, 'other', { apiVersion: 'v1', kind: 'ServiceAccount', counted: counted('other') });
    app[method]();

    expect(Object.entries(counts).filter(([, count]) => count !== 1)).toStrictEqual([]);
  });

  test('does not render again what cannot be rendered, though Services ask for its pods', () => {
    const app = newApp();
    PodChecks.of(app).checkAll();
    let count = 0;
    const chart = new Chart(app, 'chart');
    const attempt = lazy(() => {
      throw new Error(`attempt ${++count}`);
    });
    workload(chart, 'web', { attempt });
    service(chart, 'service', 'web');

    expect(errors(app, method)).toStrictEqual([expect.stringContaining('attempt 1')]);
    expect(count).toBe(1);
  });

  test('reports what is wrong with a helper that a validation attaches', () => {
    const app = newApp();
    const web = workload(new Chart(app, 'chart'), 'web');
    web.node.addValidation(once(() => new Sidecar(web, 'helper', { container: { name: 'web', image: 'helper:1' } })));

    expect(errors(app, method)).toStrictEqual([
      expect.stringMatching(/^\[chart\/web\] container-conflict: chart\/web\/helper: /),
    ]);
  });

  test('reports two objects of one name where a validation adds the one', () => {
    const app = newApp();
    const chart = new Chart(app, 'chart');
    configMap(chart, 'key', '', 'taken');
    const other = ConfigFiles.of({ 'a.conf': 'a' }).at('/etc/helper');
    new Sidecar(workload(chart, 'other'), 'helper', {
      container: { name: 'helper', image: 'helper:1' },
      files: [other],
    });
    const web = workload(chart, 'web');
    const files = ConfigFiles.of({ 'a.conf': 'a' }, { configMapName: 'taken' }).at('/etc/helper');
    web.node.addValidation(
      once(() => new Sidecar(web, 'helper', { container: { name: 'helper', image: 'helper:1' }, files: [files] })),
    );

    expect(errors(app, method)).toStrictEqual([expect.stringMatching(/^\[chart\] object-conflict: .*"taken" as well/)]);
  });

  test('reports what checks find that a validation asks for, of constructs that were validated already', () => {
    const app = newApp();
    const chart = new Chart(app, 'chart');
    wrongInAllKinds(chart);
    new Construct(chart, 'last').node.addValidation(once(() => PodChecks.of(chart).checkAll()));

    expect(errors(app, method).map(ruleOf)).toStrictEqual(ALL_KINDS);
  });

  test('reports what checks find in objects that a validation adds', () => {
    const app = newApp();
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    new Construct(chart, 'last').node.addValidation(
      once(() => {
        wrongInAllKinds(chart);
      }),
    );

    expect(errors(app, method).map(ruleOf)).toStrictEqual(ALL_KINDS);
  });

  test('validates, once, what a validation adds', () => {
    const app = newApp();
    const chart = new Chart(app, 'chart');
    chart.node.addValidation(
      once(() => {
        new Construct(new Construct(app, 'outer'), 'inner').node.addValidation({ validate: () => ['it is wrong'] });
      }),
    );

    expect(errors(app, method)).toStrictEqual(['[outer/inner] it is wrong']);
  });

  test('names the construct and the field of a number that JSON does not have, beside all else that is wrong', () => {
    const app = newApp();
    const chart = new Chart(app, 'chart');
    for (const [name, container] of Object.entries({ fine: 'helper', taken: 'web' })) {
      const web = workload(chart, name, { numbers: [1, NaN] });
      new Sidecar(web, 'helper', { container: { name: container, image: 'helper:1' } });
    }
    for (const name of ['plain', 'formatted']) {
      new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', numbers: [1, NaN] });
    }
    ManifestFormat.of(chart.node.findChild('formatted')).head('formatted');
    const found = errors(app, method);

    for (const name of ['fine', 'taken', 'plain', 'formatted']) {
      const own = found.filter((error) => error.startsWith(`[chart/${name}] finite-number: numbers.1 is NaN, `));
      expect([name, own.length]).toStrictEqual([name, 1]);
    }
    expect(found.filter((error) => error.startsWith('[chart/taken] container-conflict'))).toHaveLength(1);
    expect(found).toHaveLength(5);
  });
});

/** A finding in a ConfigMap, a Service and a workload. */
const ALL_KINDS = ['config-map-key', 'service-target-port', 'container-name'];

function wrongInAllKinds(chart: Chart): void {
  workload(chart, 'web', {}, 'WRONG');
  configMap(chart, 'not a key');
  service(chart, 'service', 'web');
}

function ruleOf(error: string): string {
  return error.replace(/^\[.*?\] ([a-z-]+):.*$/s, '$1');
}

function workload(chart: Chart, name: string, fields: object = {}, container = 'web'): ApiObject {
  const labels = { app: 'web' };
  const spec = { containers: [{ name: container, image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }] };
  return new ApiObject(chart, name, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    ...fields,
  });
}

function configMap(chart: Chart, key: string, value = '', name = 'config'): void {
  new k8s.KubeConfigMap(chart, name, { metadata: { name }, data: { [key]: value } });
}

/** A Service that selects the workloads. */
function service(chart: Chart, name: string, targetPort: string): void {
  new ApiObject(chart, name, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }] },
  });
}

function lazy(produce: () => string): string {
  return Lazy.any({ produce }) as string;
}

/** A validation that finds nothing and does something when it is asked first. */
function once(act: () => unknown): IValidation {
  let isDone = false;
  return {
    validate: () => {
      if (!isDone) {
        isDone = true;
        act();
      }
      return [];
    },
  };
}

function errors(app: ManifestApp, method: 'synth' | 'synthYaml'): string[] {
  try {
    app[method]();
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split('\n');
    return head === 'Validation failed with the following errors:' ? lines.map((line) => line.trim()) : [head];
  }
  return [];
}

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'synthesis-'));
afterAll(() => {
  fs.rmSync(temporary, { recursive: true });
});

function newApp(): ManifestApp {
  const app = new ManifestApp({ outdir: fs.mkdtempSync(path.join(temporary, 'out-')) });
  PodChecks.of(app).ignore('unknown-field', 'the tests put what they count where nothing else is');
  return app;
}
