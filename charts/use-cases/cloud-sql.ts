import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { CloudSqlCredentials, CloudSqlProxy, HelperKind, ManifestFormat, PodSecurity } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 localhost의 데이터베이스만 압니다 / the app knows a database at localhost. */
const APP = `# localhost의 앰배서더를 통해, 비밀번호 없이 질의
trap exit INT TERM # 이 이미지는 SIGINT로 멈춤
while true; do
  psql -w -Atc "SELECT 'invoices at ' || now()" || echo failed
  sleep 5 & wait $!
done
`;

/** PostgreSQL의 이미지가 쓰는 사용자 / the user of the image. */
const POSTGRES_USER = 70;

/**
 * Cloud SQL 데이터베이스 연결 / the way to a database of Cloud SQL.
 *
 * Google Cloud의 관리형 데이터베이스에는 IAM 권한이 있는 서비스 계정만 연결할 수 있습니다. Cloud SQL Auth Proxy가 앰배서더로서
 * 그 계정으로 인증서를 받아 TLS로 연결합니다. To a database of Google Cloud's the ambassador connects as a service account:
 *
 * - 앱은 `localhost:5432`만 압니다. 주소도 인증서도 필요 없습니다 / the app needs neither an address nor certificates.
 * - `iamLogin` 덕분에 데이터베이스 비밀번호도 없습니다 / with `iamLogin` there is no password of the database either.
 * - 서비스 계정의 키는 Secret에만 있습니다 / the key of the service account is in a Secret alone.
 * - 네이티브 사이드카이므로 앱보다 먼저 시작하고, 앱이 끝난 뒤에 끝납니다 / it starts before the app, and ends after it.
 *
 * 먼저 서비스 계정의 키로 Secret을 만듭니다. GKE에서는 키 없이 Workload Identity를 쓰고 `credentials`를 빼는 것이 더 좋습니다.
 * First make a Secret of the account's key; in GKE leave out `credentials`: the pod's own account needs no key.
 *
 * ```
 * gcloud iam service-accounts keys create key.json --iam-account=invoices@my-shop.iam.gserviceaccount.com
 * kubectl create secret generic invoices-account --from-file=service_account.json=key.json
 * ```
 */
export class CloudSql extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const app = labDeployment(this, 'app', {
      name: 'invoices',
      app: 'invoices',
      main: {
        name: 'app',
        image: 'postgres:17-alpine',
        command: ['sh', '-c', APP],
        env: [{ name: 'PGDATABASE', value: 'invoices' }],
      },
    });
    new CloudSqlProxy(app, 'sql', {
      kind: HelperKind.NATIVE_SIDECAR,
      instances: [
        {
          connectionName: 'my-shop:asia-northeast3:invoices',
          listen: 5432,
          iamLogin: true,
          env: { PGHOST: '{host}', PGPORT: '{port}', PGUSER: 'invoices@my-shop.iam' },
        },
      ],
      credentials: CloudSqlCredentials.serviceAccountKey({ secret: 'invoices-account' }),
    });
    PodSecurity.restrict(app, { user: POSTGRES_USER });

    ManifestFormat.of(app)
      .head('Cloud SQL: localhost로 질의하는 앱')
      .above('spec.template.spec.initContainers.[name=sql]', '앰배서더: 서비스 계정으로 연결하는 Cloud SQL Auth Proxy')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: localhost만 알고 있음');
  }
}
