/** The oldest version of TLS that is spoken. */
export enum EnvoyTlsVersion {
  /** TLS 1.2 and later: all that has been updated since 2014. */
  TLS_1_2 = 'TLSv1_2',
  /** TLS 1.3 alone: browsers and libraries since 2018 to 2020. */
  TLS_1_3 = 'TLSv1_3',
}

/** How clients are let in. At most one of the authorities. */
export interface EnvoyEdgeTlsOptions {
  /**
   * The oldest version of TLS that is spoken.
   *
   * @default EnvoyTlsVersion.TLS_1_2
   */
  readonly minVersion?: EnvoyTlsVersion;

  /**
   * A Secret with the certificates of the authorities that vouch for clients: a client that shows no certificate of theirs
   * is refused (mTLS). Renewed ones are used without a restart.
   *
   * @default - clients need no certificate
   */
  readonly clientCaSecret?: string;

  /**
   * The same of a ConfigMap, as trust-manager makes it.
   *
   * @default - clients need no certificate
   */
  readonly clientCaConfigMap?: string;

  /**
   * The key of that Secret or ConfigMap.
   *
   * @default 'ca.crt'
   */
  readonly clientCaKey?: string;

  /**
   * The names of the clients that are let in, of those for which the authorities vouch: a DNS name, or a URI such as
   * `spiffe://cluster.local/ns/shop/sa/web`, that is among the alternative names of the certificate.
   *
   * @default - all
   */
  readonly clients?: string[];
}

/**
 * What clients have to speak at the pod's edge.
 *
 * @example
 *
 * const tls = EnvoyEdgeTls.fromSecret('web-tls', { minVersion: EnvoyTlsVersion.TLS_1_3, clientCaSecret: 'company-ca' });
 */
export class EnvoyEdgeTls {
  /**
   * TLS, with the certificate and key of a Secret of type `kubernetes.io/tls`. A renewed one is shown without a restart.
   *
   * @param secret the Secret's name, as cert-manager makes it
   */
  public static fromSecret(secret: string, options: EnvoyEdgeTlsOptions = {}): EnvoyEdgeTls {
    return new EnvoyEdgeTls({ kind: 'certificate', secret, options });
  }

  /** Plain HTTP: whoever is on the way can read all and change all. */
  public static plaintext(): EnvoyEdgeTls {
    return new EnvoyEdgeTls({ kind: 'plaintext' });
  }

  private constructor(
    /** @internal */
    public readonly _edge: EnvoyEdge,
  ) {}
}

/**
 * It says itself what it is: a Secret that is missing must not become plain HTTP.
 *
 * @internal
 */
export type EnvoyEdge =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'certificate'; readonly secret: string; readonly options: EnvoyEdgeTlsOptions };
