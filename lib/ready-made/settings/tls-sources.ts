import { k8s } from 'cdk8s-plus-28';
import { dataKey, objectName } from '../../values/shape';
import { shownUrl } from '../../values/shown-url';
import { quoteList } from '../../values/text';

/** What a connection is secured by, as the objects of the cluster have it. */
export interface TlsObjects {
  readonly caSecret?: string;
  readonly caConfigMap?: string;
  readonly caKey?: string;
  readonly clientSecret?: string;
}

/** The shapes of the same. */
export const TLS_OBJECTS = { caSecret: objectName, caConfigMap: objectName, caKey: dataKey, clientSecret: objectName };

type Named = Readonly<Record<string, string | undefined>>;

/**
 * A sentence where more than one thing has authorities, or a key is that of nothing.
 *
 * @param objects Secrets and ConfigMaps with authorities, by the names of their properties
 * @param key the key in one of these, by the name of its property
 * @param others what else has authorities
 */
export function authorityProblems(of: string, objects: Named, key: Named, others: Named = {}): string[] {
  const given = (named: Named): string[] => Object.keys(named).filter((name) => named[name] !== undefined);
  const authorities = given({ ...objects, ...others });
  const useless = given(objects).length === 0 ? given(key) : [];
  return [
    ...(authorities.length > 1 ? [`${of} has ${quoteList(authorities)}; give one of them`] : []),
    ...useless.map(
      (name) =>
        `${of} has ${quoteList([name])}, but none of ${quoteList(Object.keys(objects))}; give one, or leave it out`,
    ),
  ];
}

/** A sentence where a URL says otherwise of TLS than its settings. */
export function schemeProblems(what: string, url: string, isPlaintext: boolean): string[] {
  const given = `is asked for, but ${what} is ${shownUrl(url)}; begin it with`;
  return [
    ...(url.startsWith('http:') && !isPlaintext ? [`TLS ${given} "https:"`] : []),
    ...(url.startsWith('https:') && isPlaintext ? [`no TLS ${given} "http:"`] : []),
  ];
}

/** The folder with `ca.crt`, `tls.crt` and `tls.key`, as far as they are given; none where nothing is. */
export function tlsMounts(
  mountPath: string,
  volumeName: string,
  objects: TlsObjects,
): { readonly mountPath: string; readonly volume: k8s.Volume }[] {
  const sources = tlsSources(objects);
  return sources.length === 0 ? [] : [{ mountPath, volume: { name: volumeName, projected: { sources } } }];
}

function tlsSources({ caSecret, caConfigMap, caKey = 'ca.crt', clientSecret }: TlsObjects): k8s.VolumeProjection[] {
  const items = [{ key: caKey, path: 'ca.crt' }];
  return [
    ...(caSecret === undefined ? [] : [{ secret: { name: caSecret, items } }]),
    ...(caConfigMap === undefined ? [] : [{ configMap: { name: caConfigMap, items } }]),
    ...(clientSecret === undefined
      ? []
      : [{ secret: { name: clientSecret, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]),
  ];
}
