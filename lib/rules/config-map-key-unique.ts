import { Manifest } from '../values/pod';
import { entriesOf } from './reading/config-map';
import { fieldsOf, quote } from './reading/fields';
import { Rule } from './rule';

export const configMapKeyUnique: Rule<Manifest> = {
  id: 'config-map-key-unique',
  level: 'enforced',
  summary: 'A key of a ConfigMap is in data or in binaryData, not in both.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object',
  check(manifest, report) {
    const binary = fieldsOf(fieldsOf(manifest).binaryData);
    for (const { map, key } of entriesOf(manifest)) {
      if (map === 'data' && Object.hasOwn(binary, key)) {
        report(`data has the key ${quote(key)}; duplicate of key present in binaryData; remove one of them`);
      }
    }
  },
};
