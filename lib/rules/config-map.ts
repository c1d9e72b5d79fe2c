import { Manifest } from '../values/pod';
import { fieldsOf, isSet, quote } from './read';
import { Rule } from './rule';
import { configMapKeyProblem } from './syntax';

const CONFIG_MAP = 'https://kubernetes.io/docs/concepts/configuration/configmap/';
const MAX_BYTES = 1024 * 1024;

const configMapKey: Rule<Manifest> = {
  id: 'config-map-key',
  level: 'enforced',
  summary: "The keys of a ConfigMap have letters, digits, '-', '_' and '.', at most 253 of them.",
  source: `${CONFIG_MAP}#configmap-object`,
  check(manifest, report) {
    for (const { map, key } of entriesOf(manifest)) {
      const problem = configMapKeyProblem(key);
      if (problem !== undefined) {
        report(`${map} has the key ${quote(key)}; ${problem}; rename it`);
      }
    }
  },
};

const configMapKeyUnique: Rule<Manifest> = {
  id: 'config-map-key-unique',
  level: 'enforced',
  summary: 'A key of a ConfigMap is in data or in binaryData, not in both.',
  source: `${CONFIG_MAP}#configmap-object`,
  check(manifest, report) {
    const binary = fieldsOf(fieldsOf(manifest).binaryData);
    for (const { map, key } of entriesOf(manifest)) {
      if (map === 'data' && Object.hasOwn(binary, key)) {
        report(`data has the key ${quote(key)}; duplicate of key present in binaryData; remove one of them`);
      }
    }
  },
};

const configMapValue: Rule<Manifest> = {
  id: 'config-map-value',
  level: 'enforced',
  summary: 'The values of a ConfigMap are strings, those of binaryData in base64.',
  source: `${CONFIG_MAP}#configmap-object`,
  check(manifest, report) {
    for (const { map, key, value } of entriesOf(manifest)) {
      if (isSet(value) && typeof value !== 'string') {
        report(`${map} has ${quote(value)} at ${quote(key)}, which is no string; write it in quotes`);
      } else if (map === 'binaryData' && typeof value === 'string' && !isBase64(value)) {
        report(`binaryData has a value at ${quote(key)} that is no base64; encode it, or move it to data`);
      }
    }
  },
};

const configMapSize: Rule<Manifest> = {
  id: 'config-map-size',
  level: 'enforced',
  summary: 'The values of a ConfigMap have 1 MiB in all at most.',
  source: CONFIG_MAP,
  check(manifest, report) {
    const bytes = entriesOf(manifest)
      .map(({ map, value }) =>
        Buffer.byteLength(typeof value === 'string' ? value : '', map === 'data' ? 'utf8' : 'base64'),
      )
      .reduce((sum, size) => sum + size, 0);
    if (bytes > MAX_BYTES) {
      report(`the values have ${bytes} bytes; may not be more than ${MAX_BYTES} bytes; split the ConfigMap`);
    }
  },
};

export const CONFIG_MAP_RULES: readonly Rule<Manifest>[] = [
  configMapKey,
  configMapKeyUnique,
  configMapValue,
  configMapSize,
];

function entriesOf(manifest: Manifest): { map: 'data' | 'binaryData'; key: string; value: unknown }[] {
  return (['data', 'binaryData'] as const).flatMap((map) =>
    Object.entries(fieldsOf(fieldsOf(manifest)[map])).map(([key, value]) => ({ map, key, value })),
  );
}

/** As Go reads it: the standard alphabet, padded, line breaks allowed. */
function isBase64(text: string): boolean {
  return /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, ''));
}
