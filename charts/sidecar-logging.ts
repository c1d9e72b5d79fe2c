import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ManifestFormat, SharedVolume, Sidecar } from '../lib';
import { labDeployment } from './deployment';

/**
 * 실습 1: Sidecar 패턴 - 로그 수집 / Lab 1: a sidecar ships the logs of nginx.
 *
 * nginx는 접근 로그를 볼륨에 쓰고, 사이드카는 같은 볼륨을 읽기 전용으로 마운트하여 표준 출력으로 내보냅니다.
 *
 * `tail -f`는 파일이 아직 없으면 끝나므로, nginx가 파일을 만들 때까지 사이드카가 다시 시작될 수 있습니다.
 * 실제로는 `tail -F`가 낫습니다.
 */
export class SidecarLogging extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

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
