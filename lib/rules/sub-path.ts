import { containersOf } from './reading/containers';
import { itemsOf, quote, textOf } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const subPath: Rule<PodSubject> = {
  id: 'sub-path',
  level: 'enforced',
  fields: ['volumeMounts.subPath', 'volumeMounts.subPathExpr'],
  summary: 'A subPath is relative and without "..", and stands without a subPathExpr.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const mount of itemsOf(fields.volumeMounts)) {
        for (const field of ['subPath', 'subPathExpr'] as const) {
          const path = mount[field];
          if (typeof path === 'string' && path.startsWith('/')) {
            report(
              `${label} has the ${field} ${quote(path)}; must be a relative path; leave out the slash at its start`,
            );
          } else if (typeof path === 'string' && path.split('/').includes('..')) {
            report(`${label} has the ${field} ${quote(path)}; must not contain '..'; name the folder itself`);
          }
        }
        if (textOf(mount.subPath) !== '' && textOf(mount.subPathExpr) !== '') {
          report(
            `${label} has both a subPath and a subPathExpr at ${quote(mount.mountPath)}; subPathExpr and subPath ` +
              'are mutually exclusive; remove one of them',
          );
        }
      }
    }
  },
};
