import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Exported, goDuration } from './exporter';
import { PrometheusScrape } from './prometheus-scrape';

/** The PodMonitor beside an exporter, where one was asked for. */
export function podMonitorOf(
  exporter: Construct,
  { metrics, pods }: Pick<Exported, 'metrics' | 'pods'>,
  scrape: PrometheusScrape | undefined,
): ApiObject | undefined {
  if (!scrape?._podMonitor || !pods) {
    return undefined;
  }
  const { name, labels, interval, scrapeTimeout } = scrape._podMonitor;
  return new ApiObject(exporter, 'pod-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace: pods.namespace, labels },
    spec: {
      selector: { matchLabels: { ...pods.labels } },
      podMetricsEndpoints: [
        {
          port: metrics.name,
          interval: interval && goDuration(interval),
          scrapeTimeout: scrapeTimeout && goDuration(scrapeTimeout),
        },
      ],
    },
  });
}
