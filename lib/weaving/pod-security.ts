import { IConstruct } from 'constructs';
import { RestrictedOptions } from '../contributions/restricted-options';
import { RESTRICTED_FIELDS } from '../contributions/helper-shape';
import { hostOf } from './hosted-object';
import { asConstruct, assertShape, fields, mapOf } from '../values/shape';

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
 * @example
 *
 * PodSecurity.restrict(web, { user: 101, lowPorts: true, containers: { nginx: { writablePaths: ['/var/cache/nginx'] } } });
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
    hostOf(workload).restrict(all, containers);
  }

  private constructor() {
    // There is nothing to make: all is static.
  }
}

const OPTIONS = fields({}, { ...RESTRICTED_FIELDS, containers: mapOf('options', fields({}, RESTRICTED_FIELDS)) });
