// Generated from lib/rules/index.ts by "npm run rules".

/**
 * The ids of the rules, for `PodChecks.ignore` and `PodChecks.require`: `docs/rules` has a page about each.
 *
 * @example
 *
 * PodChecks.of(web).ignore(PodRules.PORT_NAME_SHARED, 'no Service uses the name');
 */
export class PodRules {
  /** enforced: The apiVersion of a workload, Service or ConfigMap is one in which clusters have its kind. */
  public static readonly REMOVED_API_VERSION: string = 'removed-api-version';

  /** enforced: A pod has at least one regular container. */
  public static readonly HAS_CONTAINER: string = 'has-container';

  /** enforced: A container's name is a DNS label of at most 63 characters. */
  public static readonly CONTAINER_NAME: string = 'container-name';

  /** enforced: No two containers of a pod have one name, be they regular, init or ephemeral. */
  public static readonly CONTAINER_NAME_UNIQUE: string = 'container-name-unique';

  /** enforced: A container has an image. */
  public static readonly IMAGE_REQUIRED: string = 'image-required';

  /** default: An image is a reference that container runtimes can read, such as registry.example.com/app:1.2. */
  public static readonly IMAGE_REFERENCE: string = 'image-reference';

  /** opt-in: An image is pinned: by a digest, or by a tag that is not "latest". */
  public static readonly PINNED_IMAGE: string = 'pinned-image';

  /** enforced: A containerPort or hostPort is a whole number from 1 to 65535. */
  public static readonly PORT_NUMBER: string = 'port-number';

  /** enforced: A port's name has at most 15 characters (a-z, 0-9, hyphens), at least one of them a letter. */
  public static readonly PORT_NAME: string = 'port-name';

  /** enforced: No two ports of a container have one name. */
  public static readonly PORT_NAME_UNIQUE: string = 'port-name-unique';

  /** default: No two containers of a pod give their ports one name: a Service that uses it reaches only one of them. */
  public static readonly PORT_NAME_SHARED: string = 'port-name-shared';

  /** default: A container declares a port and protocol once. */
  public static readonly DUPLICATE_PORT: string = 'duplicate-port';

  /** enforced: In a pod on the host network, a hostPort is the same as its containerPort. */
  public static readonly HOST_PORT_NETWORK: string = 'host-port-network';

  /** enforced: No two ports of a pod have one hostPort, hostIP and protocol. */
  public static readonly HOST_PORT_UNIQUE: string = 'host-port-unique';

  /** default: Host ports do not overlap, native sidecars and unspecified hostIPs included. */
  public static readonly HOST_PORT_CONFLICT: string = 'host-port-conflict';

  /** default: No two containers that run at the same time use one port and protocol. */
  public static readonly PORT_CONFLICT: string = 'port-conflict';

  /** default: A container that is not root listens on ports from 1024 on, or the pod sets the sysctl net.ipv4.ip_unprivileged_port_start. */
  public static readonly PRIVILEGED_PORT: string = 'privileged-port';

  /** enforced: A volume's name is a DNS label of at most 63 characters. */
  public static readonly VOLUME_NAME: string = 'volume-name';

  /** enforced: No two volumes of a pod have one name. */
  public static readonly VOLUME_NAME_UNIQUE: string = 'volume-name-unique';

  /** default: A volume says what it is made of: without a source, as in secret: null, it silently becomes an emptyDir. */
  public static readonly VOLUME_SOURCE: string = 'volume-source';

  /** enforced: A volume has one source, such as emptyDir or configMap, and not several. */
  public static readonly VOLUME_SOURCE_UNIQUE: string = 'volume-source-unique';

  /** enforced: The volume that a container mounts exists in its pod. */
  public static readonly MOUNT_VOLUME: string = 'mount-volume';

  /** enforced: A mount has a path, and no two of a container have the same. */
  public static readonly MOUNT_PATH: string = 'mount-path';

  /** default: No two mounts of a container have paths that only look different, such as /a and /a/. */
  public static readonly MOUNT_PATH_EQUIVALENT: string = 'mount-path-equivalent';

  /** default: No mount lies below a single file, nor a single file inside a ConfigMap, Secret, projected or downwardAPI mount, nor anything inside a read-only emptyDir: the container does not start. */
  public static readonly MOUNT_UNDER_READ_ONLY: string = 'mount-under-read-only';

  /** opt-in: No mount of a container lies inside another one, which hides what is there in the outer volume. */
  public static readonly NESTED_MOUNT: string = 'nested-mount';

  /** enforced: A subPath is relative and without "..", and stands without a subPathExpr. */
  public static readonly SUB_PATH: string = 'sub-path';

  /** default: The files of a volume have paths that neither repeat nor contain each other. */
  public static readonly OVERLAPPING_PATHS: string = 'overlapping-paths';

