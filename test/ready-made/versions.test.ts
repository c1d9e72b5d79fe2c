import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, project } from '../support/project';

/** What tests run and the cluster has under a helper's tag is of the version that the tag says. */

const folder = join(project, 'lib/ready-made');
const images = filesIn(folder)
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .flatMap((text) => [...text.matchAll(/^ +image: '([^']+)',$/gm)].map(([, image]) => image));

/** The version that helpers name of an image, by its last part. */
function named(program: string): string | undefined {
  const name = program.replaceAll('_', '-');
  const found = images.filter((image) => image.replace(/^.*\/|:.*$/g, '').replaceAll('_', '-') === name);
  return found[0]?.replace(/^.*:v?/, '');
}

/** The version of the module whose tool is built. */
function built(modulePath: string): string | undefined {
  const text = readFileSync(join(project, 'test/support', modulePath, 'go.mod'), 'utf8');
  const [, tool = ''] = /^tool (\S+)$/m.exec(text) ?? [];
  const versions = [...text.matchAll(/^\s*(?:require )?(\S+) v(\S+)/gm)];
  return versions.find(([, module]) => tool === module || tool.startsWith(`${module}/`))?.[2];
}

const exporters = readdirSync(join(project, 'test/support/exporters'));

test.each(['cloud-sql-proxy', ...exporters.map((name) => `exporters/${name}`)])('%s', (program) => {
  expect(built(program)).toMatch(/^\d+\.\d+\.\d+$/);
  expect(named(program.replace(/^.*\//, ''))).toBe(built(program));
});

test('the Collector, with its components', () => {
  const read = (file: string): string => readFileSync(join(project, 'test/support/otelcol', file), 'utf8');
  const version = named('opentelemetry-collector-contrib');

  expect(/Version: "([^"]+)"/.exec(read('main.go'))?.[1]).toBe(version);
  const components = [
    ...read('go.mod').matchAll(
      /opentelemetry-collector-contrib\/(?:exporter|extension|processor|receiver)\/\S+ v(\S+)$/gm,
    ),
  ];
  expect(new Set(components.map(([, each]) => each))).toStrictEqual(new Set([version]));
});

test('Envoy', () => {
  const script = readFileSync(join(project, '.ci/run'), 'utf8');

  expect(/^ *envoy=(\S+)$/m.exec(script)?.[1]).toBe(named('envoy'));
});
