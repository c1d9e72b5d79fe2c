import { quoteList } from '../values/text';
import { Fields, fieldsOf, itemsOf, quote, readOnce, textOf } from './reading/fields';
import { namedPortsOf } from './reading/ports';
import { mismatchesOf } from './reading/selectors';
import { Rule, ServicePod, ServiceSubject } from './rule';

export const serviceTargetPort: Rule<ServiceSubject> = {
  id: 'service-target-port',
  level: 'default',
  summary: 'The port name that a Service sends to is declared by the pods it selects.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check({ manifest, pods, chart }, report) {
    const { selector, ports } = fieldsOf(fieldsOf(manifest).spec);
    const matching = candidatesFor(fieldsOf(selector), pods).filter((pod) =>
      isSelected(pod, manifest, fieldsOf(selector)),
    );
    // Charts may be for one cluster each: pods of other charts count where its own has none.
    const own = matching.filter((pod) => pod.chart === chart);
    const selected = own.length > 0 ? own : matching;
    const declared = selected.flatMap(({ template }) =>
      // An init container that ends before the pod is ready is never sent anything.
      namedPortsOf(template).filter(({ container }) => container.role !== 'init'),
    );
    for (const { name: servicePort, port, targetPort, protocol } of itemsOf(ports)) {
      const serves = declared.some(
        (candidate) => candidate.name === targetPort && candidate.protocol === (textOf(protocol) || 'TCP'),
      );
      if (typeof targetPort === 'string' && selected.length > 0 && !serves) {
        const names = new Set(declared.map((candidate) => `${candidate.name}/${textOf(candidate.protocol)}`));
        report(
          `port ${quote(servicePort ?? port)} sends to ${quote(`${targetPort}/${textOf(protocol) || 'TCP'}`)}, but the ` +
            `pods of ${selected.map(label).join(' and ')} name ${quoteList(names)}; name their port so, or give the number`,
        );
      }
    }
  },
};

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

function isSelected(pod: ServicePod, service: ServiceSubject['manifest'], selector: Fields): boolean {
  return (
    namespaceOf(pod.manifest) === namespaceOf(service) &&
    mismatchesOf({ matchLabels: selector }, labelsOf(pod)).length === 0
  );
}

function labelsOf({ template }: ServicePod): Fields {
  return fieldsOf(fieldsOf(fieldsOf(template).metadata).labels);
}

function namespaceOf(manifest: ServicePod['manifest']): unknown {
  return fieldsOf(fieldsOf(manifest).metadata).namespace;
}

function label({ manifest, path }: ServicePod): string {
  const name = `${textOf(fieldsOf(manifest).kind)} ${quote(fieldsOf(fieldsOf(manifest).metadata).name)}`;
  return path === undefined ? name : `${name} (${path})`;
}
