import { describeOnHost, hostPortsOf, isConflictOnHost, isRejectedOnHost, whoDeclare } from './reading/host-ports';
import { pairsOf } from './reading/lists';
import { PodSubject, Rule } from './rule';

export const hostPortConflict: Rule<PodSubject> = {
  id: 'host-port-conflict',
  level: 'default',
  fields: ['ports.hostPort', 'spec.hostNetwork'],
  summary: 'Host ports do not overlap, native sidecars and unspecified hostIPs included.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    for (const [first, second] of pairsOf(hostPortsOf(template))) {
      if (isConflictOnHost(first, second) && !isRejectedOnHost(first, second)) {
        report(
          `${whoDeclare(first, second)} hostPort ${describeOnHost(first)}` +
            (first.hostIP === second.hostIP ? '' : ` and ${describeOnHost(second)}, which overlap`) +
            '; the API server does not see it, but only one of them gets the port; give one of them another',
        );
      }
    }
  },
};
