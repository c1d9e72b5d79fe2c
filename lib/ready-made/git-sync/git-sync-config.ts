import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HelperOptions, ReadyMadeMount } from '../../contributions';
import { isHost } from '../../values/address';
import { ADDRESS, argument, HTTP_METHOD, WEB_ADDRESS } from '../settings/argument';
import { goDuration, milliseconds } from '../settings/go-duration';
import { readOnlyBy } from '../../values/read-only-volume';
import { isRecord } from '../../values/record';
import {
  enumOf,
  fields,
  flag,
  kind,
  listOf,
  made,
  nested,
  notEmpty,
  onlyFields,
  port,
  shown,
  text,
  wholeNumber,
} from '../../values/shape';
import { secretParameters } from '../settings/secret-header';
import { quoteList } from '../../values/text';
import { authorityProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { shownUrl } from '../../values/shown-url';
import { ACCESS_FOLDER, GitAccess } from './git-access';
import { GitSubmodules, GitSyncSettings } from './git-sync-settings';

/** Where the container has the volume; what git-sync keeps for itself is in a folder of that. */
export const CONTENT_FOLDER = '/git';
export const CONFIG_FOLDER = '/etc/git-sync';
const SPARSE_FILE = 'sparse-checkout';
const CA_FOLDER = '/etc/git-ca';
const CA_FILE = 'ca.crt';
/** Says that there has been a sync, with no port that others of the pod could want. */
export const SYNCED_FILE = '/tmp/synced';
/** The user of the image, which Kubernetes wants as a number. */
export const USER = 65533;
export const DEFAULT_LINK = 'current';
export const DEFAULT_SYNC_TIMEOUT = Duration.seconds(120);

/** Where git-sync keeps what is its own. */
export function rootOf(link: string): string {
  return `.${link}`;
}

/** The arguments of git-sync, for settings without problems. */
export function gitSyncArgs(settings: GitSyncSettings): string[] {
  const { link = DEFAULT_LINK, access, depth, submodules, webhook, metricsPort, syncTimeout, maxFailures } = settings;
  return [
    `--repo=${settings.repository}`,
    ...option('ref', settings.revision),
    // Not the volume itself: that may have a folder that cannot be removed, lost+found, and git-sync wants an empty one.
    `--root=${CONTENT_FOLDER}/${rootOf(link)}`,
    `--link=${CONTENT_FOLDER}/${link}`,
    `--touch-file=${SYNCED_FILE}`,
    ...(access?._how().args ?? []),
    ...option('depth', depth),
    ...option('submodules', submodules),
    ...(settings.sparseCheckout ? [`--sparse-checkout-file=${CONFIG_FOLDER}/${SPARSE_FILE}`] : []),
    ...option('sync-timeout', syncTimeout && goDuration(syncTimeout)),
    ...(settings.oneTime
      ? ['--one-time']
      : [
          `--period=${goDuration(settings.period ?? Duration.seconds(30))}`,
          '--init-max-failures=1',
          `--max-failures=${maxFailures ?? -1}`,
          `--stale-worktree-timeout=${goDuration(settings.staleWorktreeTimeout ?? Duration.minutes(1))}`,
        ]),
    ...(webhook
      ? [
          `--webhook-url=${webhook.url}`,
          ...option('webhook-method', webhook.method),
          ...option('webhook-success-status', webhook.successStatus),
          `--webhook-timeout=${goDuration(webhook.timeout ?? Duration.seconds(5))}`,
          ...option('webhook-backoff', webhook.backoff && goDuration(webhook.backoff)),
        ]
      : []),
    ...(metricsPort === undefined ? [] : [`--http-bind=:${metricsPort}`, '--http-metrics']),
  ];
}

/** The variables of git-sync, for what cannot be an argument. */
export function gitSyncEnv({ access, caSecret, caConfigMap }: GitSyncSettings): k8s.EnvVar[] {
  const { secret: name, usernameKey: key } = access?._how() ?? {};
  return [
    ...(key === undefined ? [] : [{ name: 'GITSYNC_USERNAME', valueFrom: { secretKeyRef: { name, key } } }]),
    ...(caSecret === undefined && caConfigMap === undefined
      ? []
      : [{ name: 'GIT_SSL_CAINFO', value: `${CA_FOLDER}/${CA_FILE}` }]),
  ];
}

/** The files of git-sync; undefined if there is none. */
export function gitSyncFiles({ sparseCheckout }: GitSyncSettings): { [name: string]: string } | undefined {
  return sparseCheckout && { [SPARSE_FILE]: `${sparseCheckout.join('\n')}\n` };
}

/** What its container mounts of Secrets and ConfigMaps. */
export function gitSyncMounts({
  access,
  caSecret: secretName,
  caConfigMap,
  caKey: key = CA_FILE,
}: GitSyncSettings): ReadyMadeMount[] {
  const { secret, items = {} } = access?._how() ?? {};
  const ca = [{ key, path: CA_FILE }];
  return [
    ...(secret === undefined
      ? []
      : [
          {
            mountPath: ACCESS_FOLDER,
            volume: {
              name: 'access',
              // As the kubelet writes them, for all to read: ssh minds that only where the key is its own user's file, which
              // it is not, and nobody else mounts the volume. So the pod needs no fsGroup.
              secret: { secretName: secret, items: Object.entries(items).map(([key, path]) => ({ key, path })) },
            },
          },
        ]),
    ...(secretName === undefined
      ? []
      : [{ mountPath: CA_FOLDER, volume: { name: 'ca', secret: { secretName, items: ca } } }]),
    ...(caConfigMap === undefined
      ? []
      : [{ mountPath: CA_FOLDER, volume: { name: 'ca', configMap: { name: caConfigMap, items: ca } } }]),
  ];
}

/** All that is wrong with settings, a sentence each, where the container runs as a certain user. */
export function gitSyncProblems(settings: GitSyncSettings & HelperOptions, user = USER): string[] {
  const problems = [...SETTINGS(settings, '')];
  return problems.length > 0
    ? problems
    : [...repositoryProblems(settings), ...togetherProblems(settings), ...userProblems(settings, user)];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

const URL_FORM = /^(?<scheme>https?|git|ssh):\/\/(?:(?<user>[^/@]*)@)?(?<host>\[[^\]]*\]|[^/@:]*)(?::(?<port>\d+))?\//;
/** As scp has it. */
const SSH_FORM = /^(?<user>[^/@:]+)@(?<host>\[[^\]]*\]|[^/@:]+):(?![-])/;

