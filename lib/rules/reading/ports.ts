import { PodTemplate } from '../../values/pod';
import { Container, containersOf, specOf } from './containers';
import { Fields, isSet, itemsOf, quote, readOnce, textOf } from './fields';

/** A port that a container declares. */
export interface Port {
  readonly container: Container;
  readonly fields: Fields;
  readonly name: string;
  readonly number: unknown;
  readonly protocol: unknown;
  /** What it is on the host: with hostNetwork the same number, as Kubernetes defaults it. */
  readonly hostPort: unknown;
  readonly hostIP: string;
}

/** The ports that have a name, those of init containers included. */
export const namedPortsOf = readOnce((template: PodTemplate): readonly Port[] =>
  portsOf(template).filter(({ name }) => name !== ''),
);

export function isOnHostNetwork(template: PodTemplate): boolean {
  return specOf(template).hostNetwork === true;
}

export const portsOf = readOnce((template: PodTemplate): readonly Port[] =>
  containersOf(template).flatMap((container) =>
    itemsOf(container.fields.ports).map((fields) => ({
      container,
      fields,
      name: textOf(fields.name),
      number: fields.containerPort,
      // The empty string is how Kubernetes writes that there is none.
      protocol: isSet(fields.protocol) && fields.protocol !== '' ? fields.protocol : 'TCP',
      hostPort:
        fields.hostPort === 0 || !isSet(fields.hostPort)
          ? isOnHostNetwork(template) && fields.containerPort
          : fields.hostPort,
      hostIP: textOf(fields.hostIP),
    })),
  ),
);

export function isSamePort(a: Port, b: Port): boolean {
  return typeof a.number === 'number' && a.number === b.number && a.protocol === b.protocol;
}

export function describePort({ number, protocol }: Port): string {
  return `${quote(number)}/${textOf(protocol)}`;
}
