import { groupOf, isBuiltInGroup } from '../../values/api-groups';
import { nearest } from '../../values/nearest';
import { isRecord } from '../../values/record';
import { quoteList } from '../../values/text';
import { ObjectSubject } from '../rule';
import { isByteList } from './config-map';
import { ApiObjectType, ApiType, apiObjectType } from './api-schema';
import { servedVersionOf } from './api-versions';
import { Limit } from './field-limits';
import { fieldsOf, isSet, quote, readOnce, textOf } from './fields';

/** What is wrong with a field: its type, its name, its value, or that it is missing. */
export interface FieldProblem {
  readonly kind: 'type' | 'unknown' | 'value' | 'required';
  readonly message: string;
}

/**
 * All that is wrong with the fields of an object, by the types of the API. Of a kind that is not among them, only the
 * metadata and the pod template are known.
 */
export const fieldProblemsOf = readOnce((subject: ObjectSubject): readonly FieldProblem[] => {
  const { manifest, template } = subject;
  const { apiVersion, kind, metadata } = fieldsOf(manifest);
  const type = typeOfKind(apiVersion, kind);
  const walk = new Walk(`the ${textOf(kind) || 'object'}`, isBuiltInGroup(groupOf(textOf(apiVersion))));
  if (type !== undefined) {
    walk.object(manifest, type);
    return walk.problems;
  }
  // A List has the metadata of lists.
  if (template !== manifest && isSet(metadata) && kind !== 'List') {
    walk.field('metadata', metadata, 'ObjectMeta');
  }
  if (isSet(template)) {
    walk.template(template);
  }
  return walk.problems;
});

function typeOfKind(apiVersion: unknown, kind: unknown): string | undefined {
  const known = servedVersionOf(textOf(kind));
  return known !== undefined && (apiVersion === undefined || apiVersion === known) ? textOf(kind) : undefined;
}

/** Who has so many items of the wrong type knows what is wrong. */
const MOST_ITEMS = 10;

type Step = string | number;

/** An object on the way to a value. */
interface Level {
  readonly owner: string;
  readonly path: readonly Step[];
  readonly type: string;
}

class Walk {
  public readonly problems: FieldProblem[] = [];
  /** The objects around the one that is looked at. */
  private readonly around: Level[] = [];
  /** The way to what is looked at, from its owner on. */
  private steps: Step[] = [];

  /**
   * @param isWhole whether objects have no other fields than those of the API, and all that it asks for: controllers of custom
   * resources bring fields of their own, and fill in what is missing
   */
  public constructor(
    private owner: string,
    private readonly isWhole: boolean,
  ) {}

  public field(name: string, value: unknown, type: string): void {
    this.steps.push(name);
    this.object(value, type);
    this.steps.pop();
  }

  public template(template: unknown): void {
    this.object(template, 'PodTemplateSpec');
  }

  /** Looks at an object, under the name that people know it by. */
  public object(value: unknown, name: string): void {
    const owner = ownerOf(name, value, this.steps);
    if (owner === undefined) {
      this.fieldsOfObject(value, name);
      return;
    }
    const before = { owner: this.owner, steps: this.steps };
    this.owner = owner;
    this.steps = [];
    this.fieldsOfObject(value, name);
    this.owner = before.owner;
    this.steps = before.steps;
  }

  private fieldsOfObject(value: unknown, name: string): void {
    const type = apiObjectType(name);
    if (!isRecord(value)) {
      const fields = quoteList([...type.fields.keys()].slice(0, 3));
      this.reportType(value, `must be an object with fields such as ${fields}; write these`);
      return;
    }
    this.around.push({ owner: this.owner, path: this.steps.slice(), type: name });
    for (const key of Object.keys(value)) {
      const field = type.fields.get(key);
      if (field === undefined && value[key] !== undefined && this.isWhole) {
        this.report('unknown', `has the unknown field ${this.place(key)}; ${this.remedyFor(key, type)}`);
      }
      if (field === undefined || !isSet(value[key])) {
        continue;
      }
      this.steps.push(key);
      this.value(value[key], field.type, field.limits);
      this.steps.pop();
    }
    for (const key of this.isWhole ? type.required : []) {
      if (!isSet(value[key]) || value[key] === '') {
        this.report('required', `has no ${this.place(key)}; required value: give it one`);
      }
    }
    this.around.pop();
  }

