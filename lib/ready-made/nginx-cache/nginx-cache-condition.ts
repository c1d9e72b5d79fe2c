import { cookieVariable, headerVariable, NginxVariable, parameterVariable } from './nginx-variable';

/**
 * Something of a request. It counts as soon as it is there and neither empty nor `0`.
 *
 * @example
 *
 * const bypass = [NginxCacheCondition.header('x-refresh')];
 */
export class NginxCacheCondition {
  /**
   * A header.
   *
   * @param name letters, digits and `-`
   */
  public static header(name: string): NginxCacheCondition {
    return new NginxCacheCondition(headerVariable(name));
  }

  /**
   * A cookie.
   *
   * @param name letters, digits and `_`; nginx takes small and capital letters for the same
   */
  public static cookie(name: string): NginxCacheCondition {
    return new NginxCacheCondition(cookieVariable(name));
  }

  /**
   * A parameter of the query.
   *
   * @param name letters, digits and `_`; nginx takes small and capital letters for the same
   */
  public static queryParameter(name: string): NginxCacheCondition {
    return new NginxCacheCondition(parameterVariable(name));
  }

  private constructor(
    /** @internal */
    public readonly _variable: NginxVariable,
  ) {}
}
