import { Chart, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { Ambassador, HelperKind, HelperProps, SharedVolume, Sidecar, VolumeWriter } from '../../lib';
import { deployment, synthErrors } from './workloads';

/* Pods and helpers of all sorts, and what becomes of them. */

// So few names that clashes are about as frequent as what goes well.
export const name = fc.integer({ min: 1, max: 30 }).map((number) => `n${number}`);
const path = fc.integer({ min: 1, max: 30 }).map((number) => `/${number}`);
const variable = fc.constantFrom('S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z');
const value = fc.constantFrom('1', '2');

// cdk8s renders objects with a prototype only.
export const plain = { noNullPrototype: true };

const envVar = fc.record({ name: variable, value }, plain);

/** A container with fields of all sorts; its mounts name volumes of `volumes`. */
function containers(volumes: readonly k8s.Volume[]): fc.Arbitrary<k8s.Container> {
  const mount =
    volumes.length === 0
      ? undefined
      : fc.record({ name: fc.constantFrom(...volumes.map((volume) => volume.name)), mountPath: path }, plain);
  return fc.record(
    {
      name,
      image: fc.constantFrom('x:1', 'y:2'),
      args: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 2 }),
      env: fc.uniqueArray(envVar, { minLength: 1, maxLength: 2, selector: (each) => each.name }),
      tty: fc.boolean(),
      workingDir: path,
      ...(mount && {
        volumeMounts: fc.uniqueArray(mount, { minLength: 1, maxLength: 2, selector: ({ mountPath }) => mountPath }),
      }),
    },
    { requiredKeys: ['name', 'image'], ...plain },
  );
}

const volumes = fc.uniqueArray(
  fc.record({ name, emptyDir: fc.constantFrom<k8s.EmptyDirVolumeSource>({}, { medium: 'Memory' }) }, plain),
  { maxLength: 3, selector: (volume) => volume.name },
);

export const pod: fc.Arbitrary<k8s.PodSpec> = volumes.chain((own) =>
  fc
    .uniqueArray(containers(own), { minLength: 1, maxLength: 4, selector: (container) => container.name })
    .chain((all) =>
      fc.integer({ min: 1, max: all.length }).map((count) => ({
        containers: all.slice(0, count),
        ...(count < all.length && { initContainers: all.slice(count) }),
        ...(own.length > 0 && { volumes: own }),
        nodeName: 'node',
      })),
    ),
);

export interface Helper {
  readonly id: string;
  readonly port: number;
  readonly props: HelperProps;
  /** Which of the own containers it helps; the first where it says nothing. */
  readonly mainIndex?: number;
  readonly share?: { volume: string; path: string; writer: VolumeWriter };
  readonly env?: { [name: string]: string };
}

const helper: fc.Arbitrary<Omit<Helper, 'id' | 'port'>> = volumes.chain((own) =>
  fc.record(
    {
      props: fc.record(
        {
          container: containers(own),
          volumes: fc.constant(own),
          kind: fc.constantFrom(HelperKind.REGULAR, HelperKind.NATIVE_SIDECAR),
        },
        { requiredKeys: ['container', 'volumes'], ...plain },
      ),
      mainIndex: fc.nat(9),
      share: fc.record({ volume: name, path, writer: fc.constantFrom(...Object.values(VolumeWriter)) }, plain),
      env: fc.dictionary(variable, value, { maxKeys: 2, ...plain }),
    },
    { requiredKeys: ['props'], ...plain },
  ),
);

export function mainOf(spec: k8s.PodSpec, index = 0): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  return all[index % all.length].name;
}

export function synth(spec: k8s.PodSpec, helpers: readonly Helper[]): { chart: Chart; errors: string[] } {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', spec);
  for (const { id, port, props: given, mainIndex, share, env } of helpers) {
    const props = { ...given, main: mainIndex === undefined ? undefined : mainOf(spec, mainIndex) };
    if (env) {
      new Ambassador(web, id, { ...props, listeners: [{ port, upstream: 'x', env }] });
    } else {
      const shares = share && [SharedVolume.emptyDir(share.volume).at(share.path, { writer: share.writer })];
      new Sidecar(web, id, { ...props, shares });
    }
  }
  return { chart, errors: synthErrors(chart) };
}

export const helpers = fc
  .array(helper, { maxLength: 3 })
  .map((some): Helper[] => some.map((each, index) => ({ ...each, id: `h${index}`, port: 8000 + index })));