function repositoryProblems({ repository, access, plaintext = false, ...settings }: GitSyncSettings): string[] {
  const parts: Readonly<Partial<Record<string, string>>> =
    (URL_FORM.exec(repository) ?? SSH_FORM.exec(repository))?.groups ?? {};
  const { scheme = 'ssh', user, host = '', port: number } = parts;
  if (!isHost(host.replace(/^\[(.*)\]$/, '$1')) || (number !== undefined && port(Number(number), '').length > 0)) {
    return [
      `repository is ${shownUrl(repository)}; give an address such as "https://git.example/shop/site.git" or ` +
        '"git@git.example:shop/site.git"',
    ];
  }
  const problems: string[] = [];
  if (user !== undefined && (scheme !== 'ssh' || !/^[A-Za-z0-9._-]+$/.test(user))) {
    problems.push('repository has a user in it; give what is secret to "access"');
  }
  problems.push(
    ...secretParameters(repository).map(
      (name) => `the value of ${shown(name)} in repository would stand in an argument; give what is secret to "access"`,
    ),
  );
  if (scheme === 'ssh' && !access?._isSsh) {
    problems.push('repository is one over SSH, which needs a key; give "access" GitAccess.ssh(…)');
  }
  if (scheme !== 'ssh' && access?._isSsh) {
    problems.push(`access is a key for SSH, but the repository is one of ${scheme}://; give one of ssh://`);
  }
  if (scheme === 'git' && access && !access._isSsh) {
    problems.push('access is given, but git:// knows no users; leave it out, or give a repository of https://');
  }
  if ((scheme === 'http' || scheme === 'git') && !plaintext) {
    problems.push(
      `repository is one of ${scheme}://, which anybody in between can change; give one of https://, or "plaintext: true"`,
    );
  }
  if (scheme !== 'https') {
    const useless = (['caSecret', 'caConfigMap'] as const).filter((name) => settings[name] !== undefined);
    if (useless.length > 0) {
      problems.push(`${quoteList(useless)} is for https://, but the repository is one of ${scheme}://; leave it out`);
    }
  }
  return problems;
}

