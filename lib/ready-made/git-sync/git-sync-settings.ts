import { Duration } from 'cdk8s';
import { SharedVolume } from '../../contributions';
import { GitAccess } from './git-access';

/** What becomes of a repository's submodules. */
export enum GitSubmodules {
  /** They are checked out, and theirs. */
  RECURSIVE = 'recursive',
  /** They are checked out, but not theirs. */
  SHALLOW = 'shallow',
  /** Their folders are empty. */
  OFF = 'off',
}

/** Who is told of each new commit. */
export interface GitSyncWebhook {
  /** What is requested, for instance of the main container: `http://localhost:8080/reload`. */
  readonly url: string;

  /**
   * The method of the request.
   *
   * @default 'POST'
   */
  readonly method?: string;

  /**
   * The status of an answer that says that it worked.
   *
   * @default 200
   */
  readonly successStatus?: number;

  /**
   * How long an answer may take, a second at least.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * The pause before a request that failed is made again, a second at least.
   *
   * @default - git-sync's: 3 seconds
   */
  readonly backoff?: Duration;
}

/** What git-sync is told. */
export interface GitSyncSettings {
  /**
   * The repository: `https://git.example/shop/site.git`, `ssh://git@git.example/shop/site.git` or
   * `git@git.example:shop/site.git`. Names and passwords go to `access`.
   */
  readonly repository: string;

  /**
   * The folder in which the main container finds `link`, which leads to the files. The container mounts the volume there,
   * read-only.
   */
  readonly path: string;

  /**
   * What is checked out: a branch, a tag, or a whole hash.
   *
   * @default - HEAD, the repository's own default branch
   */
  readonly revision?: string;

  /**
   * How git-sync says who it is.
   *
   * @default - it does not: the repository is public
   */
  readonly access?: GitAccess;

  /**
   * A Secret with the certificates of the authorities to trust, for HTTPS.
   *
   * @default - those that the image brings, which are the public ones
   */
  readonly caSecret?: string;

  /**
   * A ConfigMap with the certificates of the authorities to trust, for HTTPS.
   *
   * @default - those that the image brings, which are the public ones
   */
  readonly caConfigMap?: string;

  /**
   * The key of `caSecret` or `caConfigMap` that has them.
   *
   * @default 'ca.crt'
   */
  readonly caKey?: string;

  /**
   * Lets the repository be one of `http://` or `git://`: anybody in between can read and change what comes, and read a
   * password.
   *
   * @default false
   */
  readonly plaintext?: boolean;

  /**
   * The name of the symbolic link in `path`. It is replaced in one step with each new commit, so that its files are always
   * those of one commit.
   *
   * @default 'current'
   */
  readonly link?: string;

  /**
   * The volume. One that outlives the pod must be writable for the group that the pod has as `fsGroup`.
   *
   * @default - an emptyDir, named like the container with `-content` behind
   */
  readonly sharedVolume?: SharedVolume;

  /**
   * The time between the end of a sync and the next one, from 10 ms on. Each is a request of each pod.
   *
   * @default Duration.seconds(30)
   */
  readonly period?: Duration;

  /**
   * How long a sync may take, the first one included: from 10 ms on.
   *
   * @default - git-sync's: 120 seconds
   */
  readonly syncTimeout?: Duration;

  /**
   * How many commits of the history come along; 0 for all.
   *
   * @default - git-sync's: 1
   */
  readonly depth?: number;

  /**
   * What becomes of submodules.
   *
   * @default - git-sync's: GitSubmodules.RECURSIVE
   */
  readonly submodules?: GitSubmodules;

  /**
   * What of the repository is checked out: patterns as in a `.gitignore`, which here say what is wanted, `/docs/` for
   * instance.
   *
   * @default - all
   */
  readonly sparseCheckout?: string[];

  /**
   * After how many failed syncs in a row git-sync ends, so that the kubelet starts it again. The first one must succeed.
   *
   * @default - never: the files stay as they are, and each failure is a line in the log
   */
  readonly maxFailures?: number;

  /**
   * How long the files of the commit before stay, for who has opened the folder that the link led to.
   *
   * @default Duration.minutes(1)
   */
  readonly staleWorktreeTimeout?: Duration;

  /**
   * Who is told of each new commit, the first one included.
   *
   * @default - nobody
   */
  readonly webhook?: GitSyncWebhook;

  /**
   * The port on which git-sync shows metrics, at `/metrics`, to whoever reaches the pod.
   *
   * @default - none
   */
  readonly metricsPort?: number;

  /**
   * Whether the repository is fetched once, by an init container that ends before the main container starts.
   *
   * @default false
   */
  readonly oneTime?: boolean;
}
