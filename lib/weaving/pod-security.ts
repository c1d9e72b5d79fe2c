import { IConstruct } from 'constructs';
import { RESTRICTED_FIELDS } from './private/helper-shape';
import { Host } from './private/host';
import { asConstruct, assertShape, fields, mapOf } from './private/shape';

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
}

/** What the images of a workload need in order to run under Pod Security "restricted". */
export interface RestrictedWorkloadOptions extends RestrictedOptions {
  /**
   * What single containers need instead, by their names.
   *
   * @default - the same for all containers
   */
  readonly containers?: { [container: string]: RestrictedOptions };
}

/**
 * Pod Security Standards.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export class PodSecurity {
  /**
   * Makes every container of a workload satisfy "restricted", helpers included: a numeric user that is not root, no
   * privilege escalation, all capabilities dropped, seccomp RuntimeDefault, and a read-only root file system. What
   * containers say themselves stays, and is an error where "restricted" forbids it, as is anything else in the pod.
   *
   * The user and group given for all are those of containers that name none themselves.
   *
   * For a single helper, give the helper `restricted` instead.
   *
   * @throws when the workload is no workload, an option is of the wrong type, or restricted already
   */
  public static restrict(workload: IConstruct, options: RestrictedWorkloadOptions = {}): void {
    const { path } = asConstruct('PodSecurity.restrict', workload, 'workload').node;
    assertShape(path || 'the app', options, OPTIONS);
    const { containers = {}, ...all } = options;
    Host.of(workload).restrict(all, containers);
  }
}

const OPTIONS = fields({}, { ...RESTRICTED_FIELDS, containers: mapOf('options', fields({}, RESTRICTED_FIELDS)) });
