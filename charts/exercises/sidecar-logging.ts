import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HelperKind, ManifestFormat, SharedVolume, Sidecar } from '../../lib';
import { labDeployment } from '../deployment';
import { quantities } from '../quantities';

/**
 * 로그를 따라가며 출력합니다 / follows the log and prints it.
 *
 * - `tail -F`는 파일이 아직 없거나 바뀌어도 기다립니다. `tail -f`는 끝나 버립니다.
 * - 프로세스 1이 된 셸과 tail은 SIGTERM을 무시하므로 trap이 없으면 Pod가 유예 시간(30초)을 다 채우고서야 삭제됩니다.
 * - 신호를 받고 1초를 더 기다리면 nginx가 마지막으로 쓴 줄까지 나옵니다.
 *
 * `tail -F` waits for a file that is not there yet or is replaced, `tail -f` ends. As process 1 neither a shell nor tail ends
 * at SIGTERM, so without the trap deleting takes all of the grace period. A second more brings nginx's last lines.
 */
const SHIP = `# 접근 로그를 한 줄씩 표준 출력으로
trap 'sleep 1; exit' TERM
tail -n +1 -F /var/log/nginx/access.log &
wait $!
`;

/**
 * 과제 1: Sidecar 로깅 / Exercise 1: nginx, and a sidecar that collects its log from a shared volume.
 *
 * 실습 1과 다른 점: 네이티브 사이드카라서 nginx보다 먼저 시작하고 나중에 끝나며, 마지막 요청의 로그도 놓치지 않습니다.
 *
 * Other than in lab 1, it is a native sidecar: it starts before nginx, ends after it, and does not miss the last request.
 *
 * `kubectl logs deploy/exercise-1 -c log-collector`
 */
export class Exercise1SidecarLogging extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const nginx = labDeployment(this, 'nginx', {
      name: 'exercise-1',
      app: 'exercise-1',
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
    });

    new Sidecar(nginx, 'log-collector', {
      container: {
        name: 'log-collector',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', SHIP],
        resources: {
          requests: quantities({ cpu: '10m', memory: '16Mi' }),
          limits: quantities({ memory: '32Mi' }),
        },
      },
      kind: HelperKind.NATIVE_SIDECAR,
      shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
    });

    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'exercise-1' },
      spec: { ports: [{ port: 80 }], selector: { app: 'exercise-1' } },
    });

    ManifestFormat.of(nginx)
      .head('과제 1: nginx + 로그 수집 사이드카')
      .above('spec.template.spec.volumes', '공유 볼륨')
      .above('spec.template.spec.initContainers.[name=log-collector]', '네이티브 사이드카: 로그 수집기')
      .above('spec.template.spec.containers.[name=nginx]', '메인 컨테이너: nginx');
    ManifestFormat.of(service).head('트래픽을 만들기 위한 Service');
  }
}