  private value(value: unknown, type: ApiType, limits: readonly Limit[]): void {
    switch (type.of) {
      case 'object':
        this.object(value, type.name);
        return;
      case 'list':
        this.list(value, type.items);
        return;
      case 'map':
        this.map(value, type.items);
        return;
      case 'scalar': {
        const problem = scalarProblem(value, type.name);
        if (problem !== undefined) {
          this.reportType(value, problem);
        } else if (limits.length > 0) {
          this.limits(value, limits);
        }
      }
    }
  }

  private list(value: unknown, items: ApiType): void {
    if (!Array.isArray(value)) {
      const remedy =
        items.of === 'scalar' && items.name === 'string'
          ? 'must be a list of strings; write each word as an item of it'
          : 'must be a list; write each item with a hyphen before it';
      this.reportType(value, remedy);
      return;
    }
    this.items(value.entries(), items);
  }

  private map(value: unknown, items: ApiType): void {
    if (!isRecord(value)) {
      this.reportType(value, 'must be a map; write keys with values');
      return;
    }
    this.items(Object.entries(value), items);
  }

  private items(all: Iterable<[Step, unknown]>, type: ApiType): void {
    let wrong = 0;
    for (const [step, item] of all) {
      // The API server reads a null as an empty item.
      if (!isSet(item)) {
        continue;
      }
      const before = this.problems.length;
      this.steps.push(step);
      this.value(item, type, []);
      this.steps.pop();
      if (this.problems.length > before && !isRecord(item)) {
        wrong++;
        this.problems.length = wrong > MOST_ITEMS ? before : this.problems.length;
      }
    }
    if (wrong > MOST_ITEMS) {
      this.report(
        'type',
        `has ${wrong - MOST_ITEMS} more in ${this.place()} that are of the wrong type; mend them likewise`,
      );
    }
  }

  private limits(value: unknown, limits: readonly Limit[]): void {
    for (const limit of limits) {
      if (limit.kind === 'values' && value !== '' && !limit.values.includes(value as string)) {
        const near = nearest(String(value), limit.values);
        const remedy = near === undefined ? 'write one of them, or leave it out' : `write ${quote(near)}`;
        this.reportValue(
          'value',
          value,
          `unsupported value: supported values: ${quoteList([...limit.values].sort())}; ${remedy}`,
        );
      } else if (limit.kind === 'range' && ((value as number) < limit.min || (value as number) > limit.max)) {
        this.reportValue('value', value, `must be ${limit.range}; give such a number`);
      }
    }
  }

  private reportType(value: unknown, problem: string): void {
    const isSelector = this.owner === 'the Service' && /^spec\.selector\.match(Labels|Expressions)$/.test(this.place());
    this.reportValue(
      'type',
      value,
      isSelector ? 'a Service selects by the labels themselves; move them to spec.selector' : problem,
    );
  }

  private reportValue(kind: FieldProblem['kind'], value: unknown, problem: string): void {
    const place = this.place();
    this.report(kind, `${place === '' ? 'is' : `has ${place}`} ${quote(value)}; ${problem}`);
  }

  private report(kind: FieldProblem['kind'], message: string): void {
    this.problems.push({ kind, message: `${this.owner} ${message}` });
  }

  /** The way to what is looked at, or to a field of it. */
  private place(...field: readonly string[]): string {
    return pathOf([...this.steps, ...field]);
  }

