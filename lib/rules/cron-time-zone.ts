import { nearest } from '../values/nearest';
import { fieldsOf, isSet, quote, textOf } from './reading/fields';
import { PodSubject, Rule, isCustom } from './rule';

/** No rule that cannot be switched off: a cluster may know zones that are newer than this Node.js, or names of its own. */
export const cronTimeZone: Rule<PodSubject> = {
  id: 'cron-time-zone',
  level: 'default',
  summary: 'The timeZone of a CronJob is a name of the IANA time zone database, such as Europe/Berlin.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
  check(subject, report) {
    const { timeZone } = fieldsOf(fieldsOf(subject.manifest).spec);
    if (subject.kind !== 'CronJob' || isCustom(subject) || !isSet(timeZone)) {
      return;
    }
    const zone = textOf(timeZone);
    if (!isZone(zone)) {
      const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
      report(
        `the CronJob has the timeZone ${quote(timeZone)}, which is none; write ` +
          (near === undefined ? 'a name such as "Europe/Berlin" or "Etc/UTC"' : quote(near)),
      );
    }
  },
};

function isZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    // Files have these names on the server: their case counts, and a distance such as +01:00 is no name.
    return /^[A-Za-z]/.test(zone) && (timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase());
  } catch {
    return false;
  }
}
