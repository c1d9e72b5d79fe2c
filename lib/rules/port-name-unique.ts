import { quote } from './reading/fields';
import { repeated } from './reading/lists';
import { namedPortsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const portNameUnique: Rule<PodSubject> = {
  id: 'port-name-unique',
  level: 'enforced',
  fields: ['ports.name'],
  summary: 'No two ports of a container have one name.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports',
  check({ template }, report) {
    for (const { items } of repeated(namedPortsOf(template), ({ container, name }) => `${container.place}/${name}`)) {
      const [{ container, name }] = items;
      report(
        `${container.label} gives ports ${items.map(({ number }) => quote(number)).join(' and ')} one name, ` +
          `${quote(name)}; duplicate value: give each port a name of its own`,
      );
    }
  },
};
