import { Duration } from 'cdk8s';
import { goDuration } from '../settings/go-duration';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { CloudSqlCredentials, CloudSqlImpersonation } from './cloud-sql-credentials';
import { CloudSqlInstance, CloudSqlNetwork, CloudSqlSettings } from './cloud-sql-settings';

export const DEFAULT_HEALTH_PORT = 9801;
/** Where the container finds the key of a service account. */
export const CREDENTIALS_FOLDER = '/etc/cloud-sql-credentials';
export const CREDENTIALS_FILE = 'key.json';
export const DEFAULT_SHUTDOWN_TIMEOUT = Duration.seconds(20);

/** The arguments of settings without problems. */
export function cloudSqlArgs(settings: CloudSqlSettings): string[] {
  const { listenAddress = DEFAULT_LISTEN_ADDRESS, healthPort = DEFAULT_HEALTH_PORT, maxConnections } = settings;
  const { credentials = CloudSqlCredentials.workloadIdentity(), shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT } = settings;
  const accounts = accountsOf(credentials._options);
  const isAnyIam = settings.instances.some(({ iamLogin }) => iamLogin);
  return [
    '--structured-logs',
    `--address=${listenAddress}`,
    '--health-check',
    '--prometheus',
    // Of every family: probes come to the pod's address.
    '--http-address=0.0.0.0',
    `--http-port=${healthPort}`,
    `--max-sigterm-delay=${goDuration(shutdownTimeout)}`,
    '--exit-zero-on-sigterm',
    ...(maxConnections === undefined ? [] : [`--max-connections=${maxConnections}`]),
    ...(settings.lazyRefresh ? ['--lazy-refresh'] : []),
    ...(settings.quotaProject === undefined ? [] : [`--quota-project=${settings.quotaProject}`]),
    ...(credentials._account === 'key' ? [`--credentials-file=${CREDENTIALS_FOLDER}/${CREDENTIALS_FILE}`] : []),
    ...(accounts.length > 0 ? [`--impersonate-service-account=${accounts.join(',')}`] : []),
    ...settings.instances.map((instance) => instanceArg(instance, isAnyIam)),
  ];
}

/** Whom the proxy becomes, then by way of whom, backwards. */
function accountsOf({ impersonate, delegates = [] }: CloudSqlImpersonation): readonly string[] {
  return impersonate === undefined ? [] : [impersonate, ...[...delegates].reverse()];
}

function instanceArg(
  { connectionName, listen, network, iamLogin = false }: CloudSqlInstance,
  isAnyIam: boolean,
): string {
  const query = new URLSearchParams({ port: String(listen) });
  if (network !== undefined && network !== CloudSqlNetwork.PUBLIC_IP) {
    query.set(network, 'true');
  }
  // Where one of them logs in so, all do that say nothing.
  if (isAnyIam) {
    query.set('auto-iam-authn', String(iamLogin));
  }
  return `${connectionName}?${query.toString()}`;
}
