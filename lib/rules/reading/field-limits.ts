/** What the API server asks of the value of a field, besides its type. */
export type Limit =
  | { readonly kind: 'required' }
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'range'; readonly min: number; readonly max: number; readonly range: string };

const required: Limit = { kind: 'required' };

const MAX_INT32 = 2 ** 31 - 1;

/** The empty string is how Kubernetes writes that there is none, and makes it the default. */
function oneOf(...values: readonly string[]): Limit {
  return { kind: 'values', values };
}

function between(min: number, max: number, range = `between ${min} and ${max}, inclusive`): Limit {
  return { kind: 'range', min, max, range };
}

function atLeast(min: number): Limit {
  return between(min, Infinity, `greater than or equal to ${min}`);
}

const NOT_NEGATIVE = atLeast(0);
const ID = between(0, MAX_INT32);
const FILE_MODE = between(0, 0o777, 'between 0 and 0777 (octal), which is 511');
const WEIGHT = between(1, 100);
const PROTOCOL = oneOf('TCP', 'UDP', 'SCTP');
const PULL_POLICY = oneOf('Always', 'IfNotPresent', 'Never');
const TERMINATION_MESSAGE = oneOf('File', 'FallbackToLogsOnError');
const PROFILE = oneOf('RuntimeDefault', 'Localhost', 'Unconfined');
const TRAFFIC_POLICY = oneOf('Cluster', 'Local');
const INCLUSION = oneOf('Honor', 'Ignore');
const RETENTION = oneOf('Retain', 'Delete');

/**
 * The fields that every supported version of the API server limits, by type and name. What a newer version also takes is
 * among the values; what an older one ignores as a whole is not here.
 */
