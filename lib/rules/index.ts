import { Finding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { CONFIG_MAP_RULES } from './config-map';
import { ENV_RULES } from './env';
import { IMAGE_RULES } from './images';
import { LIFECYCLE_RULES } from './lifecycle';
import { METADATA_RULES } from './metadata';
import { NAME_RULES } from './names';
import { POD_SECURITY_RULES } from './pod-security';
import { PORT_RULES } from './ports';
import { PROBE_RULES } from './probes';
import { RESOURCE_RULES } from './resources';
import { containerFieldsOf } from './read';
import { PodSubject, Rule, ServicePod, ServiceSubject } from './rule';
import { SERVICE_RULES } from './service';
import { TYPE_RULES } from './types';
import { VOLUME_RULES } from './volumes';

export { checkRestrictedContainers } from './pod-security';
export type { Listener, PodSubject, ServicePod } from './rule';

/** What is known of a rule without its subject. */
export type RuleInfo = Omit<Rule<never>, 'check'>;

export const POD_RULES: readonly Rule<PodSubject>[] = [
  ...NAME_RULES,
  ...IMAGE_RULES,
  ...PORT_RULES,
  ...VOLUME_RULES,
  ...ENV_RULES,
  ...RESOURCE_RULES,
  ...PROBE_RULES,
  ...LIFECYCLE_RULES,
  ...TYPE_RULES,
  ...METADATA_RULES,
  ...POD_SECURITY_RULES,
];

/** All rules there are, in the order in which findings are listed. */
export const RULES: readonly RuleInfo[] = [...POD_RULES, ...CONFIG_MAP_RULES, ...SERVICE_RULES];

/** The rules that hold where nobody asked for others. */
export function isOnByDefault({ level }: RuleInfo): boolean {
  return level !== 'opt-in';
}

/** What is wrong with a pod, by the rules that `only` picks. */
export function checkPod(subject: PodSubject, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  const present = containerFieldsOf(subject.template);
  const isPresent = (field: string): boolean => present.has(field);
  return check(POD_RULES, subject, (rule) => only(rule) && (rule.fields?.some(isPresent) ?? true));
}

/** What is wrong with a ConfigMap, by the rules that `only` picks. */
export function checkConfigMap(manifest: Manifest, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return check(CONFIG_MAP_RULES, manifest, only);
}

/** What is wrong with a Service, by the rules that `only` picks. */
export function checkService(
  manifest: Manifest,
  pods: readonly ServicePod[],
  only: (rule: RuleInfo) => boolean = isOnByDefault,
): Finding[] {
  return check<ServiceSubject>(SERVICE_RULES, { manifest, pods }, only);
}

function check<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
  only: (rule: RuleInfo) => boolean,
): Finding[] {
  const findings: Finding[] = [];
  let rule: Rule<Subject>;
  const report = (message: string): void => {
    findings.push({ rule: rule.id, message });
  };
  for (rule of rules) {
    if (only(rule)) {
      rule.check(subject, report);
    }
  }
  return findings;
}
