import { OpenTelemetryInput } from './open-telemetry-input';
import { OpenTelemetryOutput } from './open-telemetry-output';
import { OpenTelemetryTransformation } from './open-telemetry-transformation';

/** From where to where data goes, and what is changed on the way. */
export interface OpenTelemetryPipeline {
  /** Where the data comes from, at least one. */
  readonly inputs: OpenTelemetryInput[];

  /**
   * What is changed, in this order.
   *
   * @default - nothing
   */
  readonly transformations?: OpenTelemetryTransformation[];

  /** Where the data goes: to each of these, at least one. */
  readonly outputs: OpenTelemetryOutput[];
}

/** What is alike in all configurations of collectors. */
export interface OpenTelemetryCommonSettings {
  /**
   * The attribute `service.name` of what does not say itself which service it is from.
   *
   * @default - the name of the workload
   */
  readonly serviceName?: string;

  /**
   * Attributes that all data gets, besides `service.name` and those of the pod, for what does not say itself which pod it
   * is from: `k8s.namespace.name`, `k8s.pod.name`, `k8s.pod.uid` and `k8s.node.name`. It cannot have these names, nor
   * `service.instance.id` where something is scraped.
   *
   * @default - none
   */
  readonly resourceAttributes?: { [name: string]: string };

  /**
   * The port at which the kubelet asks whether the collector runs. It is open on all addresses of the pod, because the
   * kubelet cannot reach localhost in a pod, and tells nothing else.
   *
   * @default 13133
   */
  readonly healthPort?: number;

  /**
   * The port at which the collector gives out metrics of its own for Prometheus, on all addresses of the pod.
   *
   * @default - none
   */
  readonly metricsPort?: number;
}

/** What a collector does. */
export interface OpenTelemetrySettings extends OpenTelemetryCommonSettings {
  /**
   * Pipelines of logs.
   *
   * @default - none
   */
  readonly logs?: OpenTelemetryPipeline[];

  /**
   * Pipelines of metrics.
   *
   * @default - none
   */
  readonly metrics?: OpenTelemetryPipeline[];

  /**
   * Pipelines of traces.
   *
   * @default - none
   */
  readonly traces?: OpenTelemetryPipeline[];
}
