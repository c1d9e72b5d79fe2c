import { cookieVariable, headerVariable, NginxVariable, parameterVariable } from './nginx-variable';

/**
 * A part of what tells answers apart: requests that are alike in all parts of the key get the same answer.
 *
 * @example
 *
 * const key = [NginxCacheKey.uri(), NginxCacheKey.header('accept-language')];
 */
export class NginxCacheKey {
  /** The path and the query, as they were sent. */
  public static uri(): NginxCacheKey {
    return new NginxCacheKey('uri', { text: '$request_uri' });
  }

  /** The path as it was sent, without the query. */
  public static path(): NginxCacheKey {
    return new NginxCacheKey('path', { text: '$request_path' });
  }

  /** The query as it was sent: the same parameters in another order are another one. */
  public static query(): NginxCacheKey {
    return new NginxCacheKey('query', { text: '$args' });
  }

  /**
   * One parameter of the query, as it was sent; the empty text where there is none.
   *
   * @param name letters, digits and `_`; nginx takes small and capital letters for the same
   */
  public static queryParameter(name: string): NginxCacheKey {
    return new NginxCacheKey('queryParameter', parameterVariable(name));
  }

  /** The method. HEAD is asked of the upstream as GET, and without this part both have the same answer. */
  public static method(): NginxCacheKey {
    return new NginxCacheKey('method', { text: '$request_method' });
  }

  /** What the main container has in its header `Host`, which the upstream does not get. */
  public static host(): NginxCacheKey {
    return new NginxCacheKey('host', { text: '$http_host' });
  }

  /**
   * A header of the request; the empty text where there is none.
   *
   * nginx writes the key into the file of the answer as it is: what is secret is on the node's disk then, until the pod
   * ends.
   *
   * @param name letters, digits and `-`
   */
  public static header(name: string): NginxCacheKey {
    return new NginxCacheKey('header', headerVariable(name));
  }

  /**
   * A cookie of the request; the empty text where there is none. It is on the node's disk as a header would be.
   *
   * @param name letters, digits and `_`; nginx takes small and capital letters for the same
   */
  public static cookie(name: string): NginxCacheKey {
    return new NginxCacheKey('cookie', cookieVariable(name));
  }

  /** The body of the request, for `cachePost`. */
  public static body(): NginxCacheKey {
    return new NginxCacheKey('body', { text: '$request_body' });
  }

  private constructor(
    /** @internal */
    public readonly _part: string,
    /** @internal */
    public readonly _variable: NginxVariable,
  ) {}
}
