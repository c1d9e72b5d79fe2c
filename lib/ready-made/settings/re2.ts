import type { RE2JS as Re2 } from 're2js';

/** A regular expression as Go reads it, or what is wrong with it. */
export function compiledRe2(pattern: string): Re2 | string {
  // Not with an import: reading the module takes as long as a hundred charts, and few need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RE2JS } = require('re2js') as { RE2JS: typeof Re2 };
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return (error as Error).message;
  }
}
