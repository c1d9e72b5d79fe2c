import { Duration } from 'cdk8s';

/** What HAProxy takes the connections for. */
export enum HaproxyMode {
  /** Bytes, of whatever protocol. */
  TCP = 'tcp',
  /** HTTP requests, each of which it can look at, balance and retry by itself. */
  HTTP = 'http',
}

/** How HAProxy chooses one of several servers. */
export enum HaproxyBalance {
  /** Each in turn, by weight. */
  ROUND_ROBIN = 'roundrobin',
  /** The one with the fewest connections: for long sessions, as with databases. */
  LEAST_CONNECTIONS = 'leastconn',
  /** The first one that has a connection left; needs `maxConnections` on the servers to ever reach the next. */
  FIRST = 'first',
  /** The less loaded one of two drawn at random. */
  RANDOM = 'random',
  /** By the client's address, which is always the same pod's here: one server for everything. */
  SOURCE = 'source',
  /** By a hash of the request's path: the same path goes to the same server, as sharding needs. HTTP mode only. */
  URI = 'uri',
}

/** What is worth another attempt. */
export enum HaproxyRetry {
  /** The connection could not be made. */
  CONNECTION_FAILURE = 'conn-failure',
  /** The connection was closed before an answer came. */
  EMPTY_RESPONSE = 'empty-response',
  /** The answer was no HTTP. */
  JUNK_RESPONSE = 'junk-response',
  /** No answer came in time; the server may have done what it was asked to all the same. */
  RESPONSE_TIMEOUT = 'response-timeout',
  /** The answer was 500 Internal Server Error. */
  INTERNAL_SERVER_ERROR = '500',
  /** The answer was 502 Bad Gateway. */
  BAD_GATEWAY = '502',
  /** The answer was 503 Service Unavailable. */
  SERVICE_UNAVAILABLE = '503',
  /** The answer was 504 Gateway Timeout. */
  GATEWAY_TIMEOUT = '504',
}

/** How long HAProxy waits. Each from 1 ms to 2147483647 ms, which is 24.8 days. */
export interface HaproxyTimeouts {
  /**
   * For a connection to a server to be made.
   *
   * @default Duration.seconds(5)
   */
  readonly connect?: Duration;

  /**
   * For the client to send or take data. An idle connection is closed after the shorter one of this and `server`.
   *
   * @default Duration.seconds(50)
   */
  readonly client?: Duration;

  /**
   * For the server to send or take data.
   *
   * @default Duration.seconds(50)
   */
  readonly server?: Duration;
}

/** A server that HAProxy forwards to. */
export interface HaproxyServer {
  /** Its name in HAProxy's logs and statistics: letters, digits, `-`, `_`, `.` and `:`, unique in the ambassador. */
  readonly name: string;

  /** A DNS name, for instance that of a Service, or an IP address. */
  readonly host: string;

  /** The port on that host. */
  readonly port: number;

  /**
   * The port that its health checks ask, where another one than `port` tells how it is: that of Patroni's API beside
   * PostgreSQL, for instance.
   *
   * @default - `port`
   */
  readonly checkPort?: number;

  /**
   * Whether its health is checked, so that connections go only to servers that answer.
   *
   * @default true
   */
  readonly check?: boolean;

  /**
   * The time between two health checks.
   *
   * @default - HAProxy's: 2 seconds
   */
  readonly checkInterval?: Duration;

  /**
   * The time between two health checks while it is down, or a check has just had another result than the one before. One
   * that starts after HAProxy is found the sooner, and one that ends as well.
   *
   * @default - 500 ms with the ready-made container, with which a server gets connections within a second of its start;
   * with a container of your own HAProxy's: `checkInterval`
   */
  readonly downCheckInterval?: Duration;

  /**
   * Failed checks in a row after which it counts as down.
   *
   * @default - HAProxy's: 3
   */
  readonly fall?: number;

  /**
   * Successful checks in a row after which it counts as up again.
   *
   * @default - HAProxy's: 2
   */
  readonly rise?: number;

  /**
   * A circuit breaker: as many errors in a row, seen on the main container's own connections (in HTTP mode, on its
   * requests), take the server out until its checks have succeeded `rise` times.
   *
   * @default - only health checks decide
   */
  readonly errorLimit?: number;

  /**
   * Its share of the connections in proportion to the other servers' weights, 0 to 256; 0 takes it out, which not all of a
   * service can be.
   *
   * @default - HAProxy's: 1
   */
  readonly weight?: number;

