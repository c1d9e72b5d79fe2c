import { Manifest } from '../values/pod';
import { entriesOf } from './reading/config-map';
import { quote } from './reading/fields';
import { Rule } from './rule';

export const configMapValue: Rule<Manifest> = {
  id: 'config-map-value',
  level: 'enforced',
  summary: 'The values of binaryData in a ConfigMap are base64.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object',
  check(manifest, report) {
    for (const { map, key, value } of entriesOf(manifest)) {
      if (map === 'binaryData' && typeof value === 'string' && !isBase64(value)) {
        report(`binaryData has a value at ${quote(key)} that is no base64; encode it, or move it to data`);
      }
    }
  },
};

/** As Go reads it: the standard alphabet, padded, line breaks allowed. */
function isBase64(text: string): boolean {
  return /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, ''));
}
