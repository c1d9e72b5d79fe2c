import { parseFieldPath, select } from '../../lib/manifests/field-path';

const DEPLOYMENT = {
  metadata: { name: 'web', annotations: { 'config.kubernetes.io/x': 'a', plain: 'b' } },
  spec: {
    containers: [
      { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
      { name: 'my.app', image: 'app', command: ['sh', '-c'] },
    ],
    volumes: [],
  },
};

test.each([
  ['metadata.name', ['web']],
  ['spec.containers.0.image', ['nginx:1.27']],
  ['spec.containers.[name=nginx].image', ['nginx:1.27']],
  ['spec.containers.[name=my.app].image', ['app']],
  ['spec.containers.*.image', ['nginx:1.27', 'app']],
  ['spec.containers.*.command', [['sh', '-c']]],
  ['spec.containers.1.command.[=-c]', ['-c']],
  ['spec.containers.*.ports.[containerPort=80].containerPort', [80]],
  ['metadata.annotations.config\\.kubernetes\\.io/x', ['a']],
  ['metadata.annotations.[config.kubernetes.io/x]', ['a']],
])('%s leads to %j', (path, values) => {
  expect(select(DEPLOYMENT, parseFieldPath(path)).map(({ value }) => value)).toStrictEqual(values);
});

test('tells the keys and indexes that lead to a place', () => {
  const [place] = select(DEPLOYMENT, parseFieldPath('spec.containers.[name=my.app].command.1'));

  expect(place).toStrictEqual({ at: ['spec', 'containers', 1, 'command', 1], value: '-c' });
});

test.each([
  ['metadta.name', 'there is no metadta in the document, which has metadata, spec; did you mean "metadata"?'],
  [
    'spec.containers.[name=ngin].image',
    'there is no [name=ngin] in spec.containers, which has [name=nginx], [name=my.app]; did you mean "nginx"?',
  ],
  [
    'spec.containers.[nam=nginx]',
    'there is no [nam=nginx] in spec.containers, which is a list with 2 elements, 0 to 1',
  ],
  ['spec.containers.2', 'there is no 2 in spec.containers, which is a list with 2 elements, 0 to 1'],
  ['spec.containers.0.ports.name', 'there is no name in spec.containers.0.ports, which is a list with one element, 0'],
  ['spec.volumes.*.name', 'there is no * in spec.volumes, which is an empty list'],
  ['spec.*', 'there is no * in spec, which has containers, volumes'],
  ['metadata.name.x', 'there is no x in metadata.name, which is "web"'],
  ['metadata.toString', 'there is no toString in metadata, which has name, annotations'],
  [
    'spec.containers.*.env',
    'there is no env in spec.containers.*, which has name, image, ports or has name, image, command',
  ],
])('%s leads nowhere, and the error shows what is there', (path, message) => {
  expect(() => select(DEPLOYMENT, parseFieldPath(path))).toThrow(`nothing is at ${path}: ${message}`);
});

test.each([
  ['', 'a key is missing'],
  ['spec..x', 'a key is missing'],
  ['spec.[name=x', '[name=x has no ]'],
])('%j is no field path', (path, message) => {
  expect(() => parseFieldPath(path)).toThrow(`${JSON.stringify(path)} is no field path: ${message}`);
});
