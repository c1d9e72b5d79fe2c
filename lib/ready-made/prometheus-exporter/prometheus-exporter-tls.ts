/** How an exporter says who it is. */
export interface PrometheusExporterTlsClientOptions {
  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that the exporter shows. A renewed one is used without
   * a restart.
   *
   * @default - none
   */
  readonly clientSecret?: string;
}

/** Whom an exporter trusts, and how it says who it is. At most one of the authorities. */
export interface PrometheusExporterTlsOptions extends PrometheusExporterTlsClientOptions {
  /**
   * The name that the main container's certificate has, usually that of its Service: no authority vouches for the
   * `127.0.0.1` that the exporter connects to.
   */
  readonly serverName: string;

  /**
   * A Secret with the certificates of the authorities to trust.
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
   * The key of that Secret or ConfigMap.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;
}

/**
 * How an exporter's connection to the main container is secured.
 *
 * @example
 *
 * const tls = PrometheusExporterTls.verified({ serverName: 'shop.default.svc', caSecret: 'shop-tls' });
 */
export class PrometheusExporterTls {
  /** The main container's certificate is verified: who issued it, and for which name. */
  public static verified(options: PrometheusExporterTlsOptions): PrometheusExporterTls {
    return new PrometheusExporterTls('verified', options);
  }

  /** Whoever listens on the port is trusted: nobody is between two containers of a pod. */
  public static unverified(options: PrometheusExporterTlsClientOptions = {}): PrometheusExporterTls {
    return new PrometheusExporterTls('unverified', options);
  }

  private constructor(
    /** @internal */
    public readonly _mode: 'verified' | 'unverified',
    /** @internal */
    public readonly _options: Partial<PrometheusExporterTlsOptions>,
  ) {}
}
