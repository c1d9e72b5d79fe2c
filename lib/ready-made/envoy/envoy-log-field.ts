/**
 * A field of the access log's lines, which are JSON.
 *
 * @example
 *
 * const accessLog = [EnvoyLogField.TIME, EnvoyLogField.STATUS, EnvoyLogField.requestHeader('x-tenant', 'tenant')];
 */
export class EnvoyLogField {
  /** `time`: when the request began, as `2026-01-31T12:00:00.000Z`. */
  public static readonly TIME = new EnvoyLogField('time', '%START_TIME%');
  /** `method`, for instance `GET`. */
  public static readonly METHOD = new EnvoyLogField('method', '%REQ(:METHOD)%');
  /** `path`, without what stands behind its `?`. */
  public static readonly PATH = new EnvoyLogField('path', '%PATH(NQ)%');
  /** `uri`: the path with what stands behind its `?`, where some have tokens. */
  public static readonly URI = new EnvoyLogField('uri', '%PATH(WQ)%');
  /** `host`: for whom the request is. */
  public static readonly HOST = new EnvoyLogField('host', '%REQ(:AUTHORITY)%');
  /** `protocol`, for instance `HTTP/2`. */
  public static readonly PROTOCOL = new EnvoyLogField('protocol', '%PROTOCOL%');
  /** `status`, a number; 0 where the client went away before there was one. */
  public static readonly STATUS = new EnvoyLogField('status', '%RESPONSE_CODE%');
  /**
   * `flags`: why Envoy answered itself, for instance `UF` where the app took no connection, `UT` where it took too long, `RL`
   * where there were too many.
   *
   * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
   */
  public static readonly FLAGS = new EnvoyLogField('flags', '%RESPONSE_FLAGS%');
  /** `details`: the same in words, also where the app answered. */
  public static readonly DETAILS = new EnvoyLogField('details', '%RESPONSE_CODE_DETAILS%');
  /** `milliseconds`: from the first byte of the request to the last one of the answer, a number. */
  public static readonly MILLISECONDS = new EnvoyLogField('milliseconds', '%DURATION%');
  /** `first_byte_milliseconds`: from the first byte of the request to the first one of the app's answer, a number. */
  public static readonly FIRST_BYTE_MILLISECONDS = new EnvoyLogField('first_byte_milliseconds', '%RESPONSE_DURATION%');
  /** `client`: its address, behind `trustedProxies`. */
  public static readonly CLIENT = new EnvoyLogField('client', '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%');
  /** `user_agent` */
  public static readonly USER_AGENT = new EnvoyLogField('user_agent', '%REQ(USER-AGENT)%');
  /** `request_id`, which the app sees as header `x-request-id`. */
  public static readonly REQUEST_ID = new EnvoyLogField('request_id', '%REQ(X-REQUEST-ID)%');
  /** `bytes_received`: the size of the request's body, a number. */
  public static readonly BYTES_RECEIVED = new EnvoyLogField('bytes_received', '%BYTES_RECEIVED%');
  /** `bytes_sent`: the size of the answer's body, a number. */
  public static readonly BYTES_SENT = new EnvoyLogField('bytes_sent', '%BYTES_SENT%');
  /** `tls_version`, for instance `TLSv1.3`. */
  public static readonly TLS_VERSION = new EnvoyLogField('tls_version', '%DOWNSTREAM_TLS_VERSION%');
  /** `server_name`: the name that the client asked for when it connected (SNI). */
  public static readonly SERVER_NAME = new EnvoyLogField('server_name', '%REQUESTED_SERVER_NAME%');
  /** `client_subject`: the subject of the client's certificate. */
  public static readonly CLIENT_SUBJECT = new EnvoyLogField('client_subject', '%DOWNSTREAM_PEER_SUBJECT%');

  /**
   * A header of the request.
   *
   * @param header its name; no header that is secret
   * @param field what it is called in the line; the header's name with `_` for `-` unless it is given
   */
  public static requestHeader(header: string, field: string = fieldOf(header)): EnvoyLogField {
    return new EnvoyLogField(field, `%REQ(${header})%`, { name: header });
  }

  /**
   * A header of the answer.
   *
   * @param header its name; no header that is secret
   * @param field what it is called in the line; the header's name with `_` for `-` unless it is given
   */
  public static responseHeader(header: string, field: string = fieldOf(header)): EnvoyLogField {
    return new EnvoyLogField(field, `%RESP(${header})%`, { name: header });
  }

  private constructor(
    /** @internal */
    public readonly _name: string,
    /** @internal */
    public readonly _format: string,
    /**
     * Where it is one, also one without a name.
     *
     * @internal
     */
    public readonly _header?: { readonly name: string },
  ) {}
}

function fieldOf(header: string): string {
  // What is no text is an error of the header's, not of the field's.
  return typeof header === 'string' ? header.toLowerCase().replaceAll('-', '_') : 'header';
}
