import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ManifestFormat, PodChecks, PodRules, SharedVolume, Sidecar, VolumeWriter } from '../../lib';
import { labDeployment } from '../deployment';

/** 컨테이너마다 다른 것 / what the two pods differ in. */
interface Containers {
  readonly name: string;
  readonly title: string;
  /** 두 번째 웹 서버 / the second web server. */
  readonly admin: k8s.Container;
  /** nginx의 로그를 출력 / prints the log of nginx. */
  readonly logger: k8s.Container;
  /** 공유 볼륨에 보고서를 쓰는 컨테이너와 그 마운트 / writes a report to the shared volume. */
  readonly reporter: k8s.Container;
  readonly reportsWriter: VolumeWriter;
  /** 준비되었는지 검사를 받는 서버 / a server that is asked whether it is ready. */
  readonly status: k8s.Container;
}

/** 셸이 기다리는 동안 SIGTERM을 받으면 곧바로 끝납니다 / ends at once: a shell handles SIGTERM while it waits. */
const REPORT = 'trap exit TERM; while true; do date > /reports/latest.txt; sleep 2 & wait $!; done';

/** 작은 웹 서버. 프로세스 1인 httpd는 SIGTERM을 무시하므로 셸이 대신 받습니다 / a web server that ends at SIGTERM. */
function serving(port: number): string[] {
  return ['sh', '-c', `trap exit TERM; httpd -f -p ${port} -h /etc & wait $!`];
}

/** 같은 Pod를 두 번 만듭니다 / the same pod, once broken and once mended. */
function analysed(chart: Chart, { name, title, ...containers }: Containers): k8s.KubeDeployment {
  const web = labDeployment(chart, 'web', {
    name,
    app: name,
    main: { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
  });
  const logs = SharedVolume.emptyDir('logs');
  const reports = SharedVolume.emptyDir('reports');

  new Sidecar(web, 'admin', { container: containers.admin });
  new Sidecar(web, 'logger', { container: containers.logger, shares: [logs.at('/var/log/nginx')] });
  new Sidecar(web, 'reporter', {
    container: containers.reporter,
    shares: [reports.at('/reports', { writer: containers.reportsWriter })],
  });
  new Sidecar(web, 'status', { container: containers.status });

  ManifestFormat.of(web).head(title);
  return web;
}

const containers = 'spec.template.spec.containers';

/**
 * 과제 2: 문제 분석, 고장 난 쪽 / Exercise 2: five containers, of which four are wrong on purpose.
 *
 * 매니페스트로는 유효하므로 API 서버는 받아들입니다. 먼저 아래 명령으로 직접 찾아 보고, 그다음 주석을 읽으세요.
 * The manifest is valid, so the API server takes it. Look for yourself with these commands first, then read the comments.
 *
 * - `kubectl get pods -l app=exercise-2-broken`
 * - `kubectl describe pod -l app=exercise-2-broken`
 * - `kubectl logs deploy/exercise-2-broken -c admin` (`logger`, `reporter`, `status`)
 */
export class Exercise2Broken extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const web = analysed(this, {
      name: 'exercise-2-broken',
      title: '과제 2: 의도적으로 오류가 있는 Multi-Container Pod',
      // 1. Port 80 is web's: containers of a pod share their ports.
      // 1. 같은 Pod의 컨테이너는 포트를 나누어 씁니다. 80은 web의 것이라 "Address already in use"로 끝나고 다시 시작됩니다.
      admin: { name: 'admin', image: 'busybox:1.37.0', command: serving(80) },
      // 2. `tail -f` does not wait for a file that is not there, and the path is wrong.
      // 2. 없는 파일을 `tail -f`로 읽으면 "can't open"으로 끝납니다. 로그는 /var/log/nginx에 있습니다.
      logger: { name: 'logger', image: 'busybox:1.37.0', command: ['tail', '-f', '/var/log/access.log'] },
      // 3. It runs and writes nothing: its mount is read-only.
      // 3. 실행은 되지만 아무것도 쓰지 못합니다. 마운트가 읽기 전용이라 로그에 "Read-only file system"만 쌓입니다.
      reporter: {
        name: 'reporter',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', REPORT],
      },
      reportsWriter: VolumeWriter.MAIN,
      // 4. It runs and is never ready: it listens on 8081, and the probe asks 8082.
      // 4. 실행은 되지만 준비되지 않습니다. 서버는 8081 포트를 여는데 프로브는 8082 포트를 검사합니다.
      status: {
        name: 'status',
        image: 'busybox:1.37.0',
        command: serving(8081),
        ports: [{ containerPort: 8081 }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8082) }, periodSeconds: 2 },
      },
    });

    PodChecks.of(this).ignore(PodRules.SIGTERM, '일부러 틀린 logger입니다 / the logger is wrong on purpose');
    ManifestFormat.of(web)
      .above(`${containers}.[name=web]`, 'web - 정상 동작')
      .above(`${containers}.[name=admin]`, '1. admin - 어느 포트를 열려고 합니까?')
      .above(`${containers}.[name=logger]`, '2. logger - 어느 파일을 읽으려고 합니까?')
      .above(`${containers}.[name=reporter]`, '3. reporter - 실행 중인데 보고서는 어디에 있습니까?')
      .above(`${containers}.[name=status]`, '4. status - 실행 중인데 왜 준비되지 않습니까?');
  }
}

/**
 * 과제 2: 문제 분석, 고친 쪽 / Exercise 2, mended: all five are ready.
 *
 * `diff dist/exercise-2-broken.yaml dist/exercise-2-mended.yaml`
 */
export class Exercise2Mended extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const web = analysed(this, {
      name: 'exercise-2-mended',
      title: '과제 2: 수정된 Multi-Container Pod',
      // 포트를 선언해 두면 겹칠 때 `cdk8s synth`가 알려 줍니다(규칙 port-conflict) / declared ports are compared at synthesis.
      admin: {
        name: 'admin',
        image: 'busybox:1.37.0',
        command: serving(8080),
        ports: [{ containerPort: 8080 }],
      },
      logger: {
        name: 'logger',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', 'trap exit TERM; tail -n +1 -F /var/log/nginx/access.log & wait $!'],
      },
      reporter: {
        name: 'reporter',
        image: 'busybox:1.37.0',
        command: ['sh', '-c', REPORT],
      },
      reportsWriter: VolumeWriter.BOTH,
      status: {
        name: 'status',
        image: 'busybox:1.37.0',
        command: serving(8081),
        ports: [{ containerPort: 8081 }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8081) }, periodSeconds: 2 },
      },
    });

    ManifestFormat.of(web)
      .above(`${containers}.[name=web]`, 'web - 정상 동작')
      .above(`${containers}.[name=admin]`, '1. admin - ✅ 비어 있는 포트')
      .above(`${containers}.[name=logger]`, '2. logger - ✅ 올바른 경로, tail -F, SIGTERM 처리')
      .above(`${containers}.[name=reporter]`, '3. reporter - ✅ 쓸 수 있는 마운트')
      .above(`${containers}.[name=status]`, '4. status - ✅ 서버가 연 포트를 검사');
  }
}
