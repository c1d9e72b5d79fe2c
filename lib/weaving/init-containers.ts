import { InitOrder } from '../contributions/init-order';
import { WeavingFinding } from '../findings/finding';
import { samePlace } from '../values/address';
import { quoteList } from '../values/text';
import { Container } from '../values/pod';
import { Thread } from './thread';

/** A helper's wish for its place among the init containers. */
type Wish = Pick<Thread, 'pattern' | 'container' | 'contribution'>;

/**
 * Sorts init containers so that all wishes are met. What was not wished for stays: the workload's own ones keep the
 * order among themselves that their author gave them, and a helper moves only where its own or another's wish needs it.
 */
export function sortInitContainers(
  containers: Container[],
  wishes: readonly Wish[],
): { containers: Container[]; findings: readonly WeavingFinding[] } {
  if (containers.length === 0) {
    return { containers, findings: [] };
  }
  const byName = new Map(containers.map((container) => [container.name, container]));
  const wishOf = new Map(wishes.map((wish) => [byName.get(wish.container.name), wish]));
  const { predecessors, findings, helped } = findPredecessors(containers, byName, wishOf);

  const result = new Set<Container>();
  /** Adds a container behind all that come before it; `trail` is what waits for it. */
  const add = (container: Container, trail: readonly Container[]): Container[] | undefined => {
    if (trail.includes(container)) {
      return trail.slice(trail.indexOf(container));
    }
    if (result.has(container)) {
      return undefined;
    }
    // In the order they are in, so that two wishes for one place are met in the order of attachment.
    for (const predecessor of containers.filter((other) => predecessors.get(container)?.has(other))) {
      const cycle = add(predecessor, [...trail, container]);
      if (cycle) {
        return cycle;
      }
    }
    result.add(container);
    return undefined;
  };
  for (const container of containers) {
    const cycle = add(container, []);
    if (cycle) {
      const steps = cycle.map(({ name }, index) => `"${name}" after "${cycle[(index + 1) % cycle.length].name}"`);
      const source = cycle.map((member) => wishOf.get(member)?.pattern.node.path).find((path) => path !== undefined);
      const remedy = cycle.some((member, index) => helped.get(cycle[(index + 1) % cycle.length]) === member)
        ? 'an ambassador starts before its "main", unless "order" says otherwise: say there which one is first'
        : 'leave out one of these wishes';
      const message = `the order of init containers is a cycle: ${steps.join(', ')}; ${remedy}`;
      return { containers, findings: [...findings, { rule: 'init-order', source, message }] };
    }
  }
  return { containers: [...result], findings };
}

function findPredecessors(
  containers: readonly Container[],
  byName: ReadonlyMap<string | undefined, Container>,
  wishOf: ReadonlyMap<Container | undefined, Wish>,
): {
  predecessors: Map<Container, Set<Container>>;
  findings: WeavingFinding[];
  helped: ReadonlyMap<Container, Container>;
} {
  const predecessors = new Map(containers.map((container) => [container, new Set<Container>()]));
  const findings: WeavingFinding[] = [];
  const own = containers.filter((container) => !wishOf.has(container));
  own.slice(1).forEach((container, index) => predecessors.get(container)?.add(own[index]));

  const asksForFirst = (container: Container): boolean =>
    wishOf.get(container)?.contribution.helper.order?.some(isFirst) ?? false;
  const [first, later] = [containers.filter(asksForFirst), containers.filter((container) => !asksForFirst(container))];
  later.forEach((container) => {
    first.forEach((other) => predecessors.get(container)?.add(other));
  });

  for (const container of containers) {
    const { pattern, contribution } = wishOf.get(container) ?? {};
    const order = contribution?.helper.order ?? [];
    for (const { _position: position, _container: name } of order.filter((wish) => !isFirst(wish))) {
      const other = byName.get(name);
      if (!other) {
        const others = containers.filter((candidate) => candidate !== container);
        findings.push({
          rule: 'init-order',
          source: pattern?.node.path,
          message:
            `container "${container.name}" is to start ${position === 'before' ? 'before' : 'after'} ` +
            `init container "${name}", which the pod does not have; besides it, it has ` +
            quoteList(others.map((candidate) => candidate.name)),
        });
      } else if (position === 'before') {
        predecessors.get(other)?.add(container);
      } else {
        predecessors.get(container)?.add(other);
      }
    }
  }
  const helped = addHelped(containers, byName, wishOf, predecessors);
  addWaits(containers, wishOf, predecessors);
  return { predecessors, findings, helped };
}

/**
 * What another init container needs at its start stands before it. Not so where somebody asked for the contrary.
 *
 * @returns whom it helps, for each that was placed so
 */
function addHelped(
  containers: readonly Container[],
  byName: ReadonlyMap<string | undefined, Container>,
  wishOf: ReadonlyMap<Container | undefined, Wish>,
  predecessors: ReadonlyMap<Container, Set<Container>>,
): ReadonlyMap<Container, Container> {
  const helped = new Map<Container, Container>();
  for (const container of containers) {
    const { gatesStart, helper } = wishOf.get(container)?.contribution ?? {};
    const main = helper?.main === undefined ? undefined : byName.get(helper.main);
    if (gatesStart && main && main !== container && !comesBefore(main, container, predecessors)) {
      helped.set(container, main);
    }
  }
  // Only now: each is held against what was asked for, not against the others.
  helped.forEach((main, container) => predecessors.get(main)?.add(container));
  return helped;
}

/**
 * What waits for a service stands before what forwards to it: an ambassador that is up first takes the service for one
 * that is down. Not so where somebody asked for the contrary.
 */
function addWaits(
  containers: readonly Container[],
  wishOf: ReadonlyMap<Container | undefined, Wish>,
  predecessors: ReadonlyMap<Container, Set<Container>>,
): void {
  for (const waiting of containers) {
    const awaited = wishOf.get(waiting)?.contribution.waitsFor;
    if (awaited === undefined) {
      continue;
    }
    for (const forwarding of containers) {
      const { forwardsTo = [] } = wishOf.get(forwarding)?.contribution ?? {};
      if (forwardsTo.some((place) => samePlace(place, awaited)) && !comesBefore(forwarding, waiting, predecessors)) {
        predecessors.get(forwarding)?.add(waiting);
      }
    }
  }
}

function comesBefore(
  earlier: Container,
  later: Container,
  predecessors: ReadonlyMap<Container, Set<Container>>,
  seen = new Set<Container>(),
): boolean {
  return (
    !seen.has(later) &&
    [...(predecessors.get(later) ?? [])].some(
      (other) => other === earlier || comesBefore(earlier, other, predecessors, seen.add(later)),
    )
  );
}

function isFirst(order: InitOrder): boolean {
  return order._position === 'first';
}
