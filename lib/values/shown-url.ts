import { shown } from './shape';

/** Up to the last `@`, as a password may have one in it. */
const USER = /^([a-z][a-z0-9+.-]*:\/\/)?.*@/is;
const QUERY = /[?#].*$/s;

/**
 * A URL for a message, which ends in logs: what may be secret is not shown, before an `@` and in the values of a query.
 */
export function shownUrl(url: unknown): string {
  return shown(typeof url === 'string' ? url.replace(USER, '$1…@').replace(QUERY, masked) : url);
}

function masked(query: string): string {
  return query.replaceAll(/[^?#&]+/g, (parameter) => `${/^[^=]*=/.exec(parameter)?.[0] ?? ''}…`);
}
