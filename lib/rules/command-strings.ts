import { containersOf } from './reading/containers';
import { fieldsOf, isSet, quote } from './reading/fields';
import { PROBE_FIELDS, hooksOf, probesOf } from './reading/handlers';
import { PodSubject, Report, Rule } from './rule';

export const commandStrings: Rule<PodSubject> = {
  id: 'command-strings',
  level: 'enforced',
  fields: ['command', 'args', ...PROBE_FIELDS, 'lifecycle'],
  summary: 'The command and args of a container, probe or hook are lists of strings.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#entrypoint',
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const { label, fields, role } = container;
      reportNonStrings(`${label} has command`, fields.command, report);
      reportNonStrings(`${label} has args`, fields.args, report);
      if (role !== 'init') {
        for (const { name, fields: handler } of probesOf(container)) {
          reportNonStrings(`${label} has ${name}.exec.command`, fieldsOf(handler.exec).command, report);
        }
        for (const { name, fields: handler } of hooksOf(container)) {
          reportNonStrings(`${label} has lifecycle.${name}.exec.command`, fieldsOf(handler.exec).command, report);
        }
      }
    }
  },
};

function reportNonStrings(who: string, list: unknown, report: Report): void {
  if (!isSet(list)) {
    return;
  }
  if (!Array.isArray(list)) {
    report(`${who} ${quote(list)}; must be a list of strings; write each word as an item of it`);
    return;
  }
  for (const [index, item] of list.entries()) {
    // The API server reads a null as the empty string.
    if (isSet(item) && typeof item !== 'string') {
      report(`${who}[${index}] ${quote(item)}; must be a string; write it in quotes`);
    }
  }
}