/** What makes no sense where nothing goes on. */
const OF_SEVERAL_SYNCS = [
  ...(['period', 'maxFailures', 'staleWorktreeTimeout', 'webhook', 'metricsPort'] as const),
  ...(['kind', 'waitForStart'] as const),
];

function togetherProblems(settings: GitSyncSettings & HelperOptions): string[] {
  const { caSecret, caConfigMap, caKey, oneTime, sharedVolume, path } = settings;
  const problems = authorityProblems('git-sync', { caSecret, caConfigMap }, { caKey });
  const useless = OF_SEVERAL_SYNCS.filter((name) => settings[name] !== undefined);
  if (oneTime && useless.length > 0) {
    problems.push(`${quoteList(useless)} is given, but with "oneTime" there is one sync and no more; leave it out`);
  }
  if (sharedVolume && readOnlyBy(sharedVolume.volume)) {
    problems.push('sharedVolume is one that nobody can write to; give an emptyDir or a persistent one');
  }
  if (!/^\/+[^/]/.test(path)) {
    problems.push(`path is ${shown(path)}; give an absolute path, which is not "/"`);
  }
  return problems;
}

function userProblems({ access }: GitSyncSettings, user: number): string[] {
  return access?._isSsh && user !== USER
    ? [`restricted.user is ${user}, but ssh has to run as a user that the image knows by name; leave it out`]
    : [];
}

/** What `git check-ref-format --allow-onelevel` takes, but for a name that `git fetch` would take for an option. */
const REF = /^(?!-)(?!.*(?:\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)))(?![./])(?!@$)[^\p{Cc} ~^:?*[\\]*[^\p{Cc} ~^:?*[\\./]$/u;
/** git-sync makes the link as `tmp-link` first. */
const LINK = /^(?!\.{1,2}$|tmp-link$)[A-Za-z0-9._-]+$/;

const AT_LEAST_A_SECOND = milliseconds(1000);
const COUNT = 2 ** 31 - 1;

const SETTINGS = fields(
  { repository: ADDRESS, path: text },
  {
    revision: argument(REF, 'the name of a branch or tag, or a whole hash'),
    access: nested(
      made('_problems', 'a GitAccess, for instance GitAccess.token({ secret: "git-token" })'),
      (value, path) => (value as GitAccess)._problems(path),
    ),
    caSecret: TLS_OBJECTS.caSecret,
    caConfigMap: TLS_OBJECTS.caConfigMap,
    caKey: TLS_OBJECTS.caKey,
    plaintext: flag,
    link: argument(
      LINK,
      'the name of a file, of letters, digits, "-", "_" and ".", and not git-sync\'s own "tmp-link"',
    ),
    sharedVolume: kind(
      'a SharedVolume itself, without "at", for instance SharedVolume.emptyDir("content")',
      (value) => isRecord(value) && isRecord(value.volume) && typeof value.at === 'function',
    ),
    period: milliseconds(10),
    syncTimeout: milliseconds(10),
    depth: wholeNumber(0, COUNT),
    submodules: enumOf('GitSubmodules', GitSubmodules),
    sparseCheckout: notEmpty(
      listOf('patterns', argument(/^(?!#)[^\p{C}]*[^\p{C}\p{Z}]$/u, 'a pattern in one line, which is no comment')),
      'pattern',
    ),
    maxFailures: wholeNumber(1, COUNT),
    staleWorktreeTimeout: milliseconds(0),
    webhook: onlyFields(
      { url: WEB_ADDRESS },
      {
        method: HTTP_METHOD,
        successStatus: wholeNumber(200, 299),
        timeout: AT_LEAST_A_SECOND,
        backoff: AT_LEAST_A_SECOND,
      },
    ),
    metricsPort: port,
    oneTime: flag,
  },
);
