import { ObjectSubject } from '../rule';
import { Fields, fieldsOf, textOf } from './fields';

export function metadataOf(object: unknown): Fields {
  return fieldsOf(fieldsOf(object).metadata);
}

/** The metadata of an object and of the pods that it has a template of; a Pod has them in one. */
export function metadataIn({ manifest, template }: ObjectSubject): { where: string; metadata: Fields }[] {
  const kind = textOf(fieldsOf(manifest).kind);
  const own = { where: `the ${kind || 'object'}`, metadata: metadataOf(manifest) };
  return template === undefined || kind === 'Pod'
    ? [own]
    : [own, { where: 'the pod template', metadata: metadataOf(template) }];
}
