import { PodTemplate } from '../../values/pod';
import { Fields, fieldsOf, itemsOf, quote, readOnce, textOf } from './fields';

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

/** All containers that a pod starts with, in the order in which they start. */
export const containersOf = readOnce((template: PodTemplate): readonly Container[] => {
  const { initContainers, containers } = specOf(template);
  const all: Container[] = [];
  itemsOf(initContainers).forEach((fields, index) =>
    all.push(new Container(fields, fields.restartPolicy === 'Always' ? 'sidecar' : 'init', index)),
  );
  itemsOf(containers).forEach((fields, index) => all.push(new Container(fields, 'regular', index)));
  return all;
});

/**
 * Whether two containers of a pod, in starting order, run at the same time. An init container runs beside the native
 * sidecars that were started before it, and nothing else; native sidecars and regular containers all run together.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function runTogether(earlier: Container, later: Container): boolean {
  return earlier.role !== 'init' || later === earlier;
}

/** The containers that may have probes; that others may not is a rule of its own. */
export function runningOf(template: PodTemplate): Container[] {
  return containersOf(template).filter(({ role }) => role !== 'init');
}
