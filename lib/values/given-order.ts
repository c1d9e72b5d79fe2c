/**
 * The entries of a map that a user gave, in an order that is the same each time: as they were given where the user's
 * language keeps that order, by name where it does not (Java's `Map.of` has another one each run, Go's maps too).
 *
 * jsii runs this library in Node.js and says in a variable for whom; JavaScript itself has none.
 */
export function entriesOf<T>(map: Readonly<Record<string, T>>): [string, T][] {
  const entries = Object.entries(map);
  const language = process.env.JSII_AGENT;
  return language === undefined || /^(python|node)/i.test(language)
    ? entries
    : entries.sort(([one], [other]) => (one < other ? -1 : 1));
}
