import { SECRET_HEADER } from '../../values/secret-header';
import { dataKey, made, mapOf, objectName, shown } from '../../values/shape';
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

/** @param what names the header, and to what it goes */
export function headerProblems(what: string, name: string, value: HeaderValue, limits: HeaderLimits): string[] {
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
