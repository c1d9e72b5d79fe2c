import { Manifest } from '../../values/pod';
import { ServicePod, ServiceSubject } from '../rule';
import { Fields, fieldsOf, isSet, itemsOf, quote, readOnce, textOf } from './fields';
import { metadataOf } from './metadata';
import { namedPortsOf, Port } from './ports';
import { mismatchesOf } from './selectors';

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

/** Whether it says where it sends: 0 and the empty string are how Kubernetes writes that it is the same as the port. */
export function isTargetPort(targetPort: unknown): boolean {
  return isSet(targetPort) && targetPort !== 0 && targetPort !== '';
}

/** Whether it has no address of its own. */
export function isHeadless(subject: ServiceSubject): boolean {
  const { clusterIP, clusterIPs } = serviceSpecOf(subject);
  return clusterIP === 'None' || (Array.isArray(clusterIPs) && clusterIPs[0] === 'None');
}

/** The pods that a Service selects. */
export const selectedPodsOf = readOnce((subject: ServiceSubject): readonly ServicePod[] => {
  const { manifest, pods, chart } = subject;
  const selector = fieldsOf(serviceSpecOf(subject).selector);
  const matching = candidatesFor(selector, pods).filter((pod) => isSelected(pod, manifest, selector));
  // Charts may be for one cluster each: pods of other charts count where its own has none.
  const own = matching.filter((pod) => pod.chart === chart);
  return own.length > 0 ? own : matching;
});

/** The pods that have the first label of a selector: all Services of a large app looking at all its pods take long. */
function candidatesFor(selector: Fields, pods: readonly ServicePod[]): readonly ServicePod[] {
  const label = Object.entries(selector).at(0);
  return (label && podsByLabel(pods).get(JSON.stringify(label))) ?? [];
}

const podsByLabel = readOnce((pods: readonly ServicePod[]) => {
  const byLabel = new Map<string, ServicePod[]>();
  for (const pod of pods) {
    for (const label of Object.entries(labelsOf(pod))) {
      const key = JSON.stringify(label);
      const others = byLabel.get(key);
      if (others) {
        others.push(pod);
      } else {
        byLabel.set(key, [pod]);
      }
    }
  }
  return byLabel;
});

function isSelected(pod: ServicePod, service: Manifest, selector: Fields): boolean {
  return (
    metadataOf(pod.manifest).namespace === metadataOf(service).namespace &&
    mismatchesOf({ matchLabels: selector }, labelsOf(pod)).length === 0
  );
}

function labelsOf({ template }: ServicePod): Fields {
  return fieldsOf(metadataOf(template).labels);
}

/** The ports that a Service finds by their names. An init container that ends before the pod is ready is never sent anything. */
export function targetsIn({ template }: ServicePod): readonly Port[] {
  return namedPortsOf(template).filter(({ container }) => container.role !== 'init');
}

/** For messages: the workload of a pod, and its path. */
export function podLabel({ manifest, path }: ServicePod): string {
  const name = `${textOf(fieldsOf(manifest).kind)} ${quote(metadataOf(manifest).name)}`;
  return path === undefined ? name : `${name} (${path})`;
}
