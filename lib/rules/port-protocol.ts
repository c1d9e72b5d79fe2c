import { quote } from './reading/fields';
import { portsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

export const portProtocol: Rule<PodSubject> = {
  id: 'port-protocol',
  level: 'enforced',
  summary: 'The protocol of a port is TCP, UDP or SCTP, in capitals.',
  source: 'https://kubernetes.io/docs/reference/networking/service-protocols/',
  check({ template }, report) {
    for (const { container, protocol, number } of portsOf(template)) {
      if (!PROTOCOLS.includes(protocol as string)) {
        report(
          `${container.label} declares port ${quote(number)} with the protocol ${quote(protocol)}; ` +
            'unsupported value: supported values: "SCTP", "TCP", "UDP"; write one of them',
        );
      }
    }
  },
};
