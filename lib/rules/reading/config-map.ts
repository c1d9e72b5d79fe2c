import { Manifest } from '../../values/pod';
import { fieldsOf } from './fields';

export function entriesOf(manifest: Manifest): { map: 'data' | 'binaryData'; key: string; value: unknown }[] {
  return (['data', 'binaryData'] as const).flatMap((map) =>
    Object.entries(fieldsOf(fieldsOf(manifest)[map])).map(([key, value]) => ({ map, key, value })),
  );
}

/** Whether a value is what Go decodes into bytes besides base64: a list of them, in which null is 0. */
export function isByteList(value: unknown): value is readonly (number | null)[] {
  return (
    Array.isArray(value) &&
    value.every((byte) => byte === null || (Number.isInteger(byte) && (byte as number) >= 0 && (byte as number) <= 255))
  );
}

/** How many bytes a value has in etcd. */
export function bytesOf(map: 'data' | 'binaryData', value: unknown): number {
  return isByteList(value)
    ? value.length
    : Buffer.byteLength(typeof value === 'string' ? value : '', map === 'data' ? 'utf8' : 'base64');
}
