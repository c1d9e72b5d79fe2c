import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { InitOrder } from '../contributions/init-order';
import { hostAndPort, hostProblem, rangeProblem } from '../values/address';
import { ENDING_CONTAINER, HELPER_OPTIONS } from '../contributions/helper-shape';
import { Helper } from './helper';
import { readyMadeProblems } from '../values/ready-made';
import { fragment } from '../values/fragment';
import { checkedScope, duration, fields, nested, object, port as portShape, text } from '../values/shape';
import { WAIT_FOR_SCRIPT } from './wait-for-script';

/** Properties of an init container that waits. */
export interface WaitForProps {
  /** What to wait for: a DNS name, for instance that of a Service, or an IP address. */
  readonly host: string;

  /** The TCP port that has to accept a connection. */
  readonly port: number;

  /**
   * How long to wait before giving up, in whole seconds, from one to a day. The container then fails, which shows in the
   * pod's status, and the kubelet starts it again unless the pod's restartPolicy is Never.
   *
   * @default Duration.minutes(5)
   */
  readonly deadline?: Duration;

  /**
   * The pause between two attempts, in whole seconds, from one to a day.
   *
   * @default Duration.seconds(2)
   */
  readonly interval?: Duration;

  /**
   * The image of the ready-made container; it needs `sh`, `date`, `sleep`, and an `nc` that knows `-z` and `-w`.
   *
   * @default 'busybox:1.37.0', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 10m CPU and 16Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * The container, exactly as it shall appear; `command` and `args` are added and nothing else. Its image needs what
   * `image` needs.
   *
   * @default - a ready-made one, named like the construct: a pinned image, user 65534, what Pod Security "restricted"
   * asks for, a read-only root file system, and requests of 10m CPU and 16Mi memory
   */
  readonly container?: k8s.Container;

  /**
   * Where it stands among the init containers.
   *
   * @default - behind the workload's own init containers and the helpers attached earlier, and before each ambassador
   * that forwards to what it waits for
   */
  readonly order?: InitOrder[];
}

/**
 * An init container that waits until a host and port answer, so that the main container starts when what it needs is
 * there. It tells that something accepts connections, not that it is fit to serve.
 *
 * It stands behind the init containers that the workload has itself, which start without it. Where one of them needs the
 * same, say so: `order: [InitOrder.before('migrate')]`.
 *
 * @example
 *
 * new WaitFor(deployment, 'wait-for-db', { host: 'db', port: 5432 });
 */
export class WaitFor extends Helper {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names it in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the properties are impossible, with all that is wrong with them; what
   * clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: WaitForProps) {
    super(checkedScope(scope, id, props, WAIT_FOR), id);
    const {
      host,
      port,
      deadline = Duration.minutes(5),
      interval = Duration.seconds(2),
      image,
      resources,
      order,
    } = props;
    this._join({
      helper: {
        container: {
          ...(props.container ?? readyMade(id, image, resources)),
          command: ['sh', '-c', WAIT_FOR_SCRIPT, 'wait-for'],
          args: [host, port, deadline.toSeconds(), interval.toSeconds()].map(String),
        },
        imageFromRegistry: !props.container && image === undefined,
        order,
        restricted: props.container ? undefined : { user: NOBODY },
      },
      endsBeforeMain: true,
      waitsFor: hostAndPort(host, port),
    });
  }
}

/** In seconds. Who waits longer would not notice. */
const DAY = 86_400;
/** "nobody", as in most images: the script needs no user of its own. */
const NOBODY = 65534;

const TIME = nested(duration, (time, path) =>
  rangeProblem(path, (time as Duration).toSeconds({ integral: false }), 1, DAY, ' s'),
);

const FIELDS = fields(
  { host: (host, path) => hostProblem(path, host), port: portShape },
  {
    deadline: TIME,
    interval: TIME,
    container: ENDING_CONTAINER,
    image: text,
    resources: fragment('an object'),
    order: HELPER_OPTIONS.order,
  },
);

const WAIT_FOR = nested(object, (value, path) => [...FIELDS(value, path), ...containerProblems(value as WaitForProps)]);

function containerProblems({ container, image, resources }: WaitForProps): string[] {
  const problems: string[] = [];
  if (container?.command || container?.args) {
    problems.push('"container" has a command or args of its own, which the script would replace; leave them out');
  }
  return [...problems, ...readyMadeProblems({ container, image, resources })];
}

function readyMade(
  name: string,
  image = 'busybox:1.37.0',
  resources: k8s.ResourceRequirements = {
    requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('16Mi') },
  },
): k8s.Container {
  return {
    name,
    image,
    resources,
  };
}
