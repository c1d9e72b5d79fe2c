export const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

export const tooLong = (max: number): string => `must be no more than ${max} characters`;

/** What is wrong with the key of a label or an annotation. */
export function qualifiedNameProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !DNS_SUBDOMAIN.test(prefix))) {
    return 'prefix part must be a lowercase RFC 1123 subdomain of at most 253 characters';
  }
  if (name.length > 63) {
    return `name part ${tooLong(63)}`;
  }
  if (!QUALIFIED_NAME.test(name)) {
    return (
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
      'alphanumeric character'
    );
  }
  return undefined;
}

/** What is wrong with the value of a label, and what to do. */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) {
    return `${tooLong(63)}; shorten it, or make it an annotation`;
  }
  if (value !== '' && !QUALIFIED_NAME.test(value)) {
    return (
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
      'and end with an alphanumeric character; correct it, or make it an annotation'
    );
  }
  return undefined;
}
