import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  HelperKind,
  LogMetricKind,
  LogMetrics,
  ManifestFormat,
  PodSecurity,
  PrometheusScrape,
  SharedVolume,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 메트릭 없이 로그만 쓰는 앱 / it logs, and has no metrics. */
const APP = `# 주문을 한 줄씩 기록하는 앱
trap exit TERM
while true; do
  echo "INFO order paid by card in 0.120 s, 3 waiting" >>/var/log/orders/orders.log
  echo "WARN order refused by bank in 1.500 s, 2 waiting" >>/var/log/orders/orders.log
  sleep 1 & wait $!
done
`;

/**
 * 모니터링 연동: 로그를 메트릭으로 / monitoring connected: metrics of log lines.
 *
 * 앱에 메트릭이 없어도 로그에 있는 것은 셀 수 있습니다. 어댑터인 mtail이 로그 파일을 읽어 3903 포트에서 Prometheus에 답합니다.
 * The adapter counts what the app logs, and answers Prometheus:
 *
 * - 카운터: 맞는 줄의 수. 이름 붙은 그룹이 레이블이 됩니다 / a counter of lines; named groups are labels.
 * - 게이지: 마지막 값 / a gauge: the last value.
 * - 히스토그램: 걸린 시간의 분포 / a histogram: how long it took.
 * - mtail의 프로그램은 여기서 만들어지고, 틀린 정규 표현식은 synth할 때 오류가 됩니다 / its program is generated and checked.
 * - 네이티브 사이드카이므로 앱보다 먼저 시작합니다. 시작하기 전의 줄은 세지 않기 때문입니다 / it starts first, as it does not count
 *   what was there before.
 *
 * ```
 * kubectl port-forward deploy/order-log 3903:3903
 * curl http://localhost:3903/metrics
 * ```
 */
export class MonitoringConnected extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const app = labDeployment(this, 'app', {
      name: 'order-log',
      app: 'order-log',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const metrics = new LogMetrics(app, 'log-metrics', {
      kind: HelperKind.NATIVE_SIDECAR,
      source: SharedVolume.emptyDir('logs').at('/var/log/orders'),
      metrics: [
        { name: 'orders_total', kind: LogMetricKind.COUNTER, pattern: 'order (?<result>\\w+) by (?<by>\\w+)' },
        {
          name: 'orders_seconds',
          kind: LogMetricKind.HISTOGRAM,
          pattern: ' in (?<seconds>[0-9.]+) s',
          value: 'seconds',
          buckets: [0.1, 0.5, 1, 5],
        },
        { name: 'orders_waiting', kind: LogMetricKind.GAUGE, pattern: ', (?<count>\\d+) waiting', value: 'count' },
      ],
      scrape: PrometheusScrape.annotations(),
      configMapName: 'order-log-metrics',
    });
    PodSecurity.restrict(app, { user: 1000 });

    ManifestFormat.of(app)
      .head('모니터링 연동: 로그만 쓰는 앱과 mtail')
      .above('spec.template.spec.initContainers.[name=log-metrics]', '어댑터: 로그를 메트릭으로')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: 메트릭이 없음');
    ManifestFormat.of(metrics.configMap).head('mtail의 프로그램');
  }
}
