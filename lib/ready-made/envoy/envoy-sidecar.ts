import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Sidecar, SidecarProps } from '../../patterns';
import { ConfigChange, ConfigFiles, HelperOptions } from '../../contributions';
import { CONTAINER, HELPER_OPTIONS } from '../../contributions/helper-shape';
import { fragment } from '../../values/fragment';
import { readyMadeProblems } from '../../values/ready-made';
import {
  asConstruct,
  assertShape,
  duration,
  enumOf,
  fields,
  nested,
  object,
  pathIn,
  text,
  wholeNumber,
} from '../../values/shape';
import { ownPortsOf } from './envoy-bootstrap';
import { readyMade, USER, wholeSeconds } from './envoy-container';
import { DEFAULT_AT_LEAST, drainCommand, longestDrain } from './envoy-drain';
import { CONFIG_FOLDER, secretVolumesOf } from './envoy-secrets';
import {
  DEFAULT_EDGE_ADMIN_PORT,
  ownSettingsOf,
  READY_PATH,
  renderSidecarFiles,
  REQUESTS,
  sidecarSecretsOf,
  STARTED_PATH,
} from './envoy-sidecar-config';
import { sidecarProblems } from './envoy-sidecar-problems';
import { EnvoyDrain, EnvoySidecarSettings } from './envoy-sidecar-settings';

/** Properties of an Envoy in front of the app. */
export interface EnvoySidecarProps extends EnvoySidecarSettings, HelperOptions {
  /**
   * The container. The mounts of its configuration and of what that reads are added and nothing else: its arguments must
   * name the configuration, `--config-path /etc/envoy/envoy.yaml`.
   *
   * @default - a ready-made one, named like the construct: a pinned image, its user 101, what Pod Security "restricted" asks
   * for, a read-only root file system, requests of 20m CPU and 64Mi memory, its ports, a startup and a readiness probe, and
   * a preStop hook that waits for requests under way
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance the same one in a registry of your own. It has to have bash, which
   * the distroless ones do not.
   *
   * @default 'envoyproxy/envoy:v1.40.0', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 20m CPU and 64Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * How many threads of the ready-made container handle requests. Each needs a CPU to be of use.
   *
   * @default 1
   */
  readonly concurrency?: number;

  /**
   * The name of the port of the ready-made container, for the `targetPort` of a Service.
   *
   * @default - 'https' with TLS, 'http' without
   */
  readonly portName?: string;

  /**
   * How long the ready-made container goes on when the pod is told to stop.
   *
   * @default - 5 seconds, and up to 20 for requests that are under way
   */
  readonly drain?: EnvoyDrain;

  /**
   * The name of the ConfigMap with `envoy.yaml`; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with `envoy.yaml`.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when `envoy.yaml` changes, which Envoy reads only at its start.
   *
   * @default - ConfigChange.REPLACE with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}

/**
 * A sidecar that is an Envoy in front of the app: TLS at the pod's edge, an access log as JSON, the app's health, limits,
 * and requests that are finished when the pod ends. The app listens at localhost and knows nothing of that.
 *
 * What Envoy would not start with, or take otherwise than it was meant, is an error.
 *
 * @example
 *
 * new EnvoySidecar(deployment, 'edge', {
 *   listen: 8443,
 *   tls: EnvoyEdgeTls.fromSecret('web-tls'),
 *   appPort: 8080,
 *   health: { path: '/healthz' },
 * });
 */
export class EnvoySidecar extends Sidecar {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: EnvoySidecarProps) {
    super(scope, id, sidecarProps(scope, id, props));
  }

