import { fieldsOf, isSet, quote } from './fields';
import { parseQuantity } from '../../values/quantity';

const KINDS = ['requests', 'limits'] as const;

interface Amount {
  readonly kind: (typeof KINDS)[number];
  readonly resource: string;
  readonly value: unknown;
  /** Undefined when the value is no quantity. */
  readonly nanos?: bigint;
}

export function amountsOf(resources: unknown): Amount[] {
  if (!isSet(resources)) {
    return [];
  }
  return KINDS.flatMap((kind) =>
    Object.entries(fieldsOf(fieldsOf(resources)[kind]))
      .filter(([, value]) => isSet(value))
      .map(([resource, value]) => ({ kind, resource, value, nanos: parseQuantity(value) })),
  );
}

/** `a memory limit of "1Gi"`. */
export function describeAmount({ kind, resource, value }: Amount): string {
  return `a ${resource} ${kind === 'limits' ? 'limit' : 'request'} of ${quote(value)}`;
}
