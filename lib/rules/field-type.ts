import { containersOf, specOf } from './reading/containers';
import { Fields, fieldsOf, isSet, itemsOf, quote } from './reading/fields';
import { probesOf } from './reading/handlers';
import { volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Report, Rule } from './rule';

const POD_BOOLEANS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace'];

const SECURITY_BOOLEANS = ['runAsNonRoot', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'];

const MOUNT_BOOLEANS = ['readOnly'];

/** Fields that are integers, and their range as the API server words it. */
interface Integers {
  readonly names: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly range: string;
}

const MAX_INT32 = 2 ** 31 - 1;

const SECURITY_IDS: Integers = {
  names: ['runAsUser', 'runAsGroup', 'fsGroup'],
  min: 0,
  max: MAX_INT32,
  range: `between 0 and ${MAX_INT32}, inclusive`,
};

/** 0 is how Kubernetes writes that there is none, and makes it the default. */
const PROBE_NUMBERS: Integers = {
  names: ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'],
  min: 0,
  max: MAX_INT32,
  range: `greater than or equal to 0, and at most ${MAX_INT32}`,
};

const PROBE_GRACE: Integers = {
  names: ['terminationGracePeriodSeconds'],
  min: 1,
  max: Infinity,
  range: 'greater than 0',
};

/** Any integer: a negative one counts as 1, as the API server says in a warning. */
const POD_GRACE: Integers = { ...PROBE_GRACE, min: -Infinity };

const FILE_MODE: Integers = {
  names: ['defaultMode'],
  min: 0,
  max: 0o777,
  range: 'between 0 and 0777 (octal), which is 511',
};

const VOLUMES_WITH_MODE = ['configMap', 'secret', 'projected', 'downwardAPI'];

export const fieldType: Rule<PodSubject> = {
  id: 'field-type',
  level: 'enforced',
  summary: 'Fields such as runAsUser, periodSeconds and readOnly are integers in their range, or booleans.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/',
  check({ template }, report) {
    const spec = specOf(template);
    reportNonBooleans('the pod has ', spec, POD_BOOLEANS, report);
    reportNonIntegers('the pod has ', spec, POD_GRACE, report);
    checkSecurity('the pod', spec.securityContext, report);
    for (const [index, volume] of volumesOf(template).entries()) {
      for (const source of VOLUMES_WITH_MODE) {
        if (isSet(volume[source])) {
          const who = `${volumeLabel(volume, index)} has ${source}.`;
          reportNonIntegers(who, fieldsOf(volume[source]), FILE_MODE, report);
        }
      }
    }
    for (const container of containersOf(template)) {
      const { label, fields, role } = container;
      checkSecurity(label, fields.securityContext, report);
      for (const [index, mount] of itemsOf(fields.volumeMounts).entries()) {
        reportNonBooleans(`${label} has volumeMounts[${index}].`, mount, MOUNT_BOOLEANS, report);
      }
      if (role !== 'init') {
        for (const { name, fields: probe } of probesOf(container)) {
          reportNonIntegers(`${label} has ${name}.`, probe, PROBE_NUMBERS, report);
          reportNonIntegers(`${label} has ${name}.`, probe, PROBE_GRACE, report);
        }
      }
    }
  },
};

function checkSecurity(label: string, context: unknown, report: Report): void {
  if (isSet(context)) {
    const who = `${label} has securityContext.`;
    reportNonBooleans(who, fieldsOf(context), SECURITY_BOOLEANS, report);
    reportNonIntegers(who, fieldsOf(context), SECURITY_IDS, report);
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

function reportNonIntegers(who: string, fields: Fields, { names, min, max, range }: Integers, report: Report): void {
  for (const name of names) {
    const value = fields[name];
    if (!isSet(value)) {
      continue;
    }
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      const remedy =
        typeof value === 'string' && /^-?\d+$/.test(value) ? 'write it without quotes' : 'give a whole number';
      report(`${who}${name} ${quote(value)}; must be an integer; ${remedy}`);
    } else if (value < min || value > max) {
      report(`${who}${name} ${value}; must be ${range}; give such a number`);
    }
  }
}
