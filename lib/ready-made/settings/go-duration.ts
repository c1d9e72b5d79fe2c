import { Duration } from 'cdk8s';
import { duration, nested, Shape } from '../../values/shape';

/** A duration in whole milliseconds, at least so many of them; no more than Go can count. */
export function milliseconds(min: number): Shape {
  return nested(duration, (value, path) => {
    const count = (value as Duration).toMilliseconds({ integral: false });
    return Number.isInteger(count) && count >= min && count <= MAX
      ? []
      : [`${path} is ${count} ms; give whole milliseconds, from ${min} to ${MAX}`];
  });
}

/** A duration as Go and Prometheus read it. */
export function goDuration(value: Duration): string {
  const count = value.toMilliseconds();
  return count % 1000 === 0 ? `${count / 1000}s` : `${count}ms`;
}

const MAX = 2 ** 43;
