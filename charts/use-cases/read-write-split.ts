import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HaproxyAmbassador, HelperKind, ManifestFormat, PodSecurity, WaitFor } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 localhost의 두 주소만 압니다 / the app knows two addresses at localhost. */
const APP = `# 쓰기와 읽기가 서로 다른 포트로 나감
trap exit TERM
ask() { # 명령의 답과, 답한 서버의 주소 (laddr)
  set -- $(printf '%s\\nCLIENT INFO\\n' "$2" | redis-cli -u "$1")
  echo "\${1:-failed} at \${4#laddr=}"
}
while true; do
  echo "written: $(ask "$REPORTS_URL" 'RPUSH reports sold')"
  for read in 1 2 3 4; do
    echo "read: $(ask "$REPORTS_READ_URL" 'LLEN reports')"
  done
  sleep 1 & wait $!
done
`;

const IMAGE = 'redis:6.2';
/** Redis의 이미지가 쓰는 사용자 / the user of the image. */
const REDIS_USER = 999;
const PORT = 6379;
const PRIMARY = 'reports-primary';
const REPLICAS = ['reports-replica-1', 'reports-replica-2'];

/**
 * 읽기와 쓰기 나누기 / writes to the primary, reads to the replicas.
 *
 * 읽기가 많으면 데이터베이스 하나로는 부족합니다. HAProxy가 앰배서더로서 두 포트를 엽니다. An HAProxy has a port for each:
 *
 * - 쓰기는 언제나 primary로 갑니다 / writes go to the primary, always.
 * - 읽기는 replica들이 나누어 받습니다. 로그의 주소가 번갈아 나옵니다 / replicas share the reads: addresses take turns.
 * - replica가 멈추면 빼고, 돌아오면 다시 넣습니다. 그동안 실패하는 읽기는 없습니다 / one that is down is left out, and no read
 *   fails for it.
 * - replica가 모두 멈추면 primary에서 읽습니다 / while there is none, the primary is read from.
 *
 * replica에는 조금 늦게 도착하므로, 방금 쓴 것을 읽지 못할 수 있습니다. What is read may be a moment old.
 *
 * 하나를 멈추고, 다시 시작합니다. Stop one, and start it again:
 *
 * ```
 * kubectl logs deploy/reports -c app -f
 * kubectl scale deployment reports-replica-1 --replicas=0
 * kubectl scale deployment reports-replica-1 --replicas=1
 * ```
 */
export class ReadWriteSplit extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    this.database(PRIMARY, 'Primary: 쓰기를 받는 Redis');
    for (const name of REPLICAS) {
      this.database(name, 'Replica: primary를 따라가는 Redis', ['--replicaof', PRIMARY, String(PORT)]);
    }

    const app = labDeployment(this, 'app', {
      name: 'reports',
      app: 'reports',
      main: { name: 'app', image: IMAGE, command: ['sh', '-c', APP] },
    });
    const split = new HaproxyAmbassador(app, 'database', {
      kind: HelperKind.NATIVE_SIDECAR,
      serviceName: 'writes',
      listen: PORT,
      servers: [server(PRIMARY)],
      env: { REPORTS_URL: 'redis://{host}:{port}' },
      furtherServices: [
        {
          serviceName: 'reads',
          listen: PORT + 1,
          servers: [
            // 연결이 한 번 거부되면 바로 뺌 / the first connection that it refuses takes it out.
            ...REPLICAS.map((name) => ({ ...server(name), errorLimit: 1 })),
            { ...server(PRIMARY), backup: true },
          ],
          env: { REPORTS_READ_URL: 'redis://{host}:{port}' },
        },
      ],
      configMapName: 'reports-database',
    });
    new WaitFor(app, 'wait-for-primary', { host: PRIMARY, port: PORT });
    PodSecurity.restrict(app, { user: REDIS_USER });

    ManifestFormat.of(app)
      .head('읽기와 쓰기 나누기: localhost의 두 포트를 쓰는 앱')
      .above('spec.template.spec.initContainers.[name=wait-for-primary]', '첫 쓰기가 실패하지 않도록 primary를 기다림')
      .above('spec.template.spec.initContainers.[name=database]', '앰배서더: 쓰기와 읽기를 나누는 HAProxy')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(split.configMap).head('HAProxy 설정: 서비스 두 개');
  }

  /** 시험용 데이터베이스 / a database to try it with: it forgets all when its pod ends. */
  private database(name: string, head: string, args: readonly string[] = []): void {
    const database = labDeployment(this, name, {
      name,
      app: name,
      main: {
        name: 'redis',
        image: IMAGE,
        args: ['redis-server', '--save', '', ...args],
        ports: [{ containerPort: PORT }],
        // replica는 primary의 것을 다 받은 뒤에 시작된 것 / a replica has started once it has all of the primary's.
        startupProbe: {
          exec: { command: ['sh', '-c', 'redis-cli ROLE | grep -qx -e master -e connected'] },
          periodSeconds: 1,
          failureThreshold: 60,
        },
        readinessProbe: { exec: { command: ['redis-cli', 'PING'] }, periodSeconds: 2 },
      },
    });
    PodSecurity.restrict(database, {
      user: REDIS_USER,
      containers: { redis: { writablePaths: ['/data'] } },
    });
    ManifestFormat.of(database).head(head);
    new k8s.KubeService(this, `${name}-service`, {
      metadata: { name },
      spec: { ports: [{ port: PORT }], selector: { app: name } },
    });
  }
}

/** 이름은 Service의 이름입니다 / by the name of its Service, whose address stays while pods come and go. */
function server(name: string) {
  return { name, host: name, port: PORT };
}
