import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoyLogField,
  EnvoySidecar,
  EnvoyTls,
  HelperKind,
  ManifestFormat,
  PodSecurity,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 localhost에서 평문 HTTP로만 답합니다 / the app answers at localhost only, and knows no TLS. */
const APP = `# Pod 밖에서는 8080 포트에 접근할 수 없음
trap exit TERM
mkdir -p /tmp/www
echo 'hello from the app' >/tmp/www/index.html
echo well >/tmp/www/healthz
httpd -f -p 127.0.0.1:8080 -h /tmp/www & wait $!
`;

/** 클라이언트도 localhost만 호출합니다 / the client asks at localhost, too. */
const CLIENT = `trap exit TERM
while true; do
  wget -T 10 -qO- "$GREETER_URL/" || echo failed
  sleep 2 & wait $!
done
`;

/**
 * 앱 앞의 프록시 / a proxy in front of the app.
 *
 * 앱은 `localhost:8080`에서 평문 HTTP로 답하고, 나머지는 사이드카인 Envoy가 합니다. The app answers plain HTTP at localhost, and a
 * sidecar does the rest:
 *
 * - Secret의 인증서로 TLS 연결을 받습니다. 인증서를 갱신하면 다시 시작하지 않아도 새 것을 씁니다 / TLS with the certificate of a Secret,
 *   followed when it is renewed.
 * - 인증서를 보여 주는 클라이언트만 받습니다 (mTLS) / only clients that show a certificate are let in.
 * - 요청마다 JSON 한 줄을 stdout에 남깁니다 / a line of JSON for each request.
 * - 앱의 `/healthz`를 확인해서, 앱이 정상일 때만 Pod가 준비됩니다 / the pod is ready while the app is well.
 * - Pod가 끝날 때 진행 중인 요청을 마칩니다. 그동안 앱도 계속 답해야 하므로 앱에는 `preStop`이 있습니다 / requests under way are finished
 *   when the pod ends; the app has a preStop hook, as it has to go on for as long.
 *
 * 먼저 서버와 클라이언트의 인증서를 만듭니다. First make the certificates of both:
 *
 * ```
 * for name in greeter greeter-client; do
 *   openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$name" \
 *     -addext "subjectAltName=DNS:$name" -keyout tls.key -out tls.crt
 *   kubectl create secret generic "$name-tls" --from-file=tls.key --from-file=tls.crt --from-file=ca.crt=tls.crt
 * done
 * ```
 */
export class TlsEdge extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const greeter = labDeployment(this, 'greeter', {
      name: 'greeter',
      app: 'greeter',
      main: {
        name: 'app',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', APP],
        lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
      },
    });
    const edge = new EnvoySidecar(greeter, 'edge', {
      kind: HelperKind.NATIVE_SIDECAR,
      listen: 8443,
      tls: EnvoyEdgeTls.fromSecret('greeter-tls', {
        clientCaSecret: 'greeter-client-tls',
        clients: ['greeter-client'],
      }),
      appPort: 8080,
      health: { path: '/healthz' },
      accessLog: [
        EnvoyLogField.TIME,
        EnvoyLogField.CLIENT_SUBJECT,
        EnvoyLogField.METHOD,
        EnvoyLogField.PATH,
        EnvoyLogField.STATUS,
        EnvoyLogField.MILLISECONDS,
        EnvoyLogField.TLS_VERSION,
      ],
      configMapName: 'greeter-edge',
    });
    PodSecurity.restrict(greeter, { user: 1000, containers: { app: { writablePaths: ['/tmp'] } } });
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'greeter' },
      spec: { ports: [{ port: 443, targetPort: k8s.IntOrString.fromString('https') }], selector: { app: 'greeter' } },
    });

    const client = labDeployment(this, 'client', {
      name: 'greeter-client',
      app: 'greeter-client',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', CLIENT] },
    });
    const proxy = new EnvoyAmbassador(client, 'greeter-proxy', {
      kind: HelperKind.NATIVE_SIDECAR,
      services: [
        {
          listen: 8080,
          upstreams: ['https://greeter'],
          tls: EnvoyTls.verified({ caSecret: 'greeter-tls', clientSecret: 'greeter-client-tls' }),
          env: { GREETER_URL: 'http://{host}:{port}' },
        },
      ],
      configMapName: 'greeter-client-proxy',
    });
    PodSecurity.restrict(client, { user: 1000 });

    ManifestFormat.of(greeter)
      .head('앱 앞의 프록시: TLS는 Envoy가, 앱은 localhost만')
      .above('spec.template.spec.initContainers.[name=edge]', '사이드카: TLS, 접근 로그, 앱의 상태 확인, 종료')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: TLS를 모름');
    ManifestFormat.of(edge.configMap).head('앱 앞에 있는 Envoy의 설정: 키는 여기에 없음');
    ManifestFormat.of(service).head('targetPort는 사이드카의 포트 이름');
    ManifestFormat.of(client).head('클라이언트: 앰배서더가 인증서를 보여 주고 서버를 확인');
    ManifestFormat.of(proxy.configMap).head('클라이언트에 있는 Envoy의 설정');
  }
}
