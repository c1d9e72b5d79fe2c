import { commandOf, statementsOf } from './reading/commands';
import { Container, containersOf } from './reading/containers';
import { itemsOf, quote } from './reading/fields';
import { asksElsewhere, portsAskedBy, probesOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const startupDeadlock: Rule<PodSubject> = {
  id: 'startup-deadlock',
  level: 'default',
  fields: ['startupProbe', 'command'],
  summary: 'Neither the startup probe of a native sidecar nor an init container waits for what starts after it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-pod-lifecycle',
  check({ template, listeners }, report) {
    const containers = containersOf(template);
    const declares = ({ name, fields }: Container, port: unknown): boolean =>
      itemsOf(fields.ports).some(({ containerPort }) => containerPort === port) ||
      (name !== '' && listeners.some((listener) => listener.container === name && listener.port === port));
    for (const [index, container] of containers.entries()) {
      const started = containers.slice(0, index + 1);
      const waiting = containers.slice(index + 1);
      for (const port of portsAwaitedBy(container)) {
        const other = waiting.find((candidate) => declares(candidate, port));
        if (other && typeof port === 'number' && !started.some((candidate) => declares(candidate, port))) {
          report(
            container.role === 'init'
              ? `${container.label} waits for port ${port} of ${other.label}, which starts only after it has ended, so ` +
                  `the pod never starts; remove it, or ${placedBefore(other, container)}`
              : `${container.label} has a startupProbe on port ${port} of ${other.label}, which starts only after the ` +
                  'probe has succeeded, so the pod never starts; probe a port of its own',
          );
        }
      }
    }
  },
};

function placedBefore(other: Container, waiting: Container): string {
  return other.role === 'sidecar'
    ? `put ${other.label} before it, if it is a helper with "order: [InitOrder.before(${quote(waiting.name)})]"`
    : `make ${other.label} a native sidecar before it`;
}

/** The ports of the pod that have to answer before what follows a container starts. */
function portsAwaitedBy(container: Container): unknown[] {
  switch (container.role) {
    case 'sidecar':
      return probesOf(container)
        .filter((probe) => probe.name === 'startupProbe' && !asksElsewhere(probe))
        .flatMap(portsAskedBy);
    case 'init':
      return portsInLoop(commandOf(container.fields));
    default:
      return [];
  }
}

const WAITS = /\buntil\b|\bwhile\s+!|\bwait-?(4x|for)/;
/** `localhost 80`, `127.0.0.1:80`, `-h localhost -p 80`, `/dev/tcp/localhost/80`. */
const LOCAL_PORT = /(?:\blocalhost|\b127\.0\.0\.1|::1\]?)["']?(?:[:/]|\s+(?:-p\s*|--port[ =])?)["']?(\d{1,5})\b/g;

/** The ports of this pod that a command asks until they answer, unless it starts something itself meanwhile. */
function portsInLoop(command: readonly string[]): number[] {
  const text = command.join(' ');
  return WAITS.test(text) &&
    !statementsOf(text).some(({ words, inBackground }) => inBackground && !/^(sleep|done|})$/.test(words[0]))
    ? [...new Set([...text.matchAll(LOCAL_PORT)].map(([, port]) => Number(port)))]
    : [];
}
