/** How nginx says who it is. */
export interface NginxCacheTlsClientOptions {
  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that nginx shows. A renewed one is used for new
   * connections, without a restart.
   *
   * @default - none
   */
  readonly clientSecret?: string;

  /**
   * The name that nginx asks for (SNI) and, where it verifies, that the server's certificate has to have.
   *
   * @default - the host of the upstream; nginx verifies no addresses, so one has to be given where that is an IP address
   */
  readonly serverName?: string;
}

/** Whom nginx trusts, and how it says who it is. */
export interface NginxCacheTlsOptions extends NginxCacheTlsClientOptions {
  /**
   * A Secret with the certificates of the authorities to trust.
   *
   * @default - the public authorities, which the image brings
   */
  readonly caSecret?: string;

  /**
   * A ConfigMap with the certificates of the authorities to trust, as trust-manager makes it. Not together with
   * `caSecret`.
   *
   * @default - the public authorities, which the image brings
   */
  readonly caConfigMap?: string;

  /**
   * The key of that Secret or ConfigMap.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;
}

/**
 * How connections to an upstream with `https:` are secured.
 *
 * @example
 *
 * const tls = NginxCacheTls.verified({ caConfigMap: 'company-ca' });
 */
export class NginxCacheTls {
  /** The server's certificate is verified: who issued it, and for which name. */
  public static verified(options: NginxCacheTlsOptions = {}): NginxCacheTls {
    return new NginxCacheTls('verified', options);
  }

  /** Whoever answers is trusted: anybody in between can read all and change all, and what is changed is kept. */
  public static unverified(options: NginxCacheTlsClientOptions = {}): NginxCacheTls {
    return new NginxCacheTls('unverified', options);
  }

  private constructor(
    /** @internal */
    public readonly _mode: 'verified' | 'unverified',
    /** @internal */
    public readonly _options: NginxCacheTlsOptions,
  ) {}
}
