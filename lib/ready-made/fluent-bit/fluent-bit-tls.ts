/** Whom Fluent Bit trusts, and how it says who it is. */
export interface FluentBitTlsOptions {
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
   * The key of `caSecret` or `caConfigMap` that has them.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;

  /**
   * A Secret of type `kubernetes.io/tls` with the certificate and key that Fluent Bit shows.
   *
   * @default - none
   */
  readonly clientSecret?: string;

  /**
   * The name that the server's certificate has to have.
   *
   * @default - the host that is connected to
   */
  readonly serverName?: string;
}

/**
 * How a connection is secured.
 *
 * @example
 *
 * const output = FluentBitOutput.forward('fluentd.logging', { tls: FluentBitTls.verified({ caSecret: 'logging-ca' }) });
 */
export class FluentBitTls {
  /** TLS, with the server's certificate and its name verified. */
  public static verified(options: FluentBitTlsOptions = {}): FluentBitTls {
    return new FluentBitTls('verified', options);
  }

  /** TLS with whoever answers: anybody in between can read all and change all. */
  public static unverified(): FluentBitTls {
    return new FluentBitTls('unverified', {});
  }

  /** No TLS, inside a cluster whose network encrypts, for instance. */
  public static plaintext(): FluentBitTls {
    return new FluentBitTls('plaintext', {});
  }

  private constructor(
    /** @internal */
    public readonly _mode: 'verified' | 'unverified' | 'plaintext',
    /** @internal */
    public readonly _options: FluentBitTlsOptions,
  ) {}
}
