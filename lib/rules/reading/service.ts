import { ServiceSubject } from '../rule';
import { Fields, fieldsOf, itemsOf, quote, textOf } from './fields';

export function serviceSpecOf({ manifest }: ServiceSubject): Fields {
  return fieldsOf(fieldsOf(manifest).spec);
}

/** The type of a Service; the empty string is how Kubernetes writes the default. */
export function serviceTypeOf(subject: ServiceSubject): string {
  return textOf(serviceSpecOf(subject).type) || 'ClusterIP';
}

/** A port of a Service. */
export interface ServicePort {
  readonly fields: Fields;
  readonly protocol: string;
  /** For messages: `port "http"`, or `port 80` when it has no name. */
  readonly label: string;
}

export function servicePortsOf(subject: ServiceSubject): readonly ServicePort[] {
  return itemsOf(serviceSpecOf(subject).ports).map((fields) => ({
    fields,
    protocol: textOf(fields.protocol) || 'TCP',
    label: `port ${quote(textOf(fields.name) || fields.port)}`,
  }));
}

/** Whether it has no address of its own. */
export function isHeadless(subject: ServiceSubject): boolean {
  const { clusterIP, clusterIPs } = serviceSpecOf(subject);
  return clusterIP === 'None' || (Array.isArray(clusterIPs) && clusterIPs[0] === 'None');
}
