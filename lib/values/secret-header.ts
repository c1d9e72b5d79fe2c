/** Headers that are secret by their names. */
export const SECRET_HEADER = /^(?:proxy-)?authorization$|cookie|token|secret|password|api[-_.]?key/i;
