import { EnvVar } from '../values/pod';
import { referencesIn } from '../values/env-references';

/**
 * The variables of a container with those of its helpers: these first, except that each variable stands behind all that
 * it refers to and before all that refer to it, as Kubernetes expands what it has read already.
 *
 * The container's own variables keep the order among themselves that their author gave them, unless one of a helper's
 * stands between two of them. Where they refer to each other in a circle there is no order, and a rule says so.
 */
export function inOrder(added: readonly EnvVar[], own: readonly EnvVar[]): EnvVar[] {
  const all = [...added, ...own];
  if (!all.some(({ value }) => referencesIn(value).length > 0)) {
    return all;
  }
  const place = new Map(all.map((variable, index) => [variable, index]));
  const placeOf = (variable: EnvVar): number => place.get(variable) ?? 0;
  const isOwn = (variable: EnvVar): boolean => placeOf(variable) >= added.length;
  const result = new Set<EnvVar>();
  const add = (variable: EnvVar, waiting: readonly EnvVar[]): void => {
    if (result.has(variable) || waiting.includes(variable)) {
      return;
    }
    const names = referencesIn(variable.value);
    for (const other of all.filter(({ name }) => name !== undefined && names.includes(name))) {
      if (!isOwn(variable) || !isOwn(other) || placeOf(other) < placeOf(variable)) {
        add(other, [...waiting, variable]);
      }
    }
    result.add(variable);
  };
  all.forEach((variable) => {
    add(variable, []);
  });
  return [...result];
}
