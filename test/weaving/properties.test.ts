import { Chart, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { Ambassador, HelperKind, HelperProps, InitOrder, SharedVolume, Sidecar, VolumeWriter } from '../../lib';
import { Container, PodSpec } from '../../lib/values/pod';
import { FindingLevel } from '../../packages/cdk8s-kubernetes-validation/lib';
import { describeWithOracle } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { ApiManifest, withPod } from '../oracle/manifests';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../support/workloads';

// So few names that clashes are about as frequent as what goes well.
const name = fc.integer({ min: 1, max: 30 }).map((number) => `n${number}`);
const path = fc.integer({ min: 1, max: 30 }).map((number) => `/${number}`);
const variable = fc.constantFrom('S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z');
const value = fc.constantFrom('1', '2');

// cdk8s renders objects with a prototype only.
const plain = { noNullPrototype: true };

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

const pod: fc.Arbitrary<k8s.PodSpec> = volumes.chain((own) =>
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

interface Helper {
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

function mainOf(spec: k8s.PodSpec, index = 0): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  return all[index % all.length].name;
}

function synth(spec: k8s.PodSpec, helpers: readonly Helper[]): { chart: Chart; errors: string[] } {
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

function allContainers({ containers: regular = [], initContainers = [] }: PodSpec): Container[] {
  return [...regular, ...initContainers];
}

/** Whether `outer` has everything that `inner` has: fields, and items of lists. */
function contains(outer: unknown, inner: unknown): boolean {
  if (Array.isArray(inner)) {
    return Array.isArray(outer) && inner.every((item) => outer.some((candidate) => contains(candidate, item)));
  }
  if (typeof inner === 'object' && inner !== null) {
    return (
      typeof outer === 'object' &&
      outer !== null &&
      Object.entries(inner).every(([field, item]) => contains((outer as Record<string, unknown>)[field], item))
    );
  }
  return outer === inner;
}

/** A pod as a set: what stands where does not matter. */
function asSet(spec: PodSpec): unknown {
  const sortItems = (given: unknown): unknown => {
    if (Array.isArray(given)) {
      return given.map(sortItems).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    return typeof given === 'object' && given !== null
      ? Object.fromEntries(Object.entries(given).map(([field, item]) => [field, sortItems(item)]))
      : given;
  };
  return sortItems(spec);
}

const helpers = fc
  .array(helper, { maxLength: 3 })
  .map((some): Helper[] => some.map((each, index) => ({ ...each, id: `h${index}`, port: 8000 + index })));

test('about as many random pods are accepted as rejected, so that both is tested', () => {
  const results = fc.sample(fc.tuple(pod, helpers), { numRuns: 300, seed: 1 });
  const accepted = results.filter(([spec, some]) => some.length > 0 && synth(spec, some).errors.length === 0);

  expect(accepted.length).toBeGreaterThan(75);
  expect(accepted.length).toBeLessThan(225);
});

test('what is accepted has unique container names, volume names and mount paths, and a volume for every mount', () => {
  fc.assert(
    fc.property(pod, helpers, (spec, some) => {
      const { chart, errors } = synth(spec, some);
      fc.pre(errors.length === 0);

      const woven = synthPodSpec(chart);
      const names = allContainers(woven).map((container) => container.name);
      expect(new Set(names).size).toBe(names.length);
      const volumeNames = (woven.volumes ?? []).map((volume) => volume.name);
      expect(new Set(volumeNames).size).toBe(volumeNames.length);
      for (const { volumeMounts = [], env = [] } of allContainers(woven)) {
        const mountPaths = volumeMounts.map(({ mountPath }) => mountPath);
        expect(new Set(mountPaths).size).toBe(mountPaths.length);
        expect(volumeNames).toEqual(expect.arrayContaining(volumeMounts.map((mount) => mount.name)));
        expect(new Set(env.map((each) => each.name)).size).toBe(env.length);
      }
    }),
  );
});

test('everything given is in the output: every field of the pod, of its containers and of each helper', () => {
  fc.assert(
    fc.property(pod, helpers, (spec, some) => {
      const { chart, errors } = synth(spec, some);
      fc.pre(errors.length === 0);

      const woven = synthPodSpec(chart);
      expect(contains(woven, spec)).toBe(true);
      for (const { props, mainIndex, share, env } of some) {
        const isNative = props.kind === HelperKind.NATIVE_SIDECAR;
        expect(contains(isNative ? woven.initContainers : woven.containers, [props.container])).toBe(true);
        expect(contains(woven.volumes ?? [], props.volumes)).toBe(true);
        const main = allContainers(woven).find((each) => each.name === mainOf(spec, mainIndex));
        if (env) {
          const variables = Object.entries(env).map(([key, text]) => ({ name: key, value: text }));
          expect(contains(main?.env ?? [], variables)).toBe(true);
        } else if (share) {
          const both = [main, allContainers(woven).find((each) => each.name === props.container.name)];
          for (const side of both) {
            expect(contains(side?.volumeMounts, [{ name: share.volume, mountPath: share.path }])).toBe(true);
          }
        }
      }
    }),
  );
});

test('nothing else is in the output: as many containers as given, and the own ones in their order', () => {
  fc.assert(
    fc.property(pod, helpers, (spec, some) => {
      const { chart, errors } = synth(spec, some);
      fc.pre(errors.length === 0);

      const woven = synthPodSpec(chart);
      expect(allContainers(woven)).toHaveLength(
        spec.containers.length + (spec.initContainers?.length ?? 0) + some.length,
      );
      const namesOf = (list: readonly { name?: string }[] = []) => list.map((container) => container.name);
      expect(namesOf(woven.containers).slice(0, spec.containers.length)).toStrictEqual(namesOf(spec.containers));
      expect(namesOf(woven.initContainers).slice(0, spec.initContainers?.length ?? 0)).toStrictEqual(
        namesOf(spec.initContainers),
      );
    }),
  );
});

test('in whatever order helpers are attached, the same set is there, or something is wrong in each order', () => {
  const orders = fc
    .tuple(pod, helpers)
    .chain(([spec, some]) =>
      fc.tuple(
        fc.constant(spec),
        fc.constant(some),
        fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
      ),
    );
  fc.assert(
    fc.property(orders, ([spec, some, shuffled]) => {
      const [one, other] = [synth(spec, some), synth(spec, shuffled)];

      expect(other.errors.length === 0).toBe(one.errors.length === 0);
      if (one.errors.length === 0) {
        expect(asSet(synthPodSpec(other.chart))).toEqual(asSet(synthPodSpec(one.chart)));
      }
    }),
  );
});

test('what is rejected names the workload, a rule and a helper', () => {
  fc.assert(
    fc.property(pod, helpers, (spec, some) => {
      const { errors } = synth(spec, some);
      fc.pre(errors.length > 0);

      const ids = some.map(({ id }) => id).join('|');
      for (const error of errors) {
        expect(error).toMatch(new RegExp(`^\\[test/web\\] [a-z-]+: test/web/(${ids}): .*[^.]$`));
      }
    }),
  );
});

test('rendering twice, or the same app twice, gives the same bytes', () => {
  fc.assert(
    fc.property(pod, helpers, (spec, some) => {
      const { chart, errors } = synth(spec, some);
      const again = synth(spec, some);

      expect(again.errors).toStrictEqual(errors);
      if (errors.length === 0) {
        const bytes = Yaml.stringify(...synthManifests(chart));
        expect(Yaml.stringify(...synthManifests(chart))).toBe(bytes);
        expect(Yaml.stringify(...synthManifests(again.chart))).toBe(bytes);
      }
    }),
  );
});

test('init containers stand as was wished, the own ones in their order, or there is a cycle', () => {
  const own = ['own-1', 'own-2', 'own-3'];
  const ids = ['a', 'b', 'c', 'd'];
  const wish = fc.record({
    position: fc.constantFrom('first', 'before', 'after'),
    other: fc.constantFrom(...own, ...ids),
  });
  fc.assert(
    fc.property(fc.array(fc.array(wish, { maxLength: 2 }), { minLength: 1, maxLength: 4 }), (wishes) => {
      const there = [...own, ...ids.slice(0, wishes.length)];
      fc.pre(wishes.flat().every(({ position, other }) => position === 'first' || there.includes(other)));
      const chart = Testing.chart();
      const web = deployment(chart, 'web', { initContainers: own.map((each) => ({ name: each, image: 'x' })) });
      wishes.forEach((some, index) => {
        const order = some.map(({ position, other }) => {
          if (position === 'first') {
            return InitOrder.first();
          }
          return position === 'before' ? InitOrder.before(other) : InitOrder.after(other);
        });
        new Sidecar(web, ids[index], {
          container: { name: ids[index], image: 'x' },
          kind: HelperKind.NATIVE_SIDECAR,
          order,
        });
      });

      const errors = synthErrors(chart);
      if (errors.length > 0) {
        expect(errors).toHaveLength(1);
        expect(errors[0]).toMatch(
          /^\[test\/web\] init-order: test\/web\/[a-d]: the order of init containers is a cycle: /,
        );
        return;
      }
      const result = synthPodSpec(chart).initContainers?.map((container) => container.name) ?? [];
      expect([...result].sort()).toStrictEqual([...there].sort());
      expect(result.filter((each) => own.includes(each ?? ''))).toStrictEqual(own);
      const isFirst = (index: number) => wishes[index]?.some(({ position }) => position === 'first');
      wishes.forEach((some, index) => {
        const place = result.indexOf(ids[index]);
        for (const { position, other } of some) {
          const otherPlace = result.indexOf(other);
          if (position === 'first') {
            expect(result.slice(0, place).every((each) => isFirst(ids.indexOf(each ?? '')))).toBe(true);
          } else {
            expect(position === 'before' ? place < otherPlace : place > otherPlace).toBe(true);
          }
        }
      });
    }),
  );
});

describeWithOracle('the code of the API server', (ask) => {
  test('accepts whatever is woven, and the pods that come of it', () => {
    const woven = fc
      .sample(fc.tuple(pod, helpers), Number(process.env.RUNS ?? 1_000))
      .map(([spec, some]) => synth(spec, some))
      .filter(({ errors }) => errors.length === 0)
      .flatMap(({ chart }) => synthManifests(chart) as unknown as ApiManifest[])
      .flatMap(withPod);
    expect(woven.length).toBeGreaterThan(500);

    const verdicts = ask(woven.map((object) => ({ object })));
    expect(
      woven.filter((_, index) => verdicts[index].findings.some(({ level }) => level === FindingLevel.ERROR)),
    ).toEqual([]);
  });
});
