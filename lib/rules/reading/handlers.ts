import { PodTemplate } from '../../values/pod';
import { Container, runningOf } from './containers';
import { Fields, fieldsOf, isSet, textOf } from './fields';

/** The fields of a container that are probes. */
export const PROBE_FIELDS = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

const HOOKS = ['postStart', 'preStop'] as const;

/** What the kubelet does to a container: a probe, or a hook of its lifecycle. */
interface Handler {
  readonly container: Container;
  readonly name: (typeof PROBE_FIELDS)[number] | (typeof HOOKS)[number];
  readonly fields: Fields;
}

export function probesOf(container: Container): Handler[] {
  return handlersIn(container, PROBE_FIELDS, container.fields);
}

function hooksOf(container: Container): Handler[] {
  return handlersIn(container, HOOKS, fieldsOf(container.fields.lifecycle));
}

/** All that the kubelet does to a container. */
export function handlersOf(container: Container): Handler[] {
  return [...probesOf(container), ...hooksOf(container)];
}

/** Which of the handler's types are there, and which the API knows. */
export function typesOf(handler: Handler): { set: string[]; known: readonly string[] } {
  const known = (HOOKS as readonly string[]).includes(handler.name)
    ? ['exec', 'httpGet', 'tcpSocket', 'sleep']
    : ['exec', 'httpGet', 'tcpSocket', 'grpc'];
  return { set: known.filter((type) => isSet(handler.fields[type])), known };
}

/** The ports that a handler asks. */
export function portsAskedBy({ fields }: Handler): unknown[] {
  return ['httpGet', 'tcpSocket', 'grpc']
    .filter((type) => isSet(fields[type]))
    .map((type) => fieldsOf(fields[type]).port);
}

/** Whether a handler asks another host than the pod. */
export function asksElsewhere({ fields }: Handler): boolean {
  return [fields.httpGet, fields.tcpSocket].some((action) => textOf(fieldsOf(action).host) !== '');
}

function handlersIn(container: Container, names: readonly Handler['name'][], fields: Fields): Handler[] {
  const handlers: Handler[] = [];
  for (const name of names) {
    if (isSet(fields[name])) {
      handlers.push({ container, name, fields: fieldsOf(fields[name]) });
    }
  }
  return handlers;
}

/** The hooks of the containers that may have some. */
export function runningHooksOf(template: PodTemplate): Handler[] {
  return runningOf(template).flatMap(hooksOf);
}
