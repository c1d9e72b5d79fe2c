import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { formatFinding, WeavingFinding } from '../findings/finding';
import { addValidation, validateLast } from '../findings/synthesis';

const creators = new WeakMap<Chart, Set<IConstruct>>();

/**
 * Watches over the objects that a helper creates, which are beneath it: no other one of its chart may have the kind,
 * namespace and name of one of them, or applying the one would overwrite the other.
 */
export function watchObjectsOf(helper: IConstruct, chart: Chart): void {
  const helpers = creators.get(chart) ?? new Set<IConstruct>();
  if (helpers.size === 0) {
    creators.set(chart, helpers);
    // Once a chart rather than once a helper: it has to look at everything in it.
    const conflicts = { validate: () => findConflicts(chart, helpers) };
    addValidation(chart, { validate: () => (validateLast(chart, conflicts) ? [] : conflicts.validate()) });
  }
  helpers.add(helper);
}

function findConflicts(chart: Chart, helpers: ReadonlySet<IConstruct>): string[] {
  const isOurs = ({ node }: ApiObject): boolean => node.scopes.some((scope) => helpers.has(scope));
  // Most helpers create nothing, and an app validates everything once per chart.
  if (![...helpers].some(({ node }) => node.children.length > 0)) {
    return [];
  }
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
    const [ours, theirs] = isOurs(candidate) ? [candidate, other] : [other, candidate];
    if (!isOurs(ours)) {
      return [];
    }
    const message =
      `${theirs.node.path} is a ${ours.kind} "${ours.name}" as well, and one would overwrite the other; give one of ` +
      `them another name${ours.kind === 'ConfigMap' ? ', or let one helper share that of the other' : ''}`;
    const finding: WeavingFinding = { rule: 'object-conflict', source: ours.node.path, message };
    return [formatFinding(finding)];
  });
}
