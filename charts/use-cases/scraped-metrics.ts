import { Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  HelperKind,
  ManifestFormat,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  OpenTelemetryTls,
  PodSecurity,
} from '../../lib';
import { labDeployment } from '../deployment';
import { gateway } from './gateway';

/** 앱은 localhost에서만 메트릭을 보여 줍니다 / the app shows its metrics at localhost, in Prometheus' format. */
const APP = `# Prometheus 형식의 메트릭을 localhost:8080/metrics에 두는 앱
trap exit TERM
mkdir -p /tmp/www
sold=0
show() {
  printf '# TYPE tickets_sold_total counter\\ntickets_sold_total{kind="web"} %d\\n' "$sold" >/tmp/www/next
  mv /tmp/www/next /tmp/www/metrics
}
show
httpd -p 127.0.0.1:8080 -h /tmp/www
while true; do
  sold=$((sold + 1))
  show
  sleep 1 & wait $!
done
`;

/**
 * 메트릭 수집과 전송 / metrics scraped and sent on.
 *
 * 사이드카인 OpenTelemetry Collector가 앱의 `/metrics`를 5초마다 읽어 보냅니다. 바깥에서 메트릭을 가져갈 Prometheus가 없어도 됩니다.
 * The sidecar scrapes the app's endpoint and sends on what it gets; nobody has to reach into the pod.
 *
 * - 앱의 포트는 localhost에만 열려 있습니다 / the app's port is open to its own pod alone.
 * - 시계열의 `service.instance.id`는 Pod 이름과 포트라서 여러 Pod의 값이 섞이지 않습니다 / series say which pod they are of.
 * - 받는 쪽이 멈추면 메모리에서 기다립니다 / while the other side is down they wait in memory.
 *
 * ```
 * kubectl logs deploy/metric-gateway -c viewer -f
 * ```
 */
export class ScrapedMetrics extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    gateway(this, 'metric-gateway', 'metrics');

    const app = labDeployment(this, 'app', {
      name: 'tickets',
      app: 'tickets',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const scraper = new OpenTelemetrySidecar(app, 'scraper', {
      kind: HelperKind.NATIVE_SIDECAR,
      metrics: [
        {
          inputs: [OpenTelemetryInput.scrape({ port: 8080, interval: Duration.seconds(5) })],
          outputs: [OpenTelemetryOutput.otlp('metric-gateway:4317', { tls: OpenTelemetryTls.plaintext() })],
        },
      ],
      configMapName: 'tickets-scraper',
    });
    PodSecurity.restrict(app, { user: 1000, containers: { app: { writablePaths: ['/tmp'] } } });

    ManifestFormat.of(app)
      .head('메트릭 수집과 전송: localhost에 메트릭을 두는 앱')
      .above('spec.template.spec.initContainers.[name=scraper]', '사이드카: 5초마다 읽어서 보냄')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: 아무 데도 보내지 않음');
    ManifestFormat.of(scraper.configMap).head('컬렉터 설정: localhost:8080/metrics를 읽어 OTLP로 보냄');
  }
}
