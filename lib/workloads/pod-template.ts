import { ApiObject, resolve } from 'cdk8s';
import { IConstruct } from 'constructs';
import { WeavingFinding } from '../findings/finding';
import { groupOf, isBuiltInGroup } from '../values/api-groups';
import { asJson, quoteList } from '../values/text';
import { Manifest, PodSpec, PodTemplate } from '../values/pod';
import { isRecord } from '../values/record';
import { shown } from '../values/shape';

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
const USUAL_PLACE: Place = { path: ['spec', 'template'], isPodSpec: false };

/** Where in an object a pod template is. */
export interface Place {
  /** The names of fields and the indexes of list items that lead to it. */
  readonly path: readonly string[];
  /** Whether the pod spec itself is there, without a template around it. */
  readonly isPodSpec: boolean;
}

/** A pod template, and whose it is. */
export interface Workload {
  readonly object: ApiObject;
  /** Where it is, if it is not where objects of this kind have it. */
  readonly place?: Place;
}

/** What was declared of an object: all its places, and the one that a helper joins which names none. */
interface Declared {
  readonly places: readonly Place[];
  readonly current: Place;
}

// Plain data under global keys: what declares and what helps may be two copies of this library.
const DECLARED = Symbol.for('cdk8s-pod-patterns.podTemplatePlaces');
const INNER = Symbol.for('cdk8s-pod-patterns.innerWorkload');

type Placed = ApiObject & { [DECLARED]?: Declared };
type Inner = IConstruct & { [INNER]?: Place };

/**
 * Says where an object has a pod template, or one more.
 *
 * @throws when that is no path, leads to an item that is not there, or is known as the other of the two
 */
export function declarePlace(object: Placed, text: string, isPodSpec: boolean): Place {
  if (!/^[^.[\]]+(\.[^.[\]]+)*$/.test(text)) {
    throw new Error(
      `${object.node.path}: "${text}" is no place of a pod ${isPodSpec ? 'spec' : 'template'}; write field names with ` +
        `dots between them, such as "${isPodSpec ? 'spec' : 'spec.template'}", and the index of a list item, as in ` +
        '"spec.jobs.0.template"',
    );
  }
  const path = text.split('.');
  if (!isRecord(getIn(propsOf(object), itemPathOf({ object, place: { path, isPodSpec } })))) {
    throw new Error(
      `${object.node.path}: there is no item for "${text}", as the List was made with ${itemsOf(object).length} ` +
        'items, counted from 0; take the index of one of them',
    );
  }
  // What has a pod template at the usual place too keeps it, and the helpers that joined it.
  const places = object[DECLARED]?.places ?? knownPlaces(object);
  const place = places.find((known) => isSamePath(known.path, path)) ?? { path, isPodSpec };
  if (place.isPodSpec !== isPodSpec) {
    const names = ['a pod template', 'a pod spec'];
    const [known, asked] = place.isPodSpec ? names.reverse() : names;
    throw new Error(
      `${object.node.path}: "${text}" is the place of ${known} already, and cannot be that of ${asked}; declare ` +
        'it once, as what it is',
    );
  }
  const value: Declared = { places: places.includes(place) ? places : [...places, place], current: place };
  Object.defineProperty(object, DECLARED, { value, configurable: true });
  return place;
}

/** Those that need not be declared. */
function knownPlaces(object: ApiObject): Place[] {
  if (isList(object)) {
    return placesInItems(object);
  }
  return isBuiltInGroup(object.apiGroup) ? [] : usualPlaces(object);
}

/** Makes a construct one that stands for a pod template inside the object around it. */
export function markInner(construct: IConstruct, place: Place): void {
  Object.defineProperty(construct, INNER, { value: place });
}

export function isInnerWorkload(construct: Inner): boolean {
  return construct[INNER] !== undefined;
}

export function isInnerAt(construct: Inner, { path }: Place): boolean {
  return construct[INNER] !== undefined && isSamePath(construct[INNER].path, path);
}

function isSamePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}

/** The place that an object of its kind has without saying so; undefined for built-in kinds that have none. */
function usualPlaceOf(object: ApiObject): Place | undefined {
  return isBuiltInGroup(object.apiGroup) ? builtInPlace(object.kind) : USUAL_PLACE;
}

function builtInPlace(kind: string): Place | undefined {
  return Object.hasOwn(BUILT_IN, kind) ? { path: BUILT_IN[kind], isPodSpec: false } : undefined;
}

