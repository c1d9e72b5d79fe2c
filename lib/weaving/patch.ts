import { JsonPatch } from 'cdk8s';
import { Container } from '../values/pod';
import { didYouMean } from '../values/nearest';
import { isRecord, plain } from '../values/record';
import { asJson, quoteList } from '../values/text';

/** An operation as RFC 6902 writes it. */
interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * A container with JSON patches applied; as it was where they cannot be, with the first reason.
 *
 * cdk8s applies them, but what it says of a path that is not there is a TypeError or nothing at all.
 */
export function patch(
  container: Container,
  patches: readonly JsonPatch[],
): { container: Container; problems: readonly string[] } {
  if (patches.length === 0) {
    return { container, problems: [] };
  }
  // A copy, which is changed; and one without empty fields, as these are not there on the wire.
  let patched = plain(container);
  for (const each of patches) {
    const operation = each._toJson() as Operation;
    const problem = problemOf(operation, patched);
    if (problem !== undefined) {
      return { container, problems: [`cannot ${describe(operation)}: ${problem}`] };
    }
    try {
      patched = JsonPatch.apply(patched, each) as unknown;
    } catch (error) {
      // What is left: a test that fails, a path that is no path.
      const [reason] = (error as Error).message.split('\n');
      return { container, problems: [`cannot ${describe(operation)}: ${reason}`] };
    }
  }
  const problem = problemOfResult(patched, container);
  return problem === undefined
    ? { container: plain(patched) as Container, problems: [] }
    : { container, problems: [problem] };
}

function describe({ op, path, from }: Operation): string {
  return from === undefined ? `${op} ${asJson(path)}` : `${op} ${asJson(from)} to ${asJson(path)}`;
}

/** What an operation needs and does not find. */
function problemOf({ op, path, from }: Operation, document: unknown): string | undefined {
  const isNew = op === 'add' || op === 'copy' || op === 'move';
  return (from === undefined ? undefined : missing(document, from, false)) ?? missing(document, path, isNew);
}

/**
 * How far a path leads, where it does not lead to its end.
 *
 * @param isNew whether the end is to be made, in an object or a list that is there
 */
function missing(document: unknown, path: string, isNew: boolean): string | undefined {
  if (path !== '' && !path.startsWith('/')) {
    return 'a path starts with "/", as in "/lifecycle/preStop"';
  }
  const parts = path.split('/').slice(1);
  let current = document;
  for (const [index, part] of parts.entries()) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const mayBeNew = isNew && index === parts.length - 1;
    if (!hasMember(current, name) && !(mayBeNew && canGet(current, name))) {
      const reached = index === 0 ? 'the container' : asJson(`/${parts.slice(0, index).join('/')}`);
      return `there is no ${asJson(name)}, as ${reached} ${contentOf(current, name)}`;
    }
    current = (current as Record<string, unknown>)[name];
  }
  return undefined;
}

function hasMember(value: unknown, name: string): boolean {
  return Array.isArray(value)
    ? /^(0|[1-9]\d*)$/.test(name) && Number(name) < value.length
    : isRecord(value) && Object.hasOwn(value, name);
}

/** Whether a member of a new name can be added: any to an object, the next one to a list. */
function canGet(value: unknown, name: string): boolean {
  return Array.isArray(value) ? name === '-' || name === String(value.length) : isRecord(value);
}

function contentOf(value: unknown, wanted: string): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'is an empty list' : `is a list of ${value.length}, numbered from 0`;
  }
  return isRecord(value)
    ? `has ${quoteList(Object.keys(value))}${didYouMean(wanted, Object.keys(value))}`
    : `is ${asJson(value)}`;
}

/** What patches must not do to a container, because others count on it. */
function problemOfResult(patched: unknown, { name }: Container): string | undefined {
  if (!isRecord(patched)) {
    return `the patches leave no container, but ${asJson(patched)}`;
  }
  if (patched.name !== name) {
    return (
      `the patches change the container's name, by which others refer to it, from ${asJson(name)} to ` +
      `${patched.name === undefined ? 'nothing' : asJson(patched.name)}; name it in its properties`
    );
  }
  const list = ['env', 'ports', 'volumeMounts'].find((field) => {
    const value = patched[field];
    return value != null && !(Array.isArray(value) && value.every(isRecord));
  });
  return list && `the patches make ${asJson(patched[list])} of "${list}"; give a list of objects`;
}