  /** What to do about a field that its object does not have: it is misspelt, or stands in the wrong place. */
  private remedyFor(key: string, type: ApiObjectType): string {
    const names = [...type.fields.keys()];
    const near = nearest(key, names, (length) => Math.max(1, length / 5));
    if (near !== undefined) {
      return `write ${quote(near)}`;
    }
    const longer = names.find((name) => key.length > 2 && name.toLowerCase().endsWith(key.toLowerCase()));
    if (longer !== undefined) {
      return `write ${quote(longer)}, or remove it`;
    }
    const outer = this.around
      .slice(0, -1)
      .reverse()
      .find((level) => apiObjectType(level.type).fields.has(key));
    if (outer) {
      return `move it to ${[pathOf(outer.path), outer.owner].filter((part) => part !== '').join(' of ')}`;
    }
    const inner = innerPlaceOf(key, type);
    if (inner !== undefined) {
      return `move it to ${inner}`;
    }
    const similar = nearest(key, names);
    return similar === undefined ? 'remove it, or correct its name' : `write ${quote(similar)}, or remove it`;
  }
}

/** The objects that people know by a name of their own; undefined where it is a part of what is around it. */
function ownerOf(type: string, value: unknown, steps: readonly Step[]): string | undefined {
  switch (type) {
    case 'PodTemplateSpec':
      return 'the pod template';
    case 'PodSpec':
      return 'the pod';
    case 'Container':
    case 'EphemeralContainer':
      return named('container', value, steps);
    case 'Volume':
      return named('volume', value, steps);
    default:
      return undefined;
  }
}

function named(what: string, value: unknown, steps: readonly Step[]): string {
  const name = textOf(fieldsOf(value).name);
  return name === '' ? pathOf(steps) : `${what} ${quote(name)}`;
}

function pathOf(steps: readonly Step[]): string {
  return steps
    .map((step) => {
      if (typeof step === 'number') {
        return `[${step}]`;
      }
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${quote(step)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** Where inside an object a field belongs: at most two steps down. */
function innerPlaceOf(key: string, type: ApiObjectType): string | undefined {
  let level = [{ path: '', type }];
  for (let depth = 0; depth < 2; depth++) {
    level = level.flatMap(({ path, type: { fields } }) =>
      [...fields].flatMap(([name, field]) => {
        const isList = field.type.of === 'list';
        const inner = isList || field.type.of === 'map' ? (field.type as { items: ApiType }).items : field.type;
        return inner.of === 'object' && name !== 'metadata' && name !== 'status'
          ? [{ path: `${path}${path && '.'}${name}${isList ? '[]' : ''}`, type: apiObjectType(inner.name) }]
          : [];
      }),
    );
    const found = level.find((candidate) => candidate.type.fields.has(key));
    if (found) {
      return found.path;
    }
  }
  return undefined;
}

/** A time as RFC 3339 writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What is wrong with a value that is no object, list or map, and what to do. */
function scalarProblem(value: unknown, type: string): string | undefined {
  switch (type) {
    case 'string':
      if (typeof value === 'string' || value instanceof Date) {
        return undefined;
      }
      return `must be a string; ${typeof value === 'object' ? 'write one' : 'write it in quotes'}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be a boolean; write true or false, without quotes';
    case 'int32':
      return integerProblem(value, 2 ** 31);
    case 'int64':
      return integerProblem(value, 2 ** 63);
    case 'intOrString':
      return typeof value === 'string' ? undefined : integerProblem(value, 2 ** 31, 'must be an integer or a string');
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number'
        ? undefined
        : 'must be a quantity; write it like 100m, 1.5 or 128Mi';
    case 'time':
      return value instanceof Date || (typeof value === 'string' && TIME.test(value))
        ? undefined
        : 'must be a time; write it like "2030-01-31T12:00:00Z"';
    case 'bytes':
      return typeof value === 'string' || isByteList(value)
        ? undefined
        : `must be a string${Array.isArray(value) ? ', or bytes from 0 to 255' : ''}; write it in base64`;
    default:
      return undefined;
  }
}

function integerProblem(value: unknown, end: number, must = 'must be an integer'): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return `${must}; ${typeof value === 'string' && /^-?\d+$/.test(value) ? 'write it without quotes' : 'give a whole number'}`;
  }
  return value < -end || value >= end ? `${must} of ${end === 2 ** 31 ? 32 : 64} bits; give a smaller one` : undefined;
}
