import { containersOf } from './reading/containers';
import { itemsOf, quote, textOf } from './reading/fields';
import { dotsProblem } from './reading/syntax';
import { PodSubject, Rule, minorVersion } from './rule';

/** From this version on, names may have any printable ASCII character but `=` (KEP-4369). */
const RELAXED_NAMES_MINOR = 32;

export const envNamePortable: Rule<PodSubject> = {
  id: 'env-name-portable',
  level: 'default',
  fields: ['env'],
  summary:
    "The name of an environment variable has letters, digits, '_', '-' and '.' and does not begin with a digit, as " +
    'Kubernetes before 1.32 asks for.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables',
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
