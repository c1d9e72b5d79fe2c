import { Duration } from 'cdk8s';
import { seconds, typed } from './envoy-message';
import { EnvoyRetries, EnvoyRetryOn, EnvoyService } from './envoy-settings';
import { nameOf } from './envoy-upstream';

export const DEFAULT_REQUEST_TIMEOUT = Duration.seconds(15);
export const DEFAULT_BACKOFF = Duration.millis(25);
const DEFAULT_RETRY_ON = [
  EnvoyRetryOn.GATEWAY_ERROR,
  EnvoyRetryOn.CONNECT_FAILURE,
  EnvoyRetryOn.REFUSED_STREAM,
  EnvoyRetryOn.RESET,
];

/** Methods that can be repeated: what they do is the same when they do it twice. */
const IDEMPOTENT = 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE';
/** Where the upstream cannot have seen the request. */
const UNSEEN = [EnvoyRetryOn.CONNECT_FAILURE, EnvoyRetryOn.REFUSED_STREAM, EnvoyRetryOn.RESET_BEFORE_REQUEST];

/** How the requests to a service are sent on. */
export function routesOf(service: EnvoyService): object[] {
  const { retries, timeouts, hostHeader } = service;
  const name = nameOf(service);
  const route = {
    cluster: name,
    timeout: seconds(timeouts?.request ?? DEFAULT_REQUEST_TIMEOUT),
    ...(hostHeader === undefined ? { auto_host_rewrite: true } : { host_rewrite_literal: hostHeader }),
  };
  if (!retries) {
    return [{ name, match: { prefix: '/' }, route }];
  }
  const { on = DEFAULT_RETRY_ON, statuses = [], allMethods = false } = retries;
  const retried = (reasons: readonly EnvoyRetryOn[], codes: readonly number[]): object =>
    reasons.length === 0 && codes.length === 0
      ? route
      : { ...route, retry_policy: retryPolicy(retries, reasons, codes) };
  const idempotent = {
    name,
    match: {
      prefix: '/',
      headers: [{ name: ':method', string_match: { safe_regex: { regex: IDEMPOTENT } } }],
    },
    route: retried(on, statuses),
  };
  return allMethods
    ? [{ name, match: { prefix: '/' }, route: retried(on, statuses) }]
    : [idempotent, { name, match: { prefix: '/' }, route: retried(unseenOf(on), []) }];
}

/** The part of these reasons that is safe for any request. */
function unseenOf(on: readonly EnvoyRetryOn[]): readonly EnvoyRetryOn[] {
  const whole = [EnvoyRetryOn.GATEWAY_ERROR, EnvoyRetryOn.SERVER_ERROR];
  return UNSEEN.filter(
    (reason) =>
      on.includes(reason) ||
      on.some((one) => whole.includes(one)) ||
      (reason === EnvoyRetryOn.RESET_BEFORE_REQUEST && on.includes(EnvoyRetryOn.RESET)),
  );
}

function retryPolicy(retries: EnvoyRetries, reasons: readonly EnvoyRetryOn[], statuses: readonly number[]): object {
  const { maxRetries = 2, attemptTimeout, backoff, maxBackoff } = retries;
  return {
    retry_on: [...reasons, ...(statuses.length > 0 ? ['retriable-status-codes'] : [])].join(','),
    ...(statuses.length > 0 && { retriable_status_codes: statuses }),
    num_retries: maxRetries,
    ...(attemptTimeout && { per_try_timeout: seconds(attemptTimeout) }),
    retry_back_off: {
      base_interval: seconds(backoff ?? DEFAULT_BACKOFF),
      max_interval: seconds(maxBackoff ?? Duration.millis((backoff ?? DEFAULT_BACKOFF).toMilliseconds() * 10)),
    },
    retry_host_predicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typed_config: typed('extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
      },
    ],
    host_selection_retry_max_attempts: 3,
  };
}
