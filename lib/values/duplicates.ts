/** What is there more than once, each once. */
export function duplicates<T>(list: readonly T[]): T[] {
  return [...new Set(list.filter((item, index) => list.indexOf(item) !== index))];
}
