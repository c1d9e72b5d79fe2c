import { duplicates } from '../../values/duplicates';
import { SECRET_HEADER } from '../settings/secret-header';
import { dataKey, made, mapOf, objectName, shown } from '../../values/shape';
import { quoteList } from '../../values/text';
import { HeaderValue } from './header-value';

/** What an engine takes for a header, besides what is true of all of them. */
export interface HeaderLimits {
  readonly names: RegExp;
  /** What names are made of, for messages. */
  readonly characters: string;
  /** What to say of a name that is not for users to give; nothing of others. */
  reserved(name: string): string | undefined;
  /**
   * What is wrong with a value.
   *
   * @param rest what will stand behind it
   */
  valueProblems(what: string, value: unknown, rest?: string): string[];
}

/** What the Collector and Fluent Bit take for a name. */
export const PLAIN_NAMES = {
  names: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  characters: 'letters, digits, "-", "_" and "."',
} as const;

export const HEADERS = mapOf('HeaderValue', made('_content', 'a HeaderValue, for instance HeaderValue.of("value")'));

/**
 * All that is wrong with the headers of an output or a service.
 *
 * @param where to what they go, as in `of outputs[0]`
 * @param own the names of headers that come of other settings
 */
export function headersProblems(
  where: string,
  headers: Readonly<Record<string, HeaderValue>>,
  limits: HeaderLimits,
  own: readonly string[] = [],
): string[] {
  return [
    ...Object.entries(headers).flatMap(([name, header]) =>
      headerProblems(`the header ${shown(name)} ${where}`, name, header, limits),
    ),
    ...headersGivenTwice(where, [...own, ...Object.keys(headers)]),
  ];
}

/** A sentence about each header that is given twice: variables, and many servers, do not tell "-", "_" and "." apart. */
export function headersGivenTwice(where: string, names: readonly string[]): string[] {
  const same = (name: string): string => name.toLowerCase().replaceAll(/[._]/g, '-');
  return duplicates(names.map(same)).map(
    (twice) =>
      `the header ${shown(twice)} ${where} is given twice, as ${quoteList(names.filter((name) => same(name) === twice))}; ` +
      'give it once',
  );
}

/** @param what names the header, and to what it goes */
function headerProblems(what: string, name: string, value: HeaderValue, limits: HeaderLimits): string[] {
  const { _content: content } = value;
  const reserved = limits.reserved(name);
  const problems: string[] = [];
  if (!limits.names.test(name)) {
    problems.push(`${what} has no name of ${limits.characters}`);
  } else if (reserved !== undefined) {
    problems.push(`${what} ${reserved}`);
  }
  if ('value' in content) {
    if (SECRET_HEADER.test(name)) {
      problems.push(
        `the value of ${what} would stand in a ConfigMap; give it by HeaderValue.fromSecret("secret", "key")`,
      );
    }
    return [...problems, ...limits.valueProblems(what, content.value)];
  }
  return [
    ...problems,
    ...objectName(content.secret, `the Secret of ${what}`),
    ...dataKey(content.key, `the key of ${what}`),
    ...(content.prefix === '' ? [] : limits.valueProblems(`the prefix of ${what}`, content.prefix, 'x')),
  ];
}

/** What HTTP has to say of a header's value. */
export function headerValueProblems(what: string, value: unknown, rest = ''): string[] {
  return typeof value === 'string' && /^[!-~](?:[ -~]*[!-~])?$/.test(value + rest)
    ? []
    : [`${what} is ${shown(value)}; give printable ASCII without spaces at its ends`];
}
