import { InitOrder, InitPosition } from '../init-order';
import { Finding, quoteList } from './finding';
import { Container } from './pod';

/** A helper's wish for its place among the init containers. */
interface Wish {
  readonly source: string;
  readonly container: Container;
  readonly order?: readonly InitOrder[];
}

/**
 * Sorts init containers so that all wishes are met, and otherwise leaves them in the order they are in: the order of
 * the workload's own ones is part of what its author wrote.
 */
export function sortInitContainers(
  containers: Container[],
  wishes: readonly Wish[],
): { containers: Container[]; findings: readonly Finding[] } {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const wanted = wishes.filter(({ container }) => byName.has(container.name));
  const first = new Set(wanted.filter(({ order = [] }) => order.some(isFirst)).map(({ container }) => container.name));
  const findings: Finding[] = [];
  /** Name to the names that must come before it. */
  const predecessors = new Map(containers.map(({ name }) => [name, new Set<string | undefined>()]));
  for (const name of first) {
    for (const [other, before] of predecessors) {
      if (!first.has(other)) {
        before.add(name);
      }
    }
  }
  for (const { source, container, order = [] } of wanted) {
    for (const { _position: position, _container: other } of order) {
      if (position === InitPosition.FIRST) {
        continue;
      }
      if (!byName.has(other)) {
        const others = [...byName.keys()].filter((name) => name !== container.name);
        findings.push({
          rule: 'init-order',
          source,
          message:
            `container "${container.name}" is to start ${position === InitPosition.BEFORE ? 'before' : 'after'} ` +
            `init container "${other}", which the pod does not have; besides it, it has ${quoteList(others)}`,
        });
      } else if (position === InitPosition.BEFORE) {
        predecessors.get(other)?.add(container.name);
      } else {
        predecessors.get(container.name)?.add(other);
      }
    }
  }
  if ([...predecessors.values()].every((before) => before.size === 0)) {
    return { containers, findings };
  }

  const result: Container[] = [];
  const waiting = [...containers];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ name }) => predecessors.get(name)?.size === 0);
    if (next === -1) {
      const names = quoteList(waiting.map(({ name }) => name));
      findings.push({
        rule: 'init-order',
        message: `the order of init containers ${names} is a cycle: each is to start before itself; drop one wish`,
      });
      return { containers, findings };
    }
    const [container] = waiting.splice(next, 1);
    result.push(container);
    for (const before of predecessors.values()) {
      before.delete(container.name);
    }
  }
  return { containers: result, findings };
}

function isFirst(order: InitOrder): boolean {
  return order._position === InitPosition.FIRST;
}