  /** enforced: The name of an environment variable is printable ASCII without "=". */
  public static readonly ENV_NAME: string = 'env-name';

  /** default: The name of an environment variable has letters, digits, '_', '-' and '.' and does not begin with a digit, as Kubernetes before 1.32 asks for. */
  public static readonly ENV_NAME_PORTABLE: string = 'env-name-portable';

  /** default: An environment variable has a value or a valueFrom: without either, as where a value is undefined, it is empty. */
  public static readonly ENV_EMPTY: string = 'env-empty';

  /** enforced: A valueFrom has exactly one source, and no value stands beside it. */
  public static readonly ENV_VALUE_FROM: string = 'env-value-from';

  /** default: A container sets a variable once, unless the later value extends the earlier one. */
  public static readonly ENV_UNIQUE: string = 'env-unique';

  /** default: What the value of a variable refers to as $(NAME) is a variable that stands before it, or one from envFrom. */
  public static readonly ENV_REFERENCE: string = 'env-reference';

  /** enforced: Requests, limits and sizes of volumes are quantities, such as 100m, 1.5 or 128Mi, and not negative. */
  public static readonly QUANTITY: string = 'quantity';

  /** enforced: A request is not larger than its limit; for huge pages and extended resources it is the same. */
  public static readonly REQUEST_LIMIT: string = 'request-limit';

  /** default: Memory and storage are whole bytes: 100m of memory is a tenth of a byte. */
  public static readonly FRACTIONAL_BYTES: string = 'fractional-bytes';

  /** enforced: A probe has exactly one handler: exec, httpGet, tcpSocket or grpc. */
  public static readonly PROBE_HANDLER: string = 'probe-handler';

  /** enforced: The successThreshold of a startup or liveness probe is 1. */
  public static readonly PROBE_THRESHOLD: string = 'probe-threshold';

  /** enforced: The port of a probe or hook is a number from 1 to 65535 or the name of a port; "8080" is neither. */
  public static readonly PROBE_PORT: string = 'probe-port';

  /** default: The port name that a probe or hook uses is declared by its own container. */
  public static readonly PROBE_PORT_NAME: string = 'probe-port-name';

  /** default: A probe or hook asks no port that is open on the loopback address only: the kubelet asks the pod's address. */
  public static readonly LOOPBACK_PROBE: string = 'loopback-probe';

  /** enforced: An init container that is no native sidecar has neither probes nor lifecycle hooks. */
  public static readonly INIT_PROBE: string = 'init-probe';

  /** default: Neither the startup probe of a native sidecar nor an init container waits for what starts after it. */
  public static readonly STARTUP_DEADLOCK: string = 'startup-deadlock';

  /** default: A helper that connects to a name of the cluster is in a pod that asks the DNS of the cluster. */
  public static readonly CLUSTER_DNS: string = 'cluster-dns';

  /** enforced: A lifecycle hook has exactly one handler: exec, httpGet, tcpSocket or sleep. */
  public static readonly HOOK_HANDLER: string = 'hook-handler';

  /** enforced: The sleep of a lifecycle hook is not negative and not longer than the pod's grace period. */
  public static readonly HOOK_SLEEP: string = 'hook-sleep';

  /** default: A preStop hook that runs sleep ends within the pod's grace period, after which everything is killed. */
  public static readonly SHUTDOWN_GRACE: string = 'shutdown-grace';

  /** default: Process 1 of a container ends at SIGTERM: tail, sleep and a shell without a trap do not, and the pod's end waits for its whole grace period. */
  public static readonly SIGTERM: string = 'sigterm';

  /** enforced: The restartPolicy of a pod fits its kind: Always for what runs on, OnFailure or Never for a Job. */
  public static readonly RESTART_POLICY: string = 'restart-policy';

  /** enforced: Where the target version is below 1.34, only init containers have a restartPolicy, and only Always. Later ones accept any. */
  public static readonly CONTAINER_RESTART_POLICY: string = 'container-restart-policy';

  /** default: The restartPolicy of a container is Always, OnFailure or Never: Kubernetes 1.34 and later may drop anything else without a word. */
  public static readonly CONTAINER_RESTART_POLICY_VALUE: string = 'container-restart-policy-value';

  /** default: Native sidecars are for Kubernetes 1.29 and later: older clusters wait for them to end, for ever. */
  public static readonly NATIVE_SIDECAR_VERSION: string = 'native-sidecar-version';

  /** default: The name of a StatefulSet leaves room for what comes behind it in a label of its pods: 52 characters. */
  public static readonly STATEFUL_SET_NAME: string = 'stateful-set-name';

  /** enforced: The name of an object, and of its namespace, has the form that its kind asks for: most are DNS subdomains. */
  public static readonly METADATA_NAME: string = 'metadata-name';

