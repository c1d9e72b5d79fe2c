import { Document, visit } from 'yaml';
import { cluster } from './envoy-cluster';
import { ADMIN, EnvoyHealth, healthListener, metricsListener } from './envoy-listener';
import { socket, typed } from './envoy-message';
import { EnvoySecret } from './envoy-secrets';
import { EnvoySettings } from './envoy-settings';

export const CONFIG_FILE = 'envoy.yaml';
const DEFAULT_ADMIN_PORT = 9901;
const DEFAULT_MAX_CONNECTIONS = 1024;

const SECRET = 'extensions.transport_sockets.tls.v3.Secret';

/** The settings of an Envoy that have nothing to do with what it is for. */
export type EnvoyOwnSettings = Pick<EnvoySettings, 'healthPort' | 'metricsPort' | 'adminPort' | 'maxConnections'>;

/** What an Envoy is for. */
export interface EnvoyWork {
  readonly id: string;
  /** The address for others, which decides between the families. */
  readonly listenAddress: string;
  readonly listeners: readonly object[];
  readonly clusters: readonly object[];
  readonly secrets: readonly EnvoySecret[];
  readonly health: EnvoyHealth;
}

/** The ports that Envoy has besides those for requests. */
export function ownPortsOf({
  healthPort,
  metricsPort,
  adminPort = DEFAULT_ADMIN_PORT,
}: EnvoyOwnSettings): Map<string, number> {
  return new Map(
    Object.entries({ healthPort, metricsPort, adminPort }).flatMap(([name, port]) =>
      port === undefined ? [] : [[name, port]],
    ),
  );
}

/** The configuration, and a file that says where it is for each secret. */
export function renderFiles(work: EnvoyWork, settings: EnvoyOwnSettings): Record<string, string> {
  return {
    [CONFIG_FILE]: rendered(configOf(work, settings)),
    ...Object.fromEntries(
      work.secrets.map(({ file, name, secret }) => [
        file,
        rendered({ resources: [typed(SECRET, { name, ...secret })] }),
      ]),
    ),
  };
}

function configOf({ id, listenAddress, listeners, clusters, health }: EnvoyWork, settings: EnvoyOwnSettings): object {
  const { healthPort, metricsPort, adminPort = DEFAULT_ADMIN_PORT } = settings;
  const allAddresses = listenAddress.includes(':') ? '::' : '0.0.0.0';
  const admin = socket('127.0.0.1', adminPort);
  return {
    // Secrets are asked for in the name of a node, also where they are files.
    node: { id, cluster: id },
    admin: { address: admin, ignore_global_conn_limit: true },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: typed('extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig', {
            max_active_downstream_connections: settings.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
          }),
        },
      ],
    },
    static_resources: {
      listeners: [
        ...listeners,
        ...(healthPort === undefined ? [] : [healthListener(allAddresses, healthPort, health)]),
        ...(metricsPort === undefined ? [] : [metricsListener(allAddresses, metricsPort)]),
      ],
      clusters: [
        ...clusters,
        ...(healthPort === undefined && metricsPort === undefined
          ? []
          : [cluster(ADMIN, { type: 'STATIC' }, [{ endpoint: { address: admin } }])]),
      ],
    },
  };
}

/** Envoy's YAML takes these for booleans, and what looks like a number for one, unless it is quoted. */
const PLAIN = /^(?!(?:y|yes|n|no|on|off|true|false|null)$)[A-Za-z/][A-Za-z0-9/._@:,-]*$|^[0-9.]+s$/i;

function rendered(config: object): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, scalar) {
      if (key !== 'key' && typeof scalar.value === 'string' && !PLAIN.test(scalar.value)) {
        scalar.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}
