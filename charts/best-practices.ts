import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Adapter, AdapterOutput, ManifestFormat, SharedVolume, Sidecar, WaitFor } from '../lib';
import { labDeployment } from './deployment';
import { quantities } from './quantities';

/** 셸이 프로세스 1로 SIGTERM을 받아 바로 끝납니다. `tail`만으로는 유예 시간을 다 씁니다 / ends at once when it is told to. */
const SHIP_LOGS = ['sh', '-c', "trap 'exit 0' TERM; tail -F /var/log/nginx/access.log & wait"];

const containers = 'spec.template.spec.containers';

/** 베스트 프랙티스 네 가지, 하나에 Deployment 하나씩 / the tutorial's four best practices, a Deployment each. */
export class BestPractices extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.clearRoles();
    this.resourceLimits();
    this.startOrder();
    this.readOnlyConfig();
  }

  /** 1. 컨테이너 역할 명확화: 이름이 역할을 말합니다. */
  private clearRoles(): void {
    const nginxConfig = new k8s.KubeConfigMap(this, 'clear-roles-nginx', {
      metadata: { name: 'clear-roles-nginx' },
      data: {
        'default.conf': `server {
    listen 80;
    root /usr/share/nginx/html;

    location /stub_status {
        stub_status;
        allow 127.0.0.1;
        deny all;
    }
}
`,
      },
    });
    const app = labDeployment(this, 'clear-roles', {
      name: 'clear-roles',
      app: 'clear-roles',
      main: {
        name: 'app',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        volumeMounts: [{ name: 'nginx-config', mountPath: '/etc/nginx/conf.d', readOnly: true }],
      },
      volumes: [{ name: 'nginx-config', configMap: { name: nginxConfig.name } }],
    });
    new Sidecar(app, 'logger', {
      container: { name: 'logger', image: 'busybox', command: SHIP_LOGS },
      shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
    });
    new Adapter(app, 'metrics', {
      container: {
        name: 'metrics',
        image: 'nginx/nginx-prometheus-exporter:1.4.1',
        args: ['--nginx.scrape-uri=http://127.0.0.1/stub_status'],
        ports: [{ containerPort: 9113 }],
      },
      output: AdapterOutput.port(9113),
    });
    ManifestFormat.of(nginxConfig).head('1. 컨테이너 역할 명확화: nginx 설정');
    ManifestFormat.of(app)
      .head('1. 컨테이너 역할 명확화')
      .endOfLine(`${containers}.[name=app].name`, '메인 애플리케이션')
      .endOfLine(`${containers}.[name=logger].name`, '로그 수집')
      .endOfLine(`${containers}.[name=metrics].name`, '메트릭 노출');
  }

  /** 2. 리소스 제한 설정: 컨테이너마다 알맞게. */
  private resourceLimits(): void {
    const app = labDeployment(this, 'resource-limits', {
      name: 'resource-limits',
      app: 'resource-limits',
      main: {
        name: 'app',
        image: 'nginx:1.27',
        resources: {
          requests: quantities({ cpu: '500m', memory: '512Mi' }),
          limits: quantities({ cpu: '1000m', memory: '1Gi' }),
        },
      },
    });
    new Sidecar(app, 'sidecar', {
      container: {
        name: 'sidecar',
        image: 'busybox',
        command: SHIP_LOGS,
        resources: {
          requests: quantities({ cpu: '100m', memory: '128Mi' }),
          limits: quantities({ cpu: '200m', memory: '256Mi' }),
        },
      },
      shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
    });
    ManifestFormat.of(app).head('2. 리소스 제한 설정');
  }

  /** 3. 의존성 순서 고려: DB가 응답해야 앱이 시작합니다. */
  private startOrder(): void {
    const app = labDeployment(this, 'start-order', {
      name: 'start-order',
      app: 'start-order',
      main: { name: 'app', image: 'nginx:1.27' },
    });
    new WaitFor(app, 'wait-for-db', { host: 'db', port: 5432, deadline: Duration.minutes(5) });
    ManifestFormat.of(app)
      .head('3. 의존성 순서 고려')
      .above('spec.template.spec.initContainers.[name=wait-for-db]', 'DB 연결 대기')
      .above(`${containers}.[name=app]`, 'DB가 준비된 후 시작');
  }

  /** 4. 볼륨 마운트 권한: 설정은 읽기 전용으로 마운트합니다. */
  private readOnlyConfig(): void {
    const configMap = new k8s.KubeConfigMap(this, 'read-only-config-files', {
      metadata: { name: 'read-only-config' },
      data: { 'app.properties': 'greeting=hello\n' },
    });
    const app = labDeployment(this, 'read-only-config', {
      name: 'read-only-config',
      app: 'read-only-config',
      main: {
        name: 'app',
        image: 'nginx:1.27',
        volumeMounts: [{ name: 'config', mountPath: '/etc/config', readOnly: true }],
      },
      volumes: [{ name: 'config', configMap: { name: configMap.name } }],
    });
    ManifestFormat.of(configMap).head('4. 볼륨 마운트 권한: 설정 파일');
    ManifestFormat.of(app)
      .head('4. 볼륨 마운트 권한')
      .endOfLine(`${containers}.[name=app].volumeMounts.0.readOnly`, '✅ 수정 방지');
  }
}
