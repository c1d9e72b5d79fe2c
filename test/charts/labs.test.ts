import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { contentOf, project, withFolder } from '../support/project';
import { synthCharts } from './synth';

const goldens = contentOf(join(project, 'test/goldens'));
const manifests = synthCharts();

const parsed = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as unknown);

test('there is a manifest for each lab and each further chart', () => {
  expect(Object.keys(manifests)).toStrictEqual([
    'adapter-json-logs.yaml',
    'app-with-exporter.yaml',
    'best-practices.yaml',
    'communication.yaml',
    'exercise-1-sidecar-logging.yaml',
    'exercise-2-broken.yaml',
    'exercise-2-mended.yaml',
    'exercise-3-ambassador.yaml',
    'exercise-4-metrics.yaml',
    'multi-dep-fixed.yaml',
    'multi-dep.yaml',
    'redis-with-proxy.yaml',
    'sidecar-logging.yaml',
    'use-case-cache.yaml',
    'use-case-cloud-sql.yaml',
    'use-case-config-sync.yaml',
    'use-case-database-connections.yaml',
    'use-case-external-api.yaml',
    'use-case-fluent-bit.yaml',
    'use-case-json-metrics.yaml',
    'use-case-log-format.yaml',
    'use-case-log-metrics.yaml',
    'use-case-logs.yaml',
    'use-case-metrics.yaml',
    'use-case-normalization.yaml',
    'use-case-read-write-split.yaml',
    'use-case-retries-and-circuit-breaker.yaml',
    'use-case-scraped-metrics.yaml',
    'use-case-tls-edge.yaml',
  ]);
});

describe.each(Object.keys(goldens))('%s', (name) => {
  test('holds the same documents as the file of the tutorial', () => {
    expect(parsed(manifests[name])).toStrictEqual(parsed(goldens[name]));
  });

  test('is the file of the tutorial, byte for byte but for the spaces at the end of its lines', () => {
    expect(manifests[name]).toBe(goldens[name].replaceAll(/ +$/gm, ''));
  });
});

test.each(Object.keys(manifests))('%s has not changed', (name) => {
  expect(manifests[name]).toMatchSnapshot();
});

/** A copy of what synthesis needs and nothing else: neither `test/` nor `dist/` is there. */
function inBareCopy(use: (copy: string) => void): void {
  withFolder((copy) => {
    for (const name of ['lib', 'charts', 'scripts', 'package.json', 'tsconfig.json']) {
      cpSync(join(project, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
    use(copy);
  });
}

test('without test/ and dist/ synthesis writes the same, so no golden is read', () => {
  inBareCopy((copy) => {
    expect(synthCharts(copy)).toStrictEqual(manifests);
  });
});

test('an image changed in a chart changes its line alone', () => {
  inBareCopy((copy) => {
    const chart = join(copy, 'charts/sidecar-logging.ts');
    writeFileSync(chart, readFileSync(chart, 'utf8').replace('nginx:1.27', 'nginx:1.28'));

    expect(synthCharts(copy)).toStrictEqual({
      ...manifests,
      'sidecar-logging.yaml': manifests['sidecar-logging.yaml'].replace('image: nginx:1.27', 'image: nginx:1.28'),
    });
  });
});
