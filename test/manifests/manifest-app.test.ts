import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import {
  ApiObject,
  App,
  AppProps,
  Chart,
  Cron,
  Include,
  IResolver,
  JsonPatch,
  Lazy,
  ResolutionContext,
  YamlOutputType,
} from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { Construct, DependencyGroup } from 'constructs';
import * as fc from 'fast-check';
import { ManifestApp, ManifestAppProps, ManifestFormat, ManifestStyle } from '../../lib';
import { isRendering } from '../../lib/findings/synthesis';

const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP,
  YamlOutputType.FILE_PER_CHART,
  YamlOutputType.FILE_PER_RESOURCE,
  YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

/** Apps that cover what `App.synth` does. Names differ, as `App` overwrites what has the same. */
const CORPUS: Record<string, (app: App) => void> = {
  'no chart': () => undefined,
  'an empty chart': (app) => {
    new Chart(app, 'empty');
  },
  'independent charts': (app) => {
    for (const id of ['b', 'a', '10', '9', 'With Spaces', 'x'.repeat(70), 'UPPER']) {
      configMap(new Chart(app, id), 'config');
    }
  },
  'charts that depend on each other': (app) => {
    const [a, b, c] = ['a', 'b', '7'].map((id) => new Chart(app, id));
    [a, b, c].forEach((chart) => configMap(chart, 'config'));
    a.addDependency(b);
    b.addDependency(c);
  },
  'objects that depend on objects of other charts': (app) => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => new Chart(app, id));
    const [first, second] = ['first', 'second'].map((id) => configMap(a, id));
    first.addDependency(second, configMap(b, 'third'));
    configMap(b, 'fourth').addDependency(configMap(c, 'fifth'));
    const early = configMap(c, 'early');
    const group = new Construct(c, 'group');
    early.addDependency(group);
    configMap(group, 'sixth').addDependency(configMap(group, 'seventh'));
    configMap(c, 'eighth').node.addDependency(new DependencyGroup(group));
  },
  'nested charts': (app) => {
    const outer = new Chart(app, 'outer', { namespace: 'outer', labels: { outer: 'yes' } });
    configMap(outer, 'config');
    const inner = new Chart(outer, 'inner');
    configMap(inner, 'config');
    configMap(new Chart(inner, 'Default'), 'config');
    configMap(new Chart(app, 'other'), 'config').addDependency(inner);
  },
  'cdk8s-plus objects': (app) => {
    const chart = new Chart(app, 'plus', { disableResourceNameHashes: true });
    const config = new kplus.ConfigMap(chart, 'config', { data: { key: 'value\nof two lines\n' } });
    const deployment = new kplus.Deployment(chart, 'deployment', {
      containers: [{ image: 'nginx', portNumber: 80, envFrom: [kplus.Env.fromConfigMap(config)] }],
    });
    deployment.scheduling.spread();
    deployment.exposeViaIngress('/');
    new kplus.CronJob(chart, 'cron', {
      schedule: Cron.hourly(),
      containers: [{ image: 'a' }],
    });
  },
  'an include': (app) => {
    new Include(new Chart(app, 'included'), 'include', { url: writeFile('included.yaml', INCLUDED) });
  },
  'names that need shortening': (app) => {
    let scope: Construct = new Chart(app, 'long');
    for (let depth = 0; depth < 6; depth++) {
      scope = new Construct(scope, `a-rather-long-id-${depth}`);
    }
    configMap(scope, 'config');
    new ApiObject(scope, 'job', { apiVersion: 'batch/v1', kind: 'CronJob' });
  },
  'patches and lazy values': (app) => {
    const object = new ApiObject(new Chart(app, 'patched'), 'object', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { lazy: Lazy.any({ produce: () => 'late' }) as unknown, answer: 'resolve me' },
    });
    object.addJsonPatch(JsonPatch.add('/data/a~1b', 'patched'), JsonPatch.replace('/metadata/name', 'renamed'));
  },
};

describe.each(Object.keys(CORPUS))('%s', (name) => {
  test.each(OUTPUT_TYPES)('are the files of App, with output type %s', (yamlOutputType) => {
    const props = { yamlOutputType, recordConstructMetadata: true, resolvers: [new Answer()] };

    expect(synth(new ManifestApp(cdk8sStyle(props)), CORPUS[name])).toStrictEqual(
      synth(new App(outdir(props)), CORPUS[name]),
    );
  });

  test('are the text of App', () => {
    const [app, manifestApp] = [new App(), new ManifestApp({ style: ManifestStyle.APP })];
    [app, manifestApp].forEach(CORPUS[name]);

    expect(manifestApp.synthYaml()).toBe(app.synthYaml());
  });
});

