import { gracePeriodOf, NATIVE_SIDECAR_MINOR } from '../values/pod';
import { quoteList } from '../values/text';
import { hooksOf, typesOf } from './handlers';
import { containersOf, fieldsOf, isSet, quote, specOf, textOf } from './read';
import { PodSubject, Rule, isCustom, minorVersion } from './rule';

const HOOKS = 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/';
/** From this version on, containers may have restart rules of their own (KEP-5307, alpha in 1.34). */
const CONTAINER_RESTART_MINOR = 34;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

const hookHandler: Rule<PodSubject> = {
  id: 'hook-handler',
  level: 'enforced',
  fields: ['lifecycle'],
  summary: 'A lifecycle hook has exactly one handler: exec, httpGet, tcpSocket or sleep.',
  source: HOOKS,
  check({ template }, report) {
    for (const hook of runningHooksOf(template)) {
      const { set, known } = typesOf(hook);
      if (set.length === 0) {
        report(
          `${hook.container.label} has a ${hook.name} hook without a handler; must specify a handler type; give it ` +
            `one of ${quoteList(known)}`,
        );
      } else if (set.length > 1) {
        report(
          `${hook.container.label} has a ${hook.name} hook with ${quoteList(set)}; may not specify more than 1 ` +
            'handler type; keep one',
        );
      }
    }
  },
};

const hookSleep: Rule<PodSubject> = {
  id: 'hook-sleep',
  level: 'enforced',
  fields: ['lifecycle'],
  summary: "The sleep of a lifecycle hook is not negative and not longer than the pod's grace period.",
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3960-pod-lifecycle-sleep-action',
  check({ template }, report) {
    const grace = gracePeriodOf(specOf(template));
    for (const { container, name, fields } of runningHooksOf(template)) {
      const { seconds } = fieldsOf(fields.sleep);
      if (typeof seconds === 'number' && (seconds < 0 || seconds > grace)) {
        report(
          `${container.label} sleeps ${seconds} seconds in its ${name} hook; must be non-negative and less than ` +
            `terminationGracePeriodSeconds (${grace}); sleep less, or raise that`,
        );
      }
    }
  },
};

const shutdownGrace: Rule<PodSubject> = {
  id: 'shutdown-grace',
  level: 'default',
  fields: ['lifecycle'],
  summary: "A preStop hook that runs sleep ends within the pod's grace period, after which everything is killed.",
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  check({ template }, report) {
    const grace = gracePeriodOf(specOf(template));
    for (const { container, name, fields } of runningHooksOf(template)) {
      const seconds = name === 'preStop' ? sleepSecondsOf(fieldsOf(fields.exec).command) : 0;
      if (seconds > grace) {
        report(
          `${container.label} sleeps ${seconds} seconds in its preStop hook, but the pod has ` +
            `${grace} to end, and is killed then; sleep less, or raise terminationGracePeriodSeconds`,
        );
      }
    }
  },
};

const restartPolicy: Rule<PodSubject> = {
  id: 'restart-policy',
  level: 'enforced',
  summary: 'The restartPolicy of a pod fits its kind: Always for what runs on, OnFailure or Never for a Job.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  check(subject, report) {
    const { kind } = subject;
    const policy = specOf(subject.template).restartPolicy;
    const supported = supportedPolicies(isCustom(subject) ? '' : kind);
    if (!isSet(policy) || policy === '') {
      if (!supported.includes('Always')) {
        report(
          `the pod of a ${kind} has no restartPolicy; required value: valid values: ${quoteList(supported)}; give it ` +
            'one of these',
        );
      }
    } else if (!supported.includes(policy as string)) {
      report(
        `the pod of a ${kind} has restartPolicy ${quote(policy)}; unsupported value: supported values: ` +
          `${quoteList(supported)}; ${supported.length === 1 ? 'leave it out' : 'write one of them'}`,
      );
    }
  },
};

