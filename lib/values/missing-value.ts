const MISSING = /(^|[:/@=.,])(undefined|NaN)($|[:/@=.,?&])/;
const OBJECT = /\[object [A-Z]\w*\]/;

/**
 * Whether a text has what JavaScript makes of a missing value, as a word of its own: in a script, which has spaces, or in
 * a longer word it may be meant.
 */
export function lacksValue(text: string): boolean {
  return OBJECT.test(text) || (!/\s/.test(text) && MISSING.test(text));
}
