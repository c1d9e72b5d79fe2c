import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeConfigOptions, ReadyMadeMount } from '../../contributions';
import { ENVIRONMENT } from '../../contributions/helper-shape';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { hostAndPort } from '../../values/address';
import { shutdownProblem } from '../settings/limits';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { fields } from '../../values/shape';
import { tlsMounts } from '../settings/tls-sources';
import { upstreamOf } from '../settings/upstream';
import {
  ANSWERS_FOLDER,
  CONFIG_FILE,
  CONFIG_FOLDER,
  DEFAULT_LISTEN,
  DEFAULT_SHUTDOWN_TIMEOUT,
  HEALTH_PATH,
  inUnits,
  NameKind,
  nameKindOf,
  renderNginxCacheConfig,
  RUN_FOLDER,
  sizesOf,
  TLS_FOLDER,
  upstreamIn,
} from './nginx-cache-config';
import { nginxCacheProblems } from './nginx-cache-problems';
import { NginxCacheSettings } from './nginx-cache-settings';
import { startScript } from './nginx-cache-start';
import { NginxCacheTls } from './nginx-cache-tls';

/** Properties of an nginx ambassador that keeps answers. */
export interface NginxCacheAmbassadorProps extends NginxCacheSettings, ReadyMadeConfigOptions {
  /**
   * Environment variables of the main container that send it to the ambassador. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ CATALOG_URL: 'http://{host}:{port}' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/**
 * An ambassador that is an nginx: it keeps answers of an HTTP service elsewhere, and gives them again, also while that is
 * down.
 *
 * What nginx would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `nginxinc/nginx-unprivileged:1.30.4`, its user 101, what Pod Security "restricted"
 * asks for, a read-only root file system, requests of 10m CPU and 32Mi memory, its ports, and a startup and a readiness
 * probe; another image needs nginx 1.27.3 or later and `/bin/sh`. A container of your own has to run
 * `nginx -e stderr -c /etc/nginx-cache/nginx.conf`, gets the mounts of the folders that this names, and needs an address as
 * `upstream`, or `nameservers`.
 *
 * @example
 *
 * new NginxCacheAmbassador(deployment, 'catalog-cache', {
 *   upstream: 'https://catalog.shop.example',
 *   times: [{ statuses: [200], time: Duration.minutes(5) }],
 *   env: { CATALOG_URL: 'http://{host}:{port}' },
 * });
 */
export class NginxCacheAmbassador extends Ambassador {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: NginxCacheAmbassadorProps) {
    super(scope, id, ambassadorProps(scope, id, props));
  }

  /** The ConfigMap with `nginx.conf`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

/** The image's `nginx`, which Kubernetes wants as a number. */
const USER = 101;
const DEFAULT_HEALTH_PORT = 8089;
const OWN = fields({}, { env: ENVIRONMENT });

function ambassadorProps(scope: Construct, id: string, props: NginxCacheAmbassadorProps): AmbassadorProps {
  const made = new ReadyMade(scope, id, props);
  const { healthPort = props.container ? undefined : DEFAULT_HEALTH_PORT } = props;
  const settings: NginxCacheSettings = { ...props, healthPort };
  made.addProblems(
    ...OWN(props, ''),
    ...nginxCacheProblems(settings),
    ...ownContainerProblems(props),
    ...shutdownProblem(
      'nginx',
      ['shutdownTimeout', props.shutdownTimeout],
      DEFAULT_SHUTDOWN_TIMEOUT,
      props.shutdownDeadline,
    ),
  );
  made.assertRight('no nginx.conf can be made');
  const helper = made.helperProps({
    container: readyMade(id, settings),
    user: USER,
    files: { [CONFIG_FILE]: renderNginxCacheConfig(settings) },
    folder: CONFIG_FOLDER,
    mounts: mountsOf(settings),
    listensOn: healthPort === undefined ? [] : [healthPort],
  });
  const { listen = DEFAULT_LISTEN, listenAddress = DEFAULT_LISTEN_ADDRESS, shutdownTimeout } = props;
  const { host, port } = upstreamIn(settings);
  return {
    ...helper,
    listeners: [{ port: listen, address: listenAddress, upstream: hostAndPort(host, port), env: props.env }],
    shutdownDeadline: props.shutdownDeadline ?? shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT,
  };
}

/** Only the ready-made container's start writes down whom to ask for names. */
function ownContainerProblems({ container, nameservers, upstream }: NginxCacheAmbassadorProps): string[] {
  const taken = typeof upstream === 'string' ? upstreamOf(upstream) : undefined;
  return container && taken && !nameservers && nameKindOf(taken) !== NameKind.ADDRESS
    ? [
        '"container" is given, and nginx looks up the name of "upstream" by what the ready-made one does at its start; give ' +
          '"nameservers", or leave out "container"',
      ]
    : [];
}

/** Where nginx writes, and what it reads from Secrets and ConfigMaps of the user's. */
function mountsOf(settings: NginxCacheSettings): ReadyMadeMount[] {
  const sizeLimit = k8s.Quantity.fromString(inUnits(sizesOf(settings).volume).replace('m', 'Mi').replace('k', 'Ki'));
  return [
    { mountPath: ANSWERS_FOLDER, volume: { name: 'answers', emptyDir: { sizeLimit } }, writable: true },
    { mountPath: RUN_FOLDER, volume: { name: 'run', emptyDir: {} }, writable: true },
    ...tlsMounts(TLS_FOLDER, 'tls', (settings.tls ?? NginxCacheTls.verified())._options),
  ];
}

function readyMade(id: string, settings: NginxCacheSettings): k8s.Container {
  const { listen = DEFAULT_LISTEN, healthPort = DEFAULT_HEALTH_PORT } = settings;
  const httpGet = { path: HEALTH_PATH, port: k8s.IntOrString.fromNumber(healthPort) };
  const nginx = ['nginx', '-e', 'stderr', '-c', `${CONFIG_FOLDER}/${CONFIG_FILE}`];
  const script = startScript(settings);
  return {
    name: id,
    image: 'nginxinc/nginx-unprivileged:1.30.4',
    // Not the image's entrypoint, which writes to its own file system.
    command: script === undefined ? nginx : ['/bin/sh', '-ec', `${script}exec ${nginx.join(' ')}\n`],
    ports: [{ containerPort: listen }, { containerPort: healthPort }],
    // nginx listens at once, and who waits for it should not wait for the next probe.
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { httpGet: { ...httpGet } },
    // No livenessProbe: it would end nginx with all its requests when it is only busy.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') } },
  };
}
