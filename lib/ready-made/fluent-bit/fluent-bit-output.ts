import { Size } from 'cdk8s';
import { VolumeShare } from '../../contributions';
import { HeaderValue } from '../headers';
import { FluentBitTls } from './fluent-bit-tls';

/** What outputs over a network have in common. */
export interface FluentBitNetworkOptions {
  /**
   * How the connection is secured.
   *
   * @default - FluentBitTls.verified(); none to a URL that begins with `http:`
   */
  readonly tls?: FluentBitTls;

  /**
   * How often it is tried again to send records, before they are lost; 0 for never.
   *
   * @default - without end: what the other side does not take waits, and files are not read on
   */
  readonly retries?: number;
}

/** How requests over HTTP are made. */
export interface FluentBitHttpOptions extends FluentBitNetworkOptions {
  /**
   * Headers that go with each request. What is of a Secret is an environment variable of the container.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: HeaderValue };

  /**
   * A Secret of type `kubernetes.io/basic-auth` with the `username` and `password` that go with each request.
   *
   * @default - none
   */
  readonly basicAuthSecret?: string;
}

/** How Loki is sent to. */
export interface FluentBitLokiOptions extends FluentBitHttpOptions {
  /**
   * The tenant (`X-Scope-OrgID`).
   *
   * @default - none
   */
  readonly tenant?: string;

  /**
   * Labels besides `service_name`, `k8s_namespace_name` and `k8s_pod_name`, with values that are the same for all records.
   *
   * @default - none
   */
  readonly labels?: { [name: string]: string };
}

/** How a Fluentd or a Fluent Bit is sent to. */
export interface FluentBitForwardOptions extends FluentBitNetworkOptions {
  /**
   * The port.
   *
   * @default 24224
   */
  readonly port?: number;

  /**
   * A Secret with the key that both sides share, in its key `shared-key`.
   *
   * @default - none
   */
  readonly sharedKeySecret?: string;
}

/** When a file is put aside for a new one. */
export interface FluentBitFileOutputOptions {
  /**
   * The size at which it is put aside.
   *
   * @default Size.mebibytes(10)
   */
  readonly maxSize?: Size;

  /**
   * How many that were put aside are kept.
   *
   * @default 3
   */
  readonly maxBackups?: number;
}

/**
 * Where records go.
 *
 * @example
 *
 * const outputs = [FluentBitOutput.loki('http://loki.observability:3100'), FluentBitOutput.stdout()];
 */
export class FluentBitOutput {
  /** The container's standard output, a JSON object for each record; Fluent Bit's own log is on stderr. */
  public static stdout(): FluentBitOutput {
    return new FluentBitOutput({ kind: 'stdout' });
  }

  /**
   * A file with a JSON object for each record, without its time.
   *
   * @param share the folder, with the helper as its writer
   * @param name the file's name in it
   */
  public static file(share: VolumeShare, name: string, options: FluentBitFileOutputOptions = {}): FluentBitOutput {
    return new FluentBitOutput({ kind: 'file', share, name, options });
  }

  /**
   * OTLP over HTTP, to an OpenTelemetry Collector for instance.
   *
   * @param url without the path of logs, which is added: `https://otlp.example` for `https://otlp.example/v1/logs`
   */
  public static otlpHttp(url: string, options: FluentBitHttpOptions = {}): FluentBitOutput {
    return new FluentBitOutput({ kind: 'otlpHttp', url, options });
  }

  /**
   * Loki, at its own API. Each record is a line of JSON.
   *
   * @param url of Loki itself: `http://loki.observability:3100`
   */
  public static loki(url: string, options: FluentBitLokiOptions = {}): FluentBitOutput {
    return new FluentBitOutput({ kind: 'loki', url, options });
  }

  /**
   * A Fluentd or a Fluent Bit, which says of all that it has taken it.
   *
   * @param host its name or address
   */
  public static forward(host: string, options: FluentBitForwardOptions = {}): FluentBitOutput {
    return new FluentBitOutput({ kind: 'forward', host, options });
  }

  /**
   * Any service that takes a list of JSON objects in a POST.
   *
   * @param url with its path: `https://logs.example/ingest`
   */
  public static http(url: string, options: FluentBitHttpOptions = {}): FluentBitOutput {
    return new FluentBitOutput({ kind: 'http', url, options });
  }

  private constructor(
    /** @internal */
    public readonly _destination: FluentBitTarget,
  ) {}
}

/** @internal */
export type FluentBitTarget =
  | { readonly kind: 'stdout' }
  | {
      readonly kind: 'file';
      readonly share: VolumeShare;
      readonly name: string;
      readonly options: FluentBitFileOutputOptions;
    }
  | { readonly kind: 'otlpHttp' | 'http'; readonly url: string; readonly options: FluentBitHttpOptions }
  | { readonly kind: 'loki'; readonly url: string; readonly options: FluentBitLokiOptions }
  | { readonly kind: 'forward'; readonly host: string; readonly options: FluentBitForwardOptions };
