import { k8s } from 'cdk8s-plus-28';

/** The keys of a Secret of type `kubernetes.io/basic-auth`. */
export interface JsonBasicAuthorizationOptions {
  /**
   * The key with the user's name.
   *
   * @default 'username'
   */
  readonly usernameKey?: string;

  /**
   * The key with the password.
   *
   * @default 'password'
   */
  readonly passwordKey?: string;
}

/**
 * How an exporter shows an app who asks. It is read from a Secret at each scrape, so that a renewed one is used without a
 * restart.
 *
 * @example
 *
 * const authorization = JsonAuthorization.bearer({ name: 'shop-status', key: 'token' });
 */
export class JsonAuthorization {
  /**
   * By a token: `Authorization: Bearer …`.
   *
   * @param secret the key of a Secret that has the token; a line break at its end is left out
   */
  public static bearer(secret: k8s.SecretKeySelector): JsonAuthorization {
    return new JsonAuthorization(secret);
  }

  /**
   * By a name and a password: `Authorization: Basic …`.
   *
   * @param secret the name of a Secret
   */
  public static basic(secret: string, options: JsonBasicAuthorizationOptions = {}): JsonAuthorization {
    return new JsonAuthorization(undefined, { secret, ...options });
  }

  private constructor(
    /** @internal */
    public readonly _bearer?: k8s.SecretKeySelector,
    /** @internal */
    public readonly _basic?: JsonBasicAuthorizationOptions & { readonly secret: string },
  ) {}
}
