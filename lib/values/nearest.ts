/** `; did you mean "image"?` where a known word is but a slip away from a given one, otherwise nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/**
 * The known word that a given one was probably meant to be.
 *
 * @param slips how many letters may be wrong; by default, a third of them
 */
export function nearest(
  word: string,
  known: Iterable<string>,
  slips: (length: number) => number = (length) => length / 3,
): string | undefined {
  const most = (candidate: string): number => slips(Math.max(word.length, candidate.length));
  return [...known]
    .filter((candidate) => Math.abs(word.length - candidate.length) <= most(candidate))
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((near) => near.distance <= most(near.candidate))
    .sort((one, other) => one.distance - other.distance)
    .at(0)?.candidate;
}

/**
 * The letters to replace, add, leave out or swap with the next one to make the one word of the other (the distance of
 * Damerau and Levenshtein, in which no letter moves twice).
 */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[line - 1] === to[column - 1];
      const isSwapped = column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      next.push(
        Math.min(
          row[column - 1] + (isSame ? 0 : 1),
          row[column] + 1,
          next[column - 1] + 1,
          isSwapped ? before[column - 2] + 1 : Infinity,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[to.length];
}
