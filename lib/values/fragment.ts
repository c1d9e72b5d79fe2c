import { Construct } from 'constructs';
import { isRecord } from './record';
import { isPlain, kind, nested, NONE, Shape, shown } from './shape';

/**
 * A piece of the Kubernetes API as its L1 types it: what the serializers cannot render is said here, before they
 * recurse into it for ever.
 */
export function fragment(wanted: string): Shape {
  return nested(kind(wanted, isPlain), (value, path) => problemsIn(value, path, []));
}

/** A value that a document can hold: nothing in it contains itself. */
export const finite: Shape = (value, path) => problemsIn(value, path, []);

function problemsIn(value: unknown, path: string, around: readonly unknown[]): readonly string[] {
  if (around.includes(value)) {
    return [`${path} contains itself; give it a value of its own`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => problemsIn(item, `${path}[${index}]`, [...around, value]));
  }
  if (!isRecord(value)) {
    return NONE;
  }
  if (Construct.isConstruct(value) || typeof (value as { _toKube?: unknown })._toKube === 'function') {
    return [`${path} is ${shown(value)} of cdk8s-plus or another construct; give what the Kubernetes API has there`];
  }
  // What is of a class resolves itself when it is rendered: a Quantity, an IntOrString, a Lazy.
  return isPlain(value)
    ? Object.entries(value).flatMap(([name, field]) => problemsIn(field, `${path}.${name}`, [...around, value]))
    : NONE;
}
