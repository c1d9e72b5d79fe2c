import { Size } from 'cdk8s';
import { HeaderValue } from '../headers';
import { VolumeShare } from '../../contributions';
import { OpenTelemetryTls } from './open-telemetry-tls';

/** What outputs over gRPC have in common. */
export interface OpenTelemetryOtlpOutputOptions {
  /**
   * Headers that go with each request. What is of a Secret is an environment variable of the container.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: HeaderValue };

  /**
   * How the connection is secured.
   *
   * @default - OpenTelemetryTls.verified(); none to a URL that begins with `http:`
   */
  readonly tls?: OpenTelemetryTls;
}

/** How Loki is sent to. */
export interface OpenTelemetryLokiOptions extends OpenTelemetryOtlpOutputOptions {
  /**
   * The tenant (`X-Scope-OrgID`).
   *
   * @default - none
   */
  readonly tenant?: string;
}

/** When a file is put aside for a new one. */
export interface OpenTelemetryFileOutputOptions {
  /**
   * The size at which it is put aside, in whole mebibytes.
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
 * Where a collector's data goes.
 *
 * @example
 *
 * const outputs = [OpenTelemetryOutput.loki('http://loki.observability:3100'), OpenTelemetryOutput.stdout()];
 */
export class OpenTelemetryOutput {
  /**
   * OTLP over gRPC, to another collector for instance.
   *
   * @param endpoint host and port, as `gateway.observability:4317`
   */
  public static otlp(endpoint: string, options: OpenTelemetryOtlpOutputOptions = {}): OpenTelemetryOutput {
    return new OpenTelemetryOutput({ kind: 'otlp', endpoint, options });
  }

  /**
   * OTLP over HTTP.
   *
   * @param url without the path of the signal, which is added: `https://otlp.example` for `https://otlp.example/v1/logs`
   */
  public static otlpHttp(url: string, options: OpenTelemetryOtlpOutputOptions = {}): OpenTelemetryOutput {
    return new OpenTelemetryOutput({ kind: 'otlpHttp', url, options });
  }

  /**
   * Loki, which takes OTLP from version 3 on. For pipelines of logs.
   *
   * @param url of Loki itself: `http://loki.observability:3100`
   */
  public static loki(url: string, options: OpenTelemetryLokiOptions = {}): OpenTelemetryOutput {
    return new OpenTelemetryOutput({ kind: 'loki', url, options });
  }

  /**
   * A file with a line of OTLP/JSON for each batch.
   *
   * @param share the folder, with the helper as its writer
   * @param name the file's name in it
   */
  public static file(
    share: VolumeShare,
    name: string,
    options: OpenTelemetryFileOutputOptions = {},
  ): OpenTelemetryOutput {
    return new OpenTelemetryOutput({ kind: 'file', share, name, options });
  }

  /** The container's standard output, a line of OTLP/JSON for each batch; the collector's own log is on stderr. */
  public static stdout(): OpenTelemetryOutput {
    return new OpenTelemetryOutput({ kind: 'stdout' });
  }

  private constructor(
    /** @internal */
    public readonly _target: Target,
  ) {}
}

/** @internal */
export type Target =
  | { readonly kind: 'otlp'; readonly endpoint: string; readonly options: OpenTelemetryOtlpOutputOptions }
  | { readonly kind: 'otlpHttp'; readonly url: string; readonly options: OpenTelemetryOtlpOutputOptions }
  | { readonly kind: 'loki'; readonly url: string; readonly options: OpenTelemetryLokiOptions }
  | {
      readonly kind: 'file';
      readonly share: VolumeShare;
      readonly name: string;
      readonly options: OpenTelemetryFileOutputOptions;
    }
  | { readonly kind: 'stdout' };
