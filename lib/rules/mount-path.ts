import { quoteList } from '../values/text';
import { quote } from './reading/fields';
import { repeated } from './reading/lists';
import { mountsOf } from './reading/mounts';
import { PodSubject, Rule } from './rule';

export const mountPath: Rule<PodSubject> = {
  id: 'mount-path',
  level: 'enforced',
  fields: ['volumeMounts'],
  summary: 'A mount has a path, and no two of a container have the same.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1',
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const { volume, path } of mounts) {
        if (path === '') {
          report(
            `${container.label} mounts the volume ${quote(volume)} without a mountPath; required value: say where`,
          );
        }
      }
      for (const { key, items } of repeated(
        mounts.filter(({ path }) => path !== ''),
        ({ path }) => path,
      )) {
        report(
          `${container.label} mounts ${quoteList(items.map(({ volume }) => volume))} all at ${quote(key)}; ` +
            'must be unique: give each a path of its own',
        );
      }
    }
  },
};