  /**
   * Whether it is used only while all servers that are no backups are down.
   *
   * @default false
   */
  readonly backup?: boolean;

  /**
   * The connections it gets at once; more of them wait.
   *
   * @default - no limit of its own
   */
  readonly maxConnections?: number;
}

/** Another service of the same HAProxy. */
export interface HaproxyService {
  /** What it is called, as `serviceName` of the ambassador; unique in it. */
  readonly serviceName: string;

  /** The port on which the main container reaches it at localhost. */
  readonly listen: number;

  /** The servers it forwards to, at least one. */
  readonly servers: HaproxyServer[];

  /**
   * How it chooses one of several servers.
   *
   * @default - HAProxy's: HaproxyBalance.ROUND_ROBIN
   */
  readonly balance?: HaproxyBalance;

  /**
   * The path that health checks ask for with GET, where any answer of 2xx or 3xx is healthy.
   *
   * @default - a server is healthy when it accepts a connection
   */
  readonly httpCheckPath?: string;

  /**
   * Environment variables of the main container that send it to this service. In their values `{host}` stands for
   * `localhost` and `{port}` for the port.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/** What `haproxy.cfg` is made of. */
export interface HaproxySettings {
  /** The port on which the main container reaches the service at localhost. */
  readonly listen: number;

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `*` or `0.0.0.0` (or `::`, for
   * IPv6) to let other pods in.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /** The servers it forwards to, at least one. */
  readonly servers: HaproxyServer[];

  /**
   * Further services, each on a port of its own: replicas that are read from beside a primary that is written to, for
   * instance. What is not said of them is as it is for the first one.
   *
   * @default - none
   */
  readonly furtherServices?: HaproxyService[];

  /**
   * What the service is called: the frontend is named `<serviceName>-in` and the backend `<serviceName>-backend`.
   *
   * @default - the id of the construct
   */
  readonly serviceName?: string;

  /**
   * What HAProxy takes the connections for.
   *
   * @default HaproxyMode.TCP
   */
  readonly mode?: HaproxyMode;

  /**
   * How long HAProxy waits.
   *
   * @default - 5 seconds for a connection to a server, 50 seconds for data of either side
   */
  readonly timeouts?: HaproxyTimeouts;

  /**
   * The connections it takes at once (`global` `maxconn`); more of them wait. Without a limit, HAProxy derives one
   * from the file descriptors that the node allows, and memory for so many of them.
   *
   * @default 256
   */
  readonly maxConnections?: number;

  /**
   * How it chooses one of several servers.
   *
   * @default - HAProxy's: HaproxyBalance.ROUND_ROBIN
   */
  readonly balance?: HaproxyBalance;

  /**
   * How often a failed attempt is repeated, 0 to 1,000,000; in TCP mode that is one to connect.
   *
   * @default - HAProxy's: 3
   */
  readonly retries?: number;

  /**
   * What is worth another attempt. HTTP mode only; mind that a repeated request may be done twice.
   *
   * @default - HAProxy's: HaproxyRetry.CONNECTION_FAILURE
   */
  readonly retryOn?: HaproxyRetry[];

  /**
   * The path that health checks ask for with GET, where any answer of 2xx or 3xx is healthy.
   *
   * @default - a server is healthy when it accepts a connection
   */
  readonly httpCheckPath?: string;

  /**
   * How long HAProxy, told to stop, waits for connections to end (`hard-stop-after`). It has to be less than the pod's
   * terminationGracePeriodSeconds, after which all is killed.
   *
   * @default - as long as there are connections
   */
  readonly shutdownTimeout?: Duration;

  /**
   * Whether names of servers are looked up again while HAProxy runs, by the nameservers in the pod's
   * `/etc/resolv.conf`, and may be unknown when it starts. Otherwise they are looked up once, at its start, and an
   * unknown one stops it, which is right for a Service with a cluster IP. Of a headless one the pods that come later would
   * not be found, so without this it is an error at synthesis where it is in the same app.
   *
   * HAProxy does not apply search domains: write `db.shop.svc.cluster.local` rather than `db` or `db.shop.svc`.
   *
   * @default false
   */
  readonly resolveAtRuntime?: boolean;

  /**
   * A port on which HAProxy answers `GET /healthz`, for probes. All addresses of the pod have it, because the
   * kubelet cannot reach localhost in a pod. It tells that HAProxy runs, and nothing of the servers behind it: pods
   * must not become unready all at once because a service elsewhere is down.
   *
   * @default - 8404 with the ready-made container, none with a container of your own
   */
  readonly healthPort?: number;
}
