import { Duration, Size } from 'cdk8s';
import { NginxCacheCondition } from './nginx-cache-condition';
import { NginxCacheKey } from './nginx-cache-key';
import { NginxCacheTls } from './nginx-cache-tls';

/** What happens with the upstream when an answer that is too old is better than none. */
export enum NginxCacheStale {
  /** It cannot be connected to, or the connection breaks. */
  ERROR = 'error',
  /** It takes too long. */
  TIMEOUT = 'timeout',
  /** What it answers is empty or no HTTP. */
  INVALID_HEADER = 'invalid_header',
  /** Another request is getting a new answer right now. */
  UPDATING = 'updating',
  /** It answers 500. */
  HTTP_500 = 'http_500',
  /** It answers 502. */
  HTTP_502 = 'http_502',
  /** It answers 503. */
  HTTP_503 = 'http_503',
  /** It answers 504. */
  HTTP_504 = 'http_504',
  /** It answers 403. */
  HTTP_403 = 'http_403',
  /** It answers 404. */
  HTTP_404 = 'http_404',
  /** It answers 429. */
  HTTP_429 = 'http_429',
}

/** How long answers count that say nothing about it themselves. */
export interface NginxCacheTime {
  /**
   * The statuses of these answers.
   *
   * @default - all that no other entry names
   */
  readonly statuses?: number[];

  /** How long, in whole seconds; 0: they are not stored. */
  readonly time: Duration;
}

/** How long nginx waits. Each from 1 ms to 2147483647 ms, which is 24.8 days. */
export interface NginxCacheTimeouts {
  /**
   * For a connection to the upstream, with what TLS needs.
   *
   * @default Duration.seconds(5)
   */
  readonly connect?: Duration;

  /**
   * For the upstream to take more of a request.
   *
   * @default - nginx's: 60 seconds
   */
  readonly send?: Duration;

  /**
   * For the upstream to send more of its answer.
   *
   * @default - nginx's: 60 seconds
   */
  readonly read?: Duration;

  /**
   * For a request that waits for the answer to another one that is alike, until it asks the upstream itself. What it gets
   * then is not stored.
   *
   * @default - nginx's: 5 seconds
   */
  readonly cacheLock?: Duration;

  /**
   * For a request that others wait for, until one of these asks the upstream, too, and its answer is stored.
   *
   * @default - nginx's: 5 seconds
   */
  readonly cacheLockAge?: Duration;
}

/** What `nginx.conf` is made of. */
export interface NginxCacheSettings {
  /**
   * Whose answers are kept: `http://` or `https://`, a host and perhaps a port. Requests say the path.
   *
   * A name is looked up again while nginx runs, which knows no search domains. So one without dots, `catalog`, is completed
   * with the first search domain of the pod, which is that of its namespace, and one that ends with `.svc`, `catalog.shop.svc`,
   * with the domain of the cluster. Others are complete; one with a single dot has to say so by one more at its end,
   * `https://example.com.`, as it could be a Service.
   */
  readonly upstream: string;

  /**
   * How connections to an upstream with `https:` are secured.
   *
   * @default NginxCacheTls.verified()
   */
  readonly tls?: NginxCacheTls;

  /**
   * What the upstream gets as `Host`.
   *
   * @default - the upstream's host, and its port where that is not the usual one
   */
  readonly hostHeader?: string;

  /**
   * The addresses of the servers that nginx asks for names, with or without a port. The name of the
   * upstream has to be complete then, as `catalog.shop.svc.cluster.local`.
   *
   * @default - those in the pod's `/etc/resolv.conf`
   */
  readonly nameservers?: string[];

  /**
   * The port on which the main container reaches the upstream at localhost.
   *
   * @default 8080
   */
  readonly listen?: number;

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `0.0.0.0` or `::` to let other pods in.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /**
   * A port on which nginx answers `GET /healthz`, for probes, and nothing else. All addresses of the pod have it, because
   * the kubelet cannot reach localhost in a pod. It tells that nginx runs, and nothing of how the upstream is.
   *
   * @default - 8089 with the ready-made container, none with a container of your own
   */
  readonly healthPort?: number;

  /**
   * How much the answers may take on the node's disk: those that were not asked for longest go first. nginx looks every ten
   * seconds, so the volume has twice the size, and the kubelet evicts a pod that has more than that.
   *
   * @default Size.mebibytes(256)
   */
  readonly cacheSize?: Size;

