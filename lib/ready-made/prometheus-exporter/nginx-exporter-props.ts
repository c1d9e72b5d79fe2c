import { PrometheusExporterOptions } from './prometheus-exporter-options';

/** Properties of an exporter for nginx, which needs `stub_status` in nginx's configuration. */
export interface NginxExporterProps extends PrometheusExporterOptions {
  /**
   * The port on which nginx serves `stub_status`, on `127.0.0.1`.
   *
   * @default 8080
   */
  readonly statusPort?: number;

  /**
   * The path at which nginx serves `stub_status`.
   *
   * @default '/stub_status'
   */
  readonly statusPath?: string;
}
