import { containersOf, specOf } from './reading/containers';
import { itemsOf, quote, textOf } from './reading/fields';
import { repeated } from './reading/lists';
import { PodSubject, Rule } from './rule';

export const containerNameUnique: Rule<PodSubject> = {
  id: 'container-name-unique',
  level: 'enforced',
  summary: 'No two containers of a pod have one name, be they regular, init or ephemeral.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container',
  check({ template }, report) {
    const ephemeral = itemsOf(specOf(template).ephemeralContainers).map(({ name }, index) => ({
      name: textOf(name),
      place: `ephemeralContainers[${index}]`,
    }));
    const named = [...containersOf(template), ...ephemeral].filter(({ name }) => name !== '');
    for (const { key, items } of repeated(named, ({ name }) => name)) {
      report(
        `${items.map(({ place }) => place).join(' and ')} share the name ${quote(key)}; ` +
          'duplicate value: give each container a name of its own',
      );
    }
  },
};
