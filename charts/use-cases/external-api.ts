import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { EnvoyAmbassador, EnvoyTls, HeaderValue, HelperKind, ManifestFormat } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 평문 HTTP로 localhost만 호출합니다 / the app knows localhost, and neither TLS nor the token. */
const APP = `# localhost의 앰배서더를 통해 외부 API를 호출
trap exit TERM
while true; do
  wget -T 10 -qO- "$API_URL/orders" || echo failed
  sleep 5 & wait $!
done
`;

/** 외부 API를 대신하는 서버: 받은 토큰을 그대로 답합니다 / the stand-in answers with the token that it was sent. */
const SERVER = `server {
  listen 8443 ssl;
  ssl_certificate /etc/nginx/tls/tls.crt;
  ssl_certificate_key /etc/nginx/tls/tls.key;
  location / {
    return 200 "$request_uri for $http_authorization\\n";
  }
}
`;

/**
 * 외부 API로 나가는 길 / the way to an external API.
 *
 * 앱 컨테이너는 `http://localhost:8080`만 압니다. 나머지는 모두 앰배서더인 Envoy가 합니다. The ambassador does the rest:
 *
 * - TLS로 접속하고, 서버의 인증서가 그 이름의 것인지 확인합니다 / TLS, with the server's name verified.
 * - Secret의 토큰을 `authorization` 헤더로 보냅니다. ConfigMap에는 토큰이 없고, Secret을 바꾸면 다시 시작하지 않아도
 *   새 토큰을 씁니다 / the token of a Secret, in no ConfigMap, followed when it changes.
 * - 5초 안에 답이 없으면 504, Pod마다 1초에 10번이 넘는 요청은 429입니다 / a timeout and a rate limit.
 *
 * 먼저 인증서와 토큰을 만듭니다. 여기서는 같은 클러스터의 Service가 외부 API를 대신하기 때문입니다. First make a certificate
 * and a token, as a Service in the same cluster stands for the external API here:
 *
 * ```
 * openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=external-api \
 *   -addext subjectAltName=DNS:external-api -keyout tls.key -out tls.crt
 * kubectl create secret generic external-api-tls --from-file=tls.key --from-file=tls.crt --from-file=ca.crt=tls.crt
 * kubectl create secret generic external-api-token --from-literal=token=my-token
 * ```
 */
export class ExternalApi extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const config = new k8s.KubeConfigMap(this, 'server-config', {
      metadata: { name: 'external-api-server' },
      data: { 'default.conf': SERVER },
    });
    const server = labDeployment(this, 'server', {
      name: 'external-api',
      app: 'external-api',
      main: {
        name: 'api',
        image: 'nginx:1.27',
        ports: [{ containerPort: 8443 }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8443) }, periodSeconds: 2 },
        volumeMounts: [
          { name: 'config', mountPath: '/etc/nginx/conf.d', readOnly: true },
          { name: 'tls', mountPath: '/etc/nginx/tls', readOnly: true },
        ],
      },
      volumes: [
        { name: 'config', configMap: { name: config.name } },
        { name: 'tls', secret: { secretName: 'external-api-tls' } },
      ],
    });
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'external-api' },
      spec: {
        ports: [{ port: 443, targetPort: k8s.IntOrString.fromNumber(8443) }],
        selector: { app: 'external-api' },
      },
    });

    const app = labDeployment(this, 'app', {
      name: 'storefront',
      app: 'storefront',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const proxy = new EnvoyAmbassador(app, 'api-proxy', {
      kind: HelperKind.NATIVE_SIDECAR,
      services: [
        {
          listen: 8080,
          upstreams: ['https://external-api'],
          tls: EnvoyTls.verified({ caSecret: 'external-api-tls' }),
          headers: { authorization: HeaderValue.fromSecret('external-api-token', 'token', 'Bearer ') },
          timeouts: { connect: Duration.seconds(2), request: Duration.seconds(5) },
          rateLimit: { requests: 10 },
          env: { API_URL: 'http://{host}:{port}' },
        },
      ],
      configMapName: 'storefront-api-proxy',
    });

    ManifestFormat.of(config).head('외부 API를 대신하는 서버의 설정');
    ManifestFormat.of(server).head('외부 API를 대신하는 Deployment와 Service');
    ManifestFormat.of(service).head('앰배서더만 아는 이름');
    ManifestFormat.of(app)
      .head('외부 API: localhost로 접근하는 앱')
      .above('spec.template.spec.initContainers.[name=api-proxy]', '앰배서더: TLS, 토큰, 시간 제한, 요청 수 제한')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(proxy.configMap).head('Envoy 설정: 토큰은 여기에 없음');
  }
}
