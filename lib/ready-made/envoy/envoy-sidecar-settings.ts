import { Duration, Size } from 'cdk8s';
import { EnvoyEdgeTls } from './envoy-edge-tls';
import { EnvoyLogField } from './envoy-log-field';
import { EnvoyRateLimit } from './envoy-settings';

/** How Envoy finds out whether the app is well. It decides whether the pod is ready, and not where requests go. */
export interface EnvoyAppHealth {
  /**
   * The path that the app answers with a status of 200 to 399 while it is well.
   *
   * @default - none is asked: it is well while it takes connections
   */
  readonly path?: string;

  /**
   * The header `Host` of that request.
   *
   * @default 'localhost'
   */
  readonly host?: string;

  /**
   * The time between two checks. While the app is not well, it is at most half a second.
   *
   * @default Duration.seconds(2)
   */
  readonly interval?: Duration;

  /**
   * How long an answer may take.
   *
   * @default Duration.seconds(1)
   */
  readonly timeout?: Duration;

  /**
   * Failed checks in a row after which it is not well.
   *
   * @default 3
   */
  readonly failures?: number;

  /**
   * Successful checks in a row after which it is well again. At the start one is enough.
   *
   * @default 1
   */
  readonly successes?: number;
}

/** How long Envoy waits at the pod's edge. Each from 1 ms to 2147483647 ms, which is 24.8 days. */
export interface EnvoyEdgeTimeouts {
  /**
   * For the app's whole answer; then it is 504. 0 is for ever, as long streams need.
   *
   * @default Duration.seconds(60)
   */
  readonly request?: Duration;

  /**
   * For the headers of a request to arrive, once it has begun; then it is 408. 0 is for ever.
   *
   * @default Duration.seconds(10)
   */
  readonly headers?: Duration;

  /**
   * For anything to be sent in either direction while a request is under way. 0 is for ever.
   *
   * @default Duration.minutes(5)
   */
  readonly idle?: Duration;

  /**
   * For another request of a client, before its connection is closed: longer than the load balancer before the pod keeps
   * connections, which would otherwise send a request at that very moment.
   *
   * @default Duration.hours(1)
   */
  readonly clientKeepAlive?: Duration;

  /**
   * For another request, before a connection to the app is closed: shorter than the app keeps connections, as a request
   * that is sent at that very moment is lost.
   *
   * @default Duration.seconds(1)
   */
  readonly appKeepAlive?: Duration;
}

/** How the end of a pod is waited for. */
export interface EnvoyDrain {
  /**
   * For how long new requests are taken in any case, as others learn only then that the pod is going. In whole seconds.
   *
   * @default Duration.seconds(5)
   */
  readonly atLeast?: Duration;

  /**
   * For how long requests that are under way are waited for, the time above included. In whole seconds, shorter than the
   * pod's grace period.
   *
   * @default - 20 seconds, or `atLeast` where that is longer
   */
  readonly atMost?: Duration;
}

/** What `envoy.yaml` of a proxy in front of the app is made of. */
export interface EnvoySidecarSettings {
  /** The port on which the pod takes requests, best from 1024 on, as its user is not root. */
  readonly listen: number;

  /** Whether clients speak TLS, and with which certificate. */
  readonly tls: EnvoyEdgeTls;

  /** The port on which the app listens, over HTTP without TLS: on the loopback address alone, so that nobody goes around. */
  readonly appPort: number;

  /**
   * The address on which the app listens, `127.0.0.1` or `::1`.
   *
   * @default '127.0.0.1'
   */
  readonly appAddress?: string;

  /**
   * Whether the app is spoken to in HTTP/2, as gRPC needs. Clients may always.
   *
   * @default false
   */
  readonly http2?: boolean;

  /**
   * Whether connections may be upgraded to WebSocket.
   *
   * @default false
   */
  readonly webSocket?: boolean;

  /**
   * The address it listens on: `0.0.0.0`, or `::` where pods have IPv6 addresses, alone or too.
   *
   * @default '0.0.0.0'
   */
  readonly listenAddress?: string;

  /**
   * A port for plain HTTP, whose requests are answered with 308: the same at `https:`, without a port.
   *
   * @default - none
   */
  readonly redirectPort?: number;

  /**
   * How Envoy finds out whether the app is well.
   *
   * @default - it is well while it takes connections
   */
  readonly health?: EnvoyAppHealth;

  /**
   * How long Envoy waits.
   *
   * @default - 60 seconds for an answer, 10 seconds for the headers of a request, 5 minutes without a byte
   */
  readonly timeouts?: EnvoyEdgeTimeouts;

  /**
   * How many proxies there are in front of the pod whose `x-forwarded-for` is believed, each of which has added the address
   * of who it was asked by: 1 with an ingress controller or a load balancer for HTTP.
   *
   * @default 0, what clients say of where they come from is not passed on
   */
  readonly trustedProxies?: number;

  /**
   * The fields of the line of JSON that is written to stdout for each request; an empty list for no lines.
   *
   * @default - TIME, CLIENT, METHOD, HOST, PATH, PROTOCOL, STATUS, FLAGS, MILLISECONDS, BYTES_RECEIVED, BYTES_SENT,
   * USER_AGENT, REQUEST_ID and TLS_VERSION
   */
  readonly accessLog?: EnvoyLogField[];

  /**
   * The connections of clients it takes at once; more of them are closed.
   *
   * @default 1024
   */
  readonly maxConnections?: number;

  /**
   * The requests the app is given at once. As many wait, and what is more is answered with 503.
   *
   * @default 1024
   */
  readonly maxRequests?: number;

  /**
   * The size of all headers of a request together; one with more is answered with 431. 1 KiB to 8 MiB.
   *
   * @default Size.kibibytes(60)
   */
  readonly maxHeaderSize?: Size;

  /**
   * The size of a request's body; one with more is answered with 413. 1 KiB to 1 GiB. Where it is given the app gets a
   * request when all of it is there, which takes so much memory for each, and streams of the client do not work.
   *
   * @default - no limit, and bodies are passed on as they come
   */
  readonly maxBodySize?: Size;

  /**
   * How many requests the pod takes, of all clients together; what is more is answered with 429.
   *
   * @default - no limit
   */
  readonly rateLimit?: EnvoyRateLimit;

  /**
   * A port for probes, on all addresses of the pod. `GET /ready` is answered with 200 while the app is well, and with 503
   * while it is not and when the pod ends; `GET /started` tells that Envoy runs.
   *
   * @default - 9912 with the ready-made container, none with a container of your own
   */
  readonly healthPort?: number;

  /**
   * A port on which Envoy answers `GET /metrics` for Prometheus, on all addresses of the pod, and nothing else.
   *
   * @default - none
   */
  readonly metricsPort?: number;

  /**
   * The port of Envoy's administration interface, at 127.0.0.1 always: whoever reaches it can end Envoy.
   *
   * @default 9911
   */
  readonly adminPort?: number;
}
