import { ReadyMadeMount } from '../../contributions';
import { entriesOf } from '../../values/given-order';
import { TlsObjects } from '../settings/tls-sources';
import { HeaderValue } from '../headers';
import { EnvoyService, EnvoySettings } from './envoy-settings';
import { EnvoyTls } from './envoy-tls';
import { isSecure } from './envoy-upstream';

export const CONFIG_FOLDER = '/etc/envoy';
const SECRETS_FOLDER = '/etc/envoy-secrets';

/** An object of the cluster that has something secret, or the certificates of authorities. */
interface Source {
  readonly kind: 'secret' | 'configmap';
  readonly name: string;
}

/** What Envoy reads by its secret discovery service, which reads again what has changed. */
export interface EnvoySecret {
  readonly name: string;
  readonly file: string;
  readonly source: Source;
  readonly keys: readonly string[];
  /** The field that says what it is. */
  readonly secret: object;
}

/** The volumes with the secrets. */
export function mountsOf(secrets: readonly EnvoySecret[]): ReadyMadeMount[] {
  const folders = new Map<string, { readonly source: Source; readonly keys: Set<string> }>();
  for (const { source, keys } of secrets) {
    const folder = folderOf(source);
    const known = folders.get(folder)?.keys ?? [];
    folders.set(folder, { source, keys: new Set([...known, ...keys]) });
  }
  return [...folders].map(([mountPath, { source, keys }], index) => {
    const name = `secret-${index + 1}`;
    const items = [...keys].map((key) => ({ key, path: key }));
    return {
      mountPath,
      volume:
        source.kind === 'secret'
          ? { name, secret: { secretName: source.name, items } }
          : { name, configMap: { name: source.name, items } },
    };
  });
}

export function secretsOf({ services }: EnvoySettings): EnvoySecret[] {
  const all = services.flatMap((service) => [
    ...headersOf(service).flatMap(([, { _content: content }]) =>
      'secret' in content ? [headerSecret(content.secret, content.key)] : [],
    ),
    ...(isSecure(service)
      ? [caSecretOf(service.tls), clientSecretOf(service.tls)].filter((one) => one !== undefined)
      : []),
  ]);
  return distinct(all);
}

/** Each once, although several settings name it. */
export function distinct(secrets: readonly EnvoySecret[]): EnvoySecret[] {
  return [...new Map(secrets.map((one) => [one.file, one])).values()];
}

export function headersOf({ headers = {} }: EnvoyService): [string, HeaderValue][] {
  return entriesOf(headers);
}

/** No name of a Secret has `_` in it, so that no two have the same. */
export function headerSecret(name: string, key: string): EnvoySecret {
  const source: Source = { kind: 'secret', name };
  return secretOf(`header_${name}_${key}`, source, [key], {
    generic_secret: { secret: { filename: `${folderOf(source)}/${key}` } },
  });
}

export function caSecretOf(tls: EnvoyTls | undefined): EnvoySecret | undefined {
  return authorities(tls?._options ?? {});
}

/** The certificates of authorities, of a Secret or a ConfigMap. */
export function authorities({ caSecret, caConfigMap, caKey = 'ca.crt' }: TlsObjects): EnvoySecret | undefined {
  const name = caSecret ?? caConfigMap;
  if (name === undefined) {
    return undefined;
  }
  const source: Source = { kind: caSecret === undefined ? 'configmap' : 'secret', name };
  const id = `ca_${source.kind}_${name}${caKey === 'ca.crt' ? '' : `_${caKey}`}`;
  return secretOf(id, source, [caKey], {
    validation_context: { trusted_ca: { filename: `${folderOf(source)}/${caKey}` } },
  });
}

export function clientSecretOf(tls: EnvoyTls | undefined): EnvoySecret | undefined {
  const name = tls?._options.clientSecret;
  return name === undefined ? undefined : certificate('client', name);
}

/** A certificate with its key, of a Secret. */
export function certificate(whose: 'client' | 'server', name: string): EnvoySecret {
  const source: Source = { kind: 'secret', name };
  return secretOf(`${whose}_${name}`, source, ['tls.crt', 'tls.key'], {
    tls_certificate: {
      certificate_chain: { filename: `${folderOf(source)}/tls.crt` },
      private_key: { filename: `${folderOf(source)}/tls.key` },
    },
  });
}

function secretOf(name: string, source: Source, keys: string[], secret: object): EnvoySecret {
  return { name, file: `${name}.yaml`, source, keys, secret };
}

function folderOf({ kind, name }: Source): string {
  return `${SECRETS_FOLDER}/${kind}-${name}`;
}

/** Where a secret is: the kubelet swaps the folder that is watched when its content changes. */
export function reference({ name, file, source }: EnvoySecret): object {
  return {
    name,
    sds_config: {
      path_config_source: { path: `${CONFIG_FOLDER}/${file}`, watched_directory: { path: folderOf(source) } },
    },
  };
}
