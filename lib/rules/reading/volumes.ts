import { Manifest, PodTemplate } from '../../values/pod';
import { specOf } from './containers';
import { Fields, fieldsOf, isSet, itemsOf, quote, readOnce, textOf } from './fields';

export const volumesOf = readOnce((template: PodTemplate): readonly Fields[] => itemsOf(specOf(template).volumes));

/** The volumes that a StatefulSet makes of claims, each by the claim's name: they take the place of others so called. */
export function claimNamesOf(manifest: Manifest): string[] {
  const claims = itemsOf(fieldsOf(fieldsOf(manifest).spec).volumeClaimTemplates);
  return claims.map(({ metadata }) => textOf(fieldsOf(metadata).name));
}

export function volumeLabel(volume: Fields, index: number): string {
  return textOf(volume.name) === '' ? `volumes[${index}]` : `volume ${quote(volume.name)}`;
}

/** The fields beside the name: all that a volume can have are its sources, also those of newer versions. */
export function sourcesOf(volume: Fields): string[] {
  return Object.keys(volume).filter((field) => field !== 'name' && isSet(volume[field]));
}

export function readOnlyTypeOf(volume: Fields): string | undefined {
  return ['configMap', 'secret', 'projected', 'downwardAPI'].find((source) => isSet(volume[source]));
}

/** The paths that a ConfigMap, Secret, projected or downwardAPI volume lists for its files. */
export function filePathsOf(volume: Fields): string[] {
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
