/** Headers that are secret by their names. */
export const SECRET_HEADER = /^(?:proxy-)?authorization$|cookie|token|secret|password|api[-_.]?key/i;

/** The parameters in the query of a URL that are secret by their names, each once. */
export function secretParameters(url: string): string[] {
  const names = new URLSearchParams(url.replace(/^[^?]*/, '')).keys();
  return [...new Set(names)].filter((name) => SECRET_HEADER.test(name.replaceAll('_', '-')));
}