const containerRestartPolicy: Rule<PodSubject> = {
  id: 'container-restart-policy',
  level: 'enforced',
  summary: 'Only init containers have a restartPolicy, and only Always (before Kubernetes 1.34).',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5307-container-restart-policy',
  check({ template, kubernetesVersion }, report) {
    const later = (minorVersion(kubernetesVersion) ?? 0) >= CONTAINER_RESTART_MINOR;
    const policies = ['Always', 'OnFailure', 'Never'];
    for (const { label, role, fields } of containersOf(template)) {
      const policy = fields.restartPolicy;
      if (!isSet(policy) || role === 'sidecar' || (later && policies.includes(policy as string))) {
        continue;
      }
      report(
        role === 'regular' && policies.includes(policy as string)
          ? `${label} has restartPolicy ${quote(policy)}; may not be set for non-init containers; make it an init ` +
              'container, or target Kubernetes 1.34 or later'
          : `${label} has restartPolicy ${quote(policy)}; unsupported value: supported values: ` +
              `${quoteList(later ? policies : ['Always'])}; write one of them, or leave it out`,
      );
    }
  },
};

const nativeSidecarVersion: Rule<PodSubject> = {
  id: 'native-sidecar-version',
  level: 'default',
  summary: 'Native sidecars are for Kubernetes 1.29 and later: older clusters wait for them to end, for ever.',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/753-sidecar-containers',
  check(subject, report) {
    const { kind, template, kubernetesVersion } = subject;
    if ((minorVersion(kubernetesVersion) ?? NATIVE_SIDECAR_MINOR) >= NATIVE_SIDECAR_MINOR) {
      return;
    }
    // A Job would wait for a regular container that does not end.
    const remedy = isJob(kind) && !isCustom(subject) ? 'target 1.29' : 'make it a regular container, or target 1.29';
    for (const { label, role } of containersOf(template)) {
      if (role === 'sidecar') {
        report(
          `${label} is a native sidecar, but Kubernetes ${kubernetesVersion ?? ''} has none unless the feature gate ` +
            `SidecarContainers is on; ${remedy} or later`,
        );
      }
    }
  },
};

export const LIFECYCLE_RULES: readonly Rule<PodSubject>[] = [
  hookHandler,
  hookSleep,
  shutdownGrace,
  restartPolicy,
  containerRestartPolicy,
  nativeSidecarVersion,
];

function runningHooksOf(template: PodSubject['template']): ReturnType<typeof hooksOf> {
  return containersOf(template)
    .filter(({ role }) => role !== 'init')
    .flatMap(hooksOf);
}

function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

function supportedPolicies(kind: string): readonly string[] {
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicationController':
      return ['Always'];
    case 'Job':
    case 'CronJob':
      return ['OnFailure', 'Never'];
    default:
      return ['Always', 'OnFailure', 'Never'];
  }
}

/** How long a command sleeps for certain: `sleep 20` itself, or the plain beginning of a shell's script. */
function sleepSecondsOf(command: unknown): number {
  const [program = '', ...args] = Array.isArray(command) ? command.map(textOf) : [];
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'sleep') {
    return args.reduce((sum, arg) => sum + (durationOf(arg) ?? 0), 0);
  }
  if (!/^(ba|da|a|z|k)?sh$/.test(name) || !/^-[a-z]*c$/.test(textOf(args[0]))) {
    return 0;
  }
  let seconds = 0;
  for (const statement of textOf(args[1]).split(/;|&&|\n/)) {
    const words = statement.trim().split(/\s+/);
    if (['if', 'while', 'until', 'for', 'case', '(', '{', 'exit', 'trap'].includes(words[0])) {
      break;
    }
    const durations = words.slice(1).map(durationOf);
    if (/^(\/.*\/)?sleep$/.test(words[0]) && durations.every((duration) => duration !== undefined)) {
      seconds += durations.reduce((sum, duration) => sum + duration, 0);
    }
  }
  return seconds;
}

function durationOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] || 's'] : undefined;
}
