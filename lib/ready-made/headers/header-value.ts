/**
 * The value of a header that a ready-made helper says in each of its requests.
 *
 * @example
 *
 * const headers = {
 *   authorization: HeaderValue.fromSecret('payments', 'token', 'Bearer '),
 *   'x-client': HeaderValue.of('shop'),
 * };
 */
export class HeaderValue {
  /**
   * A value that is no secret: it stands in the ConfigMap.
   *
   * @param value printable ASCII
   */
  public static of(value: string): HeaderValue {
    return new HeaderValue({ value });
  }

  /**
   * The value of a Secret's key, which stands in no manifest.
   *
   * @param secret the Secret's name
   * @param key the key in it
   * @param prefix what stands before it, for instance `Bearer `
   */
  public static fromSecret(secret: string, key: string, prefix = ''): HeaderValue {
    return new HeaderValue({ secret, key, prefix });
  }

  private constructor(
    /** @internal */
    public readonly _content: HeaderContent,
  ) {}
}

/** @internal */
export type HeaderContent =
  { readonly value: string } | { readonly secret: string; readonly key: string; readonly prefix: string };
