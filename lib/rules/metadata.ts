import { quoteList } from '../values/text';
import { Fields, fieldsOf, isSet, itemsOf, quote, textOf } from './read';
import { PodSubject, Rule, isCustom } from './rule';
import { labelValueProblem, qualifiedNameProblem } from './syntax';

const LABELS = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/';
const ANNOTATIONS = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/';
const MAX_ANNOTATION_BYTES = 256 * 1024;
const SELECTING = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'];

const selector: Rule<PodSubject> = {
  id: 'selector',
  level: 'enforced',
  summary: "The selector of a Deployment, StatefulSet, DaemonSet or ReplicaSet matches its pods' labels.",
  source: `${LABELS}#label-selectors`,
  check(subject, report) {
    const { kind, manifest, template } = subject;
    if (!SELECTING.includes(kind) || isCustom(subject)) {
      return;
    }
    const given = fieldsOf(fieldsOf(manifest).spec).selector;
    const labels = fieldsOf(metadataOf(template).labels);
    if (!isSet(given)) {
      report(`the ${kind} has no selector; required value: select the labels of its pods`);
    } else if (isEmptySelector(fieldsOf(given))) {
      report(`the ${kind} has an empty selector, which is invalid; select the labels of its pods`);
    } else {
      for (const mismatch of mismatchesOf(fieldsOf(given), labels)) {
        report(
          `the ${kind} selects ${mismatch}, but its pods have ${describe(labels)}; \`selector\` does not match ` +
            'template `labels`; make them the same',
        );
      }
    }
  },
};

const labels: Rule<PodSubject> = {
  id: 'labels',
  level: 'enforced',
  summary: 'Labels have valid keys, and values that are strings of at most 63 characters.',
  source: `${LABELS}#syntax-and-character-set`,
  check(subject, report) {
    for (const { where, metadata } of metadataIn(subject)) {
      for (const [key, value] of Object.entries(fieldsOf(metadata.labels))) {
        const problem = qualifiedNameProblem(key);
        if (problem !== undefined) {
          report(`the label ${quote(key)} of ${where} has an invalid key; ${problem}; rename it`);
        }
        const valueProblem =
          typeof value === 'string' ? labelValueProblem(value) : 'must be a string; write it in quotes';
        if (isSet(value) && valueProblem !== undefined) {
          report(`the label ${quote(key)} of ${where} has the value ${quote(value)}; ${valueProblem}`);
        }
      }
    }
  },
};

const annotations: Rule<PodSubject> = {
  id: 'annotations',
  level: 'enforced',
  summary: 'Annotations have valid keys, values that are strings, and 256 KiB in all at most.',
  source: ANNOTATIONS,
  check(subject, report) {
    for (const { where, metadata } of metadataIn(subject)) {
      let bytes = 0;
      for (const [key, value] of Object.entries(fieldsOf(metadata.annotations))) {
        bytes += Buffer.byteLength(key) + Buffer.byteLength(textOf(value));
        const problem = qualifiedNameProblem(key.toLowerCase());
        if (problem !== undefined) {
          report(`the annotation ${quote(key)} of ${where} has an invalid key; ${problem}; rename it`);
        }
        if (isSet(value) && typeof value !== 'string') {
          report(
            `the annotation ${quote(key)} of ${where} has the value ${quote(value)}; must be a string; write it in ` +
              'quotes',
          );
        }
      }
      if (bytes > MAX_ANNOTATION_BYTES) {
        report(
          `the annotations of ${where} have ${bytes} bytes; may not be more than ${MAX_ANNOTATION_BYTES} bytes; put ` +
            'the largest into a ConfigMap',
        );
      }
    }
  },
};

export const METADATA_RULES: readonly Rule<PodSubject>[] = [selector, labels, annotations];

/** What a label selector asks for that labels do not have. */
export function mismatchesOf(labelSelector: Fields, given: Fields): string[] {
  const wanted = Object.entries(fieldsOf(labelSelector.matchLabels))
    .filter(([key, value]) => given[key] !== value)
    .map(([key, value]) => `${key}=${textOf(value)}`);
  const expressions = itemsOf(labelSelector.matchExpressions)
    .filter(({ key, operator, values }) => !matchesExpression(given[textOf(key)], operator, values))
    .map(({ key, operator, values }) => [key, operator, values].filter(isSet).map(quote).join(' '));
  return [...wanted, ...expressions];
}

function matchesExpression(value: unknown, operator: unknown, values: unknown): boolean {
  const listed = Array.isArray(values) && values.includes(value);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return isSet(value);
    case 'DoesNotExist':
      return !isSet(value);
    default:
      return true;
  }
}

function isEmptySelector({ matchLabels, matchExpressions }: Fields): boolean {
  return Object.keys(fieldsOf(matchLabels)).length === 0 && itemsOf(matchExpressions).length === 0;
}

function metadataOf(object: unknown): Fields {
  return fieldsOf(fieldsOf(object).metadata);
}

/** The metadata of the pods and of the object that has their template; a Pod has them in one. */
function metadataIn({ kind, manifest, template }: PodSubject): { where: string; metadata: Fields }[] {
  const pods = { where: kind === 'Pod' ? 'the Pod' : 'the pod template', metadata: metadataOf(template) };
  return kind === 'Pod' ? [pods] : [{ where: `the ${kind}`, metadata: metadataOf(manifest) }, pods];
}

function describe(given: Fields): string {
  return quoteList(Object.entries(given).map(([key, value]) => `${key}=${textOf(value)}`));
}
