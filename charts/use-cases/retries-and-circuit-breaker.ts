import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { EnvoyAmbassador, HelperKind, ManifestFormat } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 재시도를 모릅니다 / the app knows nothing of retries. */
const APP = `# localhost의 앰배서더를 통해 주문 서비스를 호출
trap exit TERM
while true; do
  wget -T 10 -qO- "$ORDERS_URL" || echo failed
  sleep 1 & wait $!
done
`;

/** 다섯 번에 한 번은 503, /tmp/broken이 있으면 언제나 500 / one answer in five is 503, and all are 500 while that file is there. */
const SERVER = `split_clients "$request_id" $ill {
  20% 1;
  *   "";
}
server {
  listen 8080;
  location / {
    if (-f /tmp/broken) {
      return 500 "broken\\n";
    }
    if ($ill) {
      return 503 "busy\\n";
    }
    return 200 "ordered\\n";
  }
}
`;

/**
 * 재시도와 서킷 브레이커 / retries and a circuit breaker.
 *
 * 주문 서비스는 다섯 번에 한 번 503으로 답하지만, 앱은 그것을 보지 못합니다. Envoy가 다시 시도하기 때문입니다. The app sees no
 * 503, as the ambassador tries again:
 *
 * - 재시도는 예산 안에서만 합니다: 진행 중인 요청의 20%까지, 적어도 동시에 3개. 바쁜 서비스를 더 바쁘게 하지 않습니다 / within
 *   a budget: 20 % of what is under way, or three.
 * - POST처럼 두 번 하면 안 되는 요청은 다시 보내지 않습니다 / not for requests that may do their work twice.
 * - 다섯 번 이어서 실패하면 5초 동안 보내지 않고 바로 503으로 답합니다. 거듭되면 5초씩 길어집니다 / five failures in a row open
 *   the breaker for 5 seconds, and for longer each time.
 * - 동시에 진행하는 요청과 기다리는 요청의 수에도 한계가 있습니다 / and there are limits for what is under way at once.
 *
 * 브레이커가 열리고 닫히는 것을 보려면 / to see the breaker open and close:
 *
 * ```
 * kubectl exec deploy/orders -- touch /tmp/broken
 * kubectl logs deploy/checkout -c app -f
 * kubectl exec deploy/orders -- rm /tmp/broken
 * ```
 */
export class RetriesAndCircuitBreaker extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const config = new k8s.KubeConfigMap(this, 'server-config', {
      metadata: { name: 'orders-server' },
      data: { 'default.conf': SERVER },
    });
    const server = labDeployment(this, 'server', {
      name: 'orders',
      app: 'orders',
      main: {
        name: 'orders',
        image: 'nginx:1.27',
        ports: [{ containerPort: 8080 }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8080) }, periodSeconds: 2 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/nginx/conf.d', readOnly: true }],
      },
      volumes: [{ name: 'config', configMap: { name: config.name } }],
    });
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'orders' },
      spec: { ports: [{ port: 8080 }], selector: { app: 'orders' } },
    });

    const app = labDeployment(this, 'app', {
      name: 'checkout',
      app: 'checkout',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const proxy = new EnvoyAmbassador(app, 'orders-proxy', {
      kind: HelperKind.NATIVE_SIDECAR,
      services: [
        {
          listen: 8080,
          upstreams: ['http://orders:8080'],
          retries: { maxRetries: 4, budget: { percent: 20 } },
          outlierDetection: { consecutiveErrors: 5, ejectionTime: Duration.seconds(5) },
          circuitBreaker: { maxConnections: 20, maxPendingRequests: 10 },
          env: { ORDERS_URL: 'http://{host}:{port}/' },
        },
      ],
      configMapName: 'checkout-orders-proxy',
    });

    ManifestFormat.of(config).head('가끔 실패하는 주문 서비스의 설정');
    ManifestFormat.of(server).head('주문 서비스');
    ManifestFormat.of(service).head('앰배서더만 아는 이름');
    ManifestFormat.of(app)
      .head('재시도와 서킷 브레이커: localhost로 접근하는 앱')
      .above('spec.template.spec.initContainers.[name=orders-proxy]', '앰배서더: 재시도, 서킷 브레이커')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(proxy.configMap).head('Envoy 설정');
  }
}
