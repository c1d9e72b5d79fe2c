import { isSet, quote } from './reading/fields';
import { servicePortsOf, serviceTypeOf } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const serviceNodePort: Rule<ServiceSubject> = {
  id: 'service-node-port',
  level: 'enforced',
  summary: 'Only a Service of type NodePort or LoadBalancer has a nodePort.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  check(subject, report) {
    if (serviceTypeOf(subject) !== 'ClusterIP') {
      return;
    }
    for (const { fields, label } of servicePortsOf(subject)) {
      if (isSet(fields.nodePort) && fields.nodePort !== 0) {
        report(
          `${label} of the Service has nodePort ${quote(fields.nodePort)}; may not be used when \`type\` is 'ClusterIP'; ` +
            'remove it, or set type to NodePort',
        );
      }
    }
  },
};
