/** How Envoy says who it is. */
export interface EnvoyTlsClientOptions {
  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that Envoy shows. A renewed one is used without a
   * restart.
   *
   * @default - none
   */
  readonly clientSecret?: string;

  /**
   * The name that Envoy asks for (SNI) and, where it verifies, that the server's certificate has to have.
   *
   * @default - the host of each upstream
   */
  readonly serverName?: string;
}

/** Whom Envoy trusts, and how it says who it is. At most one of the authorities. */
export interface EnvoyTlsOptions extends EnvoyTlsClientOptions {
  /**
   * A Secret with the certificates of the authorities to trust. Renewed ones are used without a restart.
   *
   * @default - those in `caFile`
   */
  readonly caSecret?: string;

  /**
   * A ConfigMap with the certificates of the authorities to trust, as trust-manager makes it. Renewed ones are used without
   * a restart.
   *
   * @default - those in `caFile`
   */
  readonly caConfigMap?: string;

  /**
   * The key of that Secret or ConfigMap.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;

  /**
   * The file in the image that has the certificates of the authorities to trust.
   *
   * @default '/etc/ssl/certs/ca-certificates.crt', the public ones, which the image brings
   */
  readonly caFile?: string;
}

/**
 * How connections to upstreams with `https:` are secured.
 *
 * @example
 *
 * const tls = EnvoyTls.verified({ caConfigMap: 'company-ca', clientSecret: 'shop-client' });
 */
export class EnvoyTls {
  /** The server's certificate is verified: who issued it, and for which name. */
  public static verified(options: EnvoyTlsOptions = {}): EnvoyTls {
    return new EnvoyTls('verified', options);
  }

  /** Whoever answers is trusted: anybody in between can read all and change all. */
  public static unverified(options: EnvoyTlsClientOptions = {}): EnvoyTls {
    return new EnvoyTls('unverified', options);
  }

  private constructor(
    /** @internal */
    public readonly _mode: 'verified' | 'unverified',
    /** @internal */
    public readonly _options: EnvoyTlsOptions,
  ) {}
}
