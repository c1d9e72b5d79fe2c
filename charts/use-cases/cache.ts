import { Chart, Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HelperKind, ManifestFormat, NginxCacheAmbassador, PodSecurity } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 localhost의 카탈로그만 압니다 / the app knows a catalog at localhost. */
const APP = `# localhost의 앰배서더를 통해 카탈로그를 조회
trap exit TERM
while true; do
  wget -T 10 -S -qO- "$CATALOG_URL/items" 2>&1 | grep -e X-Cache-Status -e items -e error
  sleep 1 & wait $!
done
`;

/** 느린 서비스를 대신하는 서버: 언제 답을 만들었는지 알려 줍니다 / says when it has made its answer. */
const SERVER = `server {
  listen 8080;
  location / {
    return 200 "items of $time_iso8601\\n";
  }
}
`;

/** nginx의 이미지가 쓰는 사용자 / the user of the image. */
const NGINX_USER = 101;

/**
 * 캐시 / a cache.
 *
 * 같은 것을 여러 번 물어보는 앱은 느리고, 서비스가 멈추면 함께 멈춥니다. nginx가 앰배서더로서 답을 보관하고 다시 줍니다. The
 * ambassador keeps the answers of a service, and gives them again:
 *
 * - 앱은 1초마다 물어보지만, 서비스는 5초에 한 번쯤만 답합니다. 로그의 시각이 그대로이고 `HIT`라고 나옵니다 / the service is
 *   asked once in five seconds, and answers say HIT.
 * - 서비스가 멈춰도 보관한 답을 줍니다 (`STALE`, `UPDATING`) / while the service is down, what is kept is given.
 * - 답은 emptyDir에 있으므로, Pod를 바꾸면 모두 지워집니다 / what is kept goes with the pod.
 *
 * 서비스를 멈추고, 다시 시작하고, 캐시를 비웁니다. Stop the service, start it, and empty the cache:
 *
 * ```
 * kubectl scale deployment catalog --replicas=0
 * kubectl scale deployment catalog --replicas=1
 * kubectl rollout restart deployment showroom
 * ```
 */
export class Cache extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const config = new k8s.KubeConfigMap(this, 'server-config', {
      metadata: { name: 'catalog-server' },
      data: { 'default.conf': SERVER },
    });
    const server = labDeployment(this, 'server', {
      name: 'catalog',
      app: 'catalog',
      main: {
        name: 'catalog',
        image: 'nginx:1.27',
        ports: [{ containerPort: 8080 }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8080) }, periodSeconds: 2 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/nginx/conf.d', readOnly: true }],
      },
      volumes: [{ name: 'config', configMap: { name: config.name } }],
    });
    PodSecurity.restrict(server, {
      user: NGINX_USER,
      containers: { catalog: { writablePaths: ['/var/cache/nginx', '/var/run'] } },
    });
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'catalog' },
      spec: {
        ports: [{ port: 80, targetPort: k8s.IntOrString.fromNumber(8080) }],
        selector: { app: 'catalog' },
      },
    });

    const app = labDeployment(this, 'app', {
      name: 'showroom',
      app: 'showroom',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const cache = new NginxCacheAmbassador(app, 'catalog-cache', {
      kind: HelperKind.NATIVE_SIDECAR,
      upstream: 'http://catalog',
      times: [{ statuses: [200], time: Duration.seconds(5) }],
      cacheSize: Size.mebibytes(64),
      timeouts: { connect: Duration.seconds(2) },
      shutdownTimeout: Duration.seconds(5),
      env: { CATALOG_URL: 'http://{host}:{port}' },
      configMapName: 'catalog-cache',
    });
    PodSecurity.restrict(app, { user: 1000 });

    ManifestFormat.of(config).head('카탈로그를 대신하는 서버의 설정');
    ManifestFormat.of(server).head('카탈로그를 대신하는 Deployment와 Service');
    ManifestFormat.of(service).head('앰배서더만 아는 이름');
    ManifestFormat.of(app)
      .head('캐시: localhost로 조회하는 앱')
      .above('spec.template.spec.initContainers.[name=catalog-cache]', '앰배서더: 답을 보관하는 nginx')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(cache.configMap).head('nginx 설정: 5초 동안은 보관한 답을 줌');
  }
}
