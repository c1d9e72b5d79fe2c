import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ManifestFormat, PodChecks, PodRules, SharedVolume, Sidecar } from '../lib';
import { labDeployment } from './deployment';

/**
 * 실습 1: Sidecar 패턴 - 로그 수집 / Lab 1: a sidecar ships the logs of nginx.
 *
 * nginx는 접근 로그를 볼륨에 쓰고, 사이드카는 같은 볼륨을 읽기 전용으로 마운트하여 표준 출력으로 내보냅니다.
 *
 * 클러스터에서 확인한 것:
 *
 * - `tail -f`는 파일이 아직 없으면 끝납니다. kubelet이 nginx를 먼저 시작해서 문제가 없을 뿐이니, 실제로는 `tail -F`가 낫습니다.
 * - 프로세스 1이 된 `sh`와 `tail`은 SIGTERM을 무시하므로 Pod 삭제에 30초가 걸립니다. 고친 것은 과제 1입니다.
 */
export class SidecarLogging extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    PodChecks.of(this).ignore(PodRules.SIGTERM, '튜토리얼의 명령 그대로입니다 / the command is that of the tutorial');

    const nginx = labDeployment(this, 'nginx', {
      name: 'nginx-with-sidecar',
      app: 'nginx-sidecar',
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
    });

    const logs = SharedVolume.emptyDir('logs');

    new Sidecar(nginx, 'log-shipper', {
      container: {
        name: 'log-shipper',
        image: 'busybox',
        command: [
          'sh',
          '-c',
          `# access.log를 실시간으로 읽어서 출력
tail -f /var/log/nginx/access.log
`,
        ],
      },
      shares: [logs.at('/var/log/nginx')],
    });

    ManifestFormat.of(nginx)
      .above('spec.template.spec.volumes', '공유 볼륨')
      .above('spec.template.spec.containers.[name=nginx]', '메인 컨테이너: Nginx')
      .above('spec.template.spec.containers.[name=log-shipper]', '사이드카: 로그 수집기');
  }
}
