import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ManifestFormat, PodChecks, PodRules, Sidecar } from '../lib';
import { labDeployment } from './deployment';
import { quantities } from './quantities';

/**
 * 실습 3: 수정된 Multi-Container Pod / Lab 3: the pod of lab 2, mended.
 *
 * 클러스터에서 네 컨테이너가 모두 계속 실행되고(READY 4/4), 다시 시작되지 않으며, mysql이 응답합니다.
 */
export class MultiDepFixed extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    PodChecks.of(this).ignore(PodRules.SIGTERM, '튜토리얼의 명령 그대로입니다 / the command is that of the tutorial');

    const multiDep = labDeployment(this, 'multi-dep', {
      name: 'multi-dep-fixed',
      app: 'multi-fixed',
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80, protocol: 'TCP' }] },
    });

    new Sidecar(multiDep, 'mysql', {
      container: {
        name: 'mysql',
        image: 'mysql:5.7',
        env: [{ name: 'MYSQL_ALLOW_EMPTY_PASSWORD', value: 'true' }],
        ports: [{ containerPort: 3306, protocol: 'TCP' }],
        resources: {
          requests: quantities({ cpu: '200m', memory: '128Mi' }),
          limits: quantities({ cpu: '500m', memory: '256Mi' }),
        },
      },
    });

    new Sidecar(multiDep, 'counter', {
      container: {
        name: 'counter',
        image: 'centos:7',
        command: ['bin/bash', '-c', 'while true; do for i in {1..99}; do echo $i; sleep 1s; done; done'],
      },
    });

    new Sidecar(multiDep, 'monitor', {
      container: {
        name: 'monitor',
        image: 'centos:7',
        command: [
          'bin/bash',
          '-c',
          `sleep 10
while true; do
  echo "Monitoring... $(date)"
  sleep 30  # ✅ 양수 값
done
`,
        ],
      },
    });

    const containers = 'spec.template.spec.containers';
    ManifestFormat.of(multiDep)
      .above(`${containers}.[name=nginx]`, '1. Nginx - 올바른 포트')
      .endOfLine(`${containers}.[name=nginx].ports.0.containerPort`, '✅ 수정됨')
      .above(`${containers}.[name=mysql]`, '2. MySQL - 환경 변수 추가')
      .endOfLine(`${containers}.[name=mysql].env.0.name`, '✅ 추가됨')
      .above(`${containers}.[name=counter]`, '3. Counter - 계속 실행되도록 수정')
      .quoted(`${containers}.[name=counter].command`)
      .endOfLine(`${containers}.[name=counter].command.2`, '✅ 무한 루프')
      .above(`${containers}.[name=monitor]`, '4. Someother - 올바른 sleep 값')
      .quoted(`${containers}.[name=monitor].command.0`)
      .quoted(`${containers}.[name=monitor].command.1`);
  }
}
