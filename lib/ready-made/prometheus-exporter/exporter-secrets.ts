import { k8s } from 'cdk8s-plus-28';
import { ReadyMadeMount } from '../../contributions';
import { dataKey, flag, kind, nested, objectName, ofMode, onlyFields, optionsOf, Shape } from '../../values/shape';
import { isHost } from '../../values/address';
import { authorityProblems, TLS_OBJECTS, TlsObjects } from '../settings/tls-sources';
import { PrometheusExporterTls } from './prometheus-exporter-tls';

const FOLDER = '/etc/exporter-secrets';

/** A key of an object of the cluster that an exporter reads from a file, which the kubelet keeps up to date. */
export interface SecretFile {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** A text that Kubernetes and the engine take as it is. */
export function matching(pattern: RegExp, wanted: string): Shape {
  return kind(wanted, (value) => typeof value === 'string' && pattern.test(value));
}

/** A property of the Secret that has what nobody is to read in a manifest. */
export const SECRET_KEY = onlyFields({ name: objectName, key: dataKey }, { optional: flag });

const VERIFIED = optionsOf(
  nested(onlyFields({ serverName: kind('the name that the certificate has', isHost) }, TLS_OBJECTS), (value, path) => {
    const { caSecret, caConfigMap, caKey } = value as TlsObjects;
    return authorityProblems(path, { caSecret, caConfigMap }, { caKey });
  }),
);
const UNVERIFIED = optionsOf(onlyFields({}, { clientSecret: TLS_OBJECTS.clientSecret }));

/** How a connection is secured. */
export const TLS = nested(
  ofMode(
    'PrometheusExporterTls.verified({ serverName }) or PrometheusExporterTls.unverified()',
    'verified',
    'unverified',
  ),
  (value, path) => {
    const { _mode, _options } = value as PrometheusExporterTls;
    return (_mode === 'verified' ? VERIFIED : UNVERIFIED)(_options, path);
  },
);

/** The files that secure a connection, by what they are. */
export interface TlsFiles {
  readonly ca?: SecretFile;
  readonly certificate?: SecretFile;
  readonly key?: SecretFile;
}

export function tlsFilesOf(tls: PrometheusExporterTls | undefined): TlsFiles {
  const { caSecret, caConfigMap, caKey = 'ca.crt', clientSecret } = tls?._options ?? {};
  const own = (key: string): SecretFile | undefined =>
    clientSecret === undefined ? undefined : { kind: 'secret', name: clientSecret, key };
  const authority = caSecret ?? caConfigMap;
  return {
    ca:
      authority === undefined
        ? undefined
        : { kind: caSecret === undefined ? 'configMap' : 'secret', name: authority, key: caKey },
    certificate: own('tls.crt'),
    key: own('tls.key'),
  };
}

export function secretFile({ name, key, optional }: k8s.SecretKeySelector): SecretFile {
  return { kind: 'secret', name: name ?? '', key, optional };
}

/** Where the exporter finds a file. */
export function pathOf(file: SecretFile): string {
  return `${FOLDER}/${itemPath(file)}`;
}

/** One volume with all files; none where there is no file. */
export function mountsOf(files: readonly (SecretFile | undefined)[]): ReadyMadeMount[] {
  const known = new Map(files.filter((file) => file !== undefined).map((file) => [itemPath(file), file]));
  const sources = new Map<string, SecretFile & { readonly items: k8s.KeyToPath[] }>();
  for (const [path, file] of known) {
    const { kind: source, name, key, optional } = file;
    const id = JSON.stringify([source, name, optional]);
    sources.set(id, { ...file, items: [...(sources.get(id)?.items ?? []), { key, path }] });
  }
  const projected = [...sources.values()].map(({ kind: source, name, optional, items }) => ({
    [source]: { name, items, ...(optional !== undefined && { optional }) },
  }));
  return known.size === 0
    ? []
    : [{ mountPath: FOLDER, volume: { name: 'secrets', projected: { sources: projected } } }];
}

function itemPath({ kind: source, name, key }: SecretFile): string {
  return `${source.toLowerCase()}-${name}/${key}`;
}
