import { kind, nested, NONE, Shape, shown, text } from '../../values/shape';
import { secretParameters } from './secret-header';
import { shownUrl } from '../../values/shown-url';

/** A text that Kubernetes and a program take as it is: no reference to a variable in it, which would be expanded. */
export function argument(pattern: RegExp, wanted: string): Shape {
  return nested(
    text,
    kind(wanted, (value) => pattern.test(value as string) && !(value as string).includes('$(')),
  );
}

/** What is wrong with an address, which may have a password in it. */
function address(test: (value: string) => boolean, wanted: string): Shape {
  return nested(text, (value, path) =>
    test(value as string) ? NONE : [`${path} is ${shownUrl(value)}; give ${wanted}`],
  );
}

export const ADDRESS = address(
  (value) => /^[^\p{C}\p{Z}]+$/u.test(value) && !value.includes('$('),
  'an address without spaces and "$("',
);

/** The address of a request. Its user would be a secret in an argument. */
export const WEB_ADDRESS = nested(
  nested(ADDRESS, address(isWebAddress, 'an address of http:// or https://, without a user')),
  (value, path) =>
    secretParameters(value as string).map(
      (name) => `the value of ${shown(name)} in ${path} would stand in an argument; leave it out`,
    ),
);

export const HTTP_METHOD = argument(/^[A-Z]+$/, 'a method of HTTP in capitals');

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) {
    return false;
  }
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
