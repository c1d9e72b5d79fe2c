/** `$$` is a `$` for Kubernetes, so that what stands behind it is no reference. */
const REFERENCE = /\$\$|\$\(([^)]*)\)/g;

/**
 * The names of the variables that a value of another one refers to as `$(NAME)`.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function referencesIn(value: unknown): string[] {
  return typeof value === 'string' && value.includes('$(')
    ? [...value.matchAll(REFERENCE)].flatMap(([match, name]) => (match === '$$' ? [] : [name]))
    : [];
}
