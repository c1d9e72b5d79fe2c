import { quote } from './reading/fields';
import { repeated } from './reading/lists';
import { Port, namedPortsOf } from './reading/ports';
import { PodSubject, Rule } from './rule';

export const portNameShared: Rule<PodSubject> = {
  id: 'port-name-shared',
  level: 'default',
  fields: ['ports.name'],
  summary: 'No two containers of a pod give their ports one name: a Service that uses it reaches only one of them.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check({ template }, report) {
    // A plain init container is gone before a Service could reach it.
    const running = namedPortsOf(template).filter(({ container }) => container.role !== 'init');
    const keyOf = ({ name, protocol }: Port): string => `${name}/${quote(protocol)}`;
    // One of each container: that it gives a name twice is for another rule to say.
    const uses = new Map(running.map((port) => [`${port.container.place}/${keyOf(port)}`, port]));
    for (const { items } of repeated([...uses.values()], keyOf)) {
      report(
        `${items.map(({ container, number }) => `${container.label} (${quote(number)})`).join(' and ')} each name ` +
          `a port ${quote(items[0].name)}; a Service that uses the name reaches one of them only; rename the others`,
      );
    }
  },
};
