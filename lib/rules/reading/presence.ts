import { PodTemplate } from '../../values/pod';
import { containersOf, specOf } from './containers';
import { Fields, fieldsOf } from './fields';

/** Tells whether a pod has a field, which is called as rules do: `env` of a container, `ports.name`, `spec.hostNetwork`. */
export function presenceOf(field: string): (template: PodTemplate) => boolean {
  const [place, inner] = field.includes('.') ? field.split('.') : [undefined, field];
  if (place === 'spec') {
    return (template) => has(specOf(template), inner);
  }
  const isIn = (container: Fields): boolean =>
    place === undefined ? has(container, inner) : isInList(container[place], inner);
  return (template) => containersOf(template).some(({ fields }) => isIn(fields));
}

function has(fields: Fields, field: string): boolean {
  return fields[field] !== undefined;
}

function isInList(list: unknown, field: string): boolean {
  return Array.isArray(list) && list.some((item) => has(fieldsOf(item), field));
}
