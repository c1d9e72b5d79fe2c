import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade } from '../../contributions';
import { Sidecar, SidecarProps } from '../../patterns';
import { shutdownProblem } from '../settings/limits';
import { duration, fields, nested, onlyFields, text } from '../../values/shape';
import { ownPortsOf } from './envoy-bootstrap';
import { OPTIONS, readyMade, USER, wholeSeconds } from './envoy-container';
import { DEFAULT_AT_LEAST, drainCommand, longestDrain } from './envoy-drain';
import { EnvoyOptions } from './envoy-options';
import { CONFIG_FOLDER, mountsOf } from './envoy-secrets';
import {
  DEFAULT_APP_ADDRESS,
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
export interface EnvoySidecarProps extends EnvoySidecarSettings, EnvoyOptions {
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
}

/**
 * A sidecar that is an Envoy in front of the app: TLS at the pod's edge, an access log as JSON, the app's health, limits,
 * and requests that are finished when the pod ends. The app listens at localhost and knows nothing of that.
 *
 * What Envoy would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `envoyproxy/envoy:v1.40.0`, its user 101, what Pod Security "restricted" asks for,
 * a read-only root file system, requests of 20m CPU and 64Mi memory, its ports, a startup and a readiness probe, and a
 * preStop hook that waits for requests under way, for which the image has to have bash. A container of your own gets the
 * mounts of the configuration and of what that reads; its arguments must name it, `--config-path /etc/envoy/envoy.yaml`.
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
    const { appPort, appAddress = DEFAULT_APP_ADDRESS } = props;
    this._mainListensOn({ port: appPort, protocol: 'TCP', address: appAddress });
  }

  /** The ConfigMap with `envoy.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

const DEFAULT_HEALTH_PORT = 9912;

const OWN = fields(
  {},
  {
    ...OPTIONS,
    portName: text,
    drain: onlyFields({}, { atLeast: nested(duration, wholeSeconds), atMost: nested(duration, wholeSeconds) }),
  },
);

function sidecarProps(scope: Construct, id: string, props: EnvoySidecarProps): SidecarProps {
  const made = new ReadyMade(scope, id, props, { ofContainer: [...Object.keys(OPTIONS), 'portName', 'drain'] });
  const { listen, redirectPort, healthPort } = props;
  const settings = { ...props, healthPort: healthPort ?? (props.container ? undefined : DEFAULT_HEALTH_PORT) };
  const misshapen = OWN(props, '');
  made.addProblems(...misshapen, ...(misshapen.length === 0 ? drainProblems(props) : []), ...sidecarProblems(settings));
  made.assertRight('no envoy.yaml can be made');
  const helper = made.helperProps({
    container: edge(id, props),
    user: USER,
    files: renderSidecarFiles(id, settings),
    folder: CONFIG_FOLDER,
    mounts: mountsOf(sidecarSecretsOf(settings)),
    listensOn: [listen, redirectPort, ...ownPortsOf(ownSettingsOf(settings)).values()].filter(
      (port) => port !== undefined,
    ),
  });
  return {
    ...helper,
    shutdownDeadline: props.shutdownDeadline ?? (props.container ? undefined : longestDrain(props.drain ?? {})),
  };
}

function drainProblems(props: EnvoySidecarProps): string[] {
  const { atLeast = DEFAULT_AT_LEAST, atMost } = props.drain ?? {};
  return [
    ...(atMost && atMost.toSeconds() < atLeast.toSeconds()
      ? [`drain.atMost is ${atMost.toSeconds()} s, less than "atLeast", ${atLeast.toSeconds()} s; make it longer`]
      : []),
    ...(props.container
      ? []
      : shutdownProblem('Envoy', ['drain', props.drain], longestDrain({}), props.shutdownDeadline)),
  ];
}

function edge(id: string, props: EnvoySidecarProps): k8s.Container {
  const { listen, tls, redirectPort, metricsPort, healthPort = DEFAULT_HEALTH_PORT } = props;
  const { portName = tls._edge.kind === 'plaintext' ? 'http' : 'https', drain = {} } = props;
  return readyMade(id, {
    workers: props.workers,
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
    preStop: drainCommand(props.adminPort ?? DEFAULT_EDGE_ADMIN_PORT, REQUESTS, drain),
    // Otherwise lines wait for ten seconds.
    args: ['--file-flush-interval-msec', '1000'],
  });
}
