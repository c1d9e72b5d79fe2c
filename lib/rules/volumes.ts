import { Manifest } from '../values/pod';
import { quoteList } from '../values/text';
import {
  Container,
  Fields,
  containersOf,
  fieldsOf,
  isSet,
  itemsOf,
  readOnce,
  pairsOf,
  quote,
  repeated,
  specOf,
  textOf,
} from './read';
import { PodSubject, Rule } from './rule';
import { dnsLabelProblem } from './syntax';

const VOLUMES = 'https://kubernetes.io/docs/concepts/storage/volumes/';
const VOLUME_REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/';
const MOUNT_REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1';

const volumeName: Rule<PodSubject> = {
  id: 'volume-name',
  level: 'enforced',
  summary: "A volume's name is a DNS label of at most 63 characters.",
  source: VOLUME_REFERENCE,
  check({ template }, report) {
    for (const [index, { name }] of volumesOf(template).entries()) {
      const problem = isSet(name) ? dnsLabelProblem(textOf(name)) : undefined;
      if (!isSet(name)) {
        report(`volumes[${index}] has no name; required value: name it`);
      } else if (problem !== undefined) {
        report(`volumes[${index}] is named ${quote(name)}; ${problem}; rename it`);
      }
    }
  },
};

const volumeNameUnique: Rule<PodSubject> = {
  id: 'volume-name-unique',
  level: 'enforced',
  summary: 'No two volumes of a pod have one name.',
  source: VOLUME_REFERENCE,
  check({ template }, report) {
    const named = volumesOf(template).map((volume, index) => ({
      name: textOf(volume.name),
      place: `volumes[${index}]`,
    }));
    for (const { key, items } of repeated(
      named.filter(({ name }) => name !== ''),
      ({ name }) => name,
    )) {
      report(
        `${items.map(({ place }) => place).join(' and ')} share the name ${quote(key)}; ` +
          'duplicate value: give each volume a name of its own',
      );
    }
  },
};

const volumeSource: Rule<PodSubject> = {
  id: 'volume-source',
  level: 'enforced',
  summary: 'A volume has exactly one source, such as emptyDir or configMap.',
  source: VOLUMES,
  check({ template }, report) {
    for (const [index, volume] of volumesOf(template).entries()) {
      const sources = sourcesOf(volume);
      if (sources.length === 0) {
        report(
          `${volumeLabel(volume, index)} must specify a volume type; write emptyDir: {}, say, as a type without ` +
            'a value counts as none',
        );
      } else if (sources.length > 1) {
        report(
          `${volumeLabel(volume, index)} has the types ${quoteList(sources)}; may not specify more than 1 volume type; keep one`,
        );
      }
    }
  },
};

const mountVolume: Rule<PodSubject> = {
  id: 'mount-volume',
  level: 'enforced',
  summary: 'The volume that a container mounts exists in its pod.',
  source: VOLUMES,
  check({ template, manifest }, report) {
    const names = [...volumesOf(template).map(({ name }) => name), ...claimNamesOf(manifest)];
    for (const { label, fields } of containersOf(template)) {
      for (const { name } of [...itemsOf(fields.volumeMounts), ...itemsOf(fields.volumeDevices)]) {
        if (!isSet(name) || name === '') {
          report(`${label} mounts a volume without saying its name; required value: name it`);
        } else if (!names.includes(name)) {
          report(
            `${label} mounts the volume ${quote(name)}; not found: the pod has ${quoteList(names)}; add it, or correct the name`,
          );
        }
      }
    }
  },
};

const mountPath: Rule<PodSubject> = {
  id: 'mount-path',
  level: 'enforced',
  summary: 'A mount has a path, and no two of a container have the same.',
  source: MOUNT_REFERENCE,
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

const mountPathEquivalent: Rule<PodSubject> = {
  id: 'mount-path-equivalent',
  level: 'default',
  summary: 'No two mounts of a container have paths that only look different, such as /a and /a/.',
  source: MOUNT_REFERENCE,
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const [first, second] of pairsOf(mounts)) {
        if (first.path !== second.path && normalPath(first.path) === normalPath(second.path)) {
          report(
            `${container.label} mounts ${quote(first.volume)} at ${quote(first.path)} and ${quote(second.volume)} ` +
              `at ${quote(second.path)}, which are one folder, so one hides the other; give one of them another path`,
          );
        }
      }
    }
  },
};

const mountUnderReadOnly: Rule<PodSubject> = {
  id: 'mount-under-read-only',
  level: 'default',
  summary:
    'No mount lies inside a ConfigMap, Secret, projected or downwardAPI mount: its folder cannot be made there, and ' +
    'the container does not start.',
  source: `${VOLUMES}#configmap`,
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const { outer, inner, rest } of nestedIn(mounts)) {
        const source = readOnlySourceOf(volumesOf(template).find(({ name }) => name === outer.volume));
        const files = source?.paths.map((path) => normalPath(`/${path}`)) ?? [];
        const isThere = files.some((path) => path === rest || isInside(path, rest));
        if (source && outer.subPath === '' && !isThere) {
          report(
            `${container.label} mounts ${quote(inner.volume)} at ${quote(inner.path)}, inside the ${source.type} ` +
              `${quote(outer.volume)} at ${quote(outer.path)}, which is read-only, so the container cannot start; ` +
              'mount it elsewhere, or both as sources of one projected volume',
          );
        }
      }
    }
  },
};

