import { parse, parseAllDocuments } from 'yaml';
import { Manifest, PodSpec } from '../../lib/values/pod';
import { podSpecOf } from '../support/workloads';
import { synthCharts } from './synth';

const manifests = synthCharts();

/** The pod spec of one document of a chart. */
function podSpec(chart: string, name: string): PodSpec {
  const documents = parseAllDocuments(manifests[`${chart}.yaml`]).map((document) => document.toJS() as Manifest);
  return podSpecOf(documents.find(({ kind, metadata }) => kind !== 'ConfigMap' && metadata?.name === name));
}

/** The fields of a fragment as they stand in the manifest; items of lists belong together by their names. */
function likewise(fragment: unknown, manifest: unknown): unknown {
  if (Array.isArray(fragment)) {
    const items = manifest as { name: string }[];
    return (fragment as { name: string }[]).map((item) =>
      likewise(
        item,
        items.find(({ name }) => name === item.name),
      ),
    );
  }
  if (typeof fragment === 'object' && fragment !== null) {
    const fields = (manifest ?? {}) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(fragment).map(([key, value]) => [key, likewise(value, fields[key])]));
  }
  return manifest;
}

test.each([
  [
    'communication',
    'localhost',
    `
containers:
- name: app
  image: myapp
- name: proxy
  image: nginx
  ports:
  - containerPort: 8080
`,
  ],
  [
    'communication',
    'shared-volume',
    `
volumes:
- name: shared-data
  emptyDir: {}
containers:
- name: writer
  volumeMounts:
  - name: shared-data
    mountPath: /data
- name: reader
  volumeMounts:
  - name: shared-data
    mountPath: /data
    readOnly: true
`,
  ],
  [
    'communication',
    'shared-process-namespace',
    `
shareProcessNamespace: true
containers:
- name: app1
- name: app2
`,
  ],
  [
    'best-practices',
    'clear-roles',
    `
containers:
- name: app
- name: logger
- name: metrics
`,
  ],
  [
    'best-practices',
    'resource-limits',
    `
containers:
- name: app
  resources:
    requests:
      cpu: 500m
      memory: 512Mi
    limits:
      cpu: 1000m
      memory: 1Gi
- name: sidecar
  resources:
    requests:
      cpu: 100m
      memory: 128Mi
    limits:
      cpu: 200m
      memory: 256Mi
`,
  ],
  [
    'best-practices',
    'start-order',
    `
initContainers:
- name: wait-for-db
containers:
- name: app
`,
  ],
  [
    'best-practices',
    'read-only-config',
    `
containers:
- name: app
  volumeMounts:
  - name: config
    mountPath: /etc/config
    readOnly: true
`,
  ],
])('%s: "%s" holds the fragment of the tutorial', (chart, name, fragment) => {
  const expected = parse(fragment) as PodSpec;

  expect(likewise(expected, podSpec(chart, name))).toStrictEqual(expected);
});

test('a writer only writes and a reader only reads', () => {
  const [writer] = podSpec('communication', 'shared-volume').containers ?? [];
  expect(writer.volumeMounts).toStrictEqual([{ name: 'shared-data', mountPath: '/data' }]);
});
