import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HelperProps } from '../contributions/helper-options';
import { own } from '../checks/owned';
import { quoteList } from '../values/text';
import { CONTAINER, ENVIRONMENT, HELPER_OPTIONS } from '../contributions/helper-shape';
import { attach, Host } from '../weaving/host';
import { checkedScope, construct, enumOf, fields, kind, listOf, mapOf, nested, port, text } from '../values/shape';

/** The transport protocol of a listener. */
export enum AmbassadorProtocol {
  /** TCP */
  TCP = 'TCP',
  /** UDP */
  UDP = 'UDP',
}

/** One port on which an ambassador takes the main container's connections, and where it takes them. */
export interface AmbassadorListener {
  /** The port on localhost. Two listeners on one port and protocol of the pod are an error. */
  readonly port: number;

  /**
   * The address it listens on, as far as the ambassador's own configuration says.
   *
   * @default '127.0.0.1'
   */
  readonly address?: string;

  /**
   * The transport protocol.
   *
   * @default AmbassadorProtocol.TCP
   */
  readonly protocol?: AmbassadorProtocol;

  /** What it forwards to, for instance `redis:6379`: it tells readers, and stands in error messages. */
  readonly upstream: string;

  /**
   * Environment variables of the main container that send it to this listener. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ REDIS_URL: 'redis://{host}:{port}/0' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/** Configuration files of an ambassador. They become a ConfigMap, which its container mounts as a folder. */
export interface AmbassadorConfig {
  /** The folder in which the ambassador finds its files. */
  readonly mountPath: string;

  /** The files: name to content. */
  readonly files: { [name: string]: string };

  /**
   * The name of the ConfigMap.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume.
   *
   * @default - the container's name and `-config`
   */
  readonly volumeName?: string;

  /**
   * Another ambassador with the same files, whose ConfigMap this one mounts instead of having its own.
   *
   * @default - a ConfigMap of its own
   */
  readonly sharedFrom?: Ambassador;
}

/** Properties of an ambassador. */
export interface AmbassadorProps extends HelperProps {
  /** What the ambassador listens on for the main container, and forwards to. */
  readonly listeners: AmbassadorListener[];

  /**
   * Its configuration files.
   *
   * @default - none
   */
  readonly config?: AmbassadorConfig;
}

/**
 * The main container's way out: listens on localhost and forwards to a service elsewhere, so that the main container
 * need not know where that is, how to reach it, or what to do when it fails.
 *
 * @example
 *
 * new Ambassador(deployment, 'db-proxy', {
 *   container: { name: 'db-proxy', image: 'registry.example/db-proxy:1.4.0' },
 *   listeners: [{ port: 5432, upstream: 'db.example:5432', env: { PGHOST: '{host}', PGPORT: '{port}' } }],
 * });
 */
export class Ambassador extends Construct {
  /** What the ambassador listens on. */
  public readonly listeners: AmbassadorListener[];

  private readonly files?: { [name: string]: string };
  private readonly ownOrSharedConfigMap?: ApiObject;

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree
   * @throws when the scope is no workload, a property is of the wrong type, nothing is listened on, a port is out of
   * range or taken twice, a variable has another placeholder than these two, or an ambassador with other files or in
   * another namespace is to share its ConfigMap; what clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: AmbassadorProps) {
    super(checkedScope(scope, id, props, AMBASSADOR), id);
    if (props.listeners.length === 0) {
      throw new Error(`${this.node.path}: an ambassador listens for the main container; give at least one listener`);
    }
    const ports = props.listeners.map(({ port, protocol }) => `${port}/${protocol ?? AmbassadorProtocol.TCP}`);
    const twice = ports.filter((port, index) => ports.indexOf(port) !== index);
    if (twice.length > 0) {
      throw new Error(`${this.node.path}: two listeners have port ${twice.join(', ')}; give each a port of its own`);
    }
    this.listeners = [...props.listeners];

    const { config, container } = props;
    const { namespace } = Host.of(scope).object.metadata;
    const configVolume = config && (config.volumeName ?? `${container.name}-config`);
    if (config) {
      this.files = { ...config.files };
      if (config.sharedFrom) {
        this.ownOrSharedConfigMap = this.configMapOf(config.sharedFrom, namespace, config.configMapName);
      } else {
        this.ownOrSharedConfigMap = new k8s.KubeConfigMap(this, 'config', {
          metadata: { ...(config.configMapName !== undefined && { name: config.configMapName }), namespace },
          data: this.files,
        });
        own(this.ownOrSharedConfigMap);
      }
    }
    attach(this, {
      helper: props,
      gatesStart: true,
      volumes: configVolume ? [{ name: configVolume, configMap: { name: this.ownOrSharedConfigMap?.name } }] : [],
      volumeMounts: config && configVolume ? [{ name: configVolume, mountPath: config.mountPath }] : [],
      mainEnv: props.listeners.flatMap(environment),
      listeners: props.listeners.map(({ port, address, protocol }) => ({
        port,
        address: address ?? '127.0.0.1',
        protocol: protocol ?? AmbassadorProtocol.TCP,
      })),
    });
  }

