import { Container, containersOf } from './reading/containers';
import { itemsOf } from './reading/fields';
import { asksElsewhere, portsAskedBy, probesOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const startupDeadlock: Rule<PodSubject> = {
  id: 'startup-deadlock',
  level: 'default',
  fields: ['startupProbe'],
  summary: 'The startup probe of a native sidecar does not wait for a container that starts after it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle',
  check({ template, listeners }, report) {
    const containers = containersOf(template);
    const declares = ({ name, fields }: Container, port: unknown): boolean =>
      itemsOf(fields.ports).some(({ containerPort }) => containerPort === port) ||
      (name !== '' && listeners.some((listener) => listener.container === name && listener.port === port));
    for (const [index, container] of containers.entries()) {
      const started = containers.slice(0, index + 1);
      const waiting = containers.slice(index + 1);
      const probes =
        container.role === 'sidecar'
          ? probesOf(container).filter((probe) => probe.name === 'startupProbe' && !asksElsewhere(probe))
          : [];
      for (const port of probes.flatMap(portsAskedBy)) {
        const other = waiting.find((candidate) => declares(candidate, port));
        if (other && typeof port === 'number' && !started.some((candidate) => declares(candidate, port))) {
          report(
            `${container.label} has a startupProbe on port ${port} of ${other.label}, which starts only after the ` +
              'probe has succeeded, so the pod never starts; probe a port of its own',
          );
        }
      }
    }
  },
};
