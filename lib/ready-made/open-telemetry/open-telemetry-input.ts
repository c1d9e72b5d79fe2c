import { Duration } from 'cdk8s';
import { VolumeShare } from '../../contributions';

/** Which files are read, and how. */
export interface OpenTelemetryFilesOptions {
  /**
   * The files, by patterns relative to the folder: `*` stands for a part of a name, `**` for any folders.
   *
   * @default ['*.log']
   */
  readonly include?: string[];

  /**
   * Files to leave out, by patterns of the same kind.
   *
   * @default - none
   */
  readonly exclude?: string[];

  /**
   * Where an entry of several lines begins, as a stack trace does: a regular expression (RE2) for its first line.
   *
   * @default - each line is an entry
   */
  readonly entryStart?: string;

  /**
   * Whether only what is written after the collector's first start is read. What it has read it remembers when its
   * container starts again, in any case.
   *
   * @default false
   */
  readonly onlyNew?: boolean;
}

/** Where OTLP is taken. */
export interface OpenTelemetryOtlpInputOptions {
  /**
   * The port for OTLP over gRPC.
   *
   * @default 4317
   */
  readonly grpcPort?: number;

  /**
   * The port for OTLP over HTTP.
   *
   * @default 4318
   */
  readonly httpPort?: number;

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `0.0.0.0` (or `::`, for IPv6) to let other
   * pods in, without TLS and without asking who they are.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;
}

/** What is scraped, and how often. */
export interface OpenTelemetryScrapeOptions {
  /** The port of the pod at which a process gives out its metrics. */
  readonly port: number;

  /**
   * The path of the metrics.
   *
   * @default '/metrics'
   */
  readonly path?: string;

  /**
   * The time between two scrapes, at least a second.
   *
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;

  /**
   * How long an answer may take, at most the interval.
   *
   * @default - 10 seconds, or the interval where that is shorter
   */
  readonly timeout?: Duration;

  /**
   * The `job` of Prometheus, which becomes the attribute `service.name`.
   *
   * @default - the collector's `serviceName`
   */
  readonly job?: string;
}

/**
 * Where a collector gets its data. One that is given to several pipelines feeds all of them.
 *
 * @example
 *
 * const logs = SharedVolume.emptyDir('logs').at('/var/log/nginx');
 *
 * new OpenTelemetrySidecar(deployment, 'log-shipper', {
 *   logs: [
 *     {
 *       inputs: [OpenTelemetryInput.files(logs), OpenTelemetryInput.otlp()],
 *       outputs: [OpenTelemetryOutput.otlp('gateway.observability:4317')],
 *     },
 *   ],
 * });
 */
export class OpenTelemetryInput {
  /**
   * Log files in a folder that the main container writes. For pipelines of logs.
   *
   * Rotated files are followed. The collector's user, 10001, must be allowed to read them.
   *
   * @param share the folder, for instance `SharedVolume.emptyDir('logs').at('/var/log/app')`
   */
  public static files(share: VolumeShare, options: OpenTelemetryFilesOptions = {}): OpenTelemetryInput {
    return new OpenTelemetryInput({ kind: 'files', share, options });
  }

  /**
   * What the main container sends by OTLP. For pipelines of each kind.
   *
   * Its default ports are those that OpenTelemetry's SDKs send to when they are told nothing.
   */
  public static otlp(options: OpenTelemetryOtlpInputOptions = {}): OpenTelemetryInput {
    return new OpenTelemetryInput({ kind: 'otlp', options });
  }

  /** A Prometheus endpoint of a process in the pod, which is asked at `localhost`. For pipelines of metrics. */
  public static scrape(options: OpenTelemetryScrapeOptions): OpenTelemetryInput {
    return new OpenTelemetryInput({ kind: 'scrape', options });
  }

  private constructor(
    /** @internal */
    public readonly _source: Source,
  ) {}
}

/** @internal */
export type Source =
  | { readonly kind: 'files'; readonly share: VolumeShare; readonly options: OpenTelemetryFilesOptions }
  | { readonly kind: 'otlp'; readonly options: OpenTelemetryOtlpInputOptions }
  | { readonly kind: 'scrape'; readonly options: OpenTelemetryScrapeOptions };