  /** enforced: Fields have the type that the API gives them: numbers and booleans without quotes, strings with them, lists. */
  public static readonly FIELD_TYPE: string = 'field-type';

  /** default: Fields have names that the API knows, and stand where it looks for them. */
  public static readonly UNKNOWN_FIELD: string = 'unknown-field';

  /** enforced: Fields that can have a few values only, or numbers of a range, have one of these. */
  public static readonly FIELD_VALUE: string = 'field-value';

  /** enforced: What an object cannot do without is there, such as the key of a secretKeyRef. */
  public static readonly REQUIRED_FIELD: string = 'required-field';

  /** enforced: Labels have valid keys, and valid values of at most 63 characters. */
  public static readonly LABELS: string = 'labels';

  /** enforced: Annotations have valid keys, and 256 KiB in all at most. */
  public static readonly ANNOTATIONS: string = 'annotations';

  /** default: No text has undefined, NaN or [object Object] where a value belongs: that is what JavaScript makes of none. */
  public static readonly UNDEFINED_TEXT: string = 'undefined-text';

  /** enforced: The selector of a Deployment, StatefulSet, DaemonSet or ReplicaSet matches its pods' labels. */
  public static readonly SELECTOR: string = 'selector';

  /** enforced: The schedule of a CronJob has five fields, each a number in its range, or is a word such as "@daily". */
  public static readonly CRON_SCHEDULE: string = 'cron-schedule';

  /** default: The timeZone of a CronJob is a name of the IANA time zone database, such as Europe/Berlin. */
  public static readonly CRON_TIME_ZONE: string = 'cron-time-zone';

  /** enforced: A privileged container does not say allowPrivilegeEscalation: false. */
  public static readonly PRIVILEGE_ESCALATION: string = 'privilege-escalation';

  /** default: Where runAsNonRoot is true, runAsUser is not 0, and is there for images whose user is only a name. */
  public static readonly NON_ROOT_USER: string = 'non-root-user';

  /** opt-in: Where runAsNonRoot is true, runAsUser is a number, whatever user the image has. */
  public static readonly NUMERIC_USER: string = 'numeric-user';

  /** opt-in: The pod satisfies the Pod Security Standard "restricted". */
  public static readonly POD_SECURITY_RESTRICTED: string = 'pod-security-restricted';

  /** enforced: The keys of a ConfigMap have letters, digits, '-', '_' and '.', at most 253 of them. */
  public static readonly CONFIG_MAP_KEY: string = 'config-map-key';

  /** enforced: A key of a ConfigMap is in data or in binaryData, not in both. */
  public static readonly CONFIG_MAP_KEY_UNIQUE: string = 'config-map-key-unique';

  /** enforced: The values of binaryData in a ConfigMap are base64. */
  public static readonly CONFIG_MAP_VALUE: string = 'config-map-value';

  /** enforced: The values of a ConfigMap have 1 MiB in all at most. */
  public static readonly CONFIG_MAP_SIZE: string = 'config-map-size';

  /** enforced: A Service has a port, unless it is headless or an ExternalName. */
  public static readonly SERVICE_PORTS: string = 'service-ports';

  /** enforced: The ports of a Service have names that are DNS labels, each a different one; a single port needs none. */
  public static readonly SERVICE_PORT_NAME: string = 'service-port-name';

  /** enforced: No two ports of a Service have one number, or one nodePort, with the same protocol. */
  public static readonly SERVICE_PORT_UNIQUE: string = 'service-port-unique';

  /** enforced: Only a Service of type NodePort or LoadBalancer has a nodePort. */
  public static readonly SERVICE_NODE_PORT: string = 'service-node-port';

  /** enforced: The targetPort of a Service is a number from 1 to 65535 or the name of a port; "8080" is neither. */
  public static readonly SERVICE_TARGET_PORT_VALUE: string = 'service-target-port-value';

  /** default: The port name that a Service sends to is declared by the pods it selects. */
  public static readonly SERVICE_TARGET_PORT: string = 'service-target-port';

  /** default: A Service sends to no port that is open on the loopback address only: it sends to the pod's address. */
  public static readonly SERVICE_LOOPBACK_PORT: string = 'service-loopback-port';

  /** enforced: The selector of a Service holds labels that pods can have. */
  public static readonly SERVICE_SELECTOR: string = 'service-selector';

  /** enforced: The clusterIP of a Service is an IP address or "None", and fits its type. */
  public static readonly SERVICE_CLUSTER_IP: string = 'service-cluster-ip';

  /** enforced: A Service of type ExternalName has an externalName, a DNS name in lower case. */
  public static readonly SERVICE_EXTERNAL_NAME: string = 'service-external-name';

  private constructor() {
    // Only constants.
  }
}
