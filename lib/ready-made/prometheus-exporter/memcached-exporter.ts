import { port } from '../../values/shape';
import { goDuration } from '../settings/go-duration';
import { Exporter, MILLISECONDS } from './exporter';
import { pathOf, SecretFile, TLS, tlsFilesOf } from './exporter-secrets';
import { MemcachedExporterProps } from './memcached-exporter-props';

export const MEMCACHED: Exporter<MemcachedExporterProps> = {
  engine: 'memcached',
  image: 'prom/memcached-exporter:v0.16.0',
  user: 65534,
  metricsPort: 9150,
  otherPort: ['memcachedPort', 11211],
  healthPath: '/',
  settings: { memcachedPort: port, timeout: MILLISECONDS, tls: TLS },
  args: ({ memcachedPort = 11211, timeout, tls }) => [
    // Its own default is a name, which it resolves at each scrape.
    `--memcached.address=127.0.0.1:${memcachedPort}`,
    ...(timeout ? [`--memcached.timeout=${goDuration(timeout)}`] : []),
    ...(tls ? tlsArgs(tls) : []),
  ],
  secretFiles: ({ tls }) => Object.values<SecretFile | undefined>({ ...tlsFilesOf(tls) }),
};

function tlsArgs(tls: NonNullable<MemcachedExporterProps['tls']>): string[] {
  const { ca, certificate, key } = tlsFilesOf(tls);
  const { serverName } = tls._options;
  const file = (flag: string, one: SecretFile | undefined): string[] =>
    one ? [`--memcached.tls.${flag}=${pathOf(one)}`] : [];
  return [
    '--memcached.tls.enable',
    serverName === undefined ? '--memcached.tls.insecure-skip-verify' : `--memcached.tls.server-name=${serverName}`,
    ...file('ca-file', ca),
    ...file('cert-file', certificate),
    ...file('key-file', key),
  ];
}
