/**
 * The value of a header that goes with each request.
 *
 * @example
 *
 * const output = FluentBitOutput.http('https://logs.example/ingest', {
 *   headers: { authorization: FluentBitHeader.fromSecret('logs', 'token', 'Bearer ') },
 * });
 */
export class FluentBitHeader {
  /**
   * A value that is no secret: it stands in the ConfigMap.
   *
   * @param value printable ASCII
   */
  public static of(value: string): FluentBitHeader {
    return new FluentBitHeader({ value });
  }

  /**
   * The value of a Secret's key, which the container gets as an environment variable.
   *
   * @param secret the Secret's name
   * @param key the key in it
   * @param prefix what stands before it, for instance `Bearer `
   */
  public static fromSecret(secret: string, key: string, prefix = ''): FluentBitHeader {
    return new FluentBitHeader({ secret, key, prefix });
  }

  private constructor(
    /** @internal */
    public readonly _content:
      { readonly value: string } | { readonly secret: string; readonly key: string; readonly prefix: string },
  ) {}
}