test('trees with any dependencies come in the order of App, or with its error', () => {
  fc.assert(
    fc.property(trees(), fc.constantFrom(...OUTPUT_TYPES), (tree, yamlOutputType) => {
      const outcome = (app: App): unknown => {
        try {
          return synth(app, tree.build);
        } catch (error) {
          return String(error).replace(/(detected:).*/, '$1');
        }
      };
      expect(outcome(new ManifestApp(cdk8sStyle({ yamlOutputType })))).toStrictEqual(
        outcome(new App(outdir({ yamlOutputType }))),
      );
    }),
    { numRuns: 300 },
  );
});

function trees() {
  const id = fc.constantFrom('a', 'b', '1', '2', '10');
  return fc
    .record({
      objects: fc.uniqueArray(fc.tuple(id, fc.option(id), id), { minLength: 1, maxLength: 12, selector: String }),
      dependencies: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
    })
    .map(({ objects, dependencies }) => ({
      description: { objects, dependencies },
      build: (app: App) => {
        for (const [chartId, innerId, objectId] of objects) {
          const chart = (app.node.tryFindChild(chartId) as Chart | undefined) ?? new Chart(app, chartId);
          const innerChart = `chart-${innerId}`;
          const scope =
            innerId === null
              ? chart
              : ((chart.node.tryFindChild(innerChart) as Chart | undefined) ?? new Chart(chart, innerChart));
          configMap(scope, objectId);
        }
        const constructs = app.node.findAll().slice(1);
        for (const [source, target] of dependencies) {
          const [from, to] = [constructs[source % constructs.length], constructs[target % constructs.length]];
          if (from !== to) {
            from.node.addDependency(to);
          }
        }
      },
    }));
}

test('reports a dependency cycle in the words of App', () => {
  const build = (app: App) => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => new Chart(app, id));
    a.addDependency(c);
    b.addDependency(a);
    c.addDependency(b);
  };
  const message = messageOf(() => synth(new App(outdir()), build));

  expect(message).toBe('Dependency cycle detected: b => a => c => b');
  expect(messageOf(() => synth(new ManifestApp(outdir()), build))).toBe(message);
});

test('sorts layers of charts that depend on each other, which have more paths than time allows', () => {
  const app = new ManifestApp();
  const charts = Array.from({ length: 40 }, (_, index) => new Chart(app, `chart-${index}`));
  charts.forEach((chart, index) => {
    Array.from({ length: 5 }, (_, object) => configMap(chart, `object-${object}`));
    charts[index - 1]?.addDependency(chart);
  });

  expect(app.charts).toStrictEqual([...charts].reverse());
  expect(app.synthYaml().match(/^kind:/gm)).toHaveLength(200);
});

test('reports a cycle in layers of charts, too', () => {
  const app = new ManifestApp();
  const charts = Array.from({ length: 20 }, (_, index) => new Chart(app, `chart-${index}`));
  charts.forEach((chart, index) => {
    Array.from({ length: 5 }, (_, object) => configMap(chart, `object-${object}`));
    chart.addDependency(charts[(index + 1) % charts.length]);
  });

  expect(() => app.synthYaml()).toThrow(/^Dependency cycle detected: chart-0 => .* => chart-19 => chart-0$/);
});

test('sorts a long chain of charts', () => {
  const app = new ManifestApp();
  const charts = Array.from({ length: 3000 }, (_, index) => new Chart(app, `chart-${index}`));
  charts.slice(1).forEach((chart, index) => {
    charts[index].addDependency(chart);
  });

  expect(app.charts.slice(0, 2)).toStrictEqual([charts[2999], charts[2998]]);
});

test('validates each construct once, and renders each object once', () => {
  const app = new ManifestApp(outdir());
  const counts = { validated: 0, rendered: 0 };
  for (const id of ['a', 'b', 'c']) {
    const object = configMap(new Chart(app, id), 'config');
    const toJson = object.toJson.bind(object);
    object.toJson = () => (counts.rendered++, toJson() as unknown);
    object.node.addValidation({ validate: () => (counts.validated++, []) });
  }
  app.synth();

  expect(counts).toStrictEqual({ validated: 3, rendered: 3 });
});

