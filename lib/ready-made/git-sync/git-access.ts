import { argument } from '../settings/argument';
import { dataKey, objectName, onlyFields, optionsOf, wholeNumber } from '../../values/shape';

/** A name and a password, as a Secret of type `kubernetes.io/basic-auth` has them. */
export interface GitPasswordOptions {
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

/** An access token, as GitHub, GitLab and others give them out. */
export interface GitTokenOptions {
  /** The name of the Secret, in the namespace of the workload. */
  readonly secret: string;

  /**
   * The key of the Secret that has the token.
   *
   * @default 'token'
   */
  readonly tokenKey?: string;

  /**
   * The user's name that goes with the token. GitHub and GitLab take any; Bitbucket wants `x-token-auth`.
   *
   * @default 'git'
   */
  readonly username?: string;
}

/** A private key, as a Secret of type `kubernetes.io/ssh-auth` has it, and the keys of the servers to trust. */
export interface GitSshOptions {
  /** The name of the Secret, in the namespace of the workload. */
  readonly secret: string;

  /**
   * The key of the Secret that has the private key, which has no passphrase.
   *
   * @default 'ssh-privatekey'
   */
  readonly privateKeyKey?: string;

  /**
   * The key of the Secret that has what `ssh-keyscan` says of the server, compared with what its operator publishes.
   *
   * @default 'known_hosts'
   */
  readonly knownHostsKey?: string;
}

/** An app of GitHub, for which tokens of an hour are made. */
export interface GitHubAppOptions {
  /** The name of the Secret, in the namespace of the workload. */
  readonly secret: string;

  /** The number of the app. */
  readonly applicationId: number;

  /** The number of its installation in the organization or repository. */
  readonly installationId: number;

  /**
   * The key of the Secret that has the app's private key.
   *
   * @default 'private-key'
   */
  readonly privateKeyKey?: string;

  /**
   * Where the API is, for a GitHub Enterprise Server: `https://github.example/api/v3/`.
   *
   * @default - that of github.com
   */
  readonly apiUrl?: string;
}

/** Where the container finds what the Secret has. */
export const ACCESS_FOLDER = '/etc/git-access';

/**
 * How git-sync says who it is. What is secret is in a Secret, and goes to its container alone, as files.
 *
 * @example
 *
 * const access = GitAccess.token({ secret: 'git-token' });
 */
export class GitAccess {
  /** A user's name and password, over HTTPS. A password that changes is used from the next sync on, a name in new pods. */
  public static password(options: GitPasswordOptions): GitAccess {
    return new GitAccess(
      (path) => PASSWORD(options, path),
      () => {
        const { secret, usernameKey = 'username', passwordKey = 'password' } = options;
        return {
          secret,
          items: { [passwordKey]: 'password' },
          args: [`--password-file=${ACCESS_FOLDER}/password`],
          usernameKey,
        };
      },
    );
  }

  /** An access token, over HTTPS. One that changes is used from the next sync on. */
  public static token(options: GitTokenOptions): GitAccess {
    return new GitAccess(
      (path) => TOKEN(options, path),
      () => {
        const { secret, tokenKey = 'token', username = 'git' } = options;
        return {
          secret,
          items: { [tokenKey]: 'token' },
          args: [`--username=${username}`, `--password-file=${ACCESS_FOLDER}/token`],
        };
      },
    );
  }

  /** A private key, over SSH, with servers of known keys only. */
  public static ssh(options: GitSshOptions): GitAccess {
    return new GitAccess(
      (path) => SSH(options, path),
      () => {
        const { secret, privateKeyKey = 'ssh-privatekey', knownHostsKey = 'known_hosts' } = options;
        return {
          secret,
          items: { [privateKeyKey]: 'ssh', [knownHostsKey]: 'known_hosts' },
          args: [`--ssh-key-file=${ACCESS_FOLDER}/ssh`, `--ssh-known-hosts-file=${ACCESS_FOLDER}/known_hosts`],
        };
      },
      true,
    );
  }

  /** An app of GitHub, over HTTPS. */
  public static gitHubApp(options: GitHubAppOptions): GitAccess {
    return new GitAccess(
      (path) => GITHUB_APP(options, path),
      () => {
        const { secret, applicationId, installationId, privateKeyKey = 'private-key', apiUrl } = options;
        return {
          secret,
          items: { [privateKeyKey]: 'private-key' },
          args: [
            `--github-app-application-id=${applicationId}`,
            `--github-app-installation-id=${installationId}`,
            `--github-app-private-key-file=${ACCESS_FOLDER}/private-key`,
            ...(apiUrl === undefined ? [] : [`--github-base-url=${apiUrl}`]),
          ],
        };
      },
    );
  }

  private constructor(
    /** @internal */
    public readonly _problems: (path: string) => readonly string[],
    /**
     * For options without problems.
     *
     * @internal
     */
    public readonly _how: () => GitHow,
    /** @internal */
    public readonly _isSsh = false,
  ) {}
}

/** What git-sync is given. */
interface GitHow {
  readonly secret: string;
  /** Keys of the Secret, and the files that they become. */
  readonly items: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** The key of what has to be a variable, as no file can have it. */
  readonly usernameKey?: string;
}

const USERNAME = argument(/^[^\p{C}\p{Z}]+$/u, 'a name without spaces and "$("');
const PASSWORD = optionsOf(onlyFields({ secret: objectName }, { usernameKey: dataKey, passwordKey: dataKey }));
const TOKEN = optionsOf(onlyFields({ secret: objectName }, { tokenKey: dataKey, username: USERNAME }));
const SSH = optionsOf(onlyFields({ secret: objectName }, { privateKeyKey: dataKey, knownHostsKey: dataKey }));
const ID = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const GITHUB_APP = optionsOf(
  onlyFields(
    { secret: objectName, applicationId: ID, installationId: ID },
    { privateKeyKey: dataKey, apiUrl: argument(/^https?:\/\/[^\p{C}\p{Z}]+\/$/u, 'an address that ends with "/"') },
  ),
);
