import { Duration } from 'cdk8s';
import { rangeProblem } from '../../values/address';
import { duration as durationShape, named, onlyFields, Shape } from '../../values/shape';
import { EnvoyRateLimit } from './envoy-settings';

export const MAX_MILLISECONDS = 2 ** 31 - 1;
const MAX_COUNT = 1_000_000;

export const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export const optionsOf = (shapes: Readonly<Record<string, Shape>>): Shape => onlyFields({}, shapes);

export const RATE_LIMIT = onlyFields(named('requests'), { ...named('burst'), per: durationShape });

/** A sentence about ports of which several are the same, and about each that is none. */
export function portProblems(ports: readonly { readonly what: string; readonly port: number }[]): string[] {
  const problems = ports.flatMap(({ what, port }) => rangeProblem(what, port, 1, 65535));
  for (const port of new Set(ports.map((one) => one.port))) {
    const same = ports.filter((one) => one.port === port).map(({ what }) => what);
    if (same.length > 1) {
      problems.push(
        `${same.join(' and ')} are ${same.length === 2 ? 'both' : 'all'} ${port}; give each a port of its own`,
      );
    }
  }
  return problems;
}

export function rateLimitProblems(of: string, rateLimit: EnvoyRateLimit | undefined): string[] {
  if (!rateLimit) {
    return [];
  }
  const { requests, per, burst } = rateLimit;
  return [
    ...countProblem(`rateLimit.requests${of}`, requests),
    ...countProblem(`rateLimit.burst${of}`, burst),
    ...durationProblem(`rateLimit.per${of}`, per, 50),
  ];
}

export function countProblem(what: string, count: number | undefined, min = 1, max = MAX_COUNT): string[] {
  return count === undefined ? [] : rangeProblem(what, count, min, max);
}

export function durationProblem(
  what: string,
  duration: Duration | undefined,
  min = 1,
  max = MAX_MILLISECONDS,
): string[] {
  return duration === undefined
    ? []
    : rangeProblem(what, duration.toMilliseconds({ integral: false }), min, Math.floor(max), ' ms');
}
