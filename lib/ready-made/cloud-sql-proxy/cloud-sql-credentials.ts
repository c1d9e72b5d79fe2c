import { argument } from '../../values/argument';
import { assertShape, dataKey, listOf, nested, objectName, onlyFields, Shape } from '../../values/shape';

/** The service account that a Cloud SQL Auth Proxy becomes, if it is not to stay what it is. */
export interface CloudSqlImpersonation {
  /**
   * The service account as which it asks Google: `name@project.iam.gserviceaccount.com`.
   *
   * @default - the one that its credentials are of
   */
  readonly impersonate?: string;

  /**
   * The service accounts by way of which it becomes that one: its own may become the first, and so on; the last one may
   * become `impersonate`.
   *
   * @default - none: its own may become it
   */
  readonly delegates?: string[];
}

/** The key of a service account, as Google makes it. */
export interface CloudSqlKeyOptions extends CloudSqlImpersonation {
  /** The name of the Secret, in the namespace of the workload. */
  readonly secret: string;

  /**
   * The key of the Secret that has it.
   *
   * @default 'service_account.json'
   */
  readonly key?: string;
}

/** Where the container finds the key. */
export const CREDENTIALS_FOLDER = '/etc/cloud-sql-credentials';
export const CREDENTIALS_FILE = 'key.json';

/**
 * As whom a Cloud SQL Auth Proxy asks Google. The account needs the role Cloud SQL Client.
 *
 * @example
 *
 * const credentials = CloudSqlCredentials.serviceAccountKey({ secret: 'sql-account' });
 */
export class CloudSqlCredentials {
  /**
   * The account of the pod: the one that its Kubernetes service account is bound to, or that of the node.
   *
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   * @throws when an option is of the wrong type, or no service account
   */
  public static workloadIdentity(options: CloudSqlImpersonation = {}): CloudSqlCredentials {
    assertShape('CloudSqlCredentials.workloadIdentity', options, withWay(onlyFields({}, IMPERSONATION)));
    return new CloudSqlCredentials(chainOf(options));
  }

  /**
   * A service account whose key is in a Secret: its container alone has it, as a file. A key that changes counts in pods
   * that start afterwards.
   *
   * @throws when an option is of the wrong type, or no service account
   */
  public static serviceAccountKey(options: CloudSqlKeyOptions): CloudSqlCredentials {
    const shape = withWay(onlyFields({ secret: objectName }, { key: dataKey, ...IMPERSONATION }));
    assertShape('CloudSqlCredentials.serviceAccountKey', options, shape);
    const { secret, key = 'service_account.json' } = options;
    return new CloudSqlCredentials(chainOf(options), { secret, key });
  }

  private constructor(
    /**
     * As the proxy wants them: whom it becomes, then by way of whom, backwards.
     *
     * @internal
     */
    public readonly _chain: readonly string[],
    /** @internal */
    public readonly _key?: { readonly secret: string; readonly key: string },
  ) {}
}

/** The name of a database's user, `orders@my-shop.iam`, is shorter. */
const ACCOUNT = argument(
  /^[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com$/,
  'a service account, such as "orders@my-shop.iam.gserviceaccount.com"',
);
const IMPERSONATION = { impersonate: ACCOUNT, delegates: listOf('service accounts', ACCOUNT) };

function withWay(shape: Shape): Shape {
  return nested(shape, (value) => {
    const { impersonate, delegates = [] } = value as CloudSqlImpersonation;
    return impersonate === undefined && delegates.length > 0
      ? ['delegates lead to no service account; give that in "impersonate"']
      : [];
  });
}

function chainOf({ impersonate, delegates = [] }: CloudSqlImpersonation): readonly string[] {
  return impersonate === undefined ? [] : [impersonate, ...[...delegates].reverse()];
}
