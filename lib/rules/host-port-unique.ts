import { describeOnHost, hostPortsOf, isRejectedOnHost, whoDeclare } from './reading/host-ports';
import { pairsOf } from './reading/lists';
import { isOnHostNetwork } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const hostPortUnique: Rule<PodSubject> = {
  id: 'host-port-unique',
  level: 'enforced',
  fields: ['ports.hostPort', 'spec.hostNetwork'],
  summary: 'No two ports of a pod have one hostPort, hostIP and protocol.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go',
  check({ kind, template }, report) {
    for (const [first, second] of pairsOf(hostPortsOf(template))) {
      if (isRejectedOnHost(first, second)) {
        report(
          `${whoDeclare(first, second)} hostPort ${describeOnHost(first)}; duplicate value: ` +
            (isOnHostNetwork(template)
              ? 'on the host network every containerPort is one of the host, so the API server ' +
                (kind === 'Pod' ? 'rejects it' : `takes the ${kind} and rejects its pods`) +
                '; give one of them another port'
              : 'give one of them another hostPort'),
        );
      }
    }
  },
};
