import { Testing, Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { Ambassador, HelperKind, InitOrder, Sidecar } from '../../lib';
import { Container, PodSpec } from '../../lib/values/pod';
import { helpers, mainOf, pod, synth } from '../support/random-pods';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../support/workloads';

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
      const [own, init] = [namesOf(spec.initContainers), namesOf(woven.initContainers)];
      expect(init.filter((each) => own.includes(each))).toStrictEqual(own);
      for (const { props, mainIndex, env } of some) {
        const main = mainOf(spec, mainIndex);
        const place = init.indexOf(props.container.name);
        if (env && place !== -1 && own.includes(main)) {
          expect(place).toBeLessThan(init.indexOf(main));
        } else if (place !== -1) {
          expect(init.slice(0, place)).toEqual(expect.arrayContaining(own));
        }
      }
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

test('init containers stand as was wished, the own ones in their order, ambassadors before what they help, or there is a cycle', () => {
  const own = ['own-1', 'own-2', 'own-3'];
  const ids = ['a', 'b', 'c', 'd'];
  const wish = fc.record({
    position: fc.constantFrom('first', 'before', 'after'),
    other: fc.constantFrom(...own, ...ids),
  });
  const some = fc.record({
    order: fc.array(wish, { maxLength: 2 }),
    main: fc.option(fc.constantFrom(...own, ...ids), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), (given) => {
      const there = [...own, ...ids.slice(0, given.length)];
      const wishes = given.map(({ order }) => order);
      const mains = given.map(({ main = '' }, index) =>
        main !== ids[index] && there.includes(main) ? main : undefined,
      );
      fc.pre(wishes.flat().every(({ position, other }) => position === 'first' || there.includes(other)));
      const chart = Testing.chart();
      const web = deployment(chart, 'web', { initContainers: own.map((each) => ({ name: each, image: 'x' })) });
      wishes.forEach((wished, index) => {
        const order = wished.map(({ position, other }) => {
          if (position === 'first') {
            return InitOrder.first();
          }
          return position === 'before' ? InitOrder.before(other) : InitOrder.after(other);
        });
        const props = { container: { name: ids[index], image: 'x' }, kind: HelperKind.NATIVE_SIDECAR, order };
        if (mains[index] === undefined) {
          new Sidecar(web, ids[index], props);
        } else {
          const listeners = [{ port: 8000 + index, upstream: 'x' }];
          new Ambassador(web, ids[index], { ...props, main: mains[index], listeners });
        }
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
      const follows = (earlier: string): string[] => [
        ...own.slice(own.indexOf(earlier) + 1).slice(0, own.includes(earlier) ? 1 : 0),
        ...there.filter((later) => isFirst(ids.indexOf(earlier)) && !isFirst(ids.indexOf(later))),
        ...(wishes[ids.indexOf(earlier)] ?? []).filter((each) => each.position === 'before').map(({ other }) => other),
        ...ids.filter((_, index) => wishes[index]?.some((each) => each.position === 'after' && each.other === earlier)),
      ];
      const isAskedFor = (earlier: string, later: string): boolean =>
        follows(earlier).some((each) => each === later || isAskedFor(each, later));
      wishes.forEach((wished, index) => {
        const place = result.indexOf(ids[index]);
        const main = mains[index];
        if (main !== undefined) {
          expect(place < result.indexOf(main)).toBe(!isAskedFor(main, ids[index]));
        }
        for (const { position, other } of wished) {
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
