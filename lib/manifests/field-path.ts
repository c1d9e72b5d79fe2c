import { didYouMean } from '../values/nearest';
import { isRecord } from '../values/record';
import { asJson } from '../values/text';

/**
 * Field paths as kustomize's replacements write them: `spec.template.spec.containers.[name=nginx].image`.
 *
 * A number picks an element of a list, `[key=value]` the elements that have this field, `[=value]` those that are this
 * value, `*` every element. A dot inside a key is escaped (`config\.kubernetes\.io/x`) or in brackets (`[a.b/c]`).
 *
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 */
export interface FieldPath {
  readonly text: string;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'field'; readonly text: string; readonly name: string }
  | { readonly kind: 'match'; readonly text: string; readonly key: string; readonly value: string }
  | { readonly kind: 'every'; readonly text: string };

/** A value in a document and the keys and indexes that lead to it. */
export interface Place {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

/** @throws where the text is no field path */
export function parseFieldPath(text: string): FieldPath {
  return { text, steps: splitSteps(text).map((step) => parseStep(step, text)) };
}

/**
 * The places a path leads to, at least one.
 *
 * @throws when there is none; the message shows what is there
 */
export function select(document: unknown, path: FieldPath): Place[] {
  let places: Place[] = [{ at: [], value: document }];
  for (const [index, step] of path.steps.entries()) {
    const next = places.flatMap((place) => take(place, step));
    if (next.length === 0) {
      const parent = path.steps.slice(0, index).map(({ text }) => text);
      throw new Error(
        `nothing is at ${path.text}: there is no ${step.text} in ${parent.join('.') || 'the document'}, ` +
          `which ${[...new Set(places.map(({ value }) => describe(value, step)))].join(' or ')}` +
          didYouMean(wordOf(step), new Set(places.flatMap(({ value }) => wordsIn(value, step)))),
      );
    }
    places = next;
  }
  return places;
}

function take({ at, value }: Place, step: Step): Place[] {
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown, index) => ({ at: [...at, index], value: element }));
    switch (step.kind) {
      case 'field':
        return /^\d+$/.test(step.name) ? elements.slice(Number(step.name), Number(step.name) + 1) : [];
      case 'match':
        return elements.filter((element) =>
          hasValue(step.key === '' ? element.value : field(element.value, step.key), step.value),
        );
      case 'every':
        return elements;
    }
  }
  if (step.kind === 'field' && isRecord(value) && Object.hasOwn(value, step.name)) {
    return [{ at: [...at, step.name], value: value[step.name] }];
  }
  return [];
}

function describe(value: unknown, step: Step): string {
  if (Array.isArray(value)) {
    const { length } = value;
    if (length === 0) {
      return 'is an empty list';
    }
    const known = step.kind === 'match' ? wordsIn(value, step) : [];
    return known.length > 0
      ? `has ${known.map((found) => `[${step.kind === 'match' ? step.key : ''}=${found}]`).join(', ')}`
      : `is a list with ${length === 1 ? 'one element, 0' : `${length} elements, 0 to ${length - 1}`}`;
  }
  if (isRecord(value)) {
    return `has ${Object.keys(value).join(', ') || 'no fields'}`;
  }
  return `is ${asJson(value)}`;
}

/** What a step looks for, and what is there for it to find. */
function wordOf(step: Step): string {
  return step.kind === 'field' ? step.name : step.kind === 'match' ? step.value : '';
}

function wordsIn(value: unknown, step: Step): string[] {
  if (step.kind === 'match') {
    const elements: unknown[] = Array.isArray(value) ? value : [];
    return elements
      .map((element) => (step.key === '' ? element : field(element, step.key)))
      .filter(isScalar)
      .map(String);
  }
  return isRecord(value) ? Object.keys(value) : [];
}

/** Splits at dots, save those that are escaped and those between brackets. */
function splitSteps(text: string): string[] {
  const steps = [''];
  for (let index = 0; index < text.length; index++) {
    const last = steps.length - 1;
    const step = steps[last];
    if (text.startsWith('\\.', index)) {
      steps[last] += '.';
      index++;
    } else if (text[index] === '.' && (!step.startsWith('[') || step.endsWith(']'))) {
      steps.push('');
    } else {
      steps[last] += text[index];
    }
  }
  return steps;
}

function parseStep(step: string, path: string): Step {
  if (step === '') {
    throw new Error(`${JSON.stringify(path)} is no field path: a key is missing; write it as spec.template.metadata`);
  }
  if (step === '*') {
    return { kind: 'every', text: step };
  }
  if (!step.startsWith('[')) {
    return { kind: 'field', text: step.replaceAll('.', '\\.'), name: step };
  }
  if (!step.endsWith(']')) {
    throw new Error(`${JSON.stringify(path)} is no field path: ${step} has no ]; write it as [name=nginx]`);
  }
  const inside = step.slice(1, -1);
  const equals = inside.indexOf('=');
  return equals < 0
    ? { kind: 'field', text: step, name: inside }
    : { kind: 'match', text: step, key: inside.slice(0, equals), value: inside.slice(equals + 1) };
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function hasValue(value: unknown, text: string): boolean {
  return isScalar(value) && String(value) === text;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
