import { k8s } from 'cdk8s-plus-28';
import { isRecord } from './record';

/** What the kubelet writes, and nobody else can, whatever a mount says. */
const BY_NATURE = ['configMap', 'secret', 'projected', 'downwardApi', 'downwardAPI', 'image'];

/** Whether a volume is one that nobody can write to: by its kind, or by what its source says. */
export function readOnlyBy(volume: k8s.Volume): 'kind' | 'source' | undefined {
  const sources = Object.entries(volume).filter(([, source]) => isRecord(source));
  if (sources.some(([name]) => BY_NATURE.includes(name))) {
    return 'kind';
  }
  return sources.some(([, source]) => (source as { readonly readOnly?: unknown }).readOnly === true)
    ? 'source'
    : undefined;
}
