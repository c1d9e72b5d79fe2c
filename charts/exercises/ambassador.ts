import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HaproxyAmbassador, HelperKind, ManifestFormat, WaitFor } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 환경 변수의 주소만 압니다. 외부 서비스가 어디 있는지 모릅니다 / the app knows localhost and nothing else. */
const APP = `# localhost의 앰배서더를 통해 외부 서비스를 호출
trap exit TERM
while true; do
  wget -T 5 -qO- "$API_URL" || echo failed
  sleep 5 & wait $!
done
`;

/**
 * 과제 3: Ambassador 패턴 / Exercise 3: a proxy to an external service, and an app that talks to localhost.
 *
 * 실습 5와 다른 점:
 *
 * - 앰배서더는 네이티브 사이드카이고 시작 프로브가 있어, 앱이 시작할 때 이미 포트를 열고 있습니다. 첫 요청부터 성공합니다.
 * - 그보다 먼저 `WaitFor`가 외부 서비스를 기다립니다. HAProxy는 이름을 찾지 못하면 시작하지 않기 때문입니다.
 * - 127.0.0.1에만 포트를 열므로 다른 Pod는 이 프록시를 쓸 수 없습니다.
 *
 * 여기서는 같은 클러스터의 Service가 외부 서비스 역할을 합니다. 실제 주소로 바꾸려면 `servers`와 `WaitFor`의 `host`를 함께
 * 고치세요. HAProxy는 받은 것을 그대로 전달하므로, TLS나 Host 헤더가 필요하다면 `use-case-external-api`를 보세요.
 *
 * Other than in lab 5, the ambassador is a native sidecar with a startup probe, so it listens when the app starts and the
 * first request succeeds. Before that a `WaitFor` waits for the service, because HAProxy does not start without its name.
 * It listens on 127.0.0.1, so other pods cannot use it. A Service of the cluster stands for the one outside: for another,
 * change `host` in `servers` and in `WaitFor`. HAProxy passes on what it gets: where TLS or a Host header is needed, see
 * `use-case-external-api`.
 */
export class Exercise3Ambassador extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const external = labDeployment(this, 'external', {
      name: 'exercise-3-api',
      app: 'exercise-3-api',
      main: {
        name: 'api',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        readinessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(80) }, periodSeconds: 2 },
      },
    });
    const service = new k8s.KubeService(this, 'external-service', {
      metadata: { name: 'exercise-3-api' },
      spec: { ports: [{ port: 80 }], selector: { app: 'exercise-3-api' } },
    });

    const app = labDeployment(this, 'app', {
      name: 'exercise-3',
      app: 'exercise-3',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    new WaitFor(app, 'wait-for-api', { host: 'exercise-3-api', port: 80, deadline: Duration.minutes(5) });
    const proxy = new HaproxyAmbassador(app, 'api-proxy', {
      kind: HelperKind.NATIVE_SIDECAR,
      listen: 8080,
      servers: [{ name: 'api', host: 'exercise-3-api', port: 80 }],
      env: { API_URL: 'http://{host}:{port}/' },
      configMapName: 'exercise-3-proxy',
    });

    ManifestFormat.of(external).head('외부 서비스를 대신하는 Deployment와 Service');
    ManifestFormat.of(service).head('앱은 이 이름을 모릅니다');
    ManifestFormat.of(app)
      .head('과제 3: localhost로 접근하는 앱')
      .above('spec.template.spec.initContainers.[name=wait-for-api]', '외부 서비스가 응답할 때까지 대기')
      .above('spec.template.spec.initContainers.[name=api-proxy]', '앰배서더: 앱보다 먼저 시작하고 나중에 종료')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(proxy.configMap).head('HAProxy 설정');
  }
}
