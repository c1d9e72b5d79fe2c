/** All pairs of a list, each once, in order. */
export function* pairsOf<T>(list: readonly T[]): Generator<[T, T]> {
  for (let first = 0; first < list.length - 1; first++) {
    for (let second = first + 1; second < list.length; second++) {
      yield [list[first], list[second]];
    }
  }
}

/** What is there more than once, with all that share it. */
export function repeated<T>(list: readonly T[], keyOf: (item: T) => string): { key: string; items: T[] }[] {
  if (list.length < 2 || new Set(list.map(keyOf)).size === list.length) {
    return [];
  }
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].filter(([, items]) => items.length > 1).map(([key, items]) => ({ key, items }));
}
