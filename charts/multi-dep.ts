import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ManifestFormat, Sidecar } from '../lib';
import { labDeployment } from './deployment';
import { quantities } from './quantities';

/**
 * 실습 2: 문제가 있는 Multi-Container Pod / Lab 2: a pod that is wrong on purpose.
 *
 * 컨테이너마다 무엇이 잘못되었는지 찾아 보세요. 고친 것은 실습 3(`multi-dep-fixed.ts`)입니다.
 *
 * 매니페스트로는 유효하므로 `cdk8s synth`와 `kubectl apply`는 성공합니다. 문제는 실행해야 드러납니다. 클러스터에서 READY는
 * 4/4, 3/4을 거쳐 2/4가 되고, STATUS는 `Error`와 `CrashLoopBackOff`를 오갑니다.
 */
export class MultiDep extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // 1. nginx는 80 포트를 쓰므로 8080에서는 아무도 응답하지 않습니다.
    const multiDep = labDeployment(this, 'multi-dep', {
      name: 'multi-dep',
      app: 'multi-1',
      podLabels: { color: 'lime' },
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 8080, protocol: 'TCP' }] },
    });

    // 2. 비밀번호에 관한 환경 변수가 없어 mysql은 "Database is uninitialized"라며 코드 1로 끝납니다.
    new Sidecar(multiDep, 'mysql', {
      container: {
        name: 'mysql',
        image: 'mysql:5.7',
        ports: [{ containerPort: 3306, protocol: 'TCP' }],
        resources: {
          requests: quantities({ cpu: '200m', memory: '128Mi' }),
          limits: quantities({ cpu: '500m', memory: '256Mi' }),
        },
      },
    });

    // 3. 99초 뒤에 코드 0으로 끝나고, Deployment의 Pod이므로 다시 시작됩니다. `Completed`는 잠시뿐입니다.
    new Sidecar(multiDep, 'counter', {
      container: {
        name: 'counter',
        image: 'centos:7',
        command: ['bin/bash', '-c', 'for i in {1..99}; do echo $i; sleep 1s; done'],
      },
    });

    // 4. sleep은 -100을 옵션으로 읽어 "invalid option -- '1'"이라고 합니다. 99번 실패한 뒤 코드 1로 끝납니다.
    new Sidecar(multiDep, 'someother', {
      container: {
        name: 'someother',
        image: 'centos:7',
        command: ['bin/bash', '-c', 'sleep 10s; for i in {1..99}; do echo $i; sleep -100; done'],
      },
    });

    const containers = 'spec.template.spec.containers';
    ManifestFormat.of(multiDep)
      .above(`${containers}.[name=nginx]`, '1. Nginx - 잘못된 포트 설정')
      .endOfLine(`${containers}.[name=nginx].ports.0.containerPort`, 'Nginx는 기본적으로 80 포트 사용')
      .above(`${containers}.[name=mysql]`, '2. MySQL - 환경 변수 누락 (주석 처리됨)')
      .commentedOut(`${containers}.[name=mysql].ports`, {
        env: [{ name: 'MYSQL_ALLOW_EMPTY_PASSWORD', value: 'true' }],
      })
      .above(`${containers}.[name=counter]`, '3. Counter - 정상 동작')
      .quoted(`${containers}.[name=counter].command`)
      .above(`${containers}.[name=someother]`, '4. Someother - 잘못된 명령어 (sleep에 음수 값)')
      .quoted(`${containers}.[name=someother].command`);
  }
}
