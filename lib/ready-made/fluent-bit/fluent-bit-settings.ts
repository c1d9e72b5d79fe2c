import { Duration, Size } from 'cdk8s';
import { FluentBitLogs } from './fluent-bit-logs';
import { FluentBitOutput } from './fluent-bit-output';

/** What a Fluent Bit does. */
export interface FluentBitSettings {
  /** The files that are read, at least one kind of them. */
  readonly logs: FluentBitLogs[];

  /** Where their records go: to each of these, at least one. */
  readonly outputs: FluentBitOutput[];

  /**
   * The field `service.name` of records that do not say themselves which service they are from.
   *
   * @default - the name of the workload
   */
  readonly serviceName?: string;

  /**
   * Fields that all records get where they have none of that name, besides `service.name` and those of the pod:
   * `k8s.namespace.name`, `k8s.pod.name`, `k8s.pod.uid` and `k8s.node.name`.
   *
   * @default - none
   */
  readonly fields?: { [name: string]: string };

  /**
   * How much of what has been read and not been sent is kept on the volume with Fluent Bit's state: from 8 mebibytes on. More
   * is not read before it has been sent.
   *
   * @default Size.mebibytes(32)
   */
  readonly bufferSize?: Size;

  /**
   * How long Fluent Bit tries to send what it has, at most, when it is told to end (`grace`): whole seconds, from one to 3600.
   *
   * @default Duration.seconds(5)
   */
  readonly shutdownTimeout?: Duration;

  /**
   * The port (`http_port`) at which the kubelet asks whether Fluent Bit runs, and Prometheus finds its metrics, at
   * `/api/v2/metrics/prometheus`. It is open on the pod's own address.
   *
   * @default 2020
   */
  readonly healthPort?: number;
}
