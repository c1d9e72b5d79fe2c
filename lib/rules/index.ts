import { Finding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { annotations } from './annotations';
import { commandStrings } from './command-strings';
import { configMapKey } from './config-map-key';
import { configMapKeyUnique } from './config-map-key-unique';
import { configMapSize } from './config-map-size';
import { configMapValue } from './config-map-value';
import { containerName } from './container-name';
import { containerNameUnique } from './container-name-unique';
import { containerRestartPolicy } from './container-restart-policy';
import { containerRestartPolicyValue } from './container-restart-policy-value';
import { duplicatePort } from './duplicate-port';
import { envName } from './env-name';
import { envEmpty } from './env-empty';
import { envNamePortable } from './env-name-portable';
import { envReference } from './env-reference';
import { envUnique } from './env-unique';
import { envValue } from './env-value';
import { envValueFrom } from './env-value-from';
import { fieldType } from './field-type';
import { fractionalBytes } from './fractional-bytes';
import { hasContainer } from './has-container';
import { hookHandler } from './hook-handler';
import { hookSleep } from './hook-sleep';
import { hostPortConflict } from './host-port-conflict';
import { hostPortNetwork } from './host-port-network';
import { hostPortUnique } from './host-port-unique';
import { imagePullPolicy } from './image-pull-policy';
import { imageReference } from './image-reference';
import { imageRequired } from './image-required';
import { initProbe } from './init-probe';
import { labels } from './labels';
import { loopbackProbe } from './loopback-probe';
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
import { portProtocol } from './port-protocol';
import { privilegeEscalation } from './privilege-escalation';
import { privilegedPort } from './privileged-port';
import { probeHandler } from './probe-handler';
import { probePort } from './probe-port';
import { probePortName } from './probe-port-name';
import { probeThreshold } from './probe-threshold';
import { quantity } from './quantity';
import { removedApiVersion } from './removed-api-version';
import { requestLimit } from './request-limit';
import { restartPolicy } from './restart-policy';
import { selector } from './selector';
import { serviceTargetPort } from './service-target-port';
import { shutdownGrace } from './shutdown-grace';
import { sigterm } from './sigterm';
import { startupDeadlock } from './startup-deadlock';
import { subPath } from './sub-path';
import { undefinedText } from './undefined-text';
import { volumeName } from './volume-name';
import { volumeNameUnique } from './volume-name-unique';
import { volumeSource } from './volume-source';
import { volumeSourceUnique } from './volume-source-unique';
import { containerFieldsOf } from './reading/containers';
import { PodSubject, Rule, ServiceSubject } from './rule';

export { checkRestrictedContainers } from './pod-security-restricted';
export type { Listener, PodSubject, ServicePod, ServiceSubject } from './rule';

/** What is known of a rule without its subject. */
export type RuleInfo = Omit<Rule<never>, 'check'>;

/** Rules of pods, in the order in which findings are listed; each is the file of its id. */
export const POD_RULES: readonly Rule<PodSubject>[] = [
  removedApiVersion,
  hasContainer,
  containerName,
  containerNameUnique,
  imageRequired,
  imageReference,
  pinnedImage,
  imagePullPolicy,
  portNumber,
  portProtocol,
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
  envValue,
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
  hookHandler,
  hookSleep,
  shutdownGrace,
  sigterm,
  restartPolicy,
  containerRestartPolicy,
  containerRestartPolicyValue,
  nativeSidecarVersion,
  commandStrings,
  fieldType,
  undefinedText,
  selector,
  labels,
  annotations,
  privilegeEscalation,
  nonRootUser,
  numericUser,
  podSecurityRestricted,
];

export const CONFIG_MAP_RULES: readonly Rule<Manifest>[] = [
  configMapKey,
  configMapKeyUnique,
  configMapValue,
  configMapSize,
];

export const SERVICE_RULES: readonly Rule<ServiceSubject>[] = [serviceTargetPort];

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
export function checkService(subject: ServiceSubject, only: (rule: RuleInfo) => boolean = isOnByDefault): Finding[] {
  return check(SERVICE_RULES, subject, only);
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
