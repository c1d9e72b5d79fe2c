/*
 * Schedules as the CronJob controller reads them: those of crontab(5), with what its parser makes of them. Packages that
 * parse schedules take others too: with seconds, a Sunday that is 7, a last day of the month.
 * https://github.com/robfig/cron/blob/v3/parser.go
 */

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const CRON_FIELDS: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const DESCRIPTORS: readonly string[] = [
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
];

/** A duration as Go writes it: `1h30m`. */
const DURATION = /^[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$|^[+-]?0$/;

/** What is wrong with a schedule, and what to do. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.includes('TZ')) {
    return 'cannot use TZ or CRON_TZ in schedule; write the zone to timeZone instead';
  }
  if (schedule.startsWith('@')) {
    const isKnown = schedule.startsWith('@every ')
      ? DURATION.test(schedule.slice('@every '.length))
      : DESCRIPTORS.includes(schedule);
    return isKnown ? undefined : 'unrecognized descriptor; write "@daily", "@hourly" or five fields';
  }
  const fields = schedule.split(/[\s\u0085\u00a0]+/).filter((field) => field !== '');
  if (fields.length !== CRON_FIELDS.length) {
    const remedy = fields.length === 6 ? 'leave out that of the seconds or the year' : 'write five of them';
    return `expected exactly 5 fields, found ${fields.length}; ${remedy}`;
  }
  for (const [index, field] of CRON_FIELDS.entries()) {
    for (const part of fields[index].split(',').filter((text) => text !== '')) {
      const problem = partProblem(part, field);
      if (problem !== undefined) {
        return `the ${field.name} ${JSON.stringify(part)} ${problem}; write * or a number from ${field.min} to ${field.max}`;
      }
    }
  }
  return undefined;
}

function partProblem(part: string, { min, max, names }: CronField): string | undefined {
  const [range, ...steps] = part.split('/');
  const [low, ...ends] = range.split('-');
  const step = steps.at(0);
  const high = ends.at(0);
  let start = min;
  let end = max;
  if (low !== '*' && low !== '?') {
    start = numberIn(low, names);
    end = high === undefined ? (step === undefined ? start : max) : numberIn(high, names);
    if (ends.length > 1) {
      return 'has too many hyphens';
    }
  }
  if (steps.length > 1) {
    return 'has too many slashes';
  }
  const every = step === undefined ? 1 : numberIn(step);
  if ([start, end, every].some((number) => Number.isNaN(number))) {
    return 'is no number';
  }
  if (every === 0) {
    return 'has a step of 0';
  }
  return start < min || end > max || start > end ? 'is out of range' : undefined;
}

/** A number as Go reads it, or the place of a name. */
function numberIn(text: string, names: readonly string[] = []): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  if (named !== -1) {
    return named;
  }
  return /^\+?\d+$/.test(text) ? Number(text) : NaN;
}
