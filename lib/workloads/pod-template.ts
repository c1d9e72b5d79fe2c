import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { WeavingFinding } from '../findings/finding';
import { isBuiltInGroup } from '../values/api-groups';
import { quoteList } from '../values/text';
import { Manifest, PodSpec, PodTemplate } from '../values/pod';
import { isRecord } from '../values/record';

/** The built-in kinds that have a pod template, and where. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Where custom resources have their pod template unless they say otherwise: Argo Rollouts, Knative Services … */
const USUAL_PLACE = ['spec', 'template'] as const;

const PLACE = Symbol.for('cdk8s-pod-patterns.podTemplatePlace');

type Placed = ApiObject & { [PLACE]?: readonly string[] };

/** Says where an object of a kind of its own has its pod template. */
export function setPodTemplatePlace(object: ApiObject, place: string): void {
  if (!/^[^.[\]]+(\.[^.[\]]+)*$/.test(place)) {
    throw new Error(
      `${object.node.path}: "${place}" is no place of a pod template; write field names with dots between them, such ` +
        'as "spec.template", and the index of a list item, as in "spec.jobs.0.template"',
    );
  }
  Object.defineProperty(object, PLACE, { value: place.split('.'), configurable: true });
}

/** Where an object has its pod template; undefined for built-in kinds that have none. */
function placeOf(object: ApiObject): readonly string[] | undefined {
  const place = (object as Placed)[PLACE];
  return place ?? (isBuiltInGroup(object.apiGroup) ? BUILT_IN[object.kind] : USUAL_PLACE);
}

/** Whether a construct is an object of a kind that Kubernetes does not have itself. */
export function isCustomResource(construct: IConstruct): boolean {
  return ApiObject.isApiObject(construct) && !isBuiltInGroup(construct.apiGroup);
}

/**
 * Whether an object has a pod template, as far as can be said without rendering it: rendering only to look is no
 * option, some cdk8s-plus objects change with each time.
 */
export function hasPodTemplate(object: ApiObject): boolean {
  if ((object as Placed)[PLACE] ?? isBuiltInGroup(object.apiGroup)) {
    return placeOf(object) !== undefined;
  }
  // Private in TypeScript only: what a custom resource was made from is the one thing that tells.
  const template = getIn(object['props'], USUAL_PLACE);
  return isRecord(template) && isRecord(template.spec) && Array.isArray(template.spec.containers);
}

/**
 * The object that has the pod template: the construct itself, or the one that a cdk8s-plus workload wraps.
 *
 * @throws when there is none, saying what there is
 */
export function workloadObjectOf(construct: IConstruct): ApiObject {
  let candidate: IConstruct | undefined = construct;
  while (candidate && !ApiObject.isApiObject(candidate)) {
    candidate = candidate.node.defaultChild;
  }
  if (!candidate) {
    const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
    const workloads = objects.filter(hasPodTemplate);
    throw new Error(
      `${construct.node.path || 'the app'} is no workload: it holds ${describe(objects)}; ` +
        (workloads.length > 0
          ? `attach to ${describe(workloads)}, or to all with EachWorkload`
          : 'attach to an object with a pod template, such as a Deployment'),
    );
  }
  if (placeOf(candidate) === undefined) {
    throw new Error(
      `${candidate.node.path} is no workload: a ${candidate.kind} has no pod template; attach to one of ` +
        `${Object.keys(BUILT_IN).join(', ')}, or to a custom resource that has one`,
    );
  }
  return candidate;
}

function describe(objects: readonly ApiObject[]): string {
  return objects.map(({ kind, name, node }) => `${kind} "${name}" (${node.path})`).join(', ') || 'nothing';
}

/** The pod template in a rendered manifest, or what is wrong with it. */
export function getPodTemplate(
  object: ApiObject,
  manifest: Manifest,
): { template: PodTemplate & { spec: PodSpec } } | { findings: WeavingFinding[] } {
  const place = placeOf(object) ?? [];
  const template = getIn(manifest, place);
  if (!isRecord(template) || !isRecord(template.spec)) {
    return { findings: [{ rule: 'pod-template', message: describeMissing(object, manifest, [...place, 'spec']) }] };
  }
  const findings = malformedLists(template.spec);
  return findings.length > 0 ? { findings } : { template: template as PodTemplate & { spec: PodSpec } };
}

/** The manifest with another pod template in its place. */
export function withPodTemplate(object: ApiObject, manifest: Manifest, template: PodTemplate): Manifest {
  return setIn(manifest, placeOf(object) ?? [], template) as Manifest;
}

/** Says how far the way to a missing pod spec leads. */
function describeMissing(object: ApiObject, manifest: Manifest, place: readonly string[]): string {
  let depth = place.length - 1;
  while (depth > 0 && getIn(manifest, place.slice(0, depth)) === undefined) {
    depth -= 1;
  }
  const reached = getIn(manifest, place.slice(0, depth));
  const what = depth === 0 ? 'the object' : JSON.stringify(place.slice(0, depth).join('.'));
  const there = isRecord(reached) ? `has ${quoteList(Object.keys(reached))}` : `is ${JSON.stringify(reached)}`;
  const remedy = isBuiltInGroup(object.apiGroup) ? 'add one' : 'say where it is with Workloads.declare';
  return `there is no pod spec at "${place.join('.')}": ${what} ${there}; ${remedy}`;
}

/** Lists that are none, which only raw objects and JSON patches can bring: weaving would trip over them. */
function malformedLists(spec: Record<string, unknown>): WeavingFinding[] {
  const check = (owner: Record<string, unknown>, path: string, fields: readonly string[]): WeavingFinding[] =>
    fields
      .filter((field) => owner[field] != null && !(Array.isArray(owner[field]) && owner[field].every(isRecord)))
      .map((field) => ({
        rule: 'pod-template',
        message: `"${path}${field}" is to be a list of objects, but it is ${JSON.stringify(owner[field])}`,
      }));
  const findings = check(spec, '', ['containers', 'initContainers', 'volumes']);
  if (findings.length > 0) {
    return findings;
  }
  return ['containers', 'initContainers'].flatMap((list) =>
    ((spec[list] ?? []) as Record<string, unknown>[]).flatMap((container, index) =>
      check(container, `${list}[${index}].`, ['env', 'volumeMounts']),
    ),
  );
}

function getIn(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (current, key) =>
      isRecord(current) || Array.isArray(current) ? (current as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function setIn(value: unknown, path: readonly string[], replacement: unknown): unknown {
  if (path.length === 0) {
    return replacement;
  }
  const [key, ...rest] = path;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === key ? setIn(item, rest, replacement) : item));
  }
  const record = value as Record<string, unknown>;
  return { ...record, [key]: setIn(record[key], rest, replacement) };
}