/** Whether a construct is an object of a kind that Kubernetes does not have itself, or a workload inside one. */
export function isCustomResource(construct: Inner): boolean {
  if (construct[INNER] && ApiObject.isApiObject(construct.node.scope)) {
    return !isBuiltInGroup(describeWorkload({ object: construct.node.scope, place: construct[INNER] }).apiGroup);
  }
  return ApiObject.isApiObject(construct) && !isBuiltInGroup(construct.apiGroup);
}

/**
 * The pod templates of an object, as far as can be said without rendering it: rendering only to look is no option,
 * some cdk8s-plus objects change with each time.
 */
export function workloadsOf(object: Placed): Workload[] {
  const declared = object[DECLARED]?.places ?? [];
  if (isList(object)) {
    const places = placesInItems(object);
    const others = declared.filter(({ path }) => !places.some((place) => isSamePath(place.path, path)));
    return [...places, ...others].map((place) => ({ object, place }));
  }
  if (declared.length > 0) {
    return declared.length === 1 ? [{ object }] : declared.map((place) => ({ object, place }));
  }
  const place = isBuiltInGroup(object.apiGroup) ? usualPlaceOf(object) : usualPlaces(object)[0];
  return place ? [{ object }] : [];
}

/** The usual place of a custom resource, if it has a pod template there. */
function usualPlaces(object: ApiObject): Place[] {
  return hasContainers(getIn(propsOf(object), USUAL_PLACE.path)) ? [USUAL_PLACE] : [];
}

function hasContainers(template: unknown): boolean {
  return isRecord(template) && isRecord(template.spec) && Array.isArray(template.spec.containers);
}

/** Private in TypeScript only: what an object was made from is the one thing that tells. */
function propsOf(object: ApiObject): Record<string, unknown> {
  return { ...(object['props'] as object) };
}

/** Whether an object holds others, as `kubectl get -o yaml` writes them. */
export function isList(object: ApiObject): boolean {
  return object.kind === 'List' && object.apiGroup === 'core';
}

function itemsOf(object: ApiObject): unknown[] {
  const { items } = propsOf(object);
  return Array.isArray(items) ? items : [];
}

function placesInItems(list: ApiObject): Place[] {
  return itemsOf(list).flatMap((item, index) => placeInItem(item, index) ?? []);
}

function placeInItem(item: unknown, index: number): Place | undefined {
  if (!isRecord(item)) {
    return undefined;
  }
  const place = isBuiltInGroup(groupOf(String(item.apiVersion)))
    ? builtInPlace(String(item.kind))
    : hasContainers(getIn(item, USUAL_PLACE.path))
      ? USUAL_PLACE
      : undefined;
  return place && { ...place, path: ['items', String(index), ...place.path] };
}

/** What leads to the object of a pod template: nothing, save in a List. */
export function itemPathOf({ object, place }: Workload): readonly string[] {
  return place && isList(object) && place.path[0] === 'items' ? place.path.slice(0, 2) : [];
}

/**
 * The id of the construct that stands for a place: the place itself, save in a List, where the index changes with the
 * items before. There it is that which an `Include` would give to the item.
 */
export function idOfPlace(object: ApiObject, place: Place): string {
  const path = itemPathOf({ object, place });
  const ids = path.length > 0 ? itemsOf(object).map(idOfItem) : [];
  const id = ids[Number(path[1])];
  if (id === undefined || ids.filter((other) => other === id).length > 1) {
    return place.path.join('.');
  }
  const own = placeInItem(getIn(propsOf(object), path), Number(path[1]));
  return own && isSamePath(own.path, place.path) ? id : [id, ...place.path.slice(path.length)].join('.');
}

function idOfItem(item: unknown): string | undefined {
  const { name, namespace } = metadataOf(item);
  return name && [name, String(getIn(item, ['kind'])).toLowerCase(), namespace].filter(Boolean).join('-');
}