export const FIELD_LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  'AppArmorProfile.type': [required, PROFILE],
  'AzureDiskVolumeSource.diskName': [required],
  'AzureDiskVolumeSource.diskURI': [required],
  'AzureFileVolumeSource.secretName': [required],
  'AzureFileVolumeSource.shareName': [required],
  'CSIVolumeSource.driver': [required],
  'ConfigMapKeySelector.key': [required],
  'ConfigMapVolumeSource.defaultMode': [FILE_MODE],
  'ConfigMapVolumeSource.name': [required],
  'Container.imagePullPolicy': [PULL_POLICY],
  'Container.terminationMessagePolicy': [TERMINATION_MESSAGE],
  'ContainerPort.protocol': [PROTOCOL],
  'CronJobSpec.concurrencyPolicy': [oneOf('Allow', 'Forbid', 'Replace')],
  'CronJobSpec.failedJobsHistoryLimit': [NOT_NEGATIVE],
  'CronJobSpec.schedule': [required],
  'CronJobSpec.startingDeadlineSeconds': [NOT_NEGATIVE],
  'CronJobSpec.successfulJobsHistoryLimit': [NOT_NEGATIVE],
  'DaemonSetSpec.minReadySeconds': [NOT_NEGATIVE],
  'DaemonSetSpec.revisionHistoryLimit': [NOT_NEGATIVE],
  'DaemonSetUpdateStrategy.type': [oneOf('RollingUpdate', 'OnDelete')],
  'DeploymentSpec.minReadySeconds': [NOT_NEGATIVE],
  'DeploymentSpec.progressDeadlineSeconds': [NOT_NEGATIVE],
  'DeploymentSpec.replicas': [NOT_NEGATIVE],
  'DeploymentSpec.revisionHistoryLimit': [NOT_NEGATIVE],
  'DeploymentStrategy.type': [oneOf('RollingUpdate', 'Recreate')],
  'DownwardAPIVolumeFile.mode': [FILE_MODE],
  'DownwardAPIVolumeFile.path': [required],
  'DownwardAPIVolumeSource.defaultMode': [FILE_MODE],
  'EphemeralContainer.imagePullPolicy': [PULL_POLICY],
  'EphemeralContainer.terminationMessagePolicy': [TERMINATION_MESSAGE],
  'GlusterfsVolumeSource.endpoints': [required],
  'GlusterfsVolumeSource.path': [required],
  'HTTPGetAction.scheme': [oneOf('HTTP', 'HTTPS')],
  'HTTPHeader.name': [required],
  'HostAlias.ip': [required],
  'HostPathVolumeSource.path': [required],
  'HostPathVolumeSource.type': [
    oneOf('DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'),
  ],
  'ISCSIVolumeSource.iqn': [required],
  'ISCSIVolumeSource.targetPortal': [required],
  'JobSpec.activeDeadlineSeconds': [NOT_NEGATIVE],
  'JobSpec.backoffLimit': [NOT_NEGATIVE],
  'JobSpec.completionMode': [oneOf('NonIndexed', 'Indexed')],
  'JobSpec.completions': [NOT_NEGATIVE],
  'JobSpec.parallelism': [NOT_NEGATIVE],
  'JobSpec.podReplacementPolicy': [oneOf('TerminatingOrFailed', 'Failed')],
  'JobSpec.ttlSecondsAfterFinished': [NOT_NEGATIVE],
  'KeyToPath.key': [required],
  'KeyToPath.mode': [FILE_MODE],
  'KeyToPath.path': [required],
  'LabelSelectorRequirement.key': [required],
  'LabelSelectorRequirement.operator': [required, oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')],
  'NFSVolumeSource.path': [required],
  'NFSVolumeSource.server': [required],
  'NodeSelector.nodeSelectorTerms': [required],
  'NodeSelectorRequirement.key': [required],
  'NodeSelectorRequirement.operator': [required, oneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt')],
  'ObjectFieldSelector.fieldPath': [required],
  'PersistentVolumeClaimSpec.volumeMode': [oneOf('Filesystem', 'Block')],
  'PersistentVolumeClaimVolumeSource.claimName': [required],
  'PodAffinityTerm.topologyKey': [required],
  'PodDNSConfigOption.name': [required],
  'PodOS.name': [required, oneOf('linux', 'windows')],
  'PodSecurityContext.fsGroup': [ID],
  'PodSecurityContext.fsGroupChangePolicy': [oneOf('OnRootMismatch', 'Always')],
  'PodSecurityContext.runAsGroup': [ID],
  'PodSecurityContext.runAsUser': [ID],
  'PodSpec.activeDeadlineSeconds': [between(1, MAX_INT32)],
  'PodSpec.dnsPolicy': [oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None')],
  'PodSpec.preemptionPolicy': [oneOf('PreemptLowerPriority', 'Never')],
  'PreferredSchedulingTerm.weight': [required, WEIGHT],
  'Probe.failureThreshold': [NOT_NEGATIVE],
  'Probe.initialDelaySeconds': [NOT_NEGATIVE],
  'Probe.periodSeconds': [NOT_NEGATIVE],
  'Probe.successThreshold': [NOT_NEGATIVE],
  'Probe.terminationGracePeriodSeconds': [between(1, Infinity, 'greater than 0')],
  'Probe.timeoutSeconds': [NOT_NEGATIVE],
  'ProjectedVolumeSource.defaultMode': [FILE_MODE],
  'ReplicaSetSpec.minReadySeconds': [NOT_NEGATIVE],
  'ReplicaSetSpec.replicas': [NOT_NEGATIVE],
  'ReplicationControllerSpec.minReadySeconds': [NOT_NEGATIVE],
  'ReplicationControllerSpec.replicas': [NOT_NEGATIVE],
  'ResourceFieldSelector.resource': [required],
  'SeccompProfile.type': [required, PROFILE],
  'SecretKeySelector.key': [required],
  'SecretVolumeSource.defaultMode': [FILE_MODE],
  'SecretVolumeSource.secretName': [required],
  'SecurityContext.procMount': [oneOf('Default', 'Unmasked')],
  'SecurityContext.runAsGroup': [ID],
  'SecurityContext.runAsUser': [ID],
  'ServiceAccountTokenProjection.path': [required],
  'ServicePort.port': [required, between(1, 65_535)],
  'ServicePort.protocol': [PROTOCOL],
  'ServiceSpec.externalTrafficPolicy': [TRAFFIC_POLICY],
  'ServiceSpec.internalTrafficPolicy': [TRAFFIC_POLICY],
  'ServiceSpec.ipFamilyPolicy': [oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack')],
  'ServiceSpec.sessionAffinity': [oneOf('None', 'ClientIP')],
  'ServiceSpec.trafficDistribution': [oneOf('PreferClose', 'PreferSameZone', 'PreferSameNode')],
  'ServiceSpec.type': [oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName')],
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': [RETENTION],
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': [RETENTION],
  'StatefulSetSpec.minReadySeconds': [NOT_NEGATIVE],
  'StatefulSetSpec.podManagementPolicy': [oneOf('OrderedReady', 'Parallel')],
  'StatefulSetSpec.replicas': [NOT_NEGATIVE],
  'StatefulSetUpdateStrategy.type': [oneOf('RollingUpdate', 'OnDelete', 'Recreate')],
  'Sysctl.name': [required],
  'Toleration.effect': [oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')],
  'Toleration.operator': [oneOf('Equal', 'Exists', 'Lt', 'Gt')],
  'TopologySpreadConstraint.maxSkew': [required, atLeast(1)],
  'TopologySpreadConstraint.minDomains': [atLeast(1)],
  'TopologySpreadConstraint.nodeAffinityPolicy': [INCLUSION],
  'TopologySpreadConstraint.nodeTaintsPolicy': [INCLUSION],
  'TopologySpreadConstraint.topologyKey': [required],
  'TopologySpreadConstraint.whenUnsatisfiable': [required, oneOf('DoNotSchedule', 'ScheduleAnyway')],
  'TypedLocalObjectReference.kind': [required],
  'TypedLocalObjectReference.name': [required],
  'VolumeDevice.devicePath': [required],
  'VolumeDevice.name': [required],
  'VolumeMount.mountPropagation': [oneOf('None', 'HostToContainer', 'Bidirectional')],
  'VolumeMount.recursiveReadOnly': [oneOf('Disabled', 'IfPossible', 'Enabled')],
  'VsphereVirtualDiskVolumeSource.volumePath': [required],
  'WeightedPodAffinityTerm.podAffinityTerm': [required],
  'WeightedPodAffinityTerm.weight': [required, WEIGHT],
};
