import { Duration } from 'cdk8s';
import { HeaderValue } from '../headers';
import { EnvoyTls } from './envoy-tls';

/** What is worth another attempt. */
export enum EnvoyRetryOn {
  /** The connection could not be made. */
  CONNECT_FAILURE = 'connect-failure',
  /** An upstream that speaks HTTP/2 did not take the request. */
  REFUSED_STREAM = 'refused-stream',
  /** The connection ended before any of the request was sent. */
  RESET_BEFORE_REQUEST = 'reset-before-request',
  /** The connection ended, or the time for the attempt was over, before an answer came. */
  RESET = 'reset',
  /** The answer was 502, 503 or 504, or there was none. */
  GATEWAY_ERROR = 'gateway-error',
  /** The answer was any of 500 to 599, or there was none. */
  SERVER_ERROR = '5xx',
}

/** Which of a host's addresses are used. */
export enum EnvoyDnsFamily {
  /** Those of IPv4, and those of IPv6 where there is none. */
  IPV4_PREFERRED = 'V4_PREFERRED',
  /** Those of IPv6, and those of IPv4 where there is none. */
  IPV6_PREFERRED = 'AUTO',
  /** Those of IPv4 alone. */
  IPV4 = 'V4_ONLY',
  /** Those of IPv6 alone. */
  IPV6 = 'V6_ONLY',
}

/** How long Envoy waits. Each from 1 ms to 2147483647 ms, which is 24.8 days. */
export interface EnvoyTimeouts {
  /**
   * For a connection to an upstream to be made, TLS included.
   *
   * @default Duration.seconds(5)
   */
  readonly connect?: Duration;

  /**
   * For the whole answer to a request, all attempts included; then it is 504. 0 is for ever, as long streams need.
   *
   * @default Duration.seconds(15)
   */
  readonly request?: Duration;

  /**
   * For anything to be sent in either direction while a request is under way. 0 is for ever.
   *
   * @default Duration.minutes(5)
   */
  readonly idle?: Duration;

  /**
   * For another request, before a connection to an upstream that has none is closed. Many servers close theirs after a
   * minute, and a request that is sent at that very moment is lost.
   *
   * @default Duration.seconds(30)
   */
  readonly keepAlive?: Duration;
}

/** How many retries there may be at once, so that they do not make it worse for upstreams that have too much to do. */
export interface EnvoyRetryBudget {
  /**
   * As a part of all requests that are under way, in percent, more than 0 and at most 100.
   *
   * @default 20
   */
  readonly percent?: number;

  /**
   * So many are allowed whatever the percentage says.
   *
   * @default 3
   */
  readonly minConcurrency?: number;
}

/** When and how a request is sent again. A retry goes to another address, where there is one. */
export interface EnvoyRetries {
  /**
   * How often it is sent again, at most, after the first attempt: 1 to 100.
   *
   * @default 2
   */
  readonly maxRetries?: number;

  /**
   * What is worth another attempt.
   *
   * @default - EnvoyRetryOn.GATEWAY_ERROR, CONNECT_FAILURE, REFUSED_STREAM and RESET
   */
  readonly on?: EnvoyRetryOn[];

  /**
   * Statuses that are worth another attempt, besides what `on` says: 400 to 599.
   *
   * @default - none
   */
  readonly statuses?: number[];

  /**
   * Whether requests are sent again that may do their work twice: POST, PATCH and whatever is not GET, HEAD, OPTIONS, TRACE,
   * PUT or DELETE. Without, such a one is repeated only where the upstream cannot have seen it.
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods
   */
  readonly allMethods?: boolean;

  /**
   * How long one attempt may take: less than `timeouts.request`, which is for all of them.
   *
   * @default - what is left of `timeouts.request`
   */
  readonly attemptTimeout?: Duration;

  /**
   * The time before the first retry, on average half of it; it doubles with each one, up to `maxBackoff`. From 1 ms to
   * 214748364 ms, a tenth of what other times may be, which is two and a half days.
   *
   * @default Duration.millis(25)
   */
  readonly backoff?: Duration;

  /**
   * The longest time before a retry.
   *
   * @default - ten times `backoff`
   */
  readonly maxBackoff?: Duration;

  /**
   * How many there may be at once.
   *
   * @default - a fifth of all requests that are under way, and three in any case
   */
  readonly budget?: EnvoyRetryBudget;
}

/** How much a service is given at once; what is more is answered with 503, and goes nowhere. */
export interface EnvoyCircuitBreaker {
  /**
   * Connections to all addresses of the service together.
   *
   * @default 1024
   */
  readonly maxConnections?: number;

  /**
   * Requests that wait for a connection.
   *
   * @default 1024
   */
  readonly maxPendingRequests?: number;

  /**
   * Requests that are under way. Where the upstream speaks HTTP/1.1, each has a connection of its own.
   *
   * @default 1024
   */
  readonly maxRequests?: number;
}

/** When an address of a service is left alone for a while, because it fails. */
export interface EnvoyOutlierDetection {
  /**
   * Answers of 500 to 599 in a row, connections that could not be made and answers that did not come included.
   *
   * @default 5
   */
  readonly consecutiveErrors?: number;

