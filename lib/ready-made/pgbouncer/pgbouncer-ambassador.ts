import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeConfigOptions, ReadyMadeMount } from '../../contributions';
import { ENVIRONMENT } from '../../contributions/helper-shape';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { fields } from '../../values/shape';
import {
  CONFIG_FILE,
  CONFIG_FOLDER,
  CREDENTIALS_FOLDER,
  DEFAULT_LISTEN,
  pgBouncerConfigProblems,
  renderPgBouncerConfig,
  TLS_FOLDER,
  upstreamsOf,
  USERS_FILE,
  USERS_FOLDER,
} from './pgbouncer-config';
import { PgBouncerSettings } from './pgbouncer-settings';
import { PgBouncerTls } from './pgbouncer-tls';
import { PgBouncerUsers } from './pgbouncer-users';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { tlsMounts } from '../settings/tls-sources';

/** Properties of a PgBouncer ambassador. */
export interface PgBouncerAmbassadorProps extends PgBouncerSettings, ReadyMadeConfigOptions {
  /**
   * Environment variables of the main container that send it to the ambassador. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ PGHOST: '{host}', PGPORT: '{port}' }`, or with a variable of the main
   * container's own that comes from a Secret `{ DATABASE_URL: 'postgres://shop:$(DB_PASSWORD)@{host}:{port}/shop' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/**
 * An ambassador that is a PgBouncer: the main container's connections to PostgreSQL share a pool.
 *
 * Its configuration is generated from typed settings. What PgBouncer would not start with, or take otherwise than it was
 * meant, is an error. Passwords come from Secrets, and the server's certificate is verified unless `tls` says otherwise.
 *
 * The ready-made container has the image `edoburu/pgbouncer:v1.25.2-p0`, its user 70, what Pod Security "restricted" asks
 * for, a read-only root file system, requests of 10m CPU and 16Mi memory, its port, and a startup probe; another image
 * needs `pgbouncer` and `pg_isready` in its path. A container of your own has to run
 * `pgbouncer /etc/pgbouncer/pgbouncer.ini`, gets the mounts of configuration, users and certificates, and takes its users
 * from `PgBouncerUsers.fromUserList`.
 *
 * @example
 *
 * new PgBouncerAmbassador(deployment, 'db', {
 *   databases: [{ name: 'shop', host: 'postgres.example' }],
 *   users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
 *   poolMode: PgBouncerPoolMode.TRANSACTION,
 *   env: { PGHOST: '{host}', PGPORT: '{port}' },
 * });
 */
export class PgBouncerAmbassador extends Ambassador {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: PgBouncerAmbassadorProps) {
    super(scope, id, ambassadorProps(scope, id, props));
  }

  /** The ConfigMap with `pgbouncer.ini`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

/** The image's `postgres`, which Kubernetes wants as a number. */
const USER = 70;
const OWN = fields({}, { env: ENVIRONMENT });

function ambassadorProps(scope: Construct, id: string, props: PgBouncerAmbassadorProps): AmbassadorProps {
  const made = new ReadyMade(scope, id, props);
  made.addProblems(...OWN(props, ''), ...pgBouncerConfigProblems(props));
  if (props.container && (props.users as PgBouncerUsers | undefined)?._list === undefined) {
    made.addProblems(
      '"container" is given, and users from credentials need what the ready-made one does at its start; give ' +
        'PgBouncerUsers.fromUserList, or leave out "container"',
    );
  }
  made.assertRight('no pgbouncer.ini can be made');
  const helper = made.helperProps({
    container: readyMade(id, props),
    user: USER,
    files: { [CONFIG_FILE]: renderPgBouncerConfig(props) },
    folder: CONFIG_FOLDER,
    mounts: mountsOf(props),
  });
  const { listen = DEFAULT_LISTEN, listenAddress = DEFAULT_LISTEN_ADDRESS } = props;
  return {
    ...helper,
    listeners: [{ port: listen, address: listenAddress, upstream: upstreamsOf(props).join(', '), env: props.env }],
  };
}

/** What PgBouncer reads from Secrets and ConfigMaps of the user's, and where it has its list of users. */
function mountsOf({
  users: { _credentials, _list },
  tls = PgBouncerTls.verified(),
}: PgBouncerSettings): ReadyMadeMount[] {
  const mounts: ReadyMadeMount[] = [];
  if (_list) {
    const secret = { secretName: _list.secret, items: [{ key: _list.key, path: USERS_FILE }] };
    mounts.push({ mountPath: USERS_FOLDER, volume: { name: 'users', secret } });
  } else {
    const sources = _credentials.map(({ secret, usernameKey = 'username', passwordKey = 'password' }, index) => ({
      secret: {
        name: secret,
        items: [
          { key: usernameKey, path: `${index + 1}/username` },
          { key: passwordKey, path: `${index + 1}/password` },
        ],
      },
    }));
    // Passwords never touch the node's disk.
    const emptyDir = { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') };
    mounts.push(
      { mountPath: CREDENTIALS_FOLDER, volume: { name: 'credentials', projected: { sources } } },
      { mountPath: USERS_FOLDER, volume: { name: 'users', emptyDir }, writable: true },
    );
  }
  mounts.push(...tlsMounts(TLS_FOLDER, 'tls', tls._options));
  return mounts;
}

function readyMade(id: string, props: PgBouncerAmbassadorProps): k8s.Container {
  const { listen = DEFAULT_LISTEN, listenAddress } = props;
  const localhost = listenAddress?.includes(':') ? '::1' : '127.0.0.1';
  return {
    name: id,
    image: 'edoburu/pgbouncer:v1.25.2-p0',
    // Not the image's entrypoint, which writes to its own file system.
    command: commandFor(props.users),
    ports: [{ containerPort: listen }],
    // It asks inside the container, as the kubelet reaches no 127.0.0.1 of a pod.
    startupProbe: {
      exec: {
        command: [
          'pg_isready',
          '--quiet',
          `--host=${localhost}`,
          `--port=${listen}`,
          '--dbname=pgbouncer',
          '--username=probe',
        ],
      },
      periodSeconds: 1,
      failureThreshold: 30,
    },
    // No other probe: once it listens, it does so until it ends, and a process for each question costs more than it does.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('16Mi') } },
  };
}

function commandFor({ _list }: PgBouncerUsers): string[] {
  const pgbouncer = ['pgbouncer', `${CONFIG_FOLDER}/${CONFIG_FILE}`];
  return _list ? pgbouncer : ['/bin/sh', '-ec', `${WRITE_USERS}exec ${pgbouncer.join(' ')}\n`];
}

/** In PgBouncer's list a quote in a name or a password is two quotes. */
const WRITE_USERS = `umask 077
for user in ${CREDENTIALS_FOLDER}/*; do
  username=$(sed 's/"/""/g' "$user/username")
  password=$(sed 's/"/""/g' "$user/password")
  printf '"%s" "%s"\\n' "$username" "$password"
done >${USERS_FOLDER}/${USERS_FILE}
`;
