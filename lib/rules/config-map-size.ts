import { Manifest } from '../values/pod';
import { bytesOf, entriesOf } from './reading/config-map';
import { Rule } from './rule';

const MAX_BYTES = 1024 * 1024;

export const configMapSize: Rule<Manifest> = {
  id: 'config-map-size',
  level: 'enforced',
  summary: 'The values of a ConfigMap have 1 MiB in all at most.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  check(manifest, report) {
    const bytes = entriesOf(manifest)
      .map(({ map, value }) => bytesOf(map, value))
      .reduce((sum, size) => sum + size, 0);
    if (bytes > MAX_BYTES) {
      report(`the values have ${bytes} bytes; may not be more than ${MAX_BYTES} bytes; split the ConfigMap`);
    }
  },
};
