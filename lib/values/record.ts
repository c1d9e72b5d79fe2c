import './hidden-classes';

/** A copy without empty fields: YAML writers print `undefined` as null, and the same object twice as an alias. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => plain(item));
  }
  if (!isRecord(value)) {
    return value;
  }
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    if (value[name] != null) {
      result[name] = plain(value[name]);
    }
  }
  return result;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy with other values for some fields, sorted. */
export function withFields<T extends object>(object: T, fields: Partial<T>): T {
  return sorted(Object.assign({}, object, fields));
}

/** What is given, and the defaults of the rest: what is undefined is not given. */
export function withGiven<T extends object>(defaults: Partial<T>, given: T): T {
  const fields = [...Object.entries(defaults), ...Object.entries(given)];
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as T;
}

/** Keys in the order in which cdk8s prints them, so that what is woven in stands where a reader looks for it. */
export function sorted<T extends object>(object: T): T {
  const names = Object.keys(object);
  for (let index = 1; index < names.length; index++) {
    if (names[index - 1] > names[index]) {
      const result: Record<string, unknown> = {};
      for (const name of names.sort()) {
        result[name] = object[name as keyof T];
      }
      return result as T;
    }
  }
  return object;
}
