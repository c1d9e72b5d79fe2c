import { Construct, IConstruct } from 'constructs';
import { nearest } from './nearest';
import { isRecord } from './record';

/**
 * All that is wrong with a value, a sentence each, where `path` says whose it is: '' for the properties themselves.
 *
 * TypeScript knows shapes anyway; this is for those who write JavaScript, and would otherwise see a TypeError from deep
 * inside.
 */
export type Shape = (value: unknown, path: string) => readonly string[];

/** What is wrong with most values, of which there are many. */
export const NONE: readonly string[] = [];

type Shapes = Readonly<Record<string, Shape>>;

export const text = kind('a string', (value) => typeof value === 'string');
export const flag = kind('true or false', (value) => typeof value === 'boolean');
/** With fields of its own: not what is something already. */
export const object = kind(
  'an object',
  (value) => isObject(value) && !isDuration(value) && !Construct.isConstruct(value),
);
export const construct = kind('a construct', (value) => Construct.isConstruct(value));
/** By what it can do, not by its class: it may be that of another copy of cdk8s. */
export const duration = kind('a Duration, for instance Duration.seconds(30)', isDuration);
export const port = wholeNumber(1, 65535);
/** Of a Secret or ConfigMap that is there, whose slip nothing would find before its pod waits for it. */
export const objectName = kind(
  'the name of an object: small letters, digits, "-" and "."',
  (value) => typeof value === 'string' && value.length <= 253 && OBJECT_NAME.test(value),
);
const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const OBJECT_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** One of its keys. */
export const dataKey = kind(
  'letters, digits, "-", "_" and "."',
  (value) => typeof value === 'string' && /^(?!\.$|\.\.)[A-Za-z0-9._-]{1,253}$/.test(value),
);

/** Fields of these names that are judged elsewhere. */
export function named(...names: readonly string[]): Shapes {
  return Object.fromEntries(names.map((name) => [name, () => NONE]));
}

/** A field that is judged elsewhere where it is there: that it is missing is told with all else that is. */
export function present(shape: Shape): Shape {
  return (value, path) => (value === undefined ? shape(value, path) : NONE);
}

/**
 * One of a class, by what it has: it may be of another copy of this library.
 *
 * @param values what its field may be, where other classes have one of that name; anything unless they are given
 */
export function made(field: string, wanted: string, ...values: readonly string[]): Shape {
  return kind(
    wanted,
    (value) => isRecord(value) && field in value && (values.length === 0 || values.includes(value[field] as string)),
  );
}

/** A setting for TLS, by its modes: the compiler takes that of one helper for that of another, whose modes are others. */
export function ofMode(wanted: string, ...modes: readonly string[]): Shape {
  return made('_mode', wanted, ...modes);
}

/** The options that something was made of: they have its path, but are named themselves where they are none. */
export function optionsOf(shape: Shape): Shape {
  return nested((value, path) => object(value, `${path}: options`), shape);
}

/** A Map or a Set has none of the fields that are in it. */
function isObject(value: unknown): boolean {
  return isRecord(value) && !(value instanceof Map) && !(value instanceof Set);
}

/** A value that passes a test. */
export function kind(wanted: string, test: (value: unknown) => boolean): Shape {
  return (value, path) => (test(value) ? NONE : [`${path || 'props'} is ${shown(value)}; give ${wanted}`]);
}

export function wholeNumber(min: number, max: number): Shape {
  return kind(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  );
}

export function enumOf(name: string, values: Readonly<Record<string, unknown>>): Shape {
  const members = Object.keys(values).map((member) => `${name}.${member}`);
  return kind(`one of ${members.join(', ')}`, (value) => Object.values(values).includes(value));
}

export function listOf(items: string, shape: Shape): Shape {
  return nested(kind(`a list of ${items}`, Array.isArray), (list, path) =>
    itemsIn(path, list as unknown[], (item, index) => shape(item, `${path}[${index}]`)),
  );
}

export function mapOf(values: string, shape: Shape): Shape {
  return nested(kind(`an object with ${values} by their names`, isObject), (map, path) =>
    itemsIn(path, Object.entries(map as object), ([name, value]) => shape(value, `${path}[${JSON.stringify(name)}]`)),
  );
}

/** A list or a map that has something in it. */
export function notEmpty(shape: Shape, item: string): Shape {
  return nested(
    shape,
    kind(`at least one ${item}`, (value) => Object.keys(value as object).length > 0),
  );
}

/**
 * An object with fields. What else it has is not looked at, as the properties of a subclass are passed on as they are,
 * save for what was probably meant to be one of the fields that are not there.
 */
export function fields(required: Shapes, optional: Shapes = {}): Shape {
  return withFields(required, optional, false);
}

