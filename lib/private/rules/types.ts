import { hooksOf, probesOf } from './handlers';
import { Fields, containersOf, fieldsOf, isSet, itemsOf, quote, specOf } from './read';
import { PodSubject, Rule } from './rule';
import { volumeLabel, volumesOf } from './volumes';

const POD_REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/';

const MAX_INT32 = 2 ** 31 - 1;
const MAX_FILE_MODE = 0o777;

const POD_BOOLEANS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace'];
const SECURITY_BOOLEANS = ['runAsNonRoot', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'];
const SECURITY_IDS = ['runAsUser', 'runAsGroup', 'fsGroup'];
/** 0 is how Kubernetes writes that there is none, and makes it the default. */
const PROBE_NUMBERS = [
  'initialDelaySeconds',
  'periodSeconds',
  'timeoutSeconds',
  'successThreshold',
  'failureThreshold',
];
const GRACE_SECONDS = ['terminationGracePeriodSeconds'];
const VOLUMES_WITH_MODE = ['configMap', 'secret', 'projected', 'downwardAPI'];

const commandStrings: Rule<PodSubject> = {
  id: 'command-strings',
  level: 'enforced',
  summary: 'The command and args of a container, probe or hook are lists of strings.',
  source: `${POD_REFERENCE}#entrypoint`,
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

const fieldType: Rule<PodSubject> = {
  id: 'field-type',
  level: 'enforced',
  summary: 'Fields such as runAsUser, periodSeconds and readOnly are integers in their range, or booleans.',
  source: POD_REFERENCE,
  check({ template }, report) {
    const spec = specOf(template);
    reportNonBooleans('the pod has ', spec, POD_BOOLEANS, report);
    // A negative one counts as 1, as the API server says in a warning.
    reportNonIntegers('the pod has ', spec, GRACE_SECONDS, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, report);
    checkSecurity('the pod', spec.securityContext, report);
    for (const [index, volume] of volumesOf(template).entries()) {
      for (const source of VOLUMES_WITH_MODE) {
        if (isSet(volume[source])) {
          const who = `${volumeLabel(volume, index)} has ${source}.`;
          reportNonIntegers(who, fieldsOf(volume[source]), ['defaultMode'], 0, MAX_FILE_MODE, report);
        }
      }
    }
    for (const container of containersOf(template)) {
      const { label, fields, role } = container;
      checkSecurity(label, fields.securityContext, report);
      for (const [index, mount] of itemsOf(fields.volumeMounts).entries()) {
        reportNonBooleans(`${label} has volumeMounts[${index}].`, mount, ['readOnly'], report);
      }
      if (role !== 'init') {
        for (const { name, fields: probe } of probesOf(container)) {
          reportNonIntegers(`${label} has ${name}.`, probe, PROBE_NUMBERS, 0, MAX_INT32, report);
          reportNonIntegers(`${label} has ${name}.`, probe, GRACE_SECONDS, 1, Number.MAX_SAFE_INTEGER, report);
        }
      }
    }
  },
};

export const TYPE_RULES: readonly Rule<PodSubject>[] = [commandStrings, fieldType];

type Report = (message: string) => void;

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

function checkSecurity(label: string, context: unknown, report: Report): void {
  if (isSet(context)) {
    const who = `${label} has securityContext.`;
    reportNonBooleans(who, fieldsOf(context), SECURITY_BOOLEANS, report);
    reportNonIntegers(who, fieldsOf(context), SECURITY_IDS, 0, MAX_INT32, report);
  }
}

function reportNonBooleans(who: string, fields: Fields, names: readonly string[], report: Report): void {
  for (const name of names) {
    const value = fields[name];
    if (isSet(value) && typeof value !== 'boolean') {
      report(`${who}${name} ${quote(value)}; must be a boolean; write true or false, without quotes`);
    }
  }
}

function reportNonIntegers(
  who: string,
  fields: Fields,
  names: readonly string[],
  min: number,
  max: number,
  report: Report,
): void {
  for (const name of names) {
    const value = fields[name];
    if (!isSet(value)) {
      continue;
    }
    if (!Number.isInteger(value)) {
      const remedy = typeof value === 'string' && /^-?\d+$/.test(value) ? '; write it without quotes' : '';
      report(`${who}${name} ${quote(value)}; must be an integer${remedy}`);
    } else if ((value as number) < min || (value as number) > max) {
      report(`${who}${name} ${quote(value)}; must be ${rangeOf(min, max)}`);
    }
  }
}

function rangeOf(min: number, max: number): string {
  switch (max) {
    case MAX_FILE_MODE:
      return 'between 0 and 0777 (octal), both inclusive';
    case MAX_INT32:
      return `between ${min} and ${max}, inclusive`;
    default:
      return `at least ${min}`;
  }
}
