import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { goDuration } from '../settings/go-duration';
import { Exported } from './exporter';
import { PrometheusScrape } from './prometheus-scrape';

/** The PodMonitor beside an exporter, where one was asked for. */
export function podMonitorOf(
  exporter: Construct,
  { metrics, pods, endpoints }: Pick<Exported, 'metrics' | 'pods' | 'endpoints'>,
  scrape: PrometheusScrape | undefined,
): ApiObject | undefined {
  if (!scrape?._podMonitor || !pods) {
    return undefined;
  }
  const { name, labels, interval, scrapeTimeout } = scrape._podMonitor;
  return new ApiObject(exporter, 'pod-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    // A name that is there and undefined would be none.
    metadata: { ...(name !== undefined && { name }), namespace: pods.namespace, labels },
    spec: {
      selector: { matchLabels: { ...pods.labels } },
      podMetricsEndpoints: endpoints.map(({ path, params, labels: told }) => ({
        port: metrics.name,
        // Without parameters it is the path that Prometheus asks for by itself.
        ...(Object.keys(params).length > 0 && {
          path,
          params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, [value]])),
        }),
        interval: interval && goDuration(interval),
        scrapeTimeout: scrapeTimeout && goDuration(scrapeTimeout),
        ...(Object.keys(told).length > 0 && {
          relabelings: Object.entries(told).map(([targetLabel, replacement]) => ({ targetLabel, replacement })),
        }),
      })),
    },
  });
}
