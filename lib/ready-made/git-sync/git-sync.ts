import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { ReadyMade, ReadyMadeConfigOptions, SharedVolume, VolumeShare, VolumeWriter } from '../../contributions';
import { fileOptionProblems } from '../../contributions/helper-shape';
import { Sidecar, SidecarProps } from '../../patterns';
import {
  CONFIG_FOLDER,
  CONTENT_FOLDER,
  DEFAULT_LINK,
  DEFAULT_SYNC_TIMEOUT,
  gitSyncArgs,
  gitSyncEnv,
  gitSyncFiles,
  gitSyncMounts,
  gitSyncProblems,
  rootOf,
  SYNCED_FILE,
  USER,
} from './git-sync-config';
import { GitSyncSettings } from './git-sync-settings';

/** Properties of a sidecar that keeps a repository in a volume. */
export interface GitSyncProps extends GitSyncSettings, ReadyMadeConfigOptions {}

/**
 * A sidecar that is a git-sync: a Git repository in a volume of the pod, kept as it is in its origin.
 *
 * The main container finds the files at `contentPath`. As a native sidecar, or with `oneTime`, they are there before it
 * starts.
 *
 * The ready-made container has the image `registry.k8s.io/git-sync/git-sync:v4.7.1`, its user 65533, what Pod Security
 * "restricted" asks for, a read-only root file system, a startup probe that succeeds after the first sync, and requests
 * of 10m CPU and 64Mi memory. A container of your own gets arguments, variables and mounts, and has no arguments itself.
 *
 * @example
 *
 * new GitSync(deployment, 'content', {
 *   kind: HelperKind.NATIVE_SIDECAR,
 *   repository: 'https://git.example/shop/site.git',
 *   revision: 'main',
 *   path: '/srv/site',
 * });
 */
export class GitSync extends Sidecar {
  /** Where the main container finds the files: the path of a link, which leads elsewhere with each new commit. */
  public readonly contentPath: string;

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: GitSyncProps) {
    super(scope, id, sidecarProps(scope, id, props));
    places.set(this, props);
    const { path, link = DEFAULT_LINK } = props;
    this.contentPath = `${path.replace(/\/+$/, '')}/${link}`;
  }
}

function sidecarProps(scope: Construct, id: string, props: GitSyncProps): SidecarProps {
  const made = new ReadyMade(scope, id, props, { setsArgs: true });
  const problems = gitSyncProblems(props, props.container ? undefined : props.restricted?.user);
  made.addProblems(
    ...problems,
    ...(problems.length === 0 ? placeProblems(scope, props) : []),
    ...(props.sparseCheckout === undefined ? fileOptionProblems(props) : []),
  );
  made.assertRight('no git-sync can be made');
  const files = gitSyncFiles(props);
  const helper = made.helperProps({
    container: readyMade(id, props),
    user: USER,
    args: gitSyncArgs(props),
    writablePaths: ['/tmp'],
    ...(files && { files, folder: CONFIG_FOLDER }),
    mounts: gitSyncMounts(props),
    env: gitSyncEnv(props),
    listensOn: props.metricsPort === undefined ? [] : [props.metricsPort],
  });
  return {
    ...helper,
    shares: [shareOf(props, helper.container.name)],
    endsBeforeMain: props.oneTime,
  };
}

/** Where those write that have been made. */
const places = new WeakMap<IConstruct, Pick<GitSyncSettings, 'sharedVolume' | 'link'>>();

/** What another one of the pod writes in the same volume. */
function placeProblems(scope: Construct, { sharedVolume, link }: GitSyncSettings): string[] {
  const own = namesOf(link);
  return scope.node.children.flatMap((other) => {
    const place = places.get(other);
    const isShared = sharedVolume && place?.sharedVolume?.volume.name === sharedVolume.volume.name;
    return isShared && namesOf(place.link).some((name) => own.includes(name))
      ? [
          `${other.node.path} writes in the volume "${sharedVolume.volume.name}" as well, with the link ` +
            `"${place.link ?? DEFAULT_LINK}"; give one of them another "link"`,
        ]
      : [];
  });
}

/** The link, and the folder that is beside it. */
function namesOf(link = DEFAULT_LINK): string[] {
  return [link, rootOf(link)];
}

function shareOf({ path, sharedVolume }: GitSyncProps, name: string): VolumeShare {
  const volume = sharedVolume ?? SharedVolume.emptyDir(`${name}-content`);
  return volume.at(path, { helperPath: CONTENT_FOLDER, writer: VolumeWriter.HELPER });
}

function readyMade(
  id: string,
  { oneTime, metricsPort, syncTimeout = DEFAULT_SYNC_TIMEOUT }: GitSyncProps,
): k8s.Container {
  return {
    name: id,
    image: 'registry.k8s.io/git-sync/git-sync:v4.7.1',
    ...(metricsPort !== undefined && { ports: [{ containerPort: metricsPort }] }),
    ...(!oneTime && {
      startupProbe: {
        exec: { command: ['test', '-e', SYNCED_FILE] },
        periodSeconds: 1,
        // Not before git-sync itself has given up.
        failureThreshold: Math.ceil(syncTimeout.toSeconds({ integral: false })) + 30,
      },
    }),
    // No other probe: it ends when it cannot go on, and what it has fetched is of use without it.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('64Mi') } },
  };
}
