import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { rangeProblem } from '../../values/address';
import { isRecord } from '../../values/record';
import { duration, kind } from '../../values/shape';

/** Engines compute with counts in 32 bits, and do not all notice when they overflow. */
export const MAX_COUNT = 1_000_000;
export const MAX_MILLISECONDS = 2 ** 31 - 1;

/** By what it can do, not by its class: it may be that of another copy of cdk8s. */
export const size = kind(
  'a Size, for instance Size.mebibytes(1)',
  (value) => isRecord(value) && typeof value.toKibibytes === 'function',
);

export function kibibytes(given: Size): number {
  return given.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
}

export function mebibytes(given: Size): number {
  return given.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}

/** A sentence about a count that is given and is none in its range. */
export function countProblem(what: string, count: unknown, min = 1, max = MAX_COUNT): string[] {
  return count === undefined ? [] : rangeProblem(what, count, min, max);
}

/** The same of a duration that is no whole number of milliseconds. */
export function durationProblem(
  what: string,
  given: Duration | undefined,
  min = 1,
  max = MAX_MILLISECONDS,
): readonly string[] {
  return durationIn('ms', 1, what, given, min, max);
}

/** The same of one that is no whole number of seconds. */
export function secondsProblem(what: string, given: Duration | undefined, min: number, max: number): readonly string[] {
  return durationIn('s', 1000, what, given, min, max);
}

/** The same of a size that is no whole number of kibibytes. */
export function sizeProblem(what: string, given: Size | undefined, min: number, max: number): string[] {
  return given === undefined ? [] : rangeProblem(what, kibibytes(given), min, max, ' KiB');
}

/** The same of a size that is no whole number of mebibytes. */
export function mebibytesProblem(what: string, given: Size | undefined, min: number, max: number): string[] {
  return given === undefined ? [] : rangeProblem(what, mebibytes(given), min, max, ' MiB');
}

/** A sentence about each port that is none, and about ports of which several are the same. */
export function portProblems(ports: readonly (readonly [what: string, port: number])[]): string[] {
  const named = new Map<number, string[]>();
  const impossible = ports.flatMap(([what, port]) => {
    const problem = rangeProblem(what, port, 1, 65535);
    if (problem.length === 0) {
      named.set(port, [...(named.get(port) ?? []), what]);
    }
    return problem;
  });
  return [
    ...impossible,
    ...[...named]
      .filter(([, names]) => names.length > 1)
      .map(
        ([port, names]) =>
          `${names.join(' and ')} are ${names.length === 2 ? 'both' : 'all'} ${port}; give each a port of its own`,
      ),
  ];
}

function durationIn(
  unit: string,
  milliseconds: number,
  what: string,
  given: Duration | undefined,
  min: number,
  max: number,
): readonly string[] {
  if (given === undefined) {
    return [];
  }
  const misshapen = duration(given, what);
  return misshapen.length > 0
    ? misshapen
    : rangeProblem(what, given.toMilliseconds({ integral: false }) / milliseconds, min, Math.floor(max), ` ${unit}`);
}

/**
 * A sentence about a `shutdownDeadline` that says otherwise than what makes an engine stop.
 *
 * @param setting its name, and what it is where it is given
 * @param takes how long the engine takes, with the setting or without
 */
export function shutdownProblem(
  engine: string,
  [setting, given]: readonly [name: string, value: unknown],
  takes: Duration,
  deadline: Duration | undefined,
): string[] {
  if (deadline === undefined || duration(deadline, '').length > 0) {
    return [];
  }
  if (given !== undefined) {
    return [`"${setting}" is how long ${engine} takes to stop; leave out "shutdownDeadline"`];
  }
  const [short, long] = [deadline, takes].map((one) => one.toMilliseconds({ integral: false }));
  return short < long
    ? [`shutdownDeadline is ${short} ms, but ${engine} takes up to ${long} ms to stop; give "${setting}" instead`]
    : [];
}
