import { API_TYPES } from './api-types';

/** The fields of a type of the API, and their types, which stand there by turns. */
export function apiFieldsOf(name: string): [field: string, type: string][] {
  const words = API_TYPES[name].split(' ');
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]]] : []));
}
