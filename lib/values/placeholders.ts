/**
 * A name in braces. `${NAME}` and `{{ name }}` are somebody else's, and a backslash makes `{name}` mean just that.
 */
const PLACEHOLDER = /(\\|(?<![${]))\{(\w+)\}(?!\})/g;

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([, escape, name]) => (escape === '' ? [name] : []));
}

/** The text with values for the placeholders of these names; others, and their backslashes, stay. */
export function withPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (match, escape: string, name: string) =>
    Object.hasOwn(values, name) ? (escape === '' ? values[name] : `{${name}}`) : match,
  );
}
