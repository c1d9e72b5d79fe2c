import { Finding } from '../findings/finding';
import { Manifest, PodTemplate } from '../values/pod';
import { annotations } from './annotations';
import { clusterDns } from './cluster-dns';
import { configMapKey } from './config-map-key';
import { configMapKeyUnique } from './config-map-key-unique';
import { configMapSize } from './config-map-size';
import { configMapValue } from './config-map-value';
import { containerName } from './container-name';
import { containerNameUnique } from './container-name-unique';
import { containerRestartPolicy } from './container-restart-policy';
import { containerRestartPolicyValue } from './container-restart-policy-value';
import { cronSchedule } from './cron-schedule';
import { cronTimeZone } from './cron-time-zone';
import { duplicatePort } from './duplicate-port';
import { envEmpty } from './env-empty';
import { envName } from './env-name';
import { envNamePortable } from './env-name-portable';
import { envReference } from './env-reference';
import { envUnique } from './env-unique';
import { envValueFrom } from './env-value-from';
import { fieldType } from './field-type';
import { fieldValue } from './field-value';
import { fractionalBytes } from './fractional-bytes';
import { hasContainer } from './has-container';
import { hookHandler } from './hook-handler';
import { hookSleep } from './hook-sleep';
import { hostPortConflict } from './host-port-conflict';
import { hostPortNetwork } from './host-port-network';
import { hostPortUnique } from './host-port-unique';
import { imageReference } from './image-reference';
import { imageRequired } from './image-required';
import { initProbe } from './init-probe';
import { labels } from './labels';
import { loopbackProbe } from './loopback-probe';
import { metadataName } from './metadata-name';
import { mountPath } from './mount-path';
import { mountPathEquivalent } from './mount-path-equivalent';
import { mountUnderReadOnly } from './mount-under-read-only';
import { mountVolume } from './mount-volume';
import { nativeSidecarVersion } from './native-sidecar-version';
import { nestedMount } from './nested-mount';
import { nonRootUser } from './non-root-user';
import { numericUser } from './numeric-user';
import { overlappingPaths } from './overlapping-paths';
import { pinnedImage } from './pinned-image';
import { podSecurityRestricted } from './pod-security-restricted';
import { portConflict } from './port-conflict';
import { portName } from './port-name';
import { portNameShared } from './port-name-shared';
import { portNameUnique } from './port-name-unique';
import { portNumber } from './port-number';
import { privilegeEscalation } from './privilege-escalation';
import { privilegedPort } from './privileged-port';
import { probeHandler } from './probe-handler';
import { probePort } from './probe-port';
import { probePortName } from './probe-port-name';
import { probeThreshold } from './probe-threshold';
import { quantity } from './quantity';
import { removedApiVersion } from './removed-api-version';
import { requestLimit } from './request-limit';
import { requiredField } from './required-field';
import { restartPolicy } from './restart-policy';
import { selector } from './selector';
import { serviceClusterIp } from './service-cluster-ip';
import { serviceExternalName } from './service-external-name';
import { serviceLoopbackPort } from './service-loopback-port';
import { serviceNodePort } from './service-node-port';
import { servicePortName } from './service-port-name';
import { servicePortUnique } from './service-port-unique';
import { servicePorts } from './service-ports';
import { serviceSelector } from './service-selector';
import { serviceTargetPort } from './service-target-port';
import { serviceTargetPortValue } from './service-target-port-value';
import { shutdownGrace } from './shutdown-grace';
import { sigterm } from './sigterm';
import { startupDeadlock } from './startup-deadlock';
import { statefulSetName } from './stateful-set-name';
import { subPath } from './sub-path';
import { undefinedText } from './undefined-text';
import { unknownField } from './unknown-field';
import { volumeName } from './volume-name';
import { volumeNameUnique } from './volume-name-unique';
import { volumeSource } from './volume-source';
import { volumeSourceUnique } from './volume-source-unique';
import { presenceOf } from './reading/presence';
import { ObjectSubject, PodSubject, Rule, ServiceSubject } from './rule';

export { checkRestrictedContainers } from './pod-security-restricted';
export type { Connection, Listener, ObjectSubject, PodSubject, ServicePod, ServiceSubject } from './rule';

/** What is known of a rule without its subject. */
export type RuleInfo = Omit<Rule<never>, 'check'>;

