/**
 * The value of a header that goes with each request to an upstream.
 *
 * @example
 *
 * const headers = {
 *   authorization: EnvoyHeader.fromSecret('payments', 'token', 'Bearer '),
 *   'x-client': EnvoyHeader.of('shop'),
 * };
 */
export class EnvoyHeader {
  /**
   * A value that is no secret: it stands in the ConfigMap.
   *
   * @param value printable ASCII
   */
  public static of(value: string): EnvoyHeader {
    return new EnvoyHeader({ value });
  }

  /**
   * The value of a Secret's key. Envoy reads it from a file that the kubelet keeps up to date, so that a renewed one is
   * used without a restart; a line break at its end is left out. A request that comes while there is no value is answered
   * with 401, and goes nowhere.
   *
   * @param secret the Secret's name
   * @param key the key in it
   * @param prefix what stands before it, for instance `Bearer `
   */
  public static fromSecret(secret: string, key: string, prefix = ''): EnvoyHeader {
    return new EnvoyHeader({ secret, key, prefix });
  }

  private constructor(
    /** @internal */
    public readonly _content: EnvoyHeaderContent,
  ) {}
}

/** @internal */
export type EnvoyHeaderContent =
  { readonly value: string } | { readonly secret: string; readonly key: string; readonly prefix: string };
