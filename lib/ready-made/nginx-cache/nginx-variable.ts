import { shown } from '../../values/shape';

/** A variable of nginx as its configuration has it, or what is wrong with the name that it was to be made of. */
export type NginxVariable = { readonly text: string } | { readonly problem: string };

/** Others than these are no part of a variable's name: nginx would read `$cookie_a-b` as `$cookie_a` and `-b`. */
const WORD = /^[A-Za-z0-9_]{1,64}$/;
const HEADER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/;

export function headerVariable(name: unknown): NginxVariable {
  return typeof name === 'string' && HEADER.test(name)
    ? { text: `$http_${name.toLowerCase().replaceAll('-', '_')}` }
    : { problem: `has the header ${shown(name)}; nginx knows those of letters, digits and "-"` };
}

export function cookieVariable(name: unknown): NginxVariable {
  return wordVariable('cookie', '$cookie_', name);
}

export function parameterVariable(name: unknown): NginxVariable {
  return wordVariable('parameter', '$arg_', name);
}

function wordVariable(what: string, prefix: string, name: unknown): NginxVariable {
  return typeof name === 'string' && WORD.test(name)
    ? { text: prefix + name }
    : { problem: `has the ${what} ${shown(name)}; nginx knows those of letters, digits and "_"` };
}