/** The same, but with nothing else: what is not one of the fields would be lost. */
export function onlyFields(required: Shapes, optional: Shapes = {}): Shape {
  return withFields(required, optional, true);
}

function withFields(required: Shapes, optional: Shapes, isClosed: boolean): Shape {
  const known = { ...required, ...optional };
  const meantBy = nameFinder(Object.keys(known));
  const shapes = Object.entries(known).map(([name, shape]) => ({
    name,
    shape,
    isRequired: name in required,
  }));
  return nested(object, (value, path) => {
    const given = value as Readonly<Record<string, unknown>>;
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const problems = concat(shapes, ({ name, shape, isRequired }) =>
      given[name] === undefined && !isRequired ? NONE : shape(given[name], at(name)),
    );
    const slips = concat(Object.keys(given), (name) => {
      if (given[name] === undefined || Object.hasOwn(known, name)) {
        return NONE;
      }
      const meant = meantBy(name);
      if (meant !== undefined && given[meant] === undefined) {
        return [`${at(name)} is no property; did you mean ${at(meant)}?`];
      }
      return isClosed ? [`${at(name)} is no property; there are ${Object.keys(known).join(', ')}`] : NONE;
    });
    return slips.length === 0 ? problems : [...problems, ...slips];
  });
}

/**
 * Finds the known name that was probably meant by another one: one letter in four may be wrong, which is less than
 * where only a known word can be right. The same few names are asked for over and over, so the answers are kept.
 */
function nameFinder(known: readonly string[]): (name: string) => string | undefined {
  const found = new Map<string, string | undefined>();
  return (name) => {
    if (!found.has(name)) {
      found.set(
        name,
        nearest(name, known, (length) => Math.floor(length / 4)),
      );
    }
    return found.get(name);
  };
}

/** What is inside is judged where the outside is right. */
export function nested(outside: Shape, inside: Shape): Shape {
  return (value, path) => {
    const problems = outside(value, path);
    return problems.length > 0 ? problems : inside(value, path);
  };
}

/** Like flatMap, but with the holes of a list, and without a new list where there is nothing to say. */
function concat<T>(items: readonly T[], problemsOf: (item: T, index: number) => readonly string[]): readonly string[] {
  let all: string[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const problems = problemsOf(items[index], index);
    if (problems.length > 0) {
      all ??= [];
      all.push(...problems);
    }
  }
  return all ?? NONE;
}

/** Who has so many wrong items knows what is wrong. */
const MOST_ITEMS = 10;

function itemsIn<T>(
  path: string,
  items: readonly T[],
  problemsOf: (item: T, index: number) => readonly string[],
): readonly string[] {
  let wrong = 0;
  const problems = concat(items, (item, index) => {
    const found = problemsOf(item, index);
    wrong += found.length > 0 ? 1 : 0;
    return wrong > MOST_ITEMS ? NONE : found;
  });
  return wrong > MOST_ITEMS
    ? [...problems, `${path} has ${wrong - MOST_ITEMS} more items with problems; mend them likewise`]
    : problems;
}

/** Whose values they are; a function where telling takes time. */
type Owner = string | undefined | (() => string);

/** @throws all that is wrong with a value, in one error that names its owner */
export function assertShape(owner: Owner, value: unknown, shape: Shape): void {
  const problems = shape(value, '');
  if (problems.length > 0) {
    // Who gives no id either is not to be told of that instead.
    const name = typeof owner === 'function' ? owner() : (owner ?? 'the helper');
    throw new Error([`${name}:`, ...problems].join(problems.length > 1 ? '\n  ' : ' '));
  }
}

/** @throws unless the value is a construct, which it returns; `what` it is to the caller */
export function asConstruct(owner: Owner, value: unknown, what = 'scope'): Construct {
  assertShape(owner, value, (candidate) => construct(candidate, what));
  return value as Construct;
}

/** The scope of a construct to be made, when that and its properties are right: what is not is not in the tree. */
export function checkedScope(scope: Construct, id: string, props: unknown, shape: Shape): Construct {
  asConstruct(id, scope);
  assertShape(() => pathIn(scope, id), props, shape);
  return scope;
}

export function pathIn({ node }: IConstruct, id: string): string {
  return node.path === '' ? id : `${node.path}/${id}`;
}

/** A value for a message: as one writes it, or what it is where that would be long. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return 'missing';
  }
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'function') {
    return 'a function';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  if (isRecord(value)) {
    const name = isPlain(value) ? 'object' : value.constructor.name;
    return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`;
  }
  return `${value as number}`;
}

/** Whether a value is an object of no class, wherever it was made: not all have the same `Object`. */
export function isPlain(value: unknown): boolean {
  if (!isRecord(value)) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isDuration(value: unknown): boolean {
  return isRecord(value) && typeof value.toSeconds === 'function';
}
