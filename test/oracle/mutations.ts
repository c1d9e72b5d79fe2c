import * as fc from 'fast-check';

/** What people write where something else belongs, and the edges of what may stand there. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  'true',
  0,
  -1,
  1,
  80,
  65_535,
  65_536,
  1.5,
  2 ** 31,
  2 ** 53,
  '',
  ' ',
  'a',
  'A',
  'Web',
  'my_web',
  'a.b',
  'a-',
  '-a',
  '80',
  '8080',
  'http',
  'tcp',
  'TCP',
  'HTTP',
  'Always',
  'Never',
  'OnFailure',
  'always',
  'None',
  'Headless',
  'x'.repeat(15),
  'x'.repeat(16),
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(254),
  '1Gi',
  '1gb',
  '500m',
  '1e3',
  '0',
  '/',
  '/a',
  'a/b',
  '../a',
  '/a/../b',
  '/a:b',
  '10.0.0.1',
  '10.0.0.01',
  '::1',
  '127.0.0.1',
  '0.0.0.0',
  '50%',
  '* * * * *',
  '@daily',
  'metadata.name',
  'limits.cpu',
  '$(A)',
  'ü',
  [],
  {},
  [null],
  [{}],
  ['a'],
  ['a', 'a'],
  { a: 'b' },
  { a: 1 },
  { name: 'a' },
  { matchLabels: { a: 'b' } },
];

/** Fields that stand in one place and are put in another, or are misspelt. */
const FIELDS: readonly string[] = [
  'name',
  'image',
  'ports',
  'port',
  'containerPort',
  'hostPort',
  'protocol',
  'targetPort',
  'nodePort',
  'env',
  'value',
  'valueFrom',
  'volumeMount',
  'volumeMounts',
  'mountPath',
  'subPath',
  'readOnly',
  'emptyDir',
  'configMap',
  'secret',
  'resources',
  'limits',
  'restartPolicy',
  'replicas',
  'replica',
  'selector',
  'labels',
  'annotations',
  'namespace',
  'clusterIP',
  'type',
  'command',
  'exec',
  'httpGet',
  'tcpSocket',
  'path',
  'hostNetwork',
  'securityContext',
  'runAsUser',
  'privileged',
  'livenessProbe',
  'startupProbe',
  'lifecycle',
  'terminationGracePeriodSeconds',
  'data',
  'key',
  'items',
  'defaultMode',
  'x',
];

type Tree = Record<string | number, unknown>;

/** All places in a value that can be changed, but for what says which kind it is. */
function places(value: unknown, isRoot = true): { parent: Tree; key: string | number }[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys
    .filter((key) => !(isRoot && ['apiVersion', 'kind'].includes(String(key))))
    .flatMap((key) => [{ parent: value as Tree, key }, ...places((value as Tree)[key], false)]);
}

interface Change {
  readonly how: 'replace' | 'remove' | 'add' | 'rename' | 'repeat' | 'copy';
  readonly where: number;
  readonly value: unknown;
  readonly field: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'rename', 'repeat', 'copy'),
  where: fc.nat(),
  value: fc.constantFrom(...VALUES),
  field: fc.constantFrom(...FIELDS),
});

function apply(manifest: unknown, { how, where, value, field }: Change): void {
  const all = places(manifest);
  if (all.length === 0) {
    return;
  }
  const { parent, key } = all[where % all.length];
  const remove = (): void => {
    if (Array.isArray(parent)) {
      parent.splice(Number(key), 1);
    } else {
      Reflect.deleteProperty(parent, key);
    }
  };
  switch (how) {
    case 'replace':
      parent[key] = structuredClone(value);
      break;
    case 'remove':
      remove();
      break;
    case 'add': {
      const target = parent[key];
      const into = typeof target === 'object' && target !== null && !Array.isArray(target) ? (target as Tree) : parent;
      if (!Array.isArray(into)) {
        into[field] = structuredClone(value);
      }
      break;
    }
    case 'rename': {
      const moved = parent[key];
      if (!Array.isArray(parent)) {
        remove();
        parent[field] = moved;
      }
      break;
    }
    case 'repeat':
      if (Array.isArray(parent)) {
        parent.push(structuredClone(parent[Number(key)]));
      }
      break;
    case 'copy': {
      // What stands elsewhere, in the same object.
      const other = all[(where * 7 + 3) % all.length];
      parent[key] = structuredClone(other.parent[other.key]);
    }
  }
}

/** Copies of manifests with one change, or two: a seed gives the same ones each time. */
export function mutations<T extends object>(manifests: readonly T[], count: number, seed: number): T[] {
  const mutated = fc
    .tuple(fc.constantFrom(...manifests), fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([manifest, changes]) => {
      const copy = structuredClone(manifest);
      changes.forEach((each) => {
        apply(copy, each);
      });
      return copy;
    });
  return fc.sample(mutated, { numRuns: count, seed });
}