  /**
   * An answer that says to be larger is passed on and not stored.
   *
   * @default - a quarter of `cacheSize`
   */
  readonly maxAnswerSize?: Size;

  /**
   * The memory for the keys of the answers, of which a mebibyte holds some 8,000. When it is full, those go that were not
   * asked for longest.
   *
   * @default Size.mebibytes(10)
   */
  readonly keysZoneSize?: Size;

  /**
   * Answers that were not asked for in this time are removed, fresh or not; so it is also how long a stale one can stand in.
   * In whole seconds.
   *
   * @default Duration.days(1)
   */
  readonly inactive?: Duration;

  /**
   * How long answers count that have none of the headers `Cache-Control`, `Expires` and `X-Accel-Expires`.
   *
   * @default - they are not stored
   */
  readonly times?: NginxCacheTime[];

  /**
   * Whether the upstream says by these headers what is stored, and for how long. Otherwise `times` alone does. In any case
   * what sets a cookie is not stored, and `Vary` is followed.
   *
   * @default true
   */
  readonly honorUpstream?: boolean;

  /**
   * When an answer that is too old is better than none. The upstream's `stale-if-error` and `stale-while-revalidate` are
   * followed besides.
   *
   * @default - all of ERROR, TIMEOUT, INVALID_HEADER, UPDATING, HTTP_500, HTTP_502, HTTP_503 and HTTP_504
   */
  readonly useStale?: NginxCacheStale[];

  /**
   * Whether the one who finds an answer too old gets it all the same, while nginx gets a new one. Needs
   * `NginxCacheStale.UPDATING`.
   *
   * @default - true, if `useStale` has `NginxCacheStale.UPDATING`
   */
  readonly backgroundUpdate?: boolean;

  /**
   * Whether of requests that are alike, and whose answer is not there, only one goes to the upstream at a time.
   *
   * @default true
   */
  readonly cacheLock?: boolean;

  /**
   * What tells answers apart: requests that are alike in all these parts get the same answer.
   *
   * @default - NginxCacheKey.uri(); with `cachePost` also NginxCacheKey.method() and NginxCacheKey.body()
   */
  readonly key?: NginxCacheKey[];

  /**
   * Whether answers to POST are stored, too, besides those to GET and HEAD: for queries that are sent that way. Those with a
   * body of more than 32 KiB go to the upstream.
   *
   * @default false
   */
  readonly cachePost?: boolean;

  /**
   * Requests with one of these get a new answer of the upstream, which is stored and takes the place of the old one.
   *
   * @default - none
   */
  readonly bypass?: NginxCacheCondition[];

  /**
   * Answers to requests with one of these are not stored.
   *
   * @default - none
   */
  readonly noStore?: NginxCacheCondition[];

  /**
   * Whether requests with the header `Authorization` get what is stored, and others what they got. Otherwise they go to the
   * upstream, and their answers are not stored, unless the header is part of the key.
   *
   * @default false
   */
  readonly shareAuthorized?: boolean;

  /**
   * How often something must be asked for until its answer is stored.
   *
   * @default 1
   */
  readonly minUses?: number;

  /**
   * How long nginx waits.
   *
   * @default - five seconds for a connection, otherwise nginx's
   */
  readonly timeouts?: NginxCacheTimeouts;

  /**
   * How long nginx waits, at most, for requests under way when it is told to stop (`worker_shutdown_timeout`): from 1 ms to
   * 2147483647 ms.
   *
   * @default Duration.seconds(10)
   */
  readonly shutdownTimeout?: Duration;

  /**
   * Whether each answer says in `X-Cache-Status` where it comes from: HIT, MISS, EXPIRED, STALE, UPDATING, REVALIDATED or
   * BYPASS.
   *
   * @default true
   */
  readonly statusHeader?: boolean;

  /**
   * The size of a request's body, at most. Larger ones are answered with 413.
   *
   * @default - no limit
   */
  readonly maxBodySize?: Size;

  /**
   * How many processes handle requests. Each needs a CPU to be of use.
   *
   * @default 1
   */
  readonly workers?: number;

  /**
   * How many connections each of these has at once, to the upstream and from the main container.
   *
   * @default 1024
   */
  readonly maxConnections?: number;

  /**
   * Whether each request is a line of JSON on stdout, without its query.
   *
   * @default false
   */
  readonly accessLog?: boolean;
}
