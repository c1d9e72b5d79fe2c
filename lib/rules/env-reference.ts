import { quoteList } from '../values/text';
import { didYouMean } from '../values/nearest';
import { referencesIn } from '../values/env-references';
import { containersOf } from './reading/containers';
import { Fields, isSet, itemsOf, quote, textOf } from './reading/fields';
import { PodSubject, Rule } from './rule';

/** What Kubernetes sets for each Service of the namespace and for its API, most of it in the form of Docker's links. */
const OF_SERVICES = /^KUBERNETES_|_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/** What is not written like this is meant for something else, such as `$(date +%s)` for a shell. */
const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

export const envReference: Rule<PodSubject> = {
  id: 'env-reference',
  level: 'default',
  fields: ['env'],
  summary:
    'What the value of a variable refers to as $(NAME) is a variable that stands before it, or one from envFrom.',
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const variables = itemsOf(fields.env);
      const names = variables.map(({ name }) => textOf(name));
      for (const [index, { value, valueFrom }] of variables.entries()) {
        const before = names.slice(0, index);
        for (const name of isSet(valueFrom) ? [] : new Set(referencesIn(value))) {
          const isKnown = before.includes(name) || OF_SERVICES.test(name) || isFromElsewhere(name, fields);
          if (isKnown || !NAME.test(name)) {
            continue;
          }
          const who = `${label} sets the variable ${quote(names[index])} to ${quote(value)}`;
          const circle = circleOf(variables, index, name);
          if (circle) {
            report(
              `${who}, but ${quoteList(circle)} refer to each other in a circle, and $(${name}) stays as it is; break the circle`,
            );
          } else if (names.includes(name) && name !== names[index]) {
            report(
              `${who}, but ${quote(name)} stands behind it, and $(${name}) stays as it is; set ${quote(name)} first`,
            );
          } else {
            report(
              `${who}, but nothing sets ${quote(name)} before, and $(${name}) stays as it is; ` +
                `set it, or write $$(${name}) for these very characters${didYouMean(name, before)}`,
            );
          }
        }
      }
    }
  },
};

/** Whether an envFrom can give a variable: what its ConfigMap or Secret holds is not known, but its prefix is. */
function isFromElsewhere(name: string, { envFrom }: Fields): boolean {
  return itemsOf(envFrom).some(({ prefix }) => name.startsWith(textOf(prefix)));
}

/** The names on the way from a variable over another one back to itself. */
function circleOf(variables: readonly Fields[], start: number, next: string): string[] | undefined {
  const goal = textOf(variables[start].name);
  const visited = new Set<string>();
  const find = (name: string): string[] | undefined => {
    if (name === goal) {
      return [];
    }
    if (visited.has(name)) {
      return undefined;
    }
    visited.add(name);
    const others = variables.filter((variable) => variable.name === name).flatMap(({ value }) => referencesIn(value));
    for (const other of others) {
      const rest = find(other);
      if (rest) {
        return [name, ...rest];
      }
    }
    return undefined;
  };
  const way = next === goal ? undefined : find(next);
  return way && [goal, ...way];
}
