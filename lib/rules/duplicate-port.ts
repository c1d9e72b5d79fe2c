import { isRejectedOnHost } from './reading/host-ports';
import { Port, describePort, isSamePort, portsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const duplicatePort: Rule<PodSubject> = {
  id: 'duplicate-port',
  level: 'default',
  fields: ['ports'],
  summary: 'A container declares a port and protocol once.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    const seen: Port[] = [];
    for (const port of portsOf(template)) {
      const same = seen.find(
        (other) =>
          other.container === port.container &&
          isSamePort(port, other) &&
          port.hostPort === other.hostPort &&
          port.hostIP === other.hostIP,
      );
      if (same && !isRejectedOnHost(same, port)) {
        report(
          `${port.container.label} declares port ${describePort(port)} twice; kubectl apply may drop one of them, so ` +
            'declare it once',
        );
      }
      seen.push(port);
    }
  },
};
