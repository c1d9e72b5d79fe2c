import { tooLong } from '../values/label-syntax';
import { quote } from './reading/fields';
import { metadataOf } from './reading/metadata';
import { PodSubject, Rule, isCustom } from './rule';

/** What a label holds, without the hyphen and the at most ten digits that stand behind the name. */
const LONGEST = 63 - 11;

export const statefulSetName: Rule<PodSubject> = {
  id: 'stateful-set-name',
  level: 'default',
  summary: 'The name of a StatefulSet leaves room for what comes behind it in a label of its pods: 52 characters.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  check(subject, report) {
    const { name } = metadataOf(subject.manifest);
    // A longer one than a label is the API server's own to reject.
    const isTooLong = typeof name === 'string' && name.length > LONGEST && name.length <= 63;
    if (isTooLong && subject.kind === 'StatefulSet' && !isCustom(subject)) {
      report(
        `the StatefulSet is named ${quote(name)}; ${tooLong(LONGEST)}, as with a hash behind it the name is the ` +
          'label controller-revision-hash of its pods, and none would come; shorten it',
      );
    }
  },
};
