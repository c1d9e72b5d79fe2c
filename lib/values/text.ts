import { isRecord } from './record';

/** Names for a message: `"a", "b"`, or `nothing`; what has none is left out. */
export function quoteList(names: Iterable<unknown>): string {
  return (
    [...names]
      .filter((name) => name !== undefined)
      .map((name) => JSON.stringify(name))
      .join(', ') || 'nothing'
  );
}

/** A value for a message, as JSON; NaN and what has no end are said as they are, not as null. */
export function asJson(value: unknown, around: readonly unknown[] = []): string {
  if (around.includes(value)) {
    return '…';
  }
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => asJson(item, [...around, value])).join(',')}]`;
  }
  if (isRecord(value) && typeof value.toJSON !== 'function') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined && typeof field !== 'function');
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${asJson(field, [...around, value])}`).join(',')}}`;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return String(value);
  }
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
