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
   */
  public static workloadIdentity(options: CloudSqlImpersonation = {}): CloudSqlCredentials {
    return new CloudSqlCredentials('pod', options);
  }

  /**
   * A service account whose key is in a Secret: its container alone has it, as a file. A key that changes counts in pods
   * that start afterwards.
   */
  public static serviceAccountKey(options: CloudSqlKeyOptions): CloudSqlCredentials {
    return new CloudSqlCredentials('key', options);
  }

  private constructor(
    /** @internal */
    public readonly _account: 'pod' | 'key',
    /** @internal */
    public readonly _options: CloudSqlImpersonation & Partial<CloudSqlKeyOptions>,
  ) {}
}
