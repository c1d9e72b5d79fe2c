import { PodTemplate } from '../pod';
import { isRecord } from '../wire';

/*
 * Reading manifests that may hold anything: what is not of the expected type reads as absent, which is also how the
 * API server reads a null. That a value of the wrong type would be rejected is for the rule of that field to say.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** The items of a list; what is no object among them counts as an empty one, so that positions stay. */
export function itemsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A value for a message, as JSON. */
export function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** `container "a"`, or `containers "a", "b"`. */
export function labelAll(containers: readonly Container[]): string {
  return containers.length === 1
    ? containers[0].label
    : `containers ${containers.map(({ name, place }) => (name ? quote(name) : place)).join(', ')}`;
}

/** A container, and when it runs: `init` runs to its end before what follows, `sidecar` is a native sidecar. */
export interface Container {
  readonly role: 'init' | 'sidecar' | 'regular';
  readonly name: string;
  /** Its place in the pod spec: `initContainers[0]`. */
  readonly place: string;
  /** For messages: `container "app"`, or its place when it has no name. */
  readonly label: string;
  readonly fields: Fields;
}

export function specOf(template: PodTemplate): Fields {
  return fieldsOf(fieldsOf(template).spec);
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

/** All containers that a pod starts with, in the order in which they start. */
export const containersOf = readOnce((template: PodTemplate): readonly Container[] => {
  const spec = specOf(template);
  return [
    ...containersIn(spec, 'initContainers', ({ restartPolicy }) => (restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...containersIn(spec, 'containers', () => 'regular'),
  ];
});

/** The fields that any of a pod's containers has. */
export const containerFieldsOf = readOnce(
  (template: PodTemplate): ReadonlySet<string> =>
    new Set(containersOf(template).flatMap(({ fields }) => Object.keys(fields))),
);

function containersIn(spec: Fields, list: string, roleOf: (fields: Fields) => Container['role']): Container[] {
  return itemsOf(spec[list]).map((fields, index) => {
    const name = textOf(fields.name);
    const place = `${list}[${index}]`;
    return { role: roleOf(fields), name, place, label: name ? `container ${quote(name)}` : place, fields };
  });
}

/**
 * Whether two containers of a pod, in starting order, run at the same time. An init container runs beside the native
 * sidecars that were started before it, and nothing else; native sidecars and regular containers all run together.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function runTogether(earlier: Container, later: Container): boolean {
  return earlier.role !== 'init' || later === earlier;
}

/** All pairs of a list, each once, in order. */
export function* pairsOf<T>(list: readonly T[]): Generator<[T, T]> {
  for (const [index, first] of list.entries()) {
    for (const second of list.slice(index + 1)) {
      yield [first, second];
    }
  }
}

/** What is there more than once, with all that share it. */
export function repeated<T>(list: readonly T[], keyOf: (item: T) => string): { key: string; items: T[] }[] {
  if (list.length < 2) {
    return [];
  }
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].filter(([, items]) => items.length > 1).map(([key, items]) => ({ key, items }));
}
