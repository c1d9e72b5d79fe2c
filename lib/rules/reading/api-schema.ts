import { apiFieldsOf } from '../../values/api-fields';
import { API_TYPES } from '../../values/api-types';
import { FIELD_LIMITS, Limit } from './field-limits';

/** What a value has to be. */
export type ApiType =
  | { readonly of: 'list' | 'map'; readonly items: ApiType }
  | { readonly of: 'object'; readonly name: string }
  | { readonly of: 'scalar'; readonly name: string };

/** A field of a type of the API. */
export interface ApiField {
  readonly type: ApiType;
  readonly limits: readonly Limit[];
}

/** The fields of a type. */
export interface ApiObjectType {
  readonly fields: ReadonlyMap<string, ApiField>;
  readonly required: readonly string[];
}

const read = new Map<string, ApiObjectType>();

/** A type of the API by its name. Read when it is first asked for: most apps need few. */
export function apiObjectType(name: string): ApiObjectType {
  let type = read.get(name);
  if (type === undefined) {
    const fields = apiFieldsOf(name);
    const limitsOf = (field: string): readonly Limit[] => FIELD_LIMITS[`${name}.${field}`] ?? [];
    type = {
      fields: new Map(fields.map(([field, text]) => [field, { type: parseType(text), limits: limitsOf(field) }])),
      required: fields
        .map(([field]) => field)
        .filter((field) => limitsOf(field).some(({ kind }) => kind === 'required')),
    };
    read.set(name, type);
  }
  return type;
}

function parseType(text: string): ApiType {
  const inner = text.slice(0, -2);
  switch (text.slice(-2)) {
    case '[]':
      return { of: 'list', items: parseType(inner) };
    case '{}':
      return { of: 'map', items: parseType(inner) };
    default:
      return { of: Object.hasOwn(API_TYPES, text) ? 'object' : 'scalar', name: text };
  }
}
