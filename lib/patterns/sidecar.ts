import { Construct } from 'constructs';
import { HelperProps } from '../contributions/helper-options';
import { ENDING_CONTAINER, helperShape, SHARE } from '../contributions/helper-shape';
import { checkedScope, flag, listOf, nested, NONE } from '../values/shape';
import { quoteList } from '../values/text';
import { Helper } from './helper';
import { VolumeShare } from '../contributions/shared-volume';

/** Properties of a sidecar. */
export interface SidecarProps extends HelperProps {
  /**
   * The volumes that the sidecar shares with the main container.
   *
   * @default - none
   */
  readonly shares?: VolumeShare[];

  /**
   * Whether its container is an init container that ends before the main containers start, for what has to be done once:
   * filling a shared volume, for instance. `kind` and `waitForStart` are those of one that keeps running.
   *
   * @default false
   */
  readonly endsBeforeMain?: boolean;
}

/**
 * Extends the main container: a container beside it that works on what they share.
 *
 * Its scope is the workload it joins, anything with a pod template. The sidecar's container appears as it was
 * given; the shared volumes are added to the pod, and their mounts to both containers.
 *
 * @example
 *
 * const command = ['sh', '-c', "trap 'exit 0' TERM; tail -F /var/log/nginx/access.log & wait"];
 *
 * new Sidecar(deployment, 'log-shipper', {
 *   container: { name: 'log-shipper', image: 'busybox:1.37.0', command },
 *   shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
 * });
 */
export class Sidecar extends Helper {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree
   * @throws when the scope is no workload or a property is of the wrong type; what clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: SidecarProps) {
    super(checkedScope(scope, id, props, SIDECAR), id);
    const shares = props.shares ?? [];
    this._join({
      helper: props,
      endsBeforeMain: props.endsBeforeMain,
      volumes: shares.map((share) => share.volume),
      volumeMounts: shares.map((share) => share.helperMount),
      mainVolumeMounts: shares.map((share) => share.mainMount),
    });
  }
}

const SIDECAR = nested(helperShape({}, { shares: listOf('volume shares', SHARE), endsBeforeMain: flag }), (value) => {
  const { endsBeforeMain = false, ...props } = value as SidecarProps;
  if (!endsBeforeMain) {
    return NONE;
  }
  const useless = (['kind', 'waitForStart'] as const).filter((name) => props[name] !== undefined);
  return [
    ...(useless.length > 0
      ? [`${quoteList(useless)} is given, but with "endsBeforeMain" the container ends; leave it out`]
      : NONE),
    ...ENDING_CONTAINER(props.container, 'container'),
  ];
});