/** Rules of what every object has. */
const FIELD_RULES: readonly Rule<ObjectSubject>[] = [
  metadataName,
  fieldType,
  unknownField,
  fieldValue,
  requiredField,
  labels,
  annotations,
];

/** Rules of objects of every kind. */
const OBJECT_RULES: readonly Rule<ObjectSubject>[] = [removedApiVersion, ...FIELD_RULES];

/** Rules of pods, in the order in which findings are listed; each is the file of its id. */
export const POD_RULES: readonly Rule<PodSubject>[] = [
  removedApiVersion,
  hasContainer,
  containerName,
  containerNameUnique,
  imageRequired,
  imageReference,
  pinnedImage,
  portNumber,
  portName,
  portNameUnique,
  portNameShared,
  duplicatePort,
  hostPortNetwork,
  hostPortUnique,
  hostPortConflict,
  portConflict,
  privilegedPort,
  volumeName,
  volumeNameUnique,
  volumeSource,
  volumeSourceUnique,
  mountVolume,
  mountPath,
  mountPathEquivalent,
  mountUnderReadOnly,
  nestedMount,
  subPath,
  overlappingPaths,
  envName,
  envNamePortable,
  envEmpty,
  envValueFrom,
  envUnique,
  envReference,
  quantity,
  requestLimit,
  fractionalBytes,
  probeHandler,
  probeThreshold,
  probePort,
  probePortName,
  loopbackProbe,
  initProbe,
  startupDeadlock,
  clusterDns,
  hookHandler,
  hookSleep,
  shutdownGrace,
  sigterm,
  restartPolicy,
  containerRestartPolicy,
  containerRestartPolicyValue,
  nativeSidecarVersion,
  statefulSetName,
  ...FIELD_RULES,
  undefinedText,
  selector,
  cronSchedule,
  cronTimeZone,
  privilegeEscalation,
  nonRootUser,
  numericUser,
  podSecurityRestricted,
];

const CONFIG_MAP_RULES: readonly Rule<Manifest>[] = [configMapKey, configMapKeyUnique, configMapValue, configMapSize];

const SERVICE_RULES: readonly Rule<ServiceSubject>[] = [
  servicePorts,
  servicePortName,
  servicePortUnique,
  serviceNodePort,
  serviceTargetPortValue,
  serviceTargetPort,
  serviceLoopbackPort,
  serviceSelector,
  serviceClusterIp,
  serviceExternalName,
];

/** All rules there are, in the order in which findings are listed. */
export const RULES: readonly RuleInfo[] = [...POD_RULES, ...CONFIG_MAP_RULES, ...SERVICE_RULES];

/** The rules that hold where nobody asked for others. */
export function isOnByDefault({ level }: RuleInfo): boolean {
  return level !== 'opt-in';
}

/** What is wrong with a pod, by the rules that `only` picks. */
export function checkPod(subject: PodSubject, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return check(rulesAbout(subject.template), subject, only);
}

const FIELDS_OF_RULES = [...new Set(POD_RULES.flatMap(({ fields = [] }) => fields))].map((field) => ({
  field,
  isIn: presenceOf(field),
}));

const rulesByFields = new Map<string, readonly Rule<PodSubject>[]>();

/** The rules that are about what a pod has. Most pods of an app have the same fields. */
function rulesAbout(template: PodTemplate): readonly Rule<PodSubject>[] {
  const present = FIELDS_OF_RULES.filter(({ isIn }) => isIn(template)).map(({ field }) => field);
  const key = present.join(' ');
  let rules = rulesByFields.get(key);
  if (rules === undefined) {
    rules = POD_RULES.filter(({ fields }) => fields?.some((field) => present.includes(field)) ?? true);
    rulesByFields.set(key, rules);
  }
  return rules;
}

/** What is wrong with an object of whatever kind, by the rules that `only` picks. */
export function checkObject(subject: ObjectSubject, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return check(OBJECT_RULES, subject, only);
}

/** What is wrong with a ConfigMap, by the rules that `only` picks. */
export function checkConfigMap(manifest: Manifest, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return [...checkObject({ manifest }, only), ...check(CONFIG_MAP_RULES, manifest, only)];
}

/** What is wrong with a Service, by the rules that `only` picks. */
export function checkService(subject: ServiceSubject, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return [...checkObject(subject, only), ...check(SERVICE_RULES, subject, only)];
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
