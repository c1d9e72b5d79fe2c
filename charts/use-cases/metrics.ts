import { Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { HelperKind, ManifestFormat, PodSecurity, PrometheusExporter, PrometheusScrape } from '../../lib';
import { labDeployment } from '../deployment';

/**
 * 메트릭 형식: Redis와 memcached의 상태를 Prometheus 형식으로 / metric format: what Redis and memcached count, as Prometheus
 * reads it.
 *
 * Redis는 Prometheus를 모릅니다. 어댑터인 redis_exporter가 `INFO`를 물어 9121 포트에서 메트릭으로 답합니다. memcached도 같습니다:
 * memcached_exporter가 `stats`를 물어 9150에서 답합니다. An adapter asks Redis and answers Prometheus; so does one for memcached:
 *
 * - 비밀번호는 Secret에 있고, 매니페스트와 인수에는 없습니다. 틀리면 exporter는 그대로 돌면서 `redis_up 0`이라고 합니다 / the
 *   password is in a Secret, and in no argument; with a wrong one the exporter says `redis_up 0`, and goes on.
 * - liveness 프로브는 `/health`만 봅니다. `/metrics`는 매번 Redis에 묻기 때문입니다 / the probe does not ask Redis.
 * - memcached가 0.5초 안에 답하지 않으면 기다리지 않고 `memcached_up 0`이라고 합니다 / a memcached that hangs is said to be down.
 * - Prometheus가 Pod 밖에서 오므로 9121과 9150은 모든 주소에서 열립니다. 서버에는 127.0.0.1로 접속합니다 / the ports of the metrics are
 *   open to others, as Prometheus comes from outside.
 * - PodMonitor가 아니라 annotation으로 알립니다: Prometheus operator가 없어도 적용됩니다. operator가 있다면
 *   `PrometheusScrape.podMonitor()` / annotations, which need no operator.
 *
 * ```
 * kubectl create secret generic metrics-redis --from-literal=password=my-password
 * kubectl port-forward deploy/metrics-redis 9121:9121
 * curl http://localhost:9121/metrics
 * ```
 */
export class Metrics extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const passwordSecret = { name: 'metrics-redis', key: 'password' };
    const redis = labDeployment(this, 'redis', {
      name: 'metrics-redis',
      app: 'metrics-redis',
      main: {
        name: 'redis',
        image: 'redis:6.2',
        // 셸이 아니라 kubelet이 변수를 채웁니다 / the kubelet puts the variable in.
        args: ['--requirepass', '$(REDIS_PASSWORD)'],
        env: [{ name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: passwordSecret } }],
        ports: [{ containerPort: 6379 }],
      },
    });

    PrometheusExporter.redis(redis, 'metrics', {
      kind: HelperKind.NATIVE_SIDECAR,
      passwordSecret,
      countKeys: [{ pattern: 'session:*' }],
      scrape: PrometheusScrape.annotations(),
      shutdownDeadline: Duration.seconds(10),
    });

    ManifestFormat.of(redis)
      .head('메트릭 형식: Redis와 Prometheus exporter')
      .above('spec.template.spec.initContainers.[name=metrics]', '어댑터: Redis의 상태를 Prometheus 형식으로')
      .above('spec.template.spec.containers.[name=redis]', '메인 애플리케이션: Prometheus를 모름');

    const memcached = labDeployment(this, 'memcached', {
      name: 'metrics-memcached',
      app: 'metrics-memcached',
      main: {
        name: 'memcached',
        image: 'memcached:1.6',
        args: ['-m', '32'],
        ports: [{ containerPort: 11211 }],
      },
    });
    PrometheusExporter.memcached(memcached, 'metrics', {
      kind: HelperKind.NATIVE_SIDECAR,
      timeout: Duration.millis(500),
      scrape: PrometheusScrape.annotations(),
    });
    // 이미지의 사용자 / the user of the image.
    PodSecurity.restrict(memcached, { user: 11211 });

    ManifestFormat.of(memcached)
      .head('메트릭 형식: memcached와 Prometheus exporter')
      .above('spec.template.spec.initContainers.[name=metrics]', '어댑터: memcached의 상태를 Prometheus 형식으로')
      .above('spec.template.spec.containers.[name=memcached]', '메인 애플리케이션: Prometheus를 모름');
  }
}
