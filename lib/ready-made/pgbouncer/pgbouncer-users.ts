/** A user of the database, as a Secret of type `kubernetes.io/basic-auth` has it, and as operators for PostgreSQL make it. */
export interface PgBouncerCredentials {
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
 * The users whom PgBouncer lets in, and with whose passwords it logs in to the server. They are in Secrets, and only
 * their pods have them.
 *
 * @example
 *
 * const users = PgBouncerUsers.fromCredentials({ secret: 'shop-db' });
 */
export class PgBouncerUsers {
  /**
   * Users by their names and passwords, each in a Secret of its own.
   *
   * PgBouncer reads nothing but its own format, so the ready-made container writes `userlist.txt` when it starts, to
   * memory that no other container mounts. It needs `/bin/sh` and `sed` in the image for that. A password that changes is
   * taken over when the pod is replaced.
   *
   * @param credentials at least one
   */
  public static fromCredentials(...credentials: PgBouncerCredentials[]): PgBouncerUsers {
    return new PgBouncerUsers(credentials);
  }

  /**
   * Users in PgBouncer's own format, a line `"name" "password"` for each: as PgBouncer reads it from the mounted Secret,
   * with any image. Instead of the password there can be a SCRAM secret that is the same as the server's, or with
   * `PgBouncerAuthType.MD5` a hash. A change is taken over when the pod is replaced, or an admin user says `RELOAD` in
   * the console.
   *
   * @param secret the name of the Secret, in the namespace of the workload
   * @param key the key of the Secret, `userlist.txt` unless told otherwise
   * @see https://www.pgbouncer.org/config.html#authentication-file-format
   */
  public static fromUserList(secret: string, key = 'userlist.txt'): PgBouncerUsers {
    return new PgBouncerUsers([], { secret, key });
  }

  private constructor(
    /** @internal */
    public readonly _credentials: readonly PgBouncerCredentials[],
    /** @internal */
    public readonly _list?: { readonly secret: string; readonly key: string },
  ) {}
}