  /**
   * The ConfigMap with its files.
   *
   * @throws when it has none
   */
  public get configMap(): ApiObject {
    if (!this.ownOrSharedConfigMap) {
      throw new Error(`${this.node.path} has no ConfigMap, because it was given no "config"`);
    }
    return this.ownOrSharedConfigMap;
  }

  /** The ConfigMap of another ambassador, for this one to mount too: one on purpose, never two of one name. */
  private configMapOf(other: Ambassador, namespace: string | undefined, name: string | undefined): ApiObject {
    if (!other.ownOrSharedConfigMap || !other.files) {
      throw new Error(
        `${this.node.path}: ${other.node.path} has no config to share; give it one or leave out "sharedFrom"`,
      );
    }
    if (name !== undefined && name !== other.configMap.name) {
      throw new Error(
        `${this.node.path}: the ConfigMap "${other.configMap.name}" of ${other.node.path} cannot be named "${name}" ` +
          'here; leave out "configMapName" or "sharedFrom"',
      );
    }
    if (other.node.root !== this.node.root) {
      throw new Error(
        `${this.node.path}: cannot share the config of ${other.node.path}, which is in another app; leave out ` +
          '"sharedFrom"',
      );
    }
    const differing = [...new Set([...Object.keys(this.files ?? {}), ...Object.keys(other.files)])].filter(
      (name) => this.files?.[name] !== other.files?.[name],
    );
    if (differing.length > 0) {
      throw new Error(
        `${this.node.path}: cannot share the config of ${other.node.path}: ${quoteList(differing)} differ; ` +
          'give both the same files or leave out "sharedFrom"',
      );
    }
    if (other.configMap.metadata.namespace !== namespace) {
      throw new Error(
        `${this.node.path}: cannot share the config of ${other.node.path}: it is in namespace ` +
          `"${other.configMap.metadata.namespace ?? 'default'}", this one in "${namespace ?? 'default'}", and a pod ` +
          'mounts ConfigMaps of its own namespace only; leave out "sharedFrom"',
      );
    }
    return other.configMap;
  }
}

function environment({ env, port }: AmbassadorListener): k8s.EnvVar[] {
  return Object.entries(env ?? {}).map(([name, value]) => ({
    name,
    value: value.replaceAll('{host}', 'localhost').replaceAll('{port}', String(port)),
  }));
}

const LISTENER = fields(
  { port, upstream: text },
  { address: text, protocol: enumOf('AmbassadorProtocol', AmbassadorProtocol), env: ENVIRONMENT },
);

const CONFIG = fields(
  {
    mountPath: text,
    files: nested(
      mapOf('contents', text),
      kind('at least one file', (files) => Object.keys(files as object).length > 0),
    ),
  },
  {
    configMapName: text,
    volumeName: text,
    // By what it has, not by its class: it may be that of another copy of this library.
    sharedFrom: kind(
      'another Ambassador',
      (value) => construct(value, '').length === 0 && 'listeners' in (value as object),
    ),
  },
);

const AMBASSADOR = fields(
  { container: CONTAINER, listeners: listOf('listeners', LISTENER) },
  { ...HELPER_OPTIONS, config: CONFIG },
);
