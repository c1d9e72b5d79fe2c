import { Manifest } from '../values/pod';
import { entriesOf } from './reading/config-map';
import { quote } from './reading/fields';
import { configMapKeyProblem } from './reading/syntax';
import { Rule } from './rule';

export const configMapKey: Rule<Manifest> = {
  id: 'config-map-key',
  level: 'enforced',
  summary: "The keys of a ConfigMap have letters, digits, '-', '_' and '.', at most 253 of them.",
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object',
  check(manifest, report) {
    for (const { map, key } of entriesOf(manifest)) {
      const problem = configMapKeyProblem(key);
      if (problem !== undefined) {
        report(`${map} has the key ${quote(key)}; ${problem}; rename it`);
      }
    }
  },
};
