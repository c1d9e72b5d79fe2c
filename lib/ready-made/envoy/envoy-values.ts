import { rangeProblem } from '../../values/address';
import { countProblem, durationProblem, MAX_COUNT } from '../settings/limits';
import { duration as durationShape, named, onlyFields, Shape } from '../../values/shape';
import { EnvoyRateLimit } from './envoy-settings';

export const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export const optionalOf = (shapes: Readonly<Record<string, Shape>>): Shape => onlyFields({}, shapes);

export const RATE_LIMIT = onlyFields(named('requests'), { ...named('burst'), per: durationShape });

export function rateLimitProblems(of: string, rateLimit: EnvoyRateLimit | undefined): string[] {
  if (!rateLimit) {
    return [];
  }
  const { requests, per, burst } = rateLimit;
  return [
    ...rangeProblem(`rateLimit.requests${of}`, requests, 1, MAX_COUNT),
    ...countProblem(`rateLimit.burst${of}`, burst),
    ...durationProblem(`rateLimit.per${of}`, per, 50),
  ];
}
