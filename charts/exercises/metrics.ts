import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Adapter, AdapterOutput, ManifestFormat } from '../../lib';
import { labDeployment } from '../deployment';
import { quantities } from '../quantities';

/**
 * 과제 4: 메트릭 수집 / Exercise 4: an app with a Prometheus exporter beside it.
 *
 * 실습 4와 다른 점: postStart 훅으로 숫자를 지어내지 않고 nginx가 세는 값을 실제 exporter가 Prometheus 형식으로 바꿉니다.
 * 앱의 출력을 표준 형식으로 바꾸는 것이므로 Adapter 패턴이고, `stub_status`는 127.0.0.1에서만 볼 수 있습니다.
 *
 * Other than in lab 4, no hook makes numbers up: what nginx counts is turned into Prometheus' format by a real exporter,
 * which makes this an Adapter. `stub_status` is to be seen at 127.0.0.1 alone.
 *
 * `kubectl port-forward svc/exercise-4 9113:9113`과 `curl http://localhost:9113/metrics`
 */
export class Exercise4Metrics extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const config = new k8s.KubeConfigMap(this, 'nginx', {
      metadata: { name: 'exercise-4-nginx' },
      data: {
        'default.conf': `server {
    listen 80;
    root /usr/share/nginx/html;
}

server {
    listen 127.0.0.1:8081;

    location /stub_status {
        stub_status;
    }
}
`,
      },
    });

    const app = labDeployment(this, 'app', {
      name: 'exercise-4',
      app: 'exercise-4',
      main: {
        name: 'app',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        volumeMounts: [{ name: 'nginx-config', mountPath: '/etc/nginx/conf.d', readOnly: true }],
      },
      volumes: [{ name: 'nginx-config', configMap: { name: config.name } }],
    });

    new Adapter(app, 'exporter', {
      container: {
        name: 'exporter',
        image: 'nginx/nginx-prometheus-exporter:1.4.1',
        args: ['--nginx.scrape-uri=http://127.0.0.1:8081/stub_status'],
        ports: [{ name: 'metrics', containerPort: 9113 }],
        readinessProbe: {
          httpGet: { path: '/metrics', port: k8s.IntOrString.fromString('metrics') },
          periodSeconds: 5,
        },
        resources: {
          requests: quantities({ cpu: '10m', memory: '16Mi' }),
          limits: quantities({ memory: '64Mi' }),
        },
      },
      output: AdapterOutput.port(9113),
    });

    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'exercise-4' },
      spec: {
        ports: [
          { name: 'http', port: 80 },
          { name: 'metrics', port: 9113, targetPort: k8s.IntOrString.fromString('metrics') },
        ],
        selector: { app: 'exercise-4' },
      },
    });

    ManifestFormat.of(config).head('과제 4: nginx 설정, 상태는 127.0.0.1에서만');
    ManifestFormat.of(app)
      .head('과제 4: 메인 앱 + Prometheus Exporter')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션')
      .above('spec.template.spec.containers.[name=exporter]', '어댑터: nginx의 상태를 Prometheus 형식으로');
    ManifestFormat.of(service).head('웹과 메트릭');
  }
}
