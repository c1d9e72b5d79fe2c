import { Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  HelperKind,
  ManifestFormat,
  PgBouncerAmbassador,
  PgBouncerPoolMode,
  PgBouncerTls,
  PgBouncerUsers,
  PodSecurity,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 localhost의 데이터베이스만 압니다 / the app knows a database at localhost. */
const APP = `# 다섯 클라이언트가 localhost의 앰배서더를 통해 동시에 질의
trap exit INT TERM # 이 이미지는 SIGINT로 멈춤
while true; do
  for client in 1 2 3 4 5; do
    psql -Atc "SELECT 'client $client on connection ' || pg_backend_pid() FROM pg_sleep(0.2)" || echo failed &
  done
  wait
  sleep 5 & wait $!
done
`;

/** PostgreSQL의 이미지가 쓰는 사용자 / the user of the image. */
const POSTGRES_USER = 70;
const IMAGE = 'postgres:17-alpine';

/**
 * 데이터베이스 연결 / connections to a database.
 *
 * PostgreSQL은 연결마다 프로세스를 하나씩 만들기 때문에, 연결이 많아지면 메모리가 부족해집니다. PgBouncer가 앰배서더로서
 * 앱의 많은 연결을 적은 연결로 모읍니다. PostgreSQL has a process for each connection; the ambassador makes few of many:
 *
 * - 앱의 다섯 클라이언트가 서버 연결 두 개를 나누어 씁니다. 로그의 번호가 둘뿐입니다 / five clients share two connections.
 * - 사용자와 비밀번호는 Secret에만 있습니다. ConfigMap에도, 인수에도 없습니다 / users are in a Secret alone.
 * - 서버와는 TLS로 통신하고, 서버의 인증서를 확인합니다 / TLS to the server, whose certificate is verified.
 * - 네이티브 사이드카이므로 앱의 첫 질의부터 통과하고, 앱이 끝난 뒤에 끝납니다 / the first query gets through.
 *
 * 먼저 사용자와 인증서를 만듭니다. First make a user and a certificate:
 *
 * ```
 * kubectl create secret generic shop-db --type=kubernetes.io/basic-auth \
 *   --from-literal=username=shop --from-literal=password="$(openssl rand -base64 24)"
 * openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=shop-db \
 *   -addext subjectAltName=DNS:shop-db -keyout tls.key -out tls.crt
 * kubectl create secret generic shop-db-tls --from-file=tls.key --from-file=tls.crt --from-file=ca.crt=tls.crt
 * ```
 */
export class DatabaseConnections extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const database = this.database();
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'shop-db' },
      spec: { ports: [{ port: 5432 }], selector: { app: 'shop-db' } },
    });

    const app = labDeployment(this, 'app', {
      name: 'shop-app',
      app: 'shop-app',
      main: {
        name: 'app',
        image: IMAGE,
        command: ['sh', '-c', APP],
        env: [
          fromSecret('PGUSER', 'username'),
          fromSecret('PGPASSWORD', 'password'),
          { name: 'PGDATABASE', value: 'shop' },
        ],
      },
    });
    const pool = new PgBouncerAmbassador(app, 'db-pool', {
      kind: HelperKind.NATIVE_SIDECAR,
      databases: [{ name: 'shop', host: 'shop-db' }],
      users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
      tls: PgBouncerTls.verified({ caSecret: 'shop-db-tls' }),
      poolMode: PgBouncerPoolMode.TRANSACTION,
      poolSize: 2,
      env: { PGHOST: '{host}', PGPORT: '{port}' },
      configMapName: 'shop-db-pool',
    });
    PodSecurity.restrict(app, { user: POSTGRES_USER });

    ManifestFormat.of(database).head('데이터베이스: 인증서를 보여 주는 PostgreSQL');
    ManifestFormat.of(service).head('앰배서더만 아는 이름');
    ManifestFormat.of(app)
      .head('데이터베이스 연결: localhost로 질의하는 앱')
      .above('spec.template.spec.initContainers.[name=db-pool]', '앰배서더: 연결을 모으는 PgBouncer')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
    ManifestFormat.of(pool.configMap).head('PgBouncer 설정: 비밀번호는 여기에 없음');
  }

  /** 시험용 데이터베이스 / a database to try it with: it forgets all when its pod ends. */
  private database(): k8s.KubeDeployment {
    const database = labDeployment(this, 'database', {
      name: 'shop-db',
      app: 'shop-db',
      main: {
        name: 'postgres',
        image: IMAGE,
        args: [
          'postgres',
          ...['ssl=on', 'ssl_cert_file=/etc/postgres-tls/tls.crt', 'ssl_key_file=/etc/postgres-tls/tls.key'].flatMap(
            (setting) => ['-c', setting],
          ),
        ],
        env: [
          fromSecret('POSTGRES_USER', 'username'),
          fromSecret('POSTGRES_PASSWORD', 'password'),
          { name: 'POSTGRES_DB', value: 'shop' },
          { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
        ],
        ports: [{ containerPort: 5432 }],
        readinessProbe: {
          exec: { command: ['pg_isready', '--quiet', '--host=127.0.0.1'] },
          periodSeconds: 2,
        },
        volumeMounts: [{ name: 'tls', mountPath: '/etc/postgres-tls', readOnly: true }],
      },
      // PostgreSQL은 다른 사용자가 읽을 수 있는 키를 거부합니다 / it refuses a key that others can read.
      volumes: [{ name: 'tls', secret: { secretName: 'shop-db-tls', defaultMode: 0o640 } }],
    });
    PodSecurity.restrict(database, {
      user: POSTGRES_USER,
      containers: {
        postgres: { writablePaths: ['/tmp', '/var/lib/postgresql/data', '/var/run/postgresql'] },
      },
    });
    // 키는 이 그룹의 것이 됩니다 / the key belongs to this group.
    database.addJsonPatch(JsonPatch.add('/spec/template/spec/securityContext', { fsGroup: POSTGRES_USER }));
    return database;
  }
}

function fromSecret(name: string, key: string): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: 'shop-db', key } } };
}
