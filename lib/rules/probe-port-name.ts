import { quoteList } from '../values/text';
import { runningOf } from './reading/containers';
import { quote } from './reading/fields';
import { PROBE_FIELDS, handlersOf, portsAskedBy } from './reading/handlers';
import { namedPortsOf } from './reading/ports';
import { portProblem } from './reading/syntax';
import { PodSubject, Rule } from './rule';

export const probePortName: Rule<PodSubject> = {
  id: 'probe-port-name',
  level: 'default',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'The port name that a probe or hook uses is declared by its own container.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  check({ template }, report) {
    for (const container of runningOf(template)) {
      const ports = namedPortsOf(template).filter((port) => port.container.place === container.place);
      const names = ports.map(({ name }) => name);
      for (const handler of handlersOf(container)) {
        for (const port of portsAskedBy(handler)) {
          if (typeof port === 'string' && portProblem(port) === undefined && !names.includes(port)) {
            report(
              `${container.label} has a ${handler.name} on the port ${quote(port)}, but the container names ` +
                `${quoteList(names)}; name one of its ports so, or give the number`,
            );
          }
        }
      }
    }
  },
};
