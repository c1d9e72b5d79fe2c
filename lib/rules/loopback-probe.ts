import { quoteList } from '../values/text';
import { onlyLoopback } from './reading/addresses';
import { runningOf } from './reading/containers';
import { PROBE_FIELDS, asksElsewhere, handlersOf, portsAskedBy } from './reading/handlers';
import { namedPortsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const loopbackProbe: Rule<PodSubject> = {
  id: 'loopback-probe',
  level: 'default',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary:
    "A probe or hook asks no port that is open on the loopback address only: the kubelet asks the pod's address.",
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  check({ template, listeners }, report) {
    for (const container of runningOf(template)) {
      const handlers = handlersOf(container).filter((handler) => !asksElsewhere(handler));
      const asked = new Map<unknown, string[]>();
      for (const handler of handlers) {
        for (const port of portsAskedBy(handler)) {
          const named = namedPortsOf(template).find(
            (candidate) => candidate.container === container && candidate.name === port,
          );
          const number = named?.number ?? port;
          asked.set(number, [...(asked.get(number) ?? []), handler.name]);
        }
      }
      for (const [port, names] of asked) {
        const known = onlyLoopback(listeners, port, 'TCP');
        if (known.length > 0) {
          const addresses = new Set(known.map(({ address }) => address));
          report(
            `${container.label} has a ${names.join(' and a ')} on port ${known[0].port}, where container ` +
              `${quoteList(new Set(known.map((listener) => listener.container)))} listens on ${[...addresses].join(' and ')} ` +
              "only, but the kubelet asks the pod's address, so it never succeeds; probe another port, or with exec, or " +
              'say the address it does listen on',
          );
        }
      }
    }
  },
};
