import { ApiObject, resolve } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { PodSpec } from './pod';

/**
 * Renders an L1-typed fragment of a pod spec with the field names it has on the wire (`hostIp` becomes `hostIP`).
 *
 * The L1's own serializer does the renaming. It drops what it does not know, so fields of newer Kubernetes versions
 * are put back as they were given: a helper keeps every field its author wrote.
 *
 * @param host the object the fragment joins; its app's resolvers apply
 */
export function toWire(fragment: Partial<k8s.PodSpec>, host: ApiObject): PodSpec {
  const resolved = resolve([], fragment, host) as Partial<k8s.PodSpec>;
  const { spec } = k8s.KubePod.manifest({ spec: { containers: [], ...resolved } }) as { spec: object };
  return withUnknownFields(resolved, spec) as PodSpec;
}

function withUnknownFields(given: unknown, rendered: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(rendered)) {
    return rendered.map((item, index) => withUnknownFields(given[index], item));
  }
  if (!isRecord(given) || !isRecord(rendered)) {
    return rendered;
  }
  const result: Record<string, unknown> = { ...rendered };
  for (const [name, value] of Object.entries(given)) {
    // The serializer renames by changing case only, to the API's acronyms. What it makes undefined it did not
    // understand: a plain number or string where it expects a Quantity or an IntOrString.
    const wireName = name in rendered ? name : (otherCaseOf(name, rendered) ?? name);
    if (rendered[wireName] !== undefined) {
      result[wireName] = withUnknownFields(value, rendered[wireName]);
    } else if (value != null) {
      result[wireName] = plain(value);
    }
  }
  return sorted(result);
}

function otherCaseOf(name: string, rendered: object): string | undefined {
  return Object.keys(rendered).find((wireName) => wireName.toLowerCase() === name.toLowerCase());
}

/** A copy without empty fields: YAML writers print `undefined` as null, and the same object twice as an alias. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => plain(item));
  }
  if (!isRecord(value)) {
    return value;
  }
  const fields = Object.entries(value).flatMap(([name, field]) =>
    field == null ? [] : [[name, plain(field)] as const],
  );
  return sorted(Object.fromEntries(fields));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys in the order in which cdk8s prints them, so that what is woven in stands where a reader looks for it. */
export function sorted<T extends object>(object: T): T {
  const names = Object.keys(object);
  if (names.every((name, index) => index === 0 || names[index - 1] < name)) {
    return object;
  }
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
