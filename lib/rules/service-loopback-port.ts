import { quoteList } from '../values/text';
import { onlyLoopback } from './reading/addresses';
import { textOf } from './reading/fields';
import { isTargetPort, podLabel, selectedPodsOf, servicePortsOf, targetsIn } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const serviceLoopbackPort: Rule<ServiceSubject> = {
  id: 'service-loopback-port',
  level: 'default',
  summary: "A Service sends to no port that is open on the loopback address only: it sends to the pod's address.",
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check(subject, report) {
    const listening = selectedPodsOf(subject).filter(({ listeners }) => listeners.length > 0);
    for (const { fields, label, protocol } of listening.length > 0 ? servicePortsOf(subject) : []) {
      const target = isTargetPort(fields.targetPort) ? fields.targetPort : fields.port;
      for (const pod of listening) {
        const named = targetsIn(pod).find((port) => port.name === target && port.protocol === protocol);
        const number = named?.number ?? target;
        const known = onlyLoopback(pod.listeners, number, protocol);
        if (known.length > 0) {
          report(
            `${label} sends to ${known[0].port}/${protocol} of ${podLabel(pod)}, where container ` +
              `${quoteList(new Set(known.map(({ container }) => container)))} listens on ` +
              `${[...new Set(known.map(({ address }) => textOf(address)))].join(' and ')} only, but what comes through a ` +
              "Service comes to the pod's address, so it is refused; target a port that is open there, or say the " +
              'address it does listen on',
          );
        }
      }
    }
  },
};
