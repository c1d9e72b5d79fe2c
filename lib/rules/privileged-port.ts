import { Container, containersOf, specOf } from './reading/containers';
import { Fields, fieldsOf, itemsOf, textOf } from './reading/fields';
import { portsOf } from './reading/ports';
import { isWindows, securityOf } from './reading/security';
import { PodSubject, Rule } from './rule';

const SYSCTL = 'net.ipv4.ip_unprivileged_port_start';
const FIRST_UNPRIVILEGED = 1024;

export const privilegedPort: Rule<PodSubject> = {
  id: 'privileged-port',
  level: 'default',
  fields: ['securityContext', 'spec.securityContext'],
  summary: `A container that is not root listens on ports from 1024 on, or the pod sets the sysctl ${SYSCTL}.`,
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls',
  check({ template, listeners }, report) {
    const pod = securityOf(specOf(template));
    if (isWindows(template)) {
      return;
    }
    const first = firstUnprivileged(pod);
    for (const container of containersOf(template)) {
      if (container.role === 'init' || !isUnprivileged(container, pod)) {
        continue;
      }
      const used = [
        ...portsOf(template)
          .filter((port) => port.container === container)
          .map(({ number }) => number),
        ...listeners.filter((listener) => listener.container === container.name).map(({ port }) => port),
      ].filter((port) => typeof port === 'number' && port > 0 && port < first);
      const ports = [...new Set(used)];
      if (ports.length > 0) {
        report(
          `${container.label} is not root, but listens on port ${ports.join(' and ')}, which containerd before 2.0 keeps ` +
            'for root: "bind: permission denied"; ' +
            (specOf(template).hostNetwork === true
              ? 'let it listen on one from 1024 on'
              : `let it listen on one from 1024 on, or set the pod's sysctl ${SYSCTL} to "0", as "lowPorts: true" does in ` +
                'PodSecurity.restrict and "restricted"'),
        );
      }
    }
  },
};

/** Whether a container is known to be neither root nor allowed to take any port. */
function isUnprivileged({ fields }: Container, pod: Fields): boolean {
  const own = securityOf(fields);
  const user = own.runAsUser ?? pod.runAsUser;
  const isRoot = user === 0 || (typeof user !== 'number' && (own.runAsNonRoot ?? pod.runAsNonRoot) !== true);
  const { add } = fieldsOf(own.capabilities);
  const mayBind = Array.isArray(add) && add.some((name) => /^(ALL|(CAP_)?NET_BIND_SERVICE)$/.test(textOf(name)));
  return !isRoot && !mayBind && own.privileged !== true;
}

function firstUnprivileged(pod: Fields): number {
  const sysctl = itemsOf(pod.sysctls).find(({ name }) => name === SYSCTL);
  return sysctl ? Number(sysctl.value) : FIRST_UNPRIVILEGED;
}
