/** `; did you mean "image"?` where a known word is but a slip away from a given one, otherwise nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/** The known word that a given one was probably meant to be: a third of its letters may be wrong, missing or too many. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  return [...known]
    .map((candidate) => ({ candidate, slips: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.max(word.length, candidate.length) / 3)
    .sort((one, other) => one.slips - other.slips)
    .at(0)?.candidate;
}

/** The letters to replace, add or leave out to make the one word of the other (Levenshtein's distance). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1] + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column] + 1, next[column - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
