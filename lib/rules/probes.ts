import { quoteList } from '../values/text';
import { PROBE_FIELDS, asksElsewhere, hooksOf, portsAskedBy, probesOf, typesOf } from './handlers';
import { namedPortsOf } from './ports';
import { Container, containersOf, isSet, itemsOf, quote } from './read';
import { PodSubject, Rule, isCustom } from './rule';
import { portProblem } from './syntax';

const PROBES = 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/';
const SIDECARS = 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/';

const probeHandler: Rule<PodSubject> = {
  id: 'probe-handler',
  level: 'enforced',
  fields: PROBE_FIELDS,
  summary: 'A probe has exactly one handler: exec, httpGet, tcpSocket or grpc.',
  source: PROBES,
  check({ template }, report) {
    for (const probe of runningOf(template).flatMap(probesOf)) {
      const { set, known } = typesOf(probe);
      if (set.length === 0) {
        report(
          `${probe.container.label} has a ${probe.name} without a handler; must specify a handler type; give it one ` +
            `of ${quoteList(known)}`,
        );
      } else if (set.length > 1) {
        report(
          `${probe.container.label} has a ${probe.name} with ${quoteList(set)}; may not specify more than 1 ` +
            'handler type; keep one',
        );
      }
    }
  },
};

const probeThreshold: Rule<PodSubject> = {
  id: 'probe-threshold',
  level: 'enforced',
  fields: PROBE_FIELDS,
  summary: 'The successThreshold of a startup or liveness probe is 1.',
  source: PROBES,
  check({ template }, report) {
    for (const { container, name, fields } of runningOf(template).flatMap(probesOf)) {
      const { successThreshold } = fields;
      // 0 is how Kubernetes writes that there is none, and makes it 1.
      if (name !== 'readinessProbe' && typeof successThreshold === 'number' && ![0, 1].includes(successThreshold)) {
        report(
          `${container.label} has a ${name} with successThreshold ${quote(successThreshold)}; must be 1; leave it out, as 1 is the default`,
        );
      }
    }
  },
};

const probePort: Rule<PodSubject> = {
  id: 'probe-port',
  level: 'enforced',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'The port of a probe or hook is a number from 1 to 65535 or the name of a port; "8080" is neither.',
  source: PROBES,
  check(subject, report) {
    for (const container of runningOf(subject.template)) {
      for (const handler of [...probesOf(container), ...hooksOf(container)]) {
        for (const port of portsAskedBy(handler)) {
          const problem = portProblem(port);
          if (isSet(port) && problem !== undefined) {
            report(`${container.label} has a ${handler.name} on port ${quote(port)}; ${problem}`);
          } else if (!isSet(port) && !isCustom(subject)) {
            report(`${container.label} has a ${handler.name} without a port; required value: say which to ask`);
          }
        }
      }
    }
  },
};

const probePortName: Rule<PodSubject> = {
  id: 'probe-port-name',
  level: 'default',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'The port name that a probe or hook uses is declared by its own container.',
  source: PROBES,
  check({ template }, report) {
    for (const container of runningOf(template)) {
      const ports = namedPortsOf(template).filter((port) => port.container.place === container.place);
      const names = ports.map(({ name }) => name);
      for (const handler of [...probesOf(container), ...hooksOf(container)]) {
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

const initProbe: Rule<PodSubject> = {
  id: 'init-probe',
  level: 'enforced',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'An init container that is no native sidecar has neither probes nor lifecycle hooks.',
  source: SIDECARS,
  check({ template }, report) {
    for (const { role, label, fields } of containersOf(template)) {
      const set = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].filter((name) =>
        isSet(fields[name]),
      );
      if (role === 'init' && set.length > 0) {
        report(
          `${label} has ${set.join(' and ')}; may not be set for init containers without ` +
            'restartPolicy=Always; make it a native sidecar, or remove them',
        );
      }
    }
  },
};

const startupDeadlock: Rule<PodSubject> = {
  id: 'startup-deadlock',
  level: 'default',
  fields: ['startupProbe'],
  summary: 'The startup probe of a native sidecar does not wait for a container that starts after it.',
  source: `${SIDECARS}#sidecar-containers-and-pod-lifecycle`,
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

export const PROBE_RULES: readonly Rule<PodSubject>[] = [
  probeHandler,
  probeThreshold,
  probePort,
  probePortName,
  initProbe,
  startupDeadlock,
];

/** The containers that may have probes; that others may not is a rule of its own. */
function runningOf(template: PodSubject['template']): Container[] {
  return containersOf(template).filter(({ role }) => role !== 'init');
}
