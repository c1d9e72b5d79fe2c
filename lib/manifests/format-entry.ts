import { ApiObject } from 'cdk8s';
import { isRendering } from '../findings/synthesis';

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
  if (!object[FORMAT]) {
    object.node.addValidation({ validate: () => lostIn(object) });
  }
  Object.defineProperty(object, FORMAT, { value: [...formatOf(object), entry], configurable: true });
}

/** What an App of cdk8s would drop without a word, be it a marker that some tool looks for. */
function lostIn(object: ApiObject): string[] {
  if (isRendering(object.node.root)) {
    return [];
  }
  const lost = formatOf(object).map((entry) => (entry.kind === 'head' ? 'its head' : `${entry.kind} ${entry.path}`));
  return [
    `it has a ManifestFormat (${lost.join(', ')}), which only a ManifestApp writes; make the app one, ` +
      'new ManifestApp(), or leave the format out',
  ];
}
