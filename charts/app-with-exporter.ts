import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ManifestFormat, PodChecks, PodRules, SharedVolume, Sidecar } from '../lib';
import { labDeployment } from './deployment';

/**
 * 실습 4: Sidecar 패턴 - Prometheus Exporter / Lab 4: a sidecar serves the metrics of the app.
 *
 * 메인 컨테이너는 메트릭을 파일에 쓰고, 사이드카는 그 파일을 9090 포트로 내보냅니다. 출력을 표준 형식으로 바꾼다는 점에서는
 * Adapter 패턴이기도 합니다.
 *
 * 클러스터에서 확인한 것: **이 Pod는 준비되지 않습니다.** postStart 훅의 백그라운드 반복문이 훅의 출력을 붙들고 있어서 kubelet이
 * 한없이 기다립니다(`0/2 ContainerCreating`). 삭제도 강제로 해야 합니다. `done >/dev/null 2>&1 &`라면 몇 초 만에 2/2가 됩니다.
 *
 * 그래도 nginx 이미지의 `sh`는 dash라서 RANDOM이 없으므로 값은 늘 0입니다. `nc`는 한 번에 요청 하나만 받고, 응답은 그 전에
 * 읽은 값입니다. 실제로는 과제 4처럼 nginx-prometheus-exporter 같은 exporter를 씁니다.
 */
export class AppWithExporter extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    PodChecks.of(this).ignore(PodRules.SIGTERM, '튜토리얼의 명령 그대로입니다 / the command is that of the tutorial');

    const app = labDeployment(this, 'app', {
      name: 'app-with-exporter',
      app: 'metrics-app',
      main: {
        name: 'app',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        lifecycle: {
          postStart: {
            exec: {
              command: [
                'sh',
                '-c',
                `# 메트릭 파일 생성
while true; do
  echo "app_requests_total $(( RANDOM % 1000 ))" > /var/metrics/metrics.txt
  sleep 5
done &
`,
              ],
            },
          },
        },
      },
    });

    const metrics = SharedVolume.emptyDir('metrics');

    new Sidecar(app, 'metrics-exporter', {
      container: {
        name: 'metrics-exporter',
        image: 'busybox',
        ports: [{ containerPort: 9090 }],
        command: [
          'sh',
          '-c',
          `# 간단한 HTTP 서버로 메트릭 노출
while true; do
  echo -e "HTTP/1.1 200 OK\\r\\n\\r\\n$(cat /var/metrics/metrics.txt 2>/dev/null || echo 'no metrics')" | nc -l -p 9090
done
`,
        ],
      },
      shares: [metrics.at('/var/metrics')],
    });

    const containers = 'spec.template.spec.containers';
    ManifestFormat.of(app)
      .above(`${containers}.[name=app]`, '메인 애플리케이션')
      .above(`${containers}.[name=metrics-exporter]`, '사이드카: Prometheus Exporter')
      .order(`${containers}.[name=metrics-exporter]`, ['name', 'image', 'ports', 'volumeMounts', 'command']);
  }
}
