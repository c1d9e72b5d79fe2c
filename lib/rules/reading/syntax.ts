/*
 * The forms of names in Kubernetes, each with what the API server says of one that is not.
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go
 */
import { DNS_SUBDOMAIN, tooLong } from '../../values/label-syntax';

export { labelValueProblem, qualifiedNameProblem } from '../../values/label-syntax';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What is wrong with the name of a container or a volume. */
export function dnsLabelProblem(name: string): string | undefined {
  if (name.length > 63) {
    return tooLong(63);
  }
  if (!DNS_LABEL.test(name)) {
    return (
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
      'with an alphanumeric character'
    );
  }
  return undefined;
}

/** What is wrong with the name of an object, as most kinds have it. */
export function dnsSubdomainProblem(name: string, max = 253): string | undefined {
  if (name.length > max) {
    return tooLong(max);
  }
  return DNS_SUBDOMAIN.test(name)
    ? undefined
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
        'and end with an alphanumeric character';
}

/** What is wrong with a name that only has to fit into a URL. */
export function pathSegmentProblem(name: string): string | undefined {
  if (name === '.' || name === '..') {
    return `may not be '${name}'`;
  }
  const illegal = ['/', '%'].find((character) => name.includes(character));
  return illegal && `may not contain '${illegal}'`;
}

/** What is wrong with the name of a port. */
export function portNameProblem(name: string): string | undefined {
  if (name.length > 15) {
    return tooLong(15);
  }
  if (!/^[-a-z0-9]+$/.test(name)) {
    return 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)';
  }
  if (!/[a-z]/.test(name)) {
    return 'must contain at least one letter (a-z)';
  }
  if (name.includes('--')) {
    return 'must not contain consecutive hyphens';
  }
  return /^-|-$/.test(name) ? 'must not begin or end with a hyphen' : undefined;
}

/** What is wrong with a port's number, and what to do. That it is no whole number, `field-type` says. */
export function portNumberProblem(port: unknown): string | undefined {
  return typeof port === 'number' && Number.isInteger(port) && (port < 1 || port > 65535)
    ? 'must be between 1 and 65535, inclusive; give one of these'
    : undefined;
}

/** What is wrong with a port that may be a number or a name, and what to do. */
export function portProblem(port: unknown): string | undefined {
  if (typeof port !== 'string') {
    return portNumberProblem(port);
  }
  const problem = portNameProblem(port);
  const remedy = /^\d+$/.test(port) ? 'write the number without quotes' : 'give the number or the name of a port';
  return problem && `${problem}; ${remedy}`;
}

/** What is wrong with the key of a ConfigMap. */
export function configMapKeyProblem(key: string): string | undefined {
  if (key.length > 253) {
    return tooLong(253);
  }
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    return "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  }
  return dotsProblem(key);
}

/** What keeps a name from being a file's, or from being read as one. */
export function dotsProblem(name: string): string | undefined {
  if (name === '.') {
    return "must not be '.'";
  }
  return name.startsWith('..') ? "must not start with '..'" : undefined;
}
