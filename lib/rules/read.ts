import { PodTemplate } from '../values/pod';
import { isRecord } from '../values/record';

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
export class Container {
  public readonly name: string;
  /** For messages: `container "app"`, or its place when it has no name. */
  public readonly label: string;

  public constructor(
    public readonly fields: Fields,
    public readonly role: 'init' | 'sidecar' | 'regular',
    private readonly index: number,
  ) {
    this.name = textOf(fields.name);
    this.label = this.name ? `container ${quote(this.name)}` : this.place;
  }

  /** Its place in the pod spec: `initContainers[0]`. */
  public get place(): string {
    return `${this.role === 'regular' ? 'containers' : 'initContainers'}[${this.index}]`;
  }
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
  const { initContainers, containers } = specOf(template);
  return [
    ...itemsOf(initContainers).map(
      (fields, index) => new Container(fields, fields.restartPolicy === 'Always' ? 'sidecar' : 'init', index),
    ),
    ...itemsOf(containers).map((fields, index) => new Container(fields, 'regular', index)),
  ];
});

/** The fields that any of a pod's containers has. */
export const containerFieldsOf = readOnce(
  (template: PodTemplate): ReadonlySet<string> =>
    new Set(containersOf(template).flatMap(({ fields }) => Object.keys(fields))),
);

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
  if (new Set(list.map(keyOf)).size === list.length) {
    return [];
  }
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].filter(([, items]) => items.length > 1).map(([key, items]) => ({ key, items }));
}