test('reports the validation errors of all constructs in the words of App, and writes nothing', () => {
  const build = (app: App) => {
    for (const id of ['a', 'b']) {
      new Chart(app, id).node.addValidation({ validate: () => ['first of ' + id, 'second of ' + id] });
    }
  };
  const props = outdir();
  const message = messageOf(() => synth(new App(outdir()), build));

  expect(messageOf(() => synth(new ManifestApp(props), build))).toBe(message);
  expect(fs.readdirSync(props.outdir)).toStrictEqual([]);
});

test('reports all that is wrong with rendering and format at once, and writes nothing', () => {
  const props = outdir();
  const app = new ManifestApp(props);
  const chart = new Chart(app, 'chart');
  configMap(chart, 'fine');
  failing(chart, 'plain', new Error('no luck'));
  failing(
    chart,
    'findings',
    Object.assign(new Error('all'), { [Symbol.for('cdk8s-pod-patterns.findings')]: ['[x] one', '[x] two'] }),
  );
  ManifestFormat.of(configMap(chart, 'unfit')).above('data.foo', 'a').quoted('kind.name').order('metadata', ['nam']);

  expect(
    messageOf(() => {
      app.synth();
    }),
  ).toBe(
    [
      'Validation failed with the following errors:',
      '  [chart/plain] no luck',
      '  [x] one',
      '  [x] two',
      '  [chart/unfit] metadata has no nam to put in order; it has name',
      '  [chart/unfit] nothing is at data.foo: there is no foo in data, which has id',
      '  [chart/unfit] nothing is at kind.name: there is no name in kind, which is "ConfigMap"',
    ].join('\n'),
  );
  expect(fs.readdirSync(props.outdir)).toStrictEqual([]);
});

test.each(['synth', 'synthYaml'] as const)('%s reports what validation found beside a cycle', (method) => {
  const props = outdir();
  const app = new ManifestApp(props);
  const [a, b] = ['a', 'b'].map((id) => new Chart(app, id));
  a.addDependency(b);
  b.addDependency(a);
  a.node.addValidation({ validate: () => ['a is wrong'] });

  expect(messageOf(() => app[method]())).toBe(
    [
      'Validation failed with the following errors:',
      '  [a] a is wrong',
      '  Dependency cycle detected: a => b => a',
    ].join('\n'),
  );
  expect(fs.readdirSync(props.outdir)).toStrictEqual([]);
});

test.each(['synth', 'synthYaml'] as const)('%s reports what validation and rendering found', (method) => {
  const props = outdir();
  const app = new ManifestApp(props);
  const chart = new Chart(app, 'chart');
  failing(chart, 'broken', new Error('no luck'));
  configMap(chart, 'invalid').node.addValidation({ validate: () => ['it is wrong'] });
  configMap(new Chart(app, 'fine'), 'config');

  expect(messageOf(() => app[method]())).toBe(
    ['Validation failed with the following errors:', '  [chart/invalid] it is wrong', '  [chart/broken] no luck'].join(
      '\n',
    ),
  );
  expect(fs.readdirSync(props.outdir)).toStrictEqual([]);
});

test('throws the only error of rendering with the path of its object', () => {
  const app = new ManifestApp(outdir());
  const error = new Error('no luck');
  failing(new Chart(app, 'chart'), 'object', error);

  expect(() => {
    app.synth();
  }).toThrow(new Error('[chart/object] no luck', { cause: error }));
});

test('throws the only error of rendering as it is where that names the path already', () => {
  const app = new ManifestApp(outdir());
  const error = new Error("Failed serializing construct at path 'chart/object'");
  failing(new Chart(app, 'chart'), 'object', error);

  let thrown: unknown;
  try {
    app.synth();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown).toBe(error);
});

