import { quoteList } from '../values/text';
import { containersOf, fieldsOf, isSet, itemsOf, quote, textOf } from './read';
import { PodSubject, Rule, minorVersion } from './rule';
import { dotsProblem } from './syntax';

const ENV_REFERENCE =
  'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables';

/** From this version on, names may have any printable ASCII character but `=` (KEP-4369). */
const RELAXED_NAMES_MINOR = 32;

const envName: Rule<PodSubject> = {
  id: 'env-name',
  level: 'enforced',
  fields: ['env'],
  summary: 'The name of an environment variable is printable ASCII without "=".',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4369-allow-special-characters-environment-variable',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const [index, { name }] of itemsOf(fields.env).entries()) {
        if (!isSet(name) || name === '') {
          report(`${label} has no name at env[${index}]; required value: name the variable`);
        } else if (!/^[\x20-\x7e]+$/.test(textOf(name)) || textOf(name).includes('=')) {
          report(
            `${label} sets the variable ${quote(name)}; a valid environment variable name must consist only of ` +
              "printable ASCII characters other than '='; rename it",
          );
        }
      }
    }
  },
};

const envNamePortable: Rule<PodSubject> = {
  id: 'env-name-portable',
  level: 'default',
  fields: ['env'],
  summary:
    "The name of an environment variable has letters, digits, '_', '-' and '.' and does not begin with a digit, as " +
    'Kubernetes before 1.32 asks for.',
  source: ENV_REFERENCE,
  check({ template, kubernetesVersion }, report) {
    if ((minorVersion(kubernetesVersion) ?? 0) >= RELAXED_NAMES_MINOR) {
      return;
    }
    for (const { label, fields } of containersOf(template)) {
      for (const name of itemsOf(fields.env).map((variable) => textOf(variable.name))) {
        const isAccepted = /^[\x20-\x7e]+$/.test(name) && !name.includes('=');
        if (isAccepted && (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) || dotsProblem(name) !== undefined)) {
          report(
            `${label} sets the variable ${quote(name)}; before Kubernetes 1.32 a valid environment variable name ` +
              "must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit; " +
              'rename it, or target a later version',
          );
        }
      }
    }
  },
};

const envValue: Rule<PodSubject> = {
  id: 'env-value',
  level: 'enforced',
  fields: ['env'],
  summary: 'The value of an environment variable is a string, not a number or a boolean.',
  source: ENV_REFERENCE,
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const { name, value } of itemsOf(fields.env)) {
        if (isSet(value) && typeof value !== 'string') {
          report(
            `${label} sets the variable ${quote(name)} to ${quote(value)}, which is no string; write it in quotes`,
          );
        }
      }
    }
  },
};

const envValueFrom: Rule<PodSubject> = {
  id: 'env-value-from',
  level: 'enforced',
  fields: ['env'],
  summary: 'A valueFrom has exactly one source, and no value stands beside it.',
  source: ENV_REFERENCE,
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const { name, value, valueFrom } of itemsOf(fields.env)) {
        if (!isSet(valueFrom)) {
          continue;
        }
        const sources = Object.entries(fieldsOf(valueFrom)).flatMap(([type, source]) => (isSet(source) ? [type] : []));
        const who = `${label} takes the variable ${quote(name)}`;
        if (sources.length === 0) {
          report(
            `${who} from nothing; must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or ` +
              '`secretKeyRef`; give it one, or leave valueFrom out',
          );
        } else if (isSet(value) && value !== '') {
          report(
            `${who} from ${quoteList(sources)} and gives it a value too; valueFrom may not be specified when ` +
              '`value` is not empty; remove one of them',
          );
        } else if (sources.length > 1) {
          report(`${who} from ${quoteList(sources)}; may not have more than one field specified at a time; keep one`);
        }
      }
    }
  },
};

const envUnique: Rule<PodSubject> = {
  id: 'env-unique',
  level: 'default',
  fields: ['env'],
  summary: 'A container sets a variable once, unless the later value extends the earlier one.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const seen = new Set<string>();
      const reported = new Set<string>();
      for (const { name, value, valueFrom } of itemsOf(fields.env)) {
        const variable = textOf(name);
        const reference = `$(${variable})`;
        const extendsEarlier = !isSet(valueFrom) && value !== reference && textOf(value).includes(reference);
        if (variable !== '' && seen.has(variable) && !extendsEarlier && !reported.has(variable)) {
          reported.add(variable);
          report(
            `${label} sets the variable ${quote(variable)} again, which hides its previous definition; the last ` +
              'one wins, and kubectl apply may drop either; remove one',
          );
        }
        seen.add(variable);
      }
    }
  },
};

export const ENV_RULES: readonly Rule<PodSubject>[] = [envName, envNamePortable, envValue, envValueFrom, envUnique];
