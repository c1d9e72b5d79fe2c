import { scheduleProblem } from './reading/cron';
import { fieldsOf, quote, textOf } from './reading/fields';
import { PodSubject, Rule, isCustom } from './rule';

export const cronSchedule: Rule<PodSubject> = {
  id: 'cron-schedule',
  level: 'enforced',
  summary: 'The schedule of a CronJob has five fields, each a number in its range, or is a word such as "@daily".',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax',
  check(subject, report) {
    const { kind, manifest } = subject;
    const schedule = textOf(fieldsOf(fieldsOf(manifest).spec).schedule);
    if (kind !== 'CronJob' || isCustom(subject) || schedule === '') {
      return;
    }
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) {
      report(`the CronJob has the schedule ${quote(schedule)}; ${problem}`);
    }
  },
};
