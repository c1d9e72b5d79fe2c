import { ApiObject, Chart } from 'cdk8s';
import { formatFinding, WeavingFinding } from '../findings/finding';
import { addValidation, validateLast } from '../findings/synthesis';
import { addConfigMapChecks } from './object-checks';

const owned = new WeakMap<Chart, Set<ApiObject>>();

/**
 * Watches over an object that a pattern creates: no other one of its chart may have its kind, namespace and name, or
 * applying the one would overwrite the other.
 */
export function own(object: ApiObject): void {
  const { chart } = object;
  const objects = owned.get(chart) ?? new Set<ApiObject>();
  if (objects.size === 0) {
    owned.set(chart, objects);
    // Once a chart rather than once an object: it has to look at everything in it.
    const conflicts = { validate: () => findConflicts(chart, objects) };
    addValidation(chart, { validate: () => (validateLast(chart, conflicts) ? [] : conflicts.validate()) });
  }
  objects.add(object);
  if (object.kind === 'ConfigMap') {
    addConfigMapChecks(object);
  }
}

function findConflicts(chart: Chart, objects: ReadonlySet<ApiObject>): string[] {
  const first = new Map<string, ApiObject>();
  return chart.node.findAll().flatMap((candidate) => {
    if (!ApiObject.isApiObject(candidate) || candidate.chart !== chart) {
      return [];
    }
    const key = JSON.stringify([candidate.apiGroup, candidate.kind, candidate.metadata.namespace, candidate.name]);
    const other = first.get(key);
    if (!other) {
      first.set(key, candidate);
      return [];
    }
    const [ours, theirs] = objects.has(candidate) ? [candidate, other] : [other, candidate];
    if (!objects.has(ours)) {
      return [];
    }
    const message =
      `${theirs.node.path} is a ${ours.kind} "${ours.name}" as well, and one would overwrite the other; give one of ` +
      'them another name, or let one helper share that of the other';
    const finding: WeavingFinding = { rule: 'object-conflict', source: ours.node.path, message };
    return [formatFinding(finding)];
  });
}
