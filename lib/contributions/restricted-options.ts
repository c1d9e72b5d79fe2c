/** What an image needs in order to run under Pod Security "restricted". */
export interface RestrictedOptions {
  /**
   * The number of the user that the container runs as, not 0.
   *
   * @default - the container's own runAsUser or that of its pod; an error where there is none
   */
  readonly user?: number;

  /**
   * The number of the group that the container runs as.
   *
   * @default - the container's own runAsGroup or that of its pod, otherwise the image's
   */
  readonly group?: number;

  /**
   * Folders in which the image writes. Its root file system is read-only, so each becomes an emptyDir.
   *
   * @default - none
   */
  readonly writablePaths?: string[];

  /**
   * Lets processes that are not root listen on ports below 1024, in the whole pod: sets the sysctl
   * `net.ipv4.ip_unprivileged_port_start` to 0, which "restricted" allows. containerd before 2.0 and CRI-O need it, newer
   * ones have it anyway; a pod on the host network cannot have it.
   *
   * @default false
   * @see https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
   */
  readonly lowPorts?: boolean;
}
