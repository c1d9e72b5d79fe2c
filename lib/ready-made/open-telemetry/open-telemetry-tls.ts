/** Whom a collector trusts, and how it says who it is. */
export interface OpenTelemetryTlsOptions {
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

  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that the collector shows.
   *
   * @default - none
   */
  readonly clientSecret?: string;

  /**
   * The name that the server's certificate has to have.
   *
   * @default - the host of the endpoint
   */
  readonly serverName?: string;
}

/**
 * How a connection is secured.
 *
 * @example
 *
 * const output = OpenTelemetryOutput.otlp('gateway.observability:4317', { tls: OpenTelemetryTls.plaintext() });
 */
export class OpenTelemetryTls {
  /** TLS, with the server's certificate verified. */
  public static verified(options: OpenTelemetryTlsOptions = {}): OpenTelemetryTls {
    return new OpenTelemetryTls('verified', options);
  }

  /** TLS with whoever answers: anybody in between can read all and change all. */
  public static unverified(): OpenTelemetryTls {
    return new OpenTelemetryTls('unverified', {});
  }

  /** No TLS, for a collector in the same cluster, for instance, where the network encrypts. */
  public static plaintext(): OpenTelemetryTls {
    return new OpenTelemetryTls('plaintext', {});
  }

  private constructor(
    /** @internal */
    public readonly _mode: 'verified' | 'unverified' | 'plaintext',
    /** @internal */
    public readonly _options: OpenTelemetryTlsOptions,
  ) {}
}
