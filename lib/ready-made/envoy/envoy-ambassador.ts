import { ApiObject, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { ReadyMade } from '../../contributions';
import { hostAndPort } from '../../values/address';
import { shutdownProblem } from '../settings/limits';
import { duration, fields, nested } from '../../values/shape';
import { ownPortsOf } from './envoy-bootstrap';
import { renderEnvoyFiles } from './envoy-config';
import { OPTIONS, readyMade, USER, wholeSeconds } from './envoy-container';
import { OWN_HEALTH } from './envoy-listener';
import { envoyProblems } from './envoy-problems';
import { CONFIG_FOLDER, mountsOf, secretsOf } from './envoy-secrets';
import { EnvoyOptions } from './envoy-options';
import { EnvoySettings } from './envoy-settings';
import { upstreamsOf } from './envoy-upstream';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';

/** Properties of an Envoy ambassador. */
export interface EnvoyAmbassadorProps extends EnvoySettings, EnvoyOptions {
  /**
   * How long the ready-made container goes on when the pod is told to stop, so that the main container's last requests find
   * it. Envoy itself ends at once, with all requests under way. A native sidecar needs none: it is told to stop when the
   * main container has ended. In whole seconds, shorter than the pod's grace period.
   *
   * @default - not at all
   */
  readonly stopDelay?: Duration;
}

/**
 * An ambassador that is an Envoy: TLS to the outside, headers from Secrets, retries with a budget, circuit breakers and
 * limits for what the main container asks of services elsewhere over plain HTTP at localhost.
 *
 * What Envoy would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `envoyproxy/envoy:v1.40.0`, its user 101, what Pod Security "restricted" asks for,
 * a read-only root file system, requests of 20m CPU and 64Mi memory, its ports, and a startup and a readiness probe. A
 * container of your own gets the mounts of the configuration and of what that reads; its arguments must name it,
 * `--config-path /etc/envoy/envoy.yaml`.
 *
 * @example
 *
 * new EnvoyAmbassador(deployment, 'payments-proxy', {
 *   services: [
 *     {
 *       listen: 8081,
 *       upstreams: ['https://api.payments.example'],
 *       headers: { authorization: HeaderValue.fromSecret('payments', 'token', 'Bearer ') },
 *       env: { PAYMENTS_URL: 'http://{host}:{port}' },
 *     },
 *   ],
 * });
 */
export class EnvoyAmbassador extends Ambassador {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: EnvoyAmbassadorProps) {
    super(scope, id, ambassadorProps(scope, id, props));
  }

  /** The ConfigMap with `envoy.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

const DEFAULT_HEALTH_PORT = 9902;

const OWN = fields({}, { ...OPTIONS, stopDelay: nested(duration, wholeSeconds) });

function ambassadorProps(scope: Construct, id: string, props: EnvoyAmbassadorProps): AmbassadorProps {
  const made = new ReadyMade(scope, id, props, { ofContainer: [...Object.keys(OPTIONS), 'stopDelay'] });
  const { services, listenAddress = DEFAULT_LISTEN_ADDRESS, healthPort } = props;
  const settings = { ...props, healthPort: healthPort ?? (props.container ? undefined : DEFAULT_HEALTH_PORT) };
  made.addProblems(
    ...OWN(props, ''),
    ...envoyProblems(settings),
    ...shutdownProblem('Envoy', ['stopDelay', props.stopDelay], Duration.seconds(0), props.shutdownDeadline),
  );
  made.assertRight('no envoy.yaml can be made');
  const helper = made.helperProps({
    container: ambassador(id, props),
    user: USER,
    files: renderEnvoyFiles(id, settings),
    folder: CONFIG_FOLDER,
    mounts: mountsOf(secretsOf(settings)),
    listensOn: [...ownPortsOf(settings).values()],
  });
  return {
    ...helper,
    listeners: services.map((service) => ({
      port: service.listen,
      address: listenAddress,
      upstream: upstreamsOf(service)
        .map(({ host, port }) => hostAndPort(host, port))
        .join(', '),
      env: service.env,
    })),
    shutdownDeadline: props.shutdownDeadline ?? props.stopDelay,
  };
}

function ambassador(id: string, props: EnvoyAmbassadorProps): k8s.Container {
  const { services, metricsPort, healthPort = DEFAULT_HEALTH_PORT, workers, stopDelay } = props;
  return readyMade(id, {
    workers,
    ports: [
      ...services.map(({ listen }) => listen),
      healthPort,
      ...(metricsPort === undefined ? [] : [metricsPort]),
    ].map((containerPort) => ({ containerPort })),
    healthPort,
    healthPath: OWN_HEALTH.path,
    preStop: stopDelay && ['sleep', String(stopDelay.toSeconds())],
  });
}
