/** Whom PgBouncer trusts, and how it says who it is. */
export interface PgBouncerTlsOptions {
  /**
   * A Secret with the certificates of the authorities to trust, as operators for PostgreSQL make it.
   *
   * @default - those that the image brings, which are the public ones
   */
  readonly caSecret?: string;

  /**
   * A ConfigMap with the certificates of the authorities to trust, as trust-manager makes it.
   *
   * @default - those that the image brings, which are the public ones
   */
  readonly caConfigMap?: string;

  /**
   * The key of `caSecret` or `caConfigMap` that has them.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;

  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that PgBouncer shows.
   *
   * @default - none
   */
  readonly clientSecret?: string;
}

/**
 * How the connections to the servers are secured: all of them alike, as PgBouncer has no such setting for a database.
 *
 * @example
 *
 * const tls = PgBouncerTls.verified({ caSecret: 'shop-db-ca' });
 */
export class PgBouncerTls {
  /** TLS with a server whose certificate an authority vouches for and which has the name of the host. */
  public static verified(options: PgBouncerTlsOptions = {}): PgBouncerTls {
    return new PgBouncerTls('verify-full', options);
  }

  /** TLS with whoever answers: anybody in between can read all and change all. */
  public static unverified(): PgBouncerTls {
    return new PgBouncerTls('require', {});
  }

  /** No TLS, for a server in the same cluster, for instance, where the network encrypts. */
  public static plaintext(): PgBouncerTls {
    return new PgBouncerTls('disable', {});
  }

  private constructor(
    /**
     * PgBouncer's word for it.
     *
     * @internal
     */
    public readonly _mode: 'verify-full' | 'require' | 'disable',
    /** @internal */
    public readonly _options: PgBouncerTlsOptions,
  ) {}
}
