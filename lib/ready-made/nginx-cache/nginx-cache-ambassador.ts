import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ConfigChange, ConfigFiles, HelperOptions } from '../../contributions';
import { CONTAINER, ENVIRONMENT, HELPER_OPTIONS } from '../../contributions/helper-shape';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { hostAndPort } from '../../values/address';
import { fragment } from '../../values/fragment';
import { readyMadeProblems } from '../../values/ready-made';
import { asConstruct, assertShape, enumOf, fields, object, pathIn, text } from '../../values/shape';
import { upstreamOf } from '../../values/upstream';
import { ImageRegistry } from '../../workloads';
import {
  ANSWERS_FOLDER,
  CONFIG_FILE,
  CONFIG_FOLDER,
  DEFAULT_LISTEN,
  DEFAULT_LISTEN_ADDRESS,
  DEFAULT_SHUTDOWN,
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
export interface NginxCacheAmbassadorProps extends NginxCacheSettings, HelperOptions {
  /**
   * The container, as it shall appear; the mounts of the configuration and of the folders that this names are added and
   * nothing else. It has to run `nginx -e stderr -c /etc/nginx-cache/nginx.conf`, version 1.27.3 or later, and its
   * `upstream` is an address, or there are `nameservers`.
   *
   * @default - a ready-made one, named like the construct: a pinned image, its user 101, what Pod Security "restricted" asks
   * for, a read-only root file system, requests of 10m CPU and 32Mi memory, its ports, and a startup and a readiness probe
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance the same one in a registry of your own. It has nginx 1.27.3 or
   * later in its path.
   *
   * @default 'nginxinc/nginx-unprivileged:1.30.4', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 10m CPU and 32Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * Environment variables of the main container that send it to the ambassador. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ CATALOG_URL: 'http://{host}:{port}' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * The name of the ConfigMap with `nginx.conf`; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with `nginx.conf`.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when `nginx.conf` changes, which nginx reads only at its start. New pods begin with no
   * answers.
   *
   * @default - ConfigChange.REPLACE with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}

/**
 * An ambassador that is an nginx: it keeps answers of an HTTP service elsewhere, and gives them again, also while that is
 * down.
 *
 * What nginx would not start with, or take otherwise than it was meant, is an error.
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
   * @param id names the ambassador in the construct tree, and its container where that has no name
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
const OPTIONS = fields(
  {},
  {
    ...HELPER_OPTIONS,
    container: CONTAINER,
    image: text,
    resources: fragment('an object'),
    env: ENVIRONMENT,
    configMapName: text,
    configVolumeName: text,
    onChange: enumOf('ConfigChange', ConfigChange),
  },
);

function ambassadorProps(scope: Construct, id: string, props: NginxCacheAmbassadorProps): AmbassadorProps {
  const path = pathIn(asConstruct(id, scope), id);
  assertShape(path, props, object);
  const { healthPort = props.container ? undefined : DEFAULT_HEALTH_PORT } = props;
  const settings: NginxCacheSettings = { ...props, healthPort };
  const problems = [
    ...OPTIONS(props, ''),
    ...nginxCacheProblems(settings),
    ...readyMadeProblems(props),
    ...ownContainerProblems(props),
  ];
  if (props.timeouts?.shutdown && props.shutdownDeadline) {
    problems.push('"timeouts.shutdown" is how long nginx takes to stop; leave out "shutdownDeadline"');
  }
  if (problems.length > 0) {
    throw new Error([`${path}: no nginx.conf can be made:`, ...problems].join('\n  '));
  }
  const container = props.container ?? readyMade(scope, id, props, settings);
  const folders = foldersOf(settings, container.name);
  const { listen = DEFAULT_LISTEN, listenAddress = DEFAULT_LISTEN_ADDRESS, timeouts, configMapName } = props;
  const { onChange = props.container ? ConfigChange.KEEP_RUNNING : ConfigChange.REPLACE } = props;
  const { host, port } = upstreamIn(settings);
  return {
    ...props,
    container: {
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), ...folders.map(({ mount }) => mount)],
    },
    volumes: [...(props.volumes ?? []), ...folders.map(({ volume }) => volume)],
    restricted: props.container ? props.restricted : { user: USER, ...props.restricted },
    listeners: [{ port: listen, address: listenAddress, upstream: hostAndPort(host, port), env: props.env }],
    listensOn: [...(props.listensOn ?? []), ...(healthPort === undefined ? [] : [healthPort])],
    shutdownDeadline: props.shutdownDeadline ?? timeouts?.shutdown ?? DEFAULT_SHUTDOWN,
    files: [
      ConfigFiles.of({ [CONFIG_FILE]: renderNginxCacheConfig(settings) }, { configMapName, onChange }).at(
        CONFIG_FOLDER,
        { volumeName: props.configVolumeName },
      ),
    ],
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
function foldersOf(
  settings: NginxCacheSettings,
  name: string,
): { volume: k8s.Volume; mount: k8s.VolumeMount }[] {
  const sizeLimit = k8s.Quantity.fromString(inUnits(sizesOf(settings).volume).replace('m', 'Mi').replace('k', 'Ki'));
  const { caSecret, caConfigMap, caKey = 'ca.crt', clientSecret } = (settings.tls ?? NginxCacheTls.verified())._options;
  const items = [{ key: caKey, path: 'ca.crt' }];
  const sources = [
    ...(caSecret === undefined ? [] : [{ secret: { name: caSecret, items } }]),
    ...(caConfigMap === undefined ? [] : [{ configMap: { name: caConfigMap, items } }]),
    ...(clientSecret === undefined
      ? []
      : [{ secret: { name: clientSecret, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]),
  ];
  const folder = (suffix: string, mountPath: string, source: Omit<k8s.Volume, 'name'>, readOnly?: boolean) => ({
    volume: { name: `${name}-${suffix}`, ...source },
    mount: { name: `${name}-${suffix}`, mountPath, readOnly },
  });
  return [
    folder('answers', ANSWERS_FOLDER, { emptyDir: { sizeLimit } }),
    folder('run', RUN_FOLDER, { emptyDir: {} }),
    ...(sources.length === 0 ? [] : [folder('tls', TLS_FOLDER, { projected: { sources } }, true)]),
  ];
}

function readyMade(
  scope: Construct,
  id: string,
  { image, resources, listen = DEFAULT_LISTEN }: NginxCacheAmbassadorProps,
  settings: NginxCacheSettings,
): k8s.Container {
  const { healthPort = DEFAULT_HEALTH_PORT } = settings;
  const httpGet = { path: HEALTH_PATH, port: k8s.IntOrString.fromNumber(healthPort) };
  const nginx = ['nginx', '-e', 'stderr', '-c', `${CONFIG_FOLDER}/${CONFIG_FILE}`];
  const script = startScript(settings);
  return {
    name: id,
    image: image ?? ImageRegistry._imageFor(scope, 'nginxinc/nginx-unprivileged:1.30.4'),
    // Not the image's entrypoint, which writes to its own file system.
    command: script === undefined ? nginx : ['/bin/sh', '-ec', `${script}exec ${nginx.join(' ')}\n`],
    ports: [{ containerPort: listen }, { containerPort: healthPort }],
    // nginx listens at once, and who waits for it should not wait for the next probe.
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { httpGet: { ...httpGet } },
    // No livenessProbe: it would end nginx with all its requests when it is only busy.
    resources: resources ?? {
      requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') },
    },
  };
}
