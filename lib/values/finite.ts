import { isRecord } from './record';

/**
 * What is wrong with the numbers of a manifest: JSON, and so Kubernetes, has neither NaN nor Infinity. They come from
 * arithmetic, and from YAML, where an unquoted `.` in the data of a file is read as NaN.
 */
export function numberProblems(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'number') {
    return Number.isFinite(value)
      ? []
      : [
          `${path.join('.') || 'the object'} is ${value}, a number that JSON does not have, so no cluster takes it; ` +
            'give a number, or quotes where it is to be a string (YAML reads a lone . as NaN)',
        ];
  }
  if (Array.isArray(value)) {
    return problemsIn(value as Record<number, unknown>, path);
  }
  return isRecord(value) ? problemsIn(value, path) : [];
}

function problemsIn(fields: Readonly<Record<string, unknown>>, path: readonly string[]): string[] {
  let problems: string[] | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    // Most fields are strings, and most manifests are as they should be.
    if (typeof value === 'object' || typeof value === 'number') {
      const found = numberProblems(value, [...path, name]);
      problems = found.length === 0 ? problems : [...(problems ?? []), ...found];
    }
  }
  return problems ?? [];
}
