import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HaproxyAmbassador, ManifestFormat, PodChecks, PodRules } from '../lib';
import { labDeployment } from './deployment';

/**
 * 실습 5: Ambassador 패턴 - Redis Proxy / Lab 5: an ambassador takes the app to Redis.
 *
 * 앱은 Redis가 어디 있는지 모릅니다. localhost:6379로 접속하면 앰배서더인 HAProxy가 Redis Service로 전달합니다.
 * 설정 파일 `haproxy.cfg`는 아래 값에서 만들어지고, ConfigMap으로 마운트됩니다.
 *
 * 클러스터에서 첫 PING은 거부됩니다. 앱이 HAProxy보다 먼저 시작하기 때문이고, 5초 뒤부터는 PONG이 옵니다. 첫 요청부터
 * 성공하는 것은 과제 3입니다.
 *
 * `*:6379`는 다른 Pod에도 열려 있습니다. 같은 Pod의 앱만 쓴다면 `listenAddress`를 빼세요. 그러면
 * 127.0.0.1에서만 받습니다.
 */
export class RedisWithProxy extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    PodChecks.of(this).ignore(PodRules.SIGTERM, '튜토리얼의 명령 그대로입니다 / the command is that of the tutorial');

    const redis = labDeployment(this, 'redis', {
      name: 'redis',
      app: 'redis',
      main: { name: 'redis', image: 'redis:6.2', ports: [{ containerPort: 6379 }] },
    });

    const service = new k8s.KubeService(this, 'redis-service', {
      metadata: { name: 'redis' },
      spec: { type: 'ClusterIP', ports: [{ port: 6379 }], selector: { app: 'redis' } },
    });

    const app = labDeployment(this, 'app', {
      name: 'app-with-redis-proxy',
      app: 'redis-client',
      main: {
        name: 'app',
        image: 'redis:6.2',
        command: [
          'sh',
          '-c',
          `# localhost의 Redis에 접속 (실제로는 ambassador를 통함)
while true; do
  redis-cli -h localhost PING
  sleep 5
done
`,
        ],
      },
    });

    const proxy = new HaproxyAmbassador(app, 'redis-proxy', {
      container: { name: 'redis-proxy', image: 'haproxy:2.4', ports: [{ containerPort: 6379 }] },
      serviceName: 'redis',
      listen: 6379,
      listenAddress: '*',
      servers: [{ name: 'redis1', host: 'redis', port: 6379 }],
      timeouts: { connect: Duration.seconds(5), client: Duration.seconds(50), server: Duration.seconds(50) },
      maxConnections: 256,
      configMapName: 'redis-proxy-config',
      configVolumeName: 'proxy-config',
    });

    ManifestFormat.of(redis).head('Redis Deployment');
    ManifestFormat.of(service).head('Redis Service');
    ManifestFormat.of(app)
      .head('App with Redis Ambassador')
      .order('spec.template.spec', ['containers', 'volumes'])
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션 (localhost:6379로 Redis 접속)')
      .above('spec.template.spec.containers.[name=redis-proxy]', 'Ambassador: Redis 프록시');
    ManifestFormat.of(proxy.configMap).head('HAProxy 설정');
  }
}
