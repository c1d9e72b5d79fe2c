import { Document, visit } from 'yaml';
import { cluster, serviceCluster } from './envoy-cluster';
import { ADMIN, healthListener, metricsListener, serviceListener } from './envoy-listener';
import { socket, typed } from './envoy-message';
import { secretsOf } from './envoy-secrets';
import { EnvoySettings } from './envoy-settings';

export const CONFIG_FILE = 'envoy.yaml';
export const DEFAULT_LISTEN_ADDRESS = '127.0.0.1';
export const DEFAULT_ADMIN_PORT = 9901;
const DEFAULT_MAX_CONNECTIONS = 1024;

const SECRET = 'extensions.transport_sockets.tls.v3.Secret';

/** The ports that Envoy has besides those of its services. */
export function ownPortsOf({
  healthPort,
  metricsPort,
  adminPort = DEFAULT_ADMIN_PORT,
}: EnvoySettings): Map<string, number> {
  return new Map(
    Object.entries({ healthPort, metricsPort, adminPort }).flatMap(([name, port]) =>
      port === undefined ? [] : [[name, port]],
    ),
  );
}

/** The files of settings without problems: the configuration, and one that says where it is for each secret. */
export function renderEnvoyFiles(id: string, settings: EnvoySettings): Record<string, string> {
  return {
    [CONFIG_FILE]: rendered(configOf(id, settings)),
    ...Object.fromEntries(
      secretsOf(settings).map(({ file, name, secret }) => [
        file,
        rendered({ resources: [typed(SECRET, { name, ...secret })] }),
      ]),
    ),
  };
}

function configOf(id: string, settings: EnvoySettings): object {
  const { services, healthPort, metricsPort } = settings;
  const { listenAddress = DEFAULT_LISTEN_ADDRESS, adminPort = DEFAULT_ADMIN_PORT } = settings;
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
        ...services.map((service) => serviceListener(service, listenAddress, settings.accessLog ?? false)),
        ...(healthPort === undefined ? [] : [healthListener(allAddresses, healthPort)]),
        ...(metricsPort === undefined ? [] : [metricsListener(allAddresses, metricsPort)]),
      ],
      clusters: [
        ...services.map(serviceCluster),
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
  return escaped(document.toString({ lineWidth: 0 }));
}

/** An ambassador's files have placeholders; what a user gave that looks like one is none. */
function escaped(text: string): string {
  return text.replaceAll(/(?<![${])\{(port|upstream)\}(?!\})/g, '\\{$1}');
}
