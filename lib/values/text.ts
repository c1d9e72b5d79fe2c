/** Names for a message: `"a", "b"`, or `nothing`. */
export function quoteList(names: Iterable<unknown>): string {
  return [...names].map((name) => JSON.stringify(name)).join(', ') || 'nothing';
}
