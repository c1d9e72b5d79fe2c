import { kind, nested, Shape, text } from './shape';

/** A text that Kubernetes and a program take as it is: no reference to a variable in it, which would be expanded. */
export function argument(pattern: RegExp, wanted: string): Shape {
  return nested(
    text,
    kind(wanted, (value) => pattern.test(value as string) && !(value as string).includes('$(')),
  );
}

export const ADDRESS = argument(/^[^\p{C}\p{Z}]+$/u, 'an address without spaces and "$("');

/** The address of a request. Its user would be a secret in an argument. */
export const WEB_ADDRESS = nested(ADDRESS, kind('an address of http:// or https://, without a user', isWebAddress));

export const HTTP_METHOD = argument(/^[A-Z]+$/, 'a method of HTTP in capitals');

function isWebAddress(value: unknown): boolean {
  if (!URL.canParse(value as string)) {
    return false;
  }
  const { protocol, username, password } = new URL(value as string);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