/** What an item says itself: not what the API server makes, or a Lazy, for which it may be too early. */
function metadataOf(item: unknown): { name?: string; namespace?: string } {
  const [name, namespace] = ['name', 'namespace'].map((field) => {
    const value = getIn(item, ['metadata', field]);
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  return { name, namespace };
}

/**
 * Where the item of a List is another one when it is rendered: JSON patches can move items, and a helper that goes by
 * the index would join the wrong pod.
 */
export function movedItem(workload: Workload, manifest: Manifest): WeavingFinding[] {
  const path = itemPathOf(workload);
  if (path.length === 0) {
    return [];
  }
  const { object } = workload;
  const made = labelOf(resolve([], getIn(propsOf(object), path), object));
  const rendered = labelOf(getIn(manifest, path));
  return made === rendered
    ? []
    : [
        {
          rule: 'pod-template',
          message:
            `${path.join('.')} was ${made} when the List was made, but is ${rendered} when it is rendered; let JSON ` +
            'patches of the List add items at its end ("/items/-"), and neither move, remove nor rename those before',
        },
      ];
}

function labelOf(item: unknown): string {
  return isRecord(item) ? `${String(item.kind)} ${shown(getIn(item, ['metadata', 'name']))}` : shown(item);
}

/** What an object is, or the item of a List; without rendering it. */
export function describeWorkload(workload: Workload): {
  kind: string;
  apiGroup: string;
  name?: string;
  namespace?: string;
  labelOf(label: string): unknown;
} {
  const { object } = workload;
  const path = itemPathOf(workload);
  if (path.length === 0) {
    const { kind, apiGroup, name } = object;
    const { namespace } = object.metadata;
    return { kind, apiGroup, name, namespace, labelOf: (label) => object.metadata.getLabel(label) };
  }
  const item = getIn(propsOf(object), path) as Record<string, unknown>;
  return {
    kind: String(item.kind),
    apiGroup: groupOf(String(item.apiVersion)),
    ...metadataOf(item),
    labelOf: (label) => getIn(item, ['metadata', 'labels', label]),
  };
}

/** For messages: an item of a List may have no name. */
export function titleOf({ kind, name }: { readonly kind: string; readonly name?: string }): string {
  return name === undefined ? kind : `${kind} "${name}"`;
}

/**
 * The object that a construct is or wraps.
 *
 * @throws when there is none, saying what there is
 */
export function objectOf(construct: IConstruct): ApiObject {
  let candidate: IConstruct | undefined = construct;
  while (candidate && !ApiObject.isApiObject(candidate)) {
    candidate = candidate.node.defaultChild;
  }
  if (!candidate) {
    const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
    throw new Error(
      `${construct.node.path || 'the app'} is no custom resource: it holds ${describe(objects)}; give the resource itself`,
    );
  }
  return candidate;
}

/**
 * The pod template that a construct stands for: a workload, or what a cdk8s-plus workload wraps.
 *
 * @throws when there is none, saying what there is
 */
export function workloadOf(construct: IConstruct): Workload {
  let candidate: Inner | undefined = construct;
  while (candidate && !ApiObject.isApiObject(candidate) && !candidate[INNER]) {
    candidate = candidate.node.defaultChild;
  }
  if (!candidate) {
    const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
    const workloads = objects.filter((object) => workloadsOf(object).length > 0);
    throw new Error(
      `${construct.node.path || 'the app'} is no workload: it holds ${describe(objects)}; ` +
        (workloads.length > 0
          ? `attach to ${describe(workloads)}, or to all with EachWorkload`
          : 'attach to an object with a pod template, such as a Deployment; where a custom resource has one, say with ' +
            'Workloads.declare'),
    );
  }
  const inner = (candidate as Inner)[INNER];
  if (inner) {
    return withoutUsualPlace({ object: candidate.node.scope as ApiObject, place: inner });
  }
  const object = candidate as Placed;
  const declared = object[DECLARED];
  if (declared) {
    return withoutUsualPlace({ object, place: declared.current });
  }
  if (isList(object)) {
    const items = workloadsOf(object).map((workload) => titleOf(describeWorkload(workload)));
    throw new Error(
      `${object.node.path} is no workload, but a List of some; it holds ${items.join(', ') || 'none'}: attach to those ` +
        'that Workloads.allOf finds in it, or to all with EachWorkload',
    );
  }
  if (usualPlaceOf(object) === undefined) {
    throw new Error(
      `${object.node.path} is no workload: a ${object.kind} has no pod template; attach to one of ` +
        `${Object.keys(BUILT_IN).join(', ')}, or to a custom resource that has one, at spec.template or where ` +
        'Workloads.declare says',
    );
  }
  return { object };
}

/** The first place of an object is that of the object itself: what joined it before it was declared is there, too. */
export function withoutUsualPlace({ object, place }: Workload): Workload {
  const first = isList(object) ? undefined : (object as Placed)[DECLARED]?.places[0];
  return place && first && isSamePath(first.path, place.path) ? { object } : { object, place };
}

/** Where the pod template of a workload is. */
export function placeOf({ object, place }: Workload): Place {
  return place ?? (object as Placed)[DECLARED]?.places[0] ?? usualPlaceOf(object) ?? USUAL_PLACE;
}

function describe(objects: readonly ApiObject[]): string {
  return objects.map(({ kind, name, node }) => `${kind} "${name}" (${node.path})`).join(', ') || 'nothing';
}

/** The pod template in a rendered manifest, or what is wrong with it. */
export function getPodTemplate(
  workload: Workload,
  manifest: Manifest,
): { template: PodTemplate & { spec: PodSpec } } | { findings: WeavingFinding[] } {
  const { path, isPodSpec } = placeOf(workload);
  const found = getIn(manifest, path);
  const template = isPodSpec ? { spec: found } : found;
  if (!isRecord(template) || !isRecord(template.spec)) {
    return { findings: [{ rule: 'pod-template', message: describeMissing(workload, manifest) }] };
  }
  const findings = malformedLists(template.spec);
  return findings.length > 0 ? { findings } : { template: template as PodTemplate & { spec: PodSpec } };
}

/** The manifest with another pod template in its place. */
export function withPodTemplate(workload: Workload, manifest: Manifest, template: PodTemplate): Manifest {
  const { path, isPodSpec } = placeOf(workload);
  return setIn(manifest, path, isPodSpec ? template.spec : template) as Manifest;
}

/**
 * The labels by which one can select the pods of a workload: those by which it does so itself, or that its template has;
 * as far as can be said without rendering it.
 */
export function podLabelsOf(workload: Workload): Readonly<Record<string, string>> {
  const { object } = workload;
  const { path, isPodSpec } = placeOf(workload);
  const around = [object.node.scope, object].find(
    (candidate): candidate is IConstruct & PlusWorkload => candidate !== undefined && hasPodMetadata(candidate),
  );
  if (around && !workload.place) {
    // Of cdk8s-plus, whose objects have what they are made of only when they are rendered.
    return textsOf(around.matchLabels) ?? textsOf(getIn(around.podMetadata.toJson(), ['labels'])) ?? {};
  }
  if (path.length === 0) {
    return textsOf(getIn(object.metadata.toJson(), ['labels'])) ?? {};
  }
  const props = propsOf(object);
  const selector = path.at(-1) === 'template' ? getIn(props, [...path.slice(0, -1), 'selector']) : undefined;
  const own = isRecord(selector) && 'matchExpressions' in selector ? undefined : getIn(selector, ['matchLabels']);
  return textsOf(own) ?? (isPodSpec ? undefined : textsOf(getIn(props, [...path, 'metadata', 'labels']))) ?? {};
}

/** What a workload of cdk8s-plus says of its pods, of whatever version. */
interface PlusWorkload {
  readonly podMetadata: { toJson(): unknown };
  readonly matchLabels?: unknown;
}

function hasPodMetadata(construct: IConstruct): construct is IConstruct & PlusWorkload {
  const { podMetadata } = construct as Partial<PlusWorkload>;
  return isRecord(podMetadata) && typeof podMetadata.toJson === 'function';
}

/** Labels, if there are any. */
function textsOf(value: unknown): Record<string, string> | undefined {
  return isRecord(value) && Object.keys(value).length > 0 ? (value as Record<string, string>) : undefined;
}

/** Says how far the way to a missing pod spec leads. */
function describeMissing(workload: Workload, manifest: Manifest): string {
  const { path, isPodSpec } = placeOf(workload);
  const place = isPodSpec ? path : [...path, 'spec'];
  let depth = place.length - 1;
  while (depth > 0 && getIn(manifest, place.slice(0, depth)) === undefined) {
    depth -= 1;
  }
  const reached = getIn(manifest, place.slice(0, depth));
  const what = depth === 0 ? 'the object' : JSON.stringify(place.slice(0, depth).join('.'));
  const there = isRecord(reached) ? `has ${quoteList(Object.keys(reached))}` : `is ${asJson(reached)}`;
  const remedy = isBuiltInGroup(describeWorkload(workload).apiGroup)
    ? 'add one'
    : `say where it is with ${isRecord(reached) && Array.isArray(reached.containers) ? 'Workloads.declarePodSpec' : 'Workloads.declare'}`;
  return `there is no pod spec at "${place.join('.')}": ${what} ${there}; ${remedy}`;
}

/** Lists that are none, which only raw objects and JSON patches can bring: weaving would trip over them. */
function malformedLists(spec: Record<string, unknown>): WeavingFinding[] {
  const check = (owner: Record<string, unknown>, path: string, fields: readonly string[]): WeavingFinding[] =>
    fields
      .filter((field) => owner[field] != null && !(Array.isArray(owner[field]) && owner[field].every(isRecord)))
      .map((field) => ({
        rule: 'pod-template',
        message: `"${path}${field}" is to be a list of objects, but it is ${asJson(owner[field])}`,
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

export function getIn(value: unknown, path: readonly string[]): unknown {
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
