import { ApiObject, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeConfigOptions } from '../../contributions';
import { Sidecar, SidecarProps } from '../../patterns';
import { shutdownProblem } from '../settings/limits';
import { Workloads } from '../../workloads';
import {
  CONFIG_FILE,
  CONFIG_FOLDER,
  DEFAULT_SHUTDOWN_TIMEOUT,
  DEFAULT_HEALTH_PORT,
  environmentOf,
  renderFluentBitConfig,
  sharesOf,
  mountsOf,
} from './fluent-bit-config';
import { fluentBitProblems } from './fluent-bit-problems';
import { FluentBitSettings } from './fluent-bit-settings';

/** Properties of a sidecar that is a Fluent Bit. */
export interface FluentBitSidecarProps extends FluentBitSettings, ReadyMadeConfigOptions {}

/**
 * A sidecar that is a Fluent Bit: it reads the log files of the main container and ships them.
 *
 * For logs alone, where a Fluent Bit is what is known; `OpenTelemetrySidecar` is the one that is recommended. What Fluent Bit
 * would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `fluent/fluent-bit:5.1.1`, user 65534, what Pod Security "restricted" asks for, a
 * read-only root file system, requests of 10m CPU and 32Mi memory, and a startup and a liveness probe. A container of your own
 * gets the mounts and environment variables that its configuration needs, and has to run
 * `fluent-bit --config=/etc/fluent-bit/fluent-bit.yaml`.
 *
 * @example
 *
 * new FluentBitSidecar(deployment, 'log-shipper', {
 *   logs: [{ source: SharedVolume.emptyDir('logs').at('/var/log/nginx') }],
 *   outputs: [FluentBitOutput.loki('http://loki.observability:3100')],
 * });
 */
export class FluentBitSidecar extends Sidecar {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: FluentBitSidecarProps) {
    super(scope, id, sidecarProps(scope, id, props));
  }

  /** The ConfigMap with `fluent-bit.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

/** Who is nobody in most images; this one names no user. */
const USER = 65534;

function sidecarProps(scope: Construct, id: string, props: FluentBitSidecarProps): SidecarProps {
  const made = new ReadyMade(scope, id, props);
  const settings = { ...props, serviceName: props.serviceName ?? Workloads.nameOf(scope) ?? id };
  made.addProblems(
    ...fluentBitProblems(settings),
    ...shutdownProblem(
      'Fluent Bit',
      ['shutdownTimeout', props.shutdownTimeout],
      endAfter(DEFAULT_SHUTDOWN_TIMEOUT),
      props.shutdownDeadline,
    ),
  );
  made.assertRight('no fluent-bit.yaml can be made');
  const { shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT, healthPort = DEFAULT_HEALTH_PORT } = props;
  const helper = made.helperProps({
    container: readyMade(id, healthPort),
    user: USER,
    files: { [CONFIG_FILE]: renderFluentBitConfig(settings) },
    folder: CONFIG_FOLDER,
    mounts: mountsOf(props),
    env: environmentOf(props),
    listensOn: [healthPort],
  });
  return {
    ...helper,
    shutdownDeadline: props.shutdownDeadline ?? endAfter(shutdownTimeout),
    shares: sharesOf(props),
  };
}

/** It looks once a second whether all is sent. */
function endAfter(shutdownTimeout: Duration): Duration {
  return Duration.seconds(shutdownTimeout.toSeconds() + 1);
}

function readyMade(id: string, healthPort: number): k8s.Container {
  const httpGet = { path: '/', port: k8s.IntOrString.fromNumber(healthPort) };
  return {
    name: id,
    image: 'fluent/fluent-bit:5.1.1',
    args: [`--config=${CONFIG_FOLDER}/${CONFIG_FILE}`],
    ports: [{ containerPort: healthPort }],
    // Not its health: that is bad while an output cannot be reached, which a restart does not mend.
    startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    // No readinessProbe: a pod is not to be taken out of service because nobody reads its log.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') } },
  };
}