const nestedMount: Rule<PodSubject> = {
  id: 'nested-mount',
  level: 'opt-in',
  summary: 'No mount of a container lies inside another one, which hides what is there in the outer volume.',
  source: MOUNT_REFERENCE,
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const { outer, inner } of nestedIn(mounts)) {
        report(
          `${container.label} mounts ${quote(inner.volume)} at ${quote(inner.path)}, inside ${quote(outer.volume)} ` +
            `at ${quote(outer.path)}, and hides what is there; mount it elsewhere`,
        );
      }
    }
  },
};

const subPath: Rule<PodSubject> = {
  id: 'sub-path',
  level: 'enforced',
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

const overlappingPaths: Rule<PodSubject> = {
  id: 'overlapping-paths',
  level: 'default',
  summary: 'The files of a volume have paths that neither repeat nor contain each other.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    for (const [index, volume] of volumesOf(template).entries()) {
      for (const [first, second] of pairsOf(filePathsOf(volume))) {
        const [a, b] = [normalPath(first), normalPath(second)];
        if (a === b || isInside(a, b) || isInside(b, a)) {
          report(
            `${volumeLabel(volume, index)} has the overlapping paths ${quote(first)} and ${quote(second)}; give ` +
              'each file a path of its own',
          );
        }
      }
    }
  },
};

export const VOLUME_RULES: readonly Rule<PodSubject>[] = [
  volumeName,
  volumeNameUnique,
  volumeSource,
  mountVolume,
  mountPath,
  mountPathEquivalent,
  mountUnderReadOnly,
  nestedMount,
  subPath,
  overlappingPaths,
];

interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly subPath: string;
}

export const volumesOf = readOnce((template: PodSubject['template']): readonly Fields[] =>
  itemsOf(specOf(template).volumes),
);

export function volumeLabel(volume: Fields, index: number): string {
  return textOf(volume.name) === '' ? `volumes[${index}]` : `volume ${quote(volume.name)}`;
}

/** The fields beside the name: all that a volume can have are its sources, also those of newer versions. */
export function sourcesOf(volume: Fields): string[] {
  return Object.keys(volume).filter((field) => field !== 'name' && isSet(volume[field]));
}

/** The volumes that a StatefulSet makes of claims, each by the claim's name. */
function claimNamesOf(manifest: Manifest): string[] {
  const claims = itemsOf(fieldsOf(fieldsOf(manifest).spec).volumeClaimTemplates);
  return claims.map(({ metadata }) => textOf(fieldsOf(metadata).name));
}

const mountsOf = readOnce((template: PodSubject['template']): readonly { container: Container; mounts: Mount[] }[] =>
  containersOf(template).map((container) => ({
    container,
    mounts: itemsOf(container.fields.volumeMounts).map(({ name, mountPath, subPath, subPathExpr }) => ({
      volume: textOf(name),
      path: textOf(mountPath),
      subPath: textOf(subPath) || textOf(subPathExpr),
    })),
  })),
);

/** Mounts inside another one, and the rest of their path from there on. */
function nestedIn(mounts: readonly Mount[]): { outer: Mount; inner: Mount; rest: string }[] {
  return [...pairsOf(mounts)]
    .flatMap(([first, second]) => [
      [first, second],
      [second, first],
    ])
    .map(([outer, inner]) => ({ outer, inner, from: normalPath(outer.path), to: normalPath(inner.path) }))
    .filter(({ from, to }) => from.startsWith('/') && isInside(to, from))
    .map(({ outer, inner, from, to }) => ({ outer, inner, rest: to.slice(from === '/' ? 0 : from.length) }));
}

/** What a volume that nobody can write in is made of, and the paths it has, where those are listed. */
function readOnlySourceOf(volume: Fields | undefined): { type: string; paths: string[] } | undefined {
  const type = volume && readOnlyTypeOf(volume);
  return volume && type !== undefined ? { type, paths: filePathsOf(volume) } : undefined;
}

function readOnlyTypeOf(volume: Fields): string | undefined {
  return ['configMap', 'secret', 'projected', 'downwardAPI'].find((source) => isSet(volume[source]));
}

/** The paths that a ConfigMap, Secret, projected or downwardAPI volume lists for its files. */
function filePathsOf(volume: Fields): string[] {
  if (readOnlyTypeOf(volume) === undefined) {
    return [];
  }
  const sources = [volume, ...itemsOf(fieldsOf(volume.projected).sources)];
  const items = sources.flatMap((source) =>
    ['configMap', 'secret', 'downwardAPI'].flatMap((type) => itemsOf(fieldsOf(source[type]).items)),
  );
  const single = sources.flatMap(({ serviceAccountToken, clusterTrustBundle }) => [
    fieldsOf(serviceAccountToken),
    fieldsOf(clusterTrustBundle),
  ]);
  return [...items, ...single].map(({ path }) => textOf(path)).filter((path) => path !== '');
}

/** A path without `.`, empty steps and a slash at its end. */
function normalPath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return `${path.startsWith('/') ? '/' : ''}${steps.join('/')}`;
}

function isInside(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
