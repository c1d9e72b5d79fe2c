import { Finding } from '../findings/finding';
import { Container as WireContainer } from '../values/pod';
import { quoteList } from '../values/text';
import { numericUser } from './numeric-user';
import { containersOf, labelAll, specOf } from './reading/containers';
import { Fields, fieldsOf, isSet, itemsOf, quote, textOf } from './reading/fields';
import { handlersOf } from './reading/handlers';
import { SECCOMP_TYPES, hasSeccomp, isWindows, securityOf } from './reading/security';
import { sourcesOf, volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Rule, minorVersion } from './rule';

const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

/** From this version on, pods in a user namespace of their own may run as root under "restricted" (KEP-127). */
const USER_NAMESPACE_MINOR = 35;

export const podSecurityRestricted: Rule<PodSubject> = {
  id: 'pod-security-restricted',
  level: 'opt-in',
  summary: 'The pod satisfies the Pod Security Standard "restricted".',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  check(subject, report) {
    for (const problem of [...podProblems(subject), ...containerProblems(subject)]) {
      report(problem);
    }
  },
};

/**
 * What single containers lack that "restricted" asks of them, whatever the rest of their pod is like. What they inherit
 * from the pod counts.
 */
export function checkRestrictedContainers(
  subject: PodSubject,
  isMeant: (container: WireContainer) => boolean,
): Finding[] {
  const { securityContext, os, hostUsers, containers = [], initContainers = [] } = subject.template.spec ?? {};
  const spec = {
    securityContext,
    os,
    hostUsers,
    containers: containers.filter(isMeant),
    initContainers: initContainers.filter(isMeant),
  };
  const restricted = { ...subject, template: { spec } };
  const findings: Finding[] = [];
  for (const message of containerProblems(restricted)) {
    findings.push({ rule: podSecurityRestricted.id, message });
  }
  numericUser.check(restricted, (message) => findings.push({ rule: numericUser.id, message }));
  return findings;
}

function* podProblems(subject: PodSubject): Generator<string> {
  const { template } = subject;
  const spec = specOf(template);
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field] === true) {
      yield `the pod must not set ${field}=true`;
    }
  }
  for (const [index, volume] of volumesOf(template).entries()) {
    const forbidden = sourcesOf(volume).filter((source) => !RESTRICTED_VOLUMES.includes(source));
    if (forbidden.length > 0) {
      yield (
        `${volumeLabel(volume, index)} uses the restricted volume type ${quoteList(forbidden)}; allowed are ` +
        RESTRICTED_VOLUMES.join(', ')
      );
    }
  }
  const security = securityOf(spec);
  for (const { name } of itemsOf(security.sysctls)) {
    if (!SAFE_SYSCTLS.includes(textOf(name))) {
      yield `the pod must not set the sysctl ${quote(name)}`;
    }
  }
  if (security.runAsUser === 0 && !isRootAllowed(subject)) {
    yield 'the pod must not set runAsUser=0; give the number of another user';
  }
  if (isSet(security.seccompProfile) && !hasSeccomp(security)) {
    yield `the pod must not set securityContext.seccompProfile.type to ${quote(fieldsOf(security.seccompProfile).type)}`;
  }
  yield* sharedProblems('the pod', security);
}

/** What every container is asked for, each with the containers that do not satisfy it. */
function* containerProblems(subject: PodSubject): Generator<string> {
  const { template } = subject;
  const containers = containersOf(template);
  const pod = securityOf(specOf(template));
  const report = function* (isBad: (security: Fields) => boolean, problem: string): Generator<string> {
    const bad = containers.filter(({ fields }) => isBad(securityOf(fields)));
    if (bad.length > 0) {
      yield `${labelAll(bad)} ${problem}`;
    }
  };
  yield* report(({ privileged }) => privileged === true, 'must not set securityContext.privileged=true');
  if (!isWindows(template)) {
    yield* report(
      ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false,
      'must set securityContext.allowPrivilegeEscalation=false',
    );
    yield* report(
      ({ capabilities }) => !listIn(capabilities, 'drop').includes('ALL'),
      'must set securityContext.capabilities.drop=["ALL"]',
    );
  }
  yield* report(
    ({ capabilities }) => listIn(capabilities, 'add').some((capability) => capability !== 'NET_BIND_SERVICE'),
    'must not include anything but "NET_BIND_SERVICE" in securityContext.capabilities.add',
  );
  if (!isRootAllowed(subject)) {
    yield* report(
      ({ runAsNonRoot }) => (runAsNonRoot ?? pod.runAsNonRoot) !== true,
      'must set securityContext.runAsNonRoot=true, or the pod must',
    );
    yield* report(({ runAsUser }) => runAsUser === 0, 'must not set runAsUser=0; give the number of another user');
  }
  if (!isWindows(template)) {
    yield* report(
      (security) => !hasSeccomp(isSet(security.seccompProfile) ? security : pod),
      'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost", or the pod must',
    );
  }
  yield* report(
    ({ procMount }) => isSet(procMount) && procMount !== 'Default' && !isRootAllowed(subject),
    'must not set securityContext.procMount',
  );
  for (const container of containers) {
    yield* sharedProblems(container.label, securityOf(container.fields));
    for (const { hostPort } of itemsOf(container.fields.ports)) {
      if (isSet(hostPort) && hostPort !== 0) {
        yield `${container.label} must not use hostPort ${quote(hostPort)}`;
      }
    }
    for (const { name, fields } of handlersOf(container)) {
      const hosts = [fields.httpGet, fields.tcpSocket].map((action) => textOf(fieldsOf(action).host)).filter(Boolean);
      if (hosts.length > 0) {
        yield `${container.label} must not set the host ${quoteList(hosts)} in its ${name}`;
      }
    }
  }
}

/** What neither a pod's nor a container's security context may have. */
function* sharedProblems(label: string, security: Fields): Generator<string> {
  const { type, user, role } = fieldsOf(security.seLinuxOptions);
  if (!SELINUX_TYPES.includes(textOf(type)) || textOf(user) !== '' || textOf(role) !== '') {
    yield `${label} must not set securityContext.seLinuxOptions to ${quote(security.seLinuxOptions)}`;
  }
  const { type: profile } = fieldsOf(security.appArmorProfile);
  if (isSet(security.appArmorProfile) && !SECCOMP_TYPES.includes(textOf(profile))) {
    yield `${label} must not set the AppArmor profile type to ${quote(profile)}`;
  }
  if (fieldsOf(security.windowsOptions).hostProcess === true) {
    yield `${label} must not set securityContext.windowsOptions.hostProcess=true`;
  }
}

function isRootAllowed({ template, kubernetesVersion }: PodSubject): boolean {
  return specOf(template).hostUsers === false && (minorVersion(kubernetesVersion) ?? 0) >= USER_NAMESPACE_MINOR;
}

function listIn(value: unknown, field: string): unknown[] {
  const list = fieldsOf(value)[field];
  return Array.isArray(list) ? list : [];
}