  /**
   * Whether only 502, 503 and 504 count, with what did not answer, and not those that the upstream's own code gives.
   *
   * @default false
   */
  readonly gatewayErrorsOnly?: boolean;

  /**
   * For how long it is left alone the first time; the second time in a row twice as long, and so on.
   *
   * @default Duration.seconds(30)
   */
  readonly ejectionTime?: Duration;

  /**
   * For how long at most.
   *
   * @default - 5 minutes, or `ejectionTime` where that is longer
   */
  readonly maxEjectionTime?: Duration;

  /**
   * How often Envoy looks whether that time is over.
   *
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;

  /**
   * How many of the addresses may be left alone at once, in percent; one in any case. While all are, requests are answered
   * with 503 at once.
   *
   * @default 100
   */
  readonly maxEjectionPercent?: number;
}

/** How many requests are let through; what is more is answered with 429, and goes nowhere. */
export interface EnvoyRateLimit {
  /** So many requests … */
  readonly requests: number;

  /**
   * … in this time, at least 50 ms.
   *
   * @default Duration.seconds(1)
   */
  readonly per?: Duration;

  /**
   * How many there may be at once after a time without any.
   *
   * @default - `requests`
   */
  readonly burst?: number;
}

/** A service elsewhere, and how it is talked to. */
export interface EnvoyService {
  /** The port on which the main container reaches the service at localhost, over HTTP without TLS. */
  readonly listen: number;

  /**
   * Where requests go: URLs of a scheme and a host, and perhaps a port, as `https://api.example` or `http://orders:8080`.
   * With several, each gets its share. All have the same scheme; `https:` is with TLS.
   *
   * All addresses of a name get their share, and names are looked up again while Envoy runs. A dot at the end of a name,
   * `https://api.example.`, keeps search domains off.
   */
  readonly upstreams: string[];

  /**
   * What the service is called in Envoy's statistics and log: letters, digits, `-` and `_`.
   *
   * @default - `service-` and the port it listens on
   */
  readonly name?: string;

  /**
   * How connections to upstreams with `https:` are secured.
   *
   * @default - EnvoyTls.verified()
   */
  readonly tls?: EnvoyTls;

  /**
   * Whether upstreams are spoken to in HTTP/2, as gRPC needs. The main container may then too, also without TLS.
   *
   * @default false
   */
  readonly http2?: boolean;

  /**
   * The header `Host` that upstreams see.
   *
   * @default - host and port of the URL, as a client would have it that asks there itself
   */
  readonly hostHeader?: string;

  /**
   * Headers that go with each request, in place of those that the main container sends. Envoy reads what is of a Secret
   * from a file that the kubelet keeps up to date, so that a renewed value is used without a restart; a line break at its
   * end is left out. A request that comes while the value is empty is answered with 401, and goes nowhere; while the Secret or its
   * key is missing, the pod does not start.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: HeaderValue };

  /**
   * How long Envoy waits.
   *
   * @default - 5 seconds for a connection, 15 seconds for an answer, 5 minutes without a byte
   */
  readonly timeouts?: EnvoyTimeouts;

  /**
   * When and how a request is sent again.
   *
   * @default - never
   */
  readonly retries?: EnvoyRetries;

  /**
   * How much the service is given at once.
   *
   * @default - 1024 connections, waiting requests and requests under way
   */
  readonly circuitBreaker?: EnvoyCircuitBreaker;

  /**
   * When an address of the service is left alone for a while.
   *
   * @default - never
   */
  readonly outlierDetection?: EnvoyOutlierDetection;

  /**
   * How many requests each pod sends.
   *
   * @default - no limit
   */
  readonly rateLimit?: EnvoyRateLimit;

  /**
   * Which of a host's addresses are used.
   *
   * @default EnvoyDnsFamily.IPV4_PREFERRED
   */
  readonly dnsFamily?: EnvoyDnsFamily;

  /**
   * Environment variables of the main container that send it to the ambassador. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ API_URL: 'http://{host}:{port}' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/** What `envoy.yaml` is made of. */
export interface EnvoySettings {
  /** The services, at least one, each on a port of its own. */
  readonly services: EnvoyService[];

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `0.0.0.0` or `::` to let other pods in, who then
   * send their requests with the Secrets of this one.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /**
   * A port on which Envoy answers `GET /ready`, for probes, and nothing else. All addresses of the pod have it, because the
   * kubelet cannot reach localhost in a pod. It tells that Envoy runs and has looked up its upstreams, and nothing of how
   * they are: pods must not become unready all at once because a service elsewhere is down.
   *
   * @default - 9902 with the ready-made container, none with a container of your own
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
   * @default 9901
   */
  readonly adminPort?: number;

  /**
   * The connections it takes at once, on all ports together; more of them are closed.
   *
   * @default 1024
   */
  readonly maxConnections?: number;

  /**
   * Whether a line of JSON is written to stdout for each request, with neither headers nor what stands behind the `?` of its
   * path.
   *
   * @default false
   */
  readonly accessLog?: boolean;
}