test('two objects for one file are an error that names both', () => {
  const props = { ...outdir(), yamlOutputType: YamlOutputType.FILE_PER_RESOURCE };
  const app = new ManifestApp(props);
  for (const id of ['a', 'b']) {
    new ApiObject(new Chart(app, id), 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same' } });
  }

  expect(
    messageOf(() => {
      app.synth();
    }),
  ).toBe(
    'Validation failed with the following errors:\n' +
      '  [b/config] its file, ConfigMap.same.k8s.yaml, is that of a/config, too; rename one of the two',
  );
  expect(fs.readdirSync(props.outdir)).toStrictEqual([]);
});

test('a write that fails leaves the files of before', () => {
  const props = outdir();
  fs.writeFileSync(path.join(props.outdir, 'a.k8s.yaml'), 'before');
  const { writeFileSync } = fs;
  const mock = jest
    .spyOn(jest.requireActual<typeof fs>('fs'), 'writeFileSync')
    .mockImplementationOnce(writeFileSync)
    .mockImplementationOnce(() => {
      throw new Error('no space left on device');
    });
  const build = (app: App) => {
    ['a', 'b'].forEach((id) => configMap(new Chart(app, id), 'config'));
  };

  expect(() => synth(new ManifestApp(props), build)).toThrow('no space left on device');
  mock.mockRestore();
  expect(read(props.outdir)).toStrictEqual({ 'a.k8s.yaml': 'before' });
});

test('a folder in the place of a file leaves the files of before, and no temporary file', () => {
  const props = outdir();
  const folder = path.join(props.outdir, 'b.k8s.yaml');
  fs.writeFileSync(path.join(props.outdir, 'a.k8s.yaml'), 'before');
  fs.mkdirSync(folder);
  const build = (app: App) => {
    ['a', 'b'].forEach((id) => configMap(new Chart(app, id), 'config'));
  };

  expect(() => synth(new ManifestApp(props), build)).toThrow(
    new Error(`${folder} is a folder, where a file is to be written; remove it, or write elsewhere`),
  );
  expect(read(props.outdir)).toStrictEqual({ 'a.k8s.yaml': 'before', 'b.k8s.yaml': 'a folder' });
});

test('tells validations that rendering will follow', () => {
  const app = new ManifestApp();
  const seen: boolean[] = [];
  new Chart(app, 'chart').node.addValidation({ validate: () => (seen.push(isRendering(app)), []) });
  app.synthYaml();

  expect([...seen, isRendering(app)]).toStrictEqual([true, false]);
});

test('CDK8S_OUTDIR and CDK8S_RECORD_CONSTRUCT_METADATA count', () => {
  const { outdir: folder } = outdir();
  jest.replaceProperty(process, 'env', {
    ...process.env,
    CDK8S_OUTDIR: folder,
    CDK8S_RECORD_CONSTRUCT_METADATA: 'true',
  });
  const app = new ManifestApp();
  configMap(new Chart(app, 'chart'), 'config');
  app.synth();
  jest.restoreAllMocks();

  expect(fs.readdirSync(folder)).toStrictEqual(['chart.k8s.yaml', 'construct-metadata.json']);
});

test('every file has the header, before the head of its first document', () => {
  const app = new ManifestApp({ ...outdir(), header: 'generated by cdk8s\ndo not edit' });
  const [a, b] = ['a', 'b'].map((id) => new Chart(app, id));
  ManifestFormat.of(new ApiObject(a, 'object', { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } })).head('first');
  app.synth();

  expect(read(app.outdir)).toStrictEqual({
    'a.k8s.yaml': '# generated by cdk8s\n# do not edit\n\n# first\napiVersion: v1\nkind: A\nmetadata:\n  name: a\n',
    'b.k8s.yaml': '# generated by cdk8s\n# do not edit\n',
  });
  expect(b.node.children).toStrictEqual([]);
});

const INCLUDED = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: apps }
spec: { ports: [{ port: 80, name: 'yes' }] }
---
apiVersion: example.com/v1
kind: Thing
metadata: { annotations: { mode: "0755" } }
`;

/** Replaces one value, as a resolver of a user might. */
class Answer implements IResolver {
  public resolve(context: ResolutionContext): void {
    if (context.value === 'resolve me') {
      context.replaceValue(`${context.obj.kind} ${context.key.join('.')}`);
    }
  }
}

function configMap(scope: Construct, id: string): ApiObject {
  const name = `${scope.node.path}-${id}`.replaceAll('/', '-').toLowerCase();
  return new k8s.KubeConfigMap(scope, id, { metadata: { name: name.replaceAll(' ', '-') }, data: { id } });
}

function failing(scope: Construct, id: string, error: Error): void {
  const object = new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap' });
  object.toJson = () => {
    throw error;
  };
}

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'manifest-app-'));
afterAll(() => {
  fs.rmSync(temporary, { recursive: true });
});

function outdir(props: AppProps = {}): AppProps & { readonly outdir: string } {
  return { ...props, outdir: fs.mkdtempSync(path.join(temporary, 'out-')) };
}

function cdk8sStyle(props: AppProps): ManifestAppProps {
  return { ...outdir(props), style: ManifestStyle.APP };
}

function writeFile(name: string, content: string): string {
  const file = path.join(temporary, name);
  fs.writeFileSync(file, content);
  return file;
}

function synth(app: App, build: (app: App) => void): Record<string, string> {
  build(app);
  app.synth();
  return read(app.outdir);
}

/** All files and folders below a folder, with the content of the files. */
function read(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry): [string, string] => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file), entry.isFile() ? fs.readFileSync(file, 'utf8') : 'a folder'];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
