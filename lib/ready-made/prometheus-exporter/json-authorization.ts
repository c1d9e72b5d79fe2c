import { k8s } from 'cdk8s-plus-28';

/** A name and a password, as a Secret of type `kubernetes.io/basic-auth` has them. */
export interface JsonBasicAuthorizationOptions {
  /** The name of the Secret, in the namespace of the workload. */
  readonly secret: string;

  /**
   * The key of the Secret that has the user's name.
   *
   * @default 'username'
   */
  readonly usernameKey?: string;

  /**
   * The key of the Secret that has the password.
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

  /** By a name and a password: `Authorization: Basic …`. */
  public static basic(options: JsonBasicAuthorizationOptions): JsonAuthorization {
    return new JsonAuthorization(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _bearer?: k8s.SecretKeySelector,
    /** @internal */
    public readonly _basic?: JsonBasicAuthorizationOptions,
  ) {}
}
