import { isHeadless, servicePortsOf, serviceTypeOf } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const servicePorts: Rule<ServiceSubject> = {
  id: 'service-ports',
  level: 'enforced',
  summary: 'A Service has a port, unless it is headless or an ExternalName.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  check(subject, report) {
    if (servicePortsOf(subject).length === 0 && !isHeadless(subject) && serviceTypeOf(subject) !== 'ExternalName') {
      report('the Service has no ports; required value: list those it serves, or set clusterIP to "None"');
    }
  },
};
