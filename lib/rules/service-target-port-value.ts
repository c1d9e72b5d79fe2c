import { quote } from './reading/fields';
import { isTargetPort, servicePortsOf } from './reading/service';
import { portProblem } from './reading/syntax';
import { Rule, ServiceSubject } from './rule';

export const serviceTargetPortValue: Rule<ServiceSubject> = {
  id: 'service-target-port-value',
  level: 'enforced',
  summary: 'The targetPort of a Service is a number from 1 to 65535 or the name of a port; "8080" is neither.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check(subject, report) {
    for (const { fields, label } of servicePortsOf(subject)) {
      const { targetPort } = fields;
      const problem = isTargetPort(targetPort) ? portProblem(targetPort) : undefined;
      if (problem !== undefined) {
        report(`${label} of the Service has targetPort ${quote(targetPort)}; ${problem}`);
      }
    }
  },
};
