import { ApiObject, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { HaproxyServer, HaproxySettings } from './haproxy-settings';
import { ConfigFilesMount, ReadyMade, ReadyMadeConfigOptions } from '../../contributions';
import { ENVIRONMENT } from '../../contributions/helper-shape';
import { hostAndPort } from '../../values/address';
import { shutdownProblem } from '../settings/limits';
import { HEALTH_PATH, haproxyConfigProblems, NamedHaproxySettings, renderHaproxyConfig } from './haproxy-config';
import { headlessProblems } from './headless-services';
import { fields, kind, pathIn } from '../../values/shape';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { withGiven } from '../../values/record';

/** Properties of an HAProxy ambassador. */
export interface HaproxyAmbassadorProps extends HaproxySettings, ReadyMadeConfigOptions {
  /**
   * Environment variables of the main container that send it to the ambassador. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ REDIS_URL: 'redis://{host}:{port}/0' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * Another ambassador with the same settings, whose ConfigMap this one mounts instead of having its own. The service is
   * called as it is there unless `serviceName` says otherwise.
   *
   * @default - a ConfigMap of its own
   */
  readonly sharedFrom?: HaproxyAmbassador;
}

/**
 * An ambassador that is an HAProxy: its configuration is generated from typed settings.
 *
 * What HAProxy would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `haproxy:3.2.21`, its user 99, what Pod Security "restricted" asks for, a
 * read-only root file system, requests of 10m CPU and 32Mi memory, its ports, and a startup and a readiness probe. A
 * container of your own gets the mount of `/usr/local/etc/haproxy/haproxy.cfg`.
 *
 * @example
 *
 * new HaproxyAmbassador(deployment, 'redis-proxy', {
 *   listen: 6379,
 *   servers: [{ name: 'redis1', host: 'redis', port: 6379 }],
 *   env: { REDIS_HOST: '{host}', REDIS_PORT: '{port}' },
 * });
 */
export class HaproxyAmbassador extends Ambassador {
  /** @throws unless another ambassador can share its file with one that has this file and these properties */
  private static mountOf(path: string, own: ConfigFilesMount, props: HaproxyAmbassadorProps): ConfigFilesMount {
    const { configMapName, sharedFrom } = props;
    if (!sharedFrom) {
      return own;
    }
    const { configFiles } = sharedFrom.mount;
    const { name } = sharedFrom.configMap;
    if (configFiles.files[FILE] !== own.configFiles.files[FILE]) {
      throw new Error(
        `${path}: cannot share the config of ${sharedFrom.node.path}: "${FILE}" differs; give both the same settings ` +
          'or leave out "sharedFrom"',
      );
    }
    if (configMapName !== undefined && configMapName !== name) {
      throw new Error(
        `${path}: the ConfigMap "${name}" of ${sharedFrom.node.path} cannot be named "${configMapName}" here; leave ` +
          'out "configMapName" or "sharedFrom"',
      );
    }
    if (props.onChange !== undefined && props.onChange !== configFiles.onChange) {
      throw new Error(
        `${path}: the ConfigMap "${name}" of ${sharedFrom.node.path} has another "onChange"; leave out that or ` +
          '"sharedFrom"',
      );
    }
    return configFiles.at(own.mountPath, { volumeName: own.volumeName });
  }

  /** @internal */
  public readonly _serviceName: string;
  private readonly mount: ConfigFilesMount;

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its service and container where they have no names
   * @throws when the scope is no workload, the settings are impossible, with all that is wrong with them, or the
   * ConfigMap to share is none for this ambassador; what clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: HaproxyAmbassadorProps) {
    const given = ambassadorProps(scope, id, props);
    const mount = HaproxyAmbassador.mountOf(pathIn(scope, id), given.files[0], props);
    super(scope, id, { ...given, files: [mount] });
    this.mount = mount;
    this._serviceName = serviceNameOf(id, props);
    const { sharedFrom } = props;
    if (sharedFrom && sharedFrom.configMap !== this.configMap) {
      throw new Error(
        `${this.node.path}: cannot share the config of ${sharedFrom.node.path}, ${reasonOf(this, sharedFrom)}`,
      );
    }
    if (props.resolveAtRuntime !== true) {
      const servers = [props, ...(props.furtherServices ?? [])].flatMap((service) => service.servers);
      this.node.addValidation({ validate: () => headlessProblems(this, this.configMap, servers) });
    }
  }

  /** The ConfigMap with `haproxy.cfg`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

const FILE = 'haproxy.cfg';
/** HAProxy wants two checks that succeed (`rise`). */
const QUICK = Duration.millis(500);
const DEFAULT_HEALTH_PORT = 8404;
const OWN = fields(
  {},
  {
    env: ENVIRONMENT,
    // By what it has, not by its class: it may be that of another copy of this library.
    sharedFrom: kind(
      'another HaproxyAmbassador',
      (value) => Construct.isConstruct(value) && 'configMap' in value && 'mount' in value,
    ),
  },
);
/** The user that the image is made for: it has a name there, and Kubernetes needs the number. */
const HAPROXY_USER = 99;

/** Whoever shares a file has the same names in it. */
function serviceNameOf(id: string, { serviceName, sharedFrom }: HaproxyAmbassadorProps): string {
  return serviceName ?? sharedFrom?._serviceName ?? id;
}

/** Why two have not come by the same ConfigMap, and what to do. */
function reasonOf(one: HaproxyAmbassador, other: HaproxyAmbassador): string {
  const [mine, theirs] = [one, other].map(({ configMap }) => configMap.toJson() as k8s.KubeConfigMapProps);
  const isBeside = one.node.root === other.node.root && mine.metadata?.namespace === theirs.metadata?.namespace;
  return isBeside && mine.immutable !== theirs.immutable
    ? 'as a Job or Pod cannot be given another ConfigMap when the content changes, which ConfigChange.REPLACE does; give ' +
        `${other.node.path} "onChange: ConfigChange.RESTART", or leave out "sharedFrom"`
    : 'which is in another app or namespace, and a pod mounts ConfigMaps of its own namespace only; leave out "sharedFrom"';
}

function ambassadorProps(
  scope: Construct,
  id: string,
  props: HaproxyAmbassadorProps,
): AmbassadorProps & { files: ConfigFilesMount[] } {
  const made = new ReadyMade(scope, id, props);
  const { container, healthPort = container ? undefined : DEFAULT_HEALTH_PORT } = props;
  const settings: NamedHaproxySettings = { ...props, serviceName: serviceNameOf(id, props), healthPort };
  made.addProblems(
    ...OWN(props, ''),
    ...haproxyConfigProblems(settings),
    // Without it there is no limit, so a deadline is what the user knows of connections.
    ...shutdownProblem(
      'HAProxy',
      ['shutdownTimeout', props.shutdownTimeout],
      Duration.seconds(0),
      props.shutdownDeadline,
    ),
  );
  made.assertRight('no haproxy.cfg can be made');
  const { listenAddress = DEFAULT_LISTEN_ADDRESS, furtherServices = [], shutdownTimeout } = props;
  const file = renderHaproxyConfig(container ? settings : withQuickChecks(settings));
  const helper = made.helperProps({
    container: readyMade(id, props),
    user: HAPROXY_USER,
    files: { [FILE]: file },
    folder: '/usr/local/etc/haproxy',
    listensOn: healthPort === undefined ? [] : [healthPort],
  });
  return {
    ...helper,
    files: helper.files ?? [],
    listeners: [props, ...furtherServices].map(({ listen, servers, env }) => ({
      port: listen,
      address: listenAddress,
      upstream: servers.map(({ host, port }) => hostAndPort(host, port)).join(', '),
      env,
    })),
    shutdownDeadline: shutdownTimeout ?? props.shutdownDeadline,
  };
}

function withQuickChecks(settings: NamedHaproxySettings): NamedHaproxySettings {
  const { servers, furtherServices } = settings;
  return {
    ...settings,
    servers: servers.map(quicklyChecked),
    furtherServices: furtherServices?.map((service) => ({ ...service, servers: service.servers.map(quicklyChecked) })),
  };
}

/** A server that is looked at often enough, while it is down, to be found within a second of its start. */
function quicklyChecked(server: HaproxyServer): HaproxyServer {
  const interval = server.checkInterval ?? QUICK;
  const downCheckInterval = interval.toMilliseconds() < QUICK.toMilliseconds() ? interval : QUICK;
  return server.check === false ? server : withGiven({ downCheckInterval }, server);
}

function readyMade(id: string, props: HaproxyAmbassadorProps): k8s.Container {
  const { listen, furtherServices = [], healthPort = DEFAULT_HEALTH_PORT } = props;
  const httpGet = { path: HEALTH_PATH, port: k8s.IntOrString.fromNumber(healthPort) };
  return {
    name: id,
    image: 'haproxy:3.2.21',
    ports: [listen, ...furtherServices.map((service) => service.listen), healthPort].map((containerPort) => ({
      containerPort,
    })),
    // HAProxy starts at once, but looks names up before, and who waits for it should not wait for the next probe.
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { httpGet: { ...httpGet } },
    // No livenessProbe: HAProxy's own watchdog ends it when it hangs, and a probe would do so when it is busy.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') } },
  };
}
