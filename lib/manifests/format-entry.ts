import { ApiObject } from 'cdk8s';

/** One wish for how an object is written. */
export type FormatEntry =
  | { readonly kind: 'head'; readonly text: string }
  | { readonly kind: 'above' | 'endOfLine'; readonly path: string; readonly text: string }
  | { readonly kind: 'commentedOut'; readonly path: string; readonly value: unknown }
  | { readonly kind: 'order'; readonly path: string; readonly keys: readonly string[] }
  | { readonly kind: 'quoted'; readonly path: string; readonly quotes: 'QUOTE_DOUBLE' | 'QUOTE_SINGLE' };

// Plain data under a global key: the app may come from another copy of this library.
const FORMAT = Symbol.for('cdk8s-pod-patterns.format');

type Formatted = ApiObject & { [FORMAT]?: readonly FormatEntry[] };

/** What was asked for an object, in the order in which it was. */
export function formatOf(object: Formatted): readonly FormatEntry[] {
  return object[FORMAT] ?? [];
}

export function addFormat(object: Formatted, entry: FormatEntry): void {
  Object.defineProperty(object, FORMAT, { value: [...formatOf(object), entry], configurable: true });
}
