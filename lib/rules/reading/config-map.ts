import { Manifest } from '../../values/pod';
import { fieldsOf } from './fields';

export function entriesOf(manifest: Manifest): { map: 'data' | 'binaryData'; key: string; value: unknown }[] {
  return (['data', 'binaryData'] as const).flatMap((map) =>
    Object.entries(fieldsOf(fieldsOf(manifest)[map])).map(([key, value]) => ({ map, key, value })),
  );
}
