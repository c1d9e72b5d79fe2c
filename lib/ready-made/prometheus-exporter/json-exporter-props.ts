import { k8s } from 'cdk8s-plus-28';
import { ReadyMadeConfigOptions } from '../../contributions';
import { JsonAuthorization } from './json-authorization';
import { PrometheusExporterOptions } from './prometheus-exporter-options';
import { PrometheusExporterTls } from './prometheus-exporter-tls';

/** What Prometheus is told of a metric. */
export enum JsonValueType {
  /** A value that goes up and down. */
  GAUGE = 'gauge',
  /** A value that only grows, until the app starts again. */
  COUNTER = 'counter',
  /** Nothing. */
  UNTYPED = 'untyped',
}

/**
 * A number, or some, in a JSON document. JSONPaths are those of kubectl: in braces, `{.queue.depth}`.
 *
 * @see https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
export interface JsonMetric {
  /** The name of the metric; with `values`, what stands before `_` and theirs. */
  readonly name: string;

  /**
   * The JSONPath of a number, of `true` or `false`, or a text that is one of these: `{.queue.depth}`. With `values`, the
   * JSONPath of one object or many: `{.queues[*]}`. Or a number that is always the same, for what labels say.
   */
  readonly path: string;

  /**
   * What the metric is, for those who read it.
   *
   * @default - its name
   */
  readonly help?: string;

  /**
   * Labels by their names: texts in which JSONPaths may stand, `planet-{.location}`. With `values` they look at the object
   * alone. What is not there makes an empty label. Whole numbers of seven digits and more become `1.234567e+06`.
   *
   * @default - none
   */
  readonly labels?: { [label: string]: string };

  /**
   * The values of each object that `path` finds, by what stands behind the metric's name: JSONPaths that look at the object
   * alone, or numbers that are always the same. Objects have to differ in their labels.
   *
   * @default - none: `path` finds the value
   */
  readonly values?: { [name: string]: string };

  /**
   * What Prometheus is told of it.
   *
   * @default JsonValueType.UNTYPED
   */
  readonly valueType?: JsonValueType;
}

/** A JSON document of the app, and what there is in it. */
export interface JsonModule {
  /**
   * Its name, which is the label `module` of its metrics where a PodMonitor tells Prometheus. No two have the same.
   *
   * @default 'default'
   */
  readonly name?: string;

  /**
   * The port on which the app answers, on `127.0.0.1`.
   *
   * @default 8080
   */
  readonly port?: number;

  /**
   * The path of the document, with its query.
   *
   * @default '/'
   */
  readonly path?: string;

  /** What there is in it. */
  readonly metrics: JsonMetric[];

  /**
   * Headers of the request. They stand in a ConfigMap, so that those that are secret by their names are refused.
   *
   * @default - `Accept: application/json`
   */
  readonly headers?: { [name: string]: string };

  /**
   * Headers of the request by their names, whose values are keys of Secrets. They are read at each scrape; a line break at the
   * end is left out.
   *
   * @default - none
   */
  readonly secretHeaders?: { [name: string]: k8s.SecretKeySelector };

  /**
   * How the app is shown who asks.
   *
   * @default - not at all
   */
  readonly authorization?: JsonAuthorization;

  /**
   * What is sent to the app, by POST.
   *
   * @default - nothing, by GET
   */
  readonly body?: string;

  /**
   * The statuses of an answer with a document.
   *
   * @default - 200 to 299
   */
  readonly statuses?: number[];

  /**
   * HTTPS, for an app that takes no other connection. Renewed certificates are used without a restart.
   *
   * @default - none: HTTP
   */
  readonly tls?: PrometheusExporterTls;
}

/** Properties of an exporter for an app that shows its state as JSON. Its configuration is the file of the modules. */
export interface JsonExporterProps extends PrometheusExporterOptions, ReadyMadeConfigOptions {
  /** The documents, each of which Prometheus asks for by itself. */
  readonly modules: JsonModule[];
}
