import { k8s } from 'cdk8s-plus-28';

/** What a connection is secured by, as the objects of the cluster have it. */
export interface TlsObjects {
  readonly caSecret?: string;
  readonly caConfigMap?: string;
  readonly caKey?: string;
  readonly clientSecret?: string;
}

/** The sources of a volume with `ca.crt`, `tls.crt` and `tls.key`, as far as they are given. */
export function tlsSources({
  caSecret,
  caConfigMap,
  caKey = 'ca.crt',
  clientSecret,
}: TlsObjects): k8s.VolumeProjection[] {
  const items = [{ key: caKey, path: 'ca.crt' }];
  return [
    ...(caSecret === undefined ? [] : [{ secret: { name: caSecret, items } }]),
    ...(caConfigMap === undefined ? [] : [{ configMap: { name: caConfigMap, items } }]),
    ...(clientSecret === undefined
      ? []
      : [{ secret: { name: clientSecret, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]),
  ];
}
