import { removalOf } from './reading/api-versions';
import { quoteList } from '../values/text';
import { Fields, fieldsOf, isSet, itemsOf, textOf } from './reading/fields';
import { metadataOf } from './reading/metadata';
import { mismatchesOf } from './reading/selectors';
import { PodSubject, Rule, isCustom } from './rule';

const SELECTING = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'];

export const selector: Rule<PodSubject> = {
  id: 'selector',
  level: 'enforced',
  summary: "The selector of a Deployment, StatefulSet, DaemonSet or ReplicaSet matches its pods' labels.",
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  check(subject, report) {
    const { kind, manifest, template } = subject;
    // What apiVersions that are gone asked for is of no interest any more.
    if (!SELECTING.includes(kind) || isCustom(subject) || removalOf(subject) !== undefined) {
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

function isEmptySelector({ matchLabels, matchExpressions }: Fields): boolean {
  return Object.keys(fieldsOf(matchLabels)).length === 0 && itemsOf(matchExpressions).length === 0;
}

function describe(given: Fields): string {
  return quoteList(Object.entries(given).map(([key, value]) => `${key}=${textOf(value)}`));
}
