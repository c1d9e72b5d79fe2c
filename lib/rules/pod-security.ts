import { Finding } from '../findings/finding';
import { quoteList } from '../values/text';
import { Container as WireContainer } from '../values/pod';
import { hooksOf, probesOf } from './handlers';
import { parseImage } from './images';
import { Container, Fields, containersOf, fieldsOf, isSet, itemsOf, labelAll, quote, specOf, textOf } from './read';
import { PodSubject, Rule, minorVersion } from './rule';
import { sourcesOf, volumeLabel, volumesOf } from './volumes';

const SECURITY_CONTEXT = 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/';

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
const SECCOMP_TYPES = ['RuntimeDefault', 'Localhost'];
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

/** Images of Docker Hub whose Dockerfile names its user, so that the kubelet cannot tell it is not root. */
const NAMED_USERS: Readonly<Record<string, string>> = {
  haproxy: 'haproxy',
  memcached: 'memcache',
  kong: 'kong',
  'curlimages/curl': 'curl_user',
  'prom/alertmanager': 'nobody',
  'prom/blackbox-exporter': 'nobody',
  'prom/node-exporter': 'nobody',
  'prom/prometheus': 'nobody',
  'prom/pushgateway': 'nobody',
  'prom/statsd-exporter': 'nobody',
};

const privilegeEscalation: Rule<PodSubject> = {
  id: 'privilege-escalation',
  level: 'enforced',
  fields: ['securityContext'],
  summary: 'A privileged container does not say allowPrivilegeEscalation: false.',
  source: SECURITY_CONTEXT,
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const { allowPrivilegeEscalation, privileged, capabilities } = securityOf(container.fields);
      const { add } = fieldsOf(capabilities);
      if (allowPrivilegeEscalation !== false) {
        continue;
      }
      if (privileged === true) {
        report(
          `${container.label} cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true; remove ` +
            'one of them',
        );
      }
      if (Array.isArray(add) && add.includes('CAP_SYS_ADMIN')) {
        report(
          `${container.label} cannot set \`allowPrivilegeEscalation\` to false and \`capabilities.Add\` ` +
            'CAP_SYS_ADMIN; remove one of them',
        );
      }
    }
  },
};

const nonRootUser: Rule<PodSubject> = {
  id: 'non-root-user',
  level: 'default',
  summary: 'Where runAsNonRoot is true, runAsUser is not 0, and is there for images whose user is only a name.',
  source: `${SECURITY_CONTEXT}#set-the-security-context-for-a-pod`,
  check({ template }, report) {
    for (const { container, user } of nonRootContainersOf(template)) {
      const { name } = parseImage(textOf(container.fields.image));
      const imageUser = new Map(Object.entries(NAMED_USERS)).get(name.replace(/^(docker\.io\/)?(library\/)?/, ''));
      if (user === 0) {
        report(
          `${container.label} has runAsNonRoot: true and runs as user 0, so the kubelet does not start it; give ` +
            'runAsUser another number',
        );
      } else if (!isSet(user) && imageUser !== undefined) {
        report(
          `${container.label} has runAsNonRoot: true, but its image ${quote(name)} has the non-numeric user ` +
            `${quote(imageUser)}: the kubelet cannot verify user is non-root and does not start it; set runAsUser`,
        );
      }
    }
  },
};

const numericUser: Rule<PodSubject> = {
  id: 'numeric-user',
  level: 'opt-in',
  summary: 'Where runAsNonRoot is true, runAsUser is a number, whatever user the image has.',
  source: `${SECURITY_CONTEXT}#set-the-security-context-for-a-pod`,
  check({ template }, report) {
    for (const { container, user } of nonRootContainersOf(template)) {
      if (!isSet(user)) {
        report(
          `${container.label} has runAsNonRoot: true and no runAsUser, so it starts only if its image has a ` +
            'numeric user; set runAsUser',
        );
      }
    }
  },
};

const podSecurityRestricted: Rule<PodSubject> = {
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

export const POD_SECURITY_RULES: readonly Rule<PodSubject>[] = [
  privilegeEscalation,
  nonRootUser,
  numericUser,
  podSecurityRestricted,
];

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

function securityOf(fields: Fields): Fields {
  return fieldsOf(fields.securityContext);
}

/** The containers that must not run as root, and the user they are given: their own or the pod's. */
function nonRootContainersOf(template: PodSubject['template']): { container: Container; user: unknown }[] {
  const pod = securityOf(specOf(template));
  if (isWindows(template)) {
    return [];
  }
  return containersOf(template)
    .filter(({ fields }) => (securityOf(fields).runAsNonRoot ?? pod.runAsNonRoot) === true)
    .map((container) => ({ container, user: securityOf(container.fields).runAsUser ?? pod.runAsUser }));
}

function isWindows(template: PodSubject['template']): boolean {
  return fieldsOf(specOf(template).os).name === 'windows';
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
    yield 'the pod must not set runAsUser=0';
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
    yield* report(({ runAsUser }) => runAsUser === 0, 'must not set runAsUser=0');
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
    for (const { name, fields } of [...probesOf(container), ...hooksOf(container)]) {
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

/** Whether a security context has a seccomp profile that "restricted" accepts. */
export function hasSeccomp(security: Fields): boolean {
  return SECCOMP_TYPES.includes(textOf(fieldsOf(security.seccompProfile).type));
}

function isRootAllowed({ template, kubernetesVersion }: PodSubject): boolean {
  return specOf(template).hostUsers === false && (minorVersion(kubernetesVersion) ?? 0) >= USER_NAMESPACE_MINOR;
}

function listIn(value: unknown, field: string): unknown[] {
  const list = fieldsOf(value)[field];
  return Array.isArray(list) ? list : [];
}