  /** The ConfigMap with `envoy.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

const DEFAULT_HEALTH_PORT = 9912;

const OPTIONS = fields(
  {},
  {
    ...HELPER_OPTIONS,
    container: CONTAINER,
    image: text,
    resources: fragment('an object'),
    concurrency: wholeNumber(1, 256),
    portName: text,
    drain: nested(
      object,
      fields({}, { atLeast: nested(duration, wholeSeconds), atMost: nested(duration, wholeSeconds) }),
    ),
    configMapName: text,
    configVolumeName: text,
    onChange: enumOf('ConfigChange', ConfigChange),
  },
);

function sidecarProps(scope: Construct, id: string, props: EnvoySidecarProps): SidecarProps {
  const path = pathIn(asConstruct(id, scope), id);
  assertShape(path, props, object);
  const { concurrency, portName, drain, healthPort = props.container ? undefined : DEFAULT_HEALTH_PORT } = props;
  const settings: EnvoySidecarSettings = { ...props, healthPort };
  const misshapen = OPTIONS(props, '');
  const problems = [
    ...misshapen,
    ...(misshapen.length === 0 ? drainProblems(props) : []),
    ...sidecarProblems(settings),
    ...readyMadeProblems(props, { concurrency, portName, drain }),
  ];
  if (problems.length > 0) {
    throw new Error([`${path}: no envoy.yaml can be made:`, ...problems].join('\n  '));
  }
  const { listen, redirectPort, onChange, configMapName } = props;
  const container = props.container ?? readyMadeEdge(scope, id, props, healthPort ?? DEFAULT_HEALTH_PORT);
  const secrets = secretVolumesOf(sidecarSecretsOf(settings), container.name);
  const files = ConfigFiles.of(renderSidecarFiles(id, settings), {
    configMapName,
    onChange: onChange ?? (props.container ? ConfigChange.KEEP_RUNNING : ConfigChange.REPLACE),
  });
  return {
    ...props,
    container: {
      ...container,
      ...(secrets.length > 0 && {
        volumeMounts: [...(container.volumeMounts ?? []), ...secrets.map(({ mount }) => mount)],
      }),
    },
    restricted: props.container ? props.restricted : { user: USER, ...props.restricted },
    volumes: [...(props.volumes ?? []), ...secrets.map(({ volume }) => volume)],
    listensOn: [
      ...new Set([
        ...(props.listensOn ?? []),
        ...[listen, redirectPort, ...ownPortsOf(ownSettingsOf(settings)).values()].filter((port) => port !== undefined),
      ]),
    ],
    shutdownDeadline: props.shutdownDeadline ?? (props.container ? undefined : longestDrain(drain ?? {})),
    files: [files.at(CONFIG_FOLDER, { volumeName: props.configVolumeName })],
  };
}

function drainProblems(props: EnvoySidecarProps): string[] {
  const { atLeast = DEFAULT_AT_LEAST, atMost } = props.drain ?? {};
  return [
    ...(atMost && atMost.toSeconds() < atLeast.toSeconds()
      ? [`drain.atMost is ${atMost.toSeconds()} s, less than "atLeast", ${atLeast.toSeconds()} s; make it longer`]
      : []),
    ...(props.drain && props.shutdownDeadline
      ? ['"drain" is how long Envoy takes to stop; leave out "shutdownDeadline"']
      : []),
  ];
}

function readyMadeEdge(scope: Construct, id: string, props: EnvoySidecarProps, healthPort: number): k8s.Container {
  const { listen, tls, redirectPort, metricsPort, adminPort = DEFAULT_EDGE_ADMIN_PORT } = props;
  const { portName = tls._certificate === undefined ? 'http' : 'https' } = props;
  return readyMade(scope, id, {
    ...props,
    healthPort,
    healthPath: STARTED_PATH,
    ports: [
      { name: portName, containerPort: listen },
      ...[redirectPort, healthPort, metricsPort]
        .filter((port) => port !== undefined)
        .map((containerPort) => ({ containerPort })),
    ],
    // Envoy has counted failures already.
    readinessProbe: {
      httpGet: { path: READY_PATH, port: k8s.IntOrString.fromNumber(healthPort) },
      periodSeconds: 2,
      failureThreshold: 2,
    },
    preStop: drainCommand(adminPort, REQUESTS, props.drain ?? {}),
    // Otherwise lines wait for ten seconds.
    args: ['--file-flush-interval-msec', '1000'],
  });
}
