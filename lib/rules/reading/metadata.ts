import { PodSubject } from '../rule';
import { Fields, fieldsOf } from './fields';

export function metadataOf(object: unknown): Fields {
  return fieldsOf(fieldsOf(object).metadata);
}

/** The metadata of the pods and of the object that has their template; a Pod has them in one. */
export function metadataIn({ kind, manifest, template }: PodSubject): { where: string; metadata: Fields }[] {
  const pods = { where: kind === 'Pod' ? 'the Pod' : 'the pod template', metadata: metadataOf(template) };
  return kind === 'Pod' ? [pods] : [{ where: `the ${kind}`, metadata: metadataOf(manifest) }, pods];
}
