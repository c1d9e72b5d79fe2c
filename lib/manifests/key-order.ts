/** Where a field's name does not say more: what names a thing comes before what it is made of. */
const ANY = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'type', 'key', 'value'];

const DOCUMENT = [
  ...['apiVersion', 'kind', 'metadata', 'immutable', 'type', 'spec', 'data', 'stringData', 'binaryData'],
  ...['provisioner', 'parameters', 'subjects', 'roleRef', 'rules'],
];

const METADATA = ['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences'];

/**
 * The fields of the specs of all kinds in one order: where two kinds share a field they agree on its place, and a
 * custom resource that borrows fields from a built-in kind gets their order, too.
 */
const SPEC = [
  // Service, PersistentVolume, Ingress, HorizontalPodAutoscaler
  ...['type', 'clusterIP', 'clusterIPs', 'externalName', 'ipFamilyPolicy', 'ipFamilies', 'loadBalancerClass'],
  ...['storageClassName', 'volumeName', 'volumeMode', 'capacity', 'accessModes'],
  ...['ingressClassName', 'defaultBackend', 'tls', 'scaleTargetRef', 'minReplicas', 'maxReplicas'],
  ...['minAvailable', 'maxUnavailable', 'ports'],
  // CronJob, Job
  ...['schedule', 'timeZone', 'concurrencyPolicy', 'startingDeadlineSeconds', 'suspend'],
  ...['successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'completionMode', 'completions', 'parallelism'],
  ...['backoffLimit', 'backoffLimitPerIndex', 'maxFailedIndexes', 'podFailurePolicy', 'ttlSecondsAfterFinished'],
  // Deployment, StatefulSet, DaemonSet
  ...['serviceName', 'replicas', 'revisionHistoryLimit', 'minReadySeconds', 'progressDeadlineSeconds', 'paused'],
  ...['selector', 'podSelector', 'policyTypes', 'strategy', 'updateStrategy', 'podManagementPolicy'],
  ...['template', 'jobTemplate', 'volumeClaimTemplates'],
  // Pod
  ...['restartPolicy', 'activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'serviceAccountName'],
  ...['serviceAccount', 'automountServiceAccountToken', 'imagePullSecrets', 'priorityClassName', 'priority'],
  ...['preemptionPolicy', 'runtimeClassName', 'os', 'overhead', 'schedulerName', 'schedulingGates', 'nodeName'],
  ...['nodeSelector', 'affinity', 'tolerations', 'topologySpreadConstraints', 'readinessGates', 'hostname'],
  ...['subdomain', 'setHostnameAsFQDN', 'hostAliases', 'hostNetwork', 'hostPID', 'hostIPC', 'hostUsers'],
  ...['dnsPolicy', 'dnsConfig', 'enableServiceLinks', 'shareProcessNamespace', 'resourceClaims', 'resources'],
  ...['securityContext', 'volumes', 'initContainers', 'containers', 'ephemeralContainers'],
];

const CONTAINER = [
  ...['name', 'image', 'imagePullPolicy', 'restartPolicy', 'command', 'args', 'workingDir', 'env', 'envFrom', 'ports'],
  ...['resources', 'resizePolicy', 'volumeMounts', 'volumeDevices', 'startupProbe', 'livenessProbe', 'readinessProbe'],
  ...[
    'lifecycle',
    'securityContext',
    'stdin',
    'stdinOnce',
    'tty',
    'terminationMessagePath',
    'terminationMessagePolicy',
  ],
];

const PROBE = [
  ...['httpGet', 'tcpSocket', 'grpc', 'exec', 'initialDelaySeconds', 'periodSeconds', 'timeoutSeconds'],
  ...['successThreshold', 'failureThreshold', 'terminationGracePeriodSeconds'],
];

const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage', 'storage'];

/** Maps whose keys belong to the user, and all that is below them. */
const FREE: readonly string[] = [
  ...['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'stringData', 'binaryData'],
  ...['parameters', 'properties', 'values'],
];

/** By the name of the field that holds the map, or the list of maps. */
const ORDERS: readonly (readonly [fieldName: string, keys: readonly string[]])[] = [
  ['metadata', METADATA],
  ['spec', SPEC],
  ['containers', CONTAINER],
  ['initContainers', CONTAINER],
  ['ephemeralContainers', CONTAINER],
  ['startupProbe', PROBE],
  ['livenessProbe', PROBE],
  ['readinessProbe', PROBE],
  ['httpGet', ['path', 'port', 'host', 'scheme', 'httpHeaders']],
  [
    'ports',
    ['name', 'containerPort', 'port', 'targetPort', 'nodePort', 'hostPort', 'hostIP', 'protocol', 'appProtocol'],
  ],
  ['volumeMounts', ['name', 'mountPath', 'subPath', 'subPathExpr', 'readOnly']],
  ['volumeDevices', ['name', 'devicePath']],
  ['resources', ['requests', 'limits', 'claims']],
  ['requests', AMOUNTS],
  ['limits', AMOUNTS],
  ['capacity', AMOUNTS],
  ['hard', AMOUNTS],
  // The selector of a Service is a map of labels, whose keys are free.
  ['selector', ['matchLabels', 'matchExpressions']],
  ['tolerations', ['key', 'operator', 'value', 'effect', 'tolerationSeconds']],
  ['paths', ['path', 'pathType', 'backend']],
  [
    'securityContext',
    ['runAsNonRoot', 'runAsUser', 'runAsGroup', 'fsGroup', 'fsGroupChangePolicy', 'supplementalGroups'],
  ],
];

/** Where each key stands; a key that is not there stands at `UNKNOWN`. */
export type KeyRanks = ReadonlyMap<string, number>;

/** Behind all keys that are known. */
export const UNKNOWN = Number.MAX_SAFE_INTEGER;

export function ranksOf(keys: readonly string[]): KeyRanks {
  return new Map(keys.map((key, index) => [key, index]));
}

const RANKS_IN_DOCUMENT = ranksOf(DOCUMENT);
const RANKS_ANYWHERE = ranksOf(ANY);
const RANKS = new Map<string, KeyRanks | undefined>([
  ...FREE.map((fieldName) => [fieldName, undefined] as const),
  ...ORDERS.map(([fieldName, keys]) => [fieldName, ranksOf(keys)] as const),
]);

/**
 * The order in which people write the fields of a map, given the name of the field that holds it (`undefined`: the
 * document itself); `undefined` where the keys are free, and all that is below them.
 */
export function keyRanks(fieldName: string | undefined): KeyRanks | undefined {
  if (fieldName === undefined) {
    return RANKS_IN_DOCUMENT;
  }
  return RANKS.get(fieldName) ?? (RANKS.has(fieldName) ? undefined : RANKS_ANYWHERE);
}
