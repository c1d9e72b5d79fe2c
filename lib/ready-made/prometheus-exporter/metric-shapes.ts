import { kind, listOf, nested, Shape } from '../../values/shape';
import { matching } from './exporter-secrets';

/** A name that every Prometheus takes: some exporters have others written otherwise. */
export const METRIC_NAME = matching(
  /^[a-zA-Z_][a-zA-Z0-9_]*$/,
  'the name of a metric: letters, digits and "_", not beginning with a digit',
);

/** The upper bounds of a histogram's buckets. */
export function bucketsOf(bound: Shape): Shape {
  return nested(
    listOf('numbers', bound),
    kind('numbers in ascending order, at least one', (value) => isAscending(value as number[])),
  );
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.length > 0 && numbers.every((value, index) => index === 0 || value > numbers[index - 1]);
}
