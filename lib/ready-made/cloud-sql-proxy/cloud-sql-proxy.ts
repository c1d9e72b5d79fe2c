import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeMount, ReadyMadeOptions } from '../../contributions';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { shutdownProblem } from '../settings/limits';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import {
  cloudSqlArgs,
  CREDENTIALS_FILE,
  CREDENTIALS_FOLDER,
  DEFAULT_HEALTH_PORT,
  DEFAULT_SHUTDOWN_TIMEOUT,
} from './cloud-sql-args';
import { cloudSqlProblems } from './cloud-sql-problems';
import { CloudSqlSettings } from './cloud-sql-settings';

/** Properties of a Cloud SQL Auth Proxy. */
export interface CloudSqlProxyProps extends CloudSqlSettings, ReadyMadeOptions {}

/**
 * An ambassador that is a Cloud SQL Auth Proxy: the main container talks to its database at localhost, and the proxy to
 * Cloud SQL over TLS, as a service account that may.
 *
 * What the proxy would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.25.3`, its user 65532, what Pod
 * Security "restricted" asks for, a read-only root file system, requests of 10m CPU and 48Mi memory, its ports, and a startup
 * and a liveness probe. A container of your own gets arguments and the mount of the key, and has no arguments itself.
 *
 * @example
 *
 * new CloudSqlProxy(deployment, 'sql', {
 *   instances: [
 *     { connectionName: 'my-shop:europe-west1:orders', listen: 5432, env: { PGHOST: '{host}', PGPORT: '{port}' } },
 *   ],
 * });
 */
export class CloudSqlProxy extends Ambassador {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: CloudSqlProxyProps) {
    super(scope, id, ambassadorProps(scope, id, props));
  }
}

/** The user of the image. */
const USER = 65532;

function ambassadorProps(scope: Construct, id: string, props: CloudSqlProxyProps): AmbassadorProps {
  const made = new ReadyMade(scope, id, props, { setsArgs: true });
  const {
    instances,
    listenAddress = DEFAULT_LISTEN_ADDRESS,
    healthPort = DEFAULT_HEALTH_PORT,
    shutdownTimeout,
  } = props;
  made.addProblems(
    ...cloudSqlProblems(props),
    ...shutdownProblem(
      'the proxy',
      ['shutdownTimeout', shutdownTimeout],
      DEFAULT_SHUTDOWN_TIMEOUT,
      props.shutdownDeadline,
    ),
  );
  made.assertRight('no Cloud SQL Auth Proxy can be made');
  const helper = made.helperProps({
    container: readyMade(id, props),
    user: USER,
    args: cloudSqlArgs(props),
    mounts: keyOf(props),
    listensOn: [healthPort],
  });
  return {
    ...helper,
    listeners: instances.map(({ connectionName, listen, env }) => ({
      port: listen,
      address: listenAddress,
      upstream: connectionName,
      env,
    })),
    shutdownDeadline: props.shutdownDeadline ?? shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT,
  };
}

/** The key of a service account, where there is one. */
function keyOf({ credentials }: CloudSqlSettings): ReadyMadeMount[] {
  if (credentials?._account !== 'key') {
    return [];
  }
  const { secret: secretName, key = 'service_account.json' } = credentials._options;
  const secret = { secretName, items: [{ key, path: CREDENTIALS_FILE }] };
  return [{ mountPath: CREDENTIALS_FOLDER, volume: { name: 'credentials', secret } }];
}

function readyMade(id: string, { instances, healthPort = DEFAULT_HEALTH_PORT }: CloudSqlSettings): k8s.Container {
  const httpGet = (path: string): k8s.HttpGetAction => ({ path, port: k8s.IntOrString.fromNumber(healthPort) });
  return {
    name: id,
    image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.25.3',
    ports: [...instances.map(({ listen }) => listen), healthPort].map((containerPort) => ({ containerPort })),
    startupProbe: { httpGet: httpGet('/startup'), periodSeconds: 1, failureThreshold: 60 },
    // As Google recommends it: it fails when the proxy answers nothing for a minute, not when Google does.
    livenessProbe: { httpGet: httpGet('/liveness'), timeoutSeconds: 10, failureThreshold: 6 },
    // No readinessProbe: its 503 says that all connections are in use, by a pod that works then.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('48Mi') } },
  };
}
