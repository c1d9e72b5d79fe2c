import { quoteList } from '../values/text';
import { quote, textOf } from './reading/fields';
import { podLabel, selectedPodsOf, servicePortsOf, targetsIn } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const serviceTargetPort: Rule<ServiceSubject> = {
  id: 'service-target-port',
  level: 'default',
  summary: 'The port name that a Service sends to is declared by the pods it selects.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check(subject, report) {
    const selected = selectedPodsOf(subject);
    const declared = selected.flatMap(targetsIn);
    for (const { fields, protocol } of servicePortsOf(subject)) {
      const { name: servicePort, port, targetPort } = fields;
      const serves = declared.some((candidate) => candidate.name === targetPort && candidate.protocol === protocol);
      if (typeof targetPort === 'string' && selected.length > 0 && !serves) {
        const names = new Set(declared.map((candidate) => `${candidate.name}/${textOf(candidate.protocol)}`));
        report(
          `port ${quote(servicePort ?? port)} sends to ${quote(`${targetPort}/${protocol}`)}, but the ` +
            `pods of ${selected.map(podLabel).join(' and ')} name ${quoteList(names)}; name their port so, or give the number`,
        );
      }
    }
  },
};
