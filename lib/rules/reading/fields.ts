import { asJson } from '../../values/text';
import { isRecord } from '../../values/record';

/*
 * Reading manifests that may hold anything: what is not of the expected type reads as absent, which is also how the
 * API server reads a null. That a value of the wrong type would be rejected is for the rule of that field to say.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/**
 * The items of a list; what is no object among them counts as an empty one, so that positions stay.
 *
 * What many rules read is filled item by item: `map` and `[...list]` give lists of another hidden class once V8 has
 * compiled who calls them, and then all that had been compiled for the former one is compiled again.
 */
export function itemsOf(value: unknown): Fields[] {
  const items: Fields[] = [];
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      items.push(fieldsOf(item));
    }
  }
  return items;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A value for a message, as JSON. */
export function quote(value: unknown): string {
  return asJson(value);
}

/**
 * Rules read much the same of a manifest, one after another, so what the last one read is kept. A manifest does not
 * change while it is checked.
 */
export function readOnce<Subject, Result>(read: (subject: Subject) => Result): (subject: Subject) => Result {
  let last: { subject: Subject; result: Result } | undefined;
  return (subject) => {
    if (last?.subject !== subject) {
      last = { subject, result: read(subject) };
    }
    return last.result;
  };
}
