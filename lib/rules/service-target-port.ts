import { quoteList } from '../values/text';
import { itemsOf, quote, textOf } from './reading/fields';
import { namedPortsOf } from './reading/ports';
import { podLabel, selectedPodsOf, serviceSpecOf } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const serviceTargetPort: Rule<ServiceSubject> = {
  id: 'service-target-port',
  level: 'default',
  summary: 'The port name that a Service sends to is declared by the pods it selects.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check(subject, report) {
    const selected = selectedPodsOf(subject);
    const declared = selected.flatMap(({ template }) =>
      // An init container that ends before the pod is ready is never sent anything.
      namedPortsOf(template).filter(({ container }) => container.role !== 'init'),
    );
    for (const { name: servicePort, port, targetPort, protocol } of itemsOf(serviceSpecOf(subject).ports)) {
      const serves = declared.some(
        (candidate) => candidate.name === targetPort && candidate.protocol === (textOf(protocol) || 'TCP'),
      );
      if (typeof targetPort === 'string' && selected.length > 0 && !serves) {
        const names = new Set(declared.map((candidate) => `${candidate.name}/${textOf(candidate.protocol)}`));
        report(
          `port ${quote(servicePort ?? port)} sends to ${quote(`${targetPort}/${textOf(protocol) || 'TCP'}`)}, but the ` +
            `pods of ${selected.map(podLabel).join(' and ')} name ${quoteList(names)}; name their port so, or give the number`,
        );
      }
    }
  },
};
