import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ReadyMadeConfigOptions } from '../../contributions';
import { Sidecar } from '../../patterns';
import { collectorOf } from './open-telemetry-collector';
import { sharesOf } from './open-telemetry-config';
import { OpenTelemetrySettings } from './open-telemetry-settings';

/** Properties of a sidecar that is an OpenTelemetry Collector. */
export interface OpenTelemetrySidecarProps extends OpenTelemetrySettings, ReadyMadeConfigOptions {}

/**
 * A sidecar that is an OpenTelemetry Collector: it collects logs, metrics and traces of the pod and ships them.
 *
 * What the collector would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `otel/opentelemetry-collector-contrib:0.160.0`, its user 10001, what Pod Security
 * "restricted" asks for, a read-only root file system, requests of 50m CPU and 128Mi memory, a limit of 256Mi memory, and a
 * liveness probe; a startup probe too where it takes OTLP. What the collector may keep in memory follows the limit in
 * `resources`, or the request where there is none. A container of your own gets the mounts and environment variables that its
 * configuration needs; its arguments must name that, `--config=/etc/otelcol/config.yaml`.
 *
 * @example
 *
 * new OpenTelemetrySidecar(deployment, 'log-shipper', {
 *   logs: [
 *     {
 *       inputs: [OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/var/log/nginx'))],
 *       outputs: [OpenTelemetryOutput.otlp('gateway.observability:4317')],
 *     },
 *   ],
 * });
 */
export class OpenTelemetrySidecar extends Sidecar {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what
   * clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: OpenTelemetrySidecarProps) {
    super(scope, id, { ...collectorOf(scope, id, props, props), shares: sharesOf(props) });
  }

  /** The ConfigMap with `config.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}
