/** A copy without empty fields: YAML writers print `undefined` as null, and the same object twice as an alias. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => plain(item));
  }
  if (!isRecord(value)) {
    return value;
  }
  const result = new Fields();
  for (const name of Object.keys(value).sort()) {
    if (value[name] != null) {
      result[name] = plain(value[name]);
    }
  }
  return result;
}

/**
 * Makes an object that is what `{}` makes to everybody but V8, which keeps the hidden classes of what begins as one apart
 * from those of what begins as the other. Of the latter it remembers 1,536. Each construct with a child takes one, by the
 * child's id; an object that comes after them gets hidden classes that it shares with no other, which costs some 10 µs.
 */
export const Fields = function () {
  // Everything is added later.
} as unknown as new () => Record<string, unknown>;
Fields.prototype = Object.prototype;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy with other values for some fields, sorted. */
export function withFields<T extends object>(object: T, fields: Partial<T>): T {
  // With a spread instead, V8 gives each copy a hidden class of its own, which makes reading it slow.
  return sorted(Object.assign(new Fields(), object, fields));
}

/** Keys in the order in which cdk8s prints them, so that what is woven in stands where a reader looks for it. */
export function sorted<T extends object>(object: T): T {
  const names = Object.keys(object);
  for (let index = 1; index < names.length; index++) {
    if (names[index - 1] > names[index]) {
      const result = new Fields();
      for (const name of names.sort()) {
        result[name] = object[name as keyof T];
      }
      return result as T;
    }
  }
  return object;
}
