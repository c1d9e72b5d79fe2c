import { EnvoyWork, renderFiles } from './envoy-bootstrap';
import { serviceCluster } from './envoy-cluster';
import { OWN_HEALTH, serviceListener } from './envoy-listener';
import { secretsOf } from './envoy-secrets';
import { EnvoySettings } from './envoy-settings';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';

/** The files of an ambassador's settings without problems. */
export function renderEnvoyFiles(id: string, settings: EnvoySettings): Record<string, string> {
  const { services, listenAddress = DEFAULT_LISTEN_ADDRESS, accessLog = false } = settings;
  const work: EnvoyWork = {
    id,
    listenAddress,
    listeners: services.map((service) => serviceListener(service, listenAddress, accessLog)),
    clusters: services.map(serviceCluster),
    secrets: secretsOf(settings),
    health: OWN_HEALTH,
  };
  return Object.fromEntries(Object.entries(renderFiles(work, settings)).map(([name, text]) => [name, escaped(text)]));
}

/** An ambassador's files have placeholders; what a user gave that looks like one is none. */
function escaped(text: string): string {
  return text.replaceAll(/(?<![${])\{(port|upstream)\}(?!\})/g, '\\{$1}');
}
