import { isSet, quote } from './reading/fields';
import { isOnHostNetwork, portsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const hostPortNetwork: Rule<PodSubject> = {
  id: 'host-port-network',
  level: 'enforced',
  fields: ['spec.hostNetwork'],
  summary: 'In a pod on the host network, a hostPort is the same as its containerPort.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go',
  check({ template }, report) {
    if (!isOnHostNetwork(template)) {
      return;
    }
    for (const { container, fields, number } of portsOf(template)) {
      if (
        container.role === 'regular' &&
        isSet(fields.hostPort) &&
        fields.hostPort !== 0 &&
        fields.hostPort !== number
      ) {
        report(
          `${container.label} declares hostPort ${quote(fields.hostPort)} for containerPort ${quote(number)}; ` +
            'must match `containerPort` when `hostNetwork` is true; leave the hostPort out',
        );
      }
    }
  },
};
