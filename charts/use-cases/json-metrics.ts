import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  HelperKind,
  JsonAuthorization,
  JsonValueType,
  ManifestFormat,
  PodSecurity,
  PrometheusExporter,
  PrometheusScrape,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 상태를 JSON으로만 보여 줍니다 / the app shows its state as JSON, to those who know the password. */
const APP = `# 상태를 JSON으로 localhost:8080/status.json에 두는 앱
trap exit TERM
mkdir -p /tmp/www
printf '/:%s:%s\\n' "$STATUS_USER" "$STATUS_PASSWORD" >/tmp/httpd.conf
orders=0
show() {
  printf '{"version": "1.4", "orders": %d, "queues": [{"name": "mail", "depth": 3}, {"name": "pdf", "depth": 0}]}' \\
    "$orders" >/tmp/www/next
  mv /tmp/www/next /tmp/www/status.json
}
show
httpd -c /tmp/httpd.conf -p 127.0.0.1:8080 -h /tmp/www
while true; do
  orders=$((orders + 1))
  show
  sleep 1 & wait $!
done
`;

const SECRET = 'metrics-json';

/**
 * 메트릭 형식: 앱의 JSON을 Prometheus 형식으로 / metric format: what an app says as JSON, as Prometheus reads it.
 *
 * 앱은 고치지 않습니다. 어댑터인 json_exporter가 JSON을 읽고, JSONPath로 찾은 값을 메트릭으로 답합니다. The app stays as it is; the
 * adapter looks for numbers by JSONPaths:
 *
 * - 배열의 항목마다 메트릭이 하나씩 생깁니다. 레이블로 구별해야 합니다 / each queue is a metric, told apart by its label.
 * - JSONPath는 synth할 때 검사합니다. exporter는 틀린 것을 읽을 때마다 로그에만 남기기 때문입니다 / JSONPaths are checked at
 *   synthesis: the exporter would only log at each scrape.
 * - 비밀번호는 Secret에만 있습니다. 7979 포트에 닿는 누구나 이 비밀번호를 다른 곳에 보내게 할 수 있으므로, NetworkPolicy로
 *   Prometheus에게만 여세요 / the password is in a Secret alone. Whoever reaches port 7979 can have it sent elsewhere: let
 *   Prometheus alone in, by a NetworkPolicy.
 * - 무엇을 물을지는 annotation이 말합니다: `/probe?module=…&target=…` / annotations say what to ask for.
 *
 * ```
 * kubectl create secret generic metrics-json --type=kubernetes.io/basic-auth \
 *   --from-literal=username=metrics --from-literal=password=my-password
 * kubectl port-forward deploy/metrics-json 7979:7979
 * curl 'http://localhost:7979/probe?module=default&target=http://127.0.0.1:8080/status.json'
 * ```
 */
export class JsonMetrics extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const fromSecret = (name: string, key: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: SECRET, key } },
    });
    const app = labDeployment(this, 'app', {
      name: 'metrics-json',
      app: 'metrics-json',
      main: {
        name: 'app',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', APP],
        env: [fromSecret('STATUS_USER', 'username'), fromSecret('STATUS_PASSWORD', 'password')],
      },
    });

    const exporter = PrometheusExporter.json(app, 'metrics', {
      kind: HelperKind.NATIVE_SIDECAR,
      modules: [
        {
          path: '/status.json',
          authorization: JsonAuthorization.basic({ secret: SECRET }),
          metrics: [
            { name: 'shop_orders_total', path: '{.orders}', help: 'Orders', valueType: JsonValueType.COUNTER },
            {
              name: 'shop_queue',
              path: '{.queues[*]}',
              help: 'What waits',
              labels: { queue: '{.name}' },
              values: { depth: '{.depth}' },
              valueType: JsonValueType.GAUGE,
            },
            { name: 'shop_info', path: '1', labels: { version: '{.version}' } },
          ],
        },
      ],
      scrape: PrometheusScrape.annotations(),
      configMapName: 'metrics-json',
    });
    PodSecurity.restrict(app, { user: 1000, containers: { app: { writablePaths: ['/tmp'] } } });

    ManifestFormat.of(app)
      .head('메트릭 형식: JSON으로 말하는 앱과 Prometheus exporter')
      .above('spec.template.spec.initContainers.[name=metrics]', '어댑터: JSON을 Prometheus 형식으로')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: Prometheus를 모름');
    ManifestFormat.of(exporter.configMaps[0]).head('exporter 설정: 무엇을 어디에서 찾을지');
  }
}
