import { readFileSync } from 'fs';
import * as path from 'path';
import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ManifestApp, ManifestFormat } from '../lib';

const containers = 'spec.template.spec.containers';

test('writes lab 1 as the tutorial has it', () => {
  const { app, chart } = newChart();
  const deployment = labDeployment(chart, 'nginx-with-sidecar', 'nginx-sidecar', {
    volumes: [{ name: 'logs', emptyDir: {} }],
    containers: [
      {
        name: 'nginx',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        volumeMounts: [{ name: 'logs', mountPath: '/var/log/nginx' }],
      },
      {
        name: 'log-shipper',
        image: 'busybox',
        command: ['sh', '-c', '# access.log를 실시간으로 읽어서 출력\ntail -f /var/log/nginx/access.log\n'],
        volumeMounts: [{ name: 'logs', mountPath: '/var/log/nginx', readOnly: true }],
      },
    ],
  });
  ManifestFormat.of(deployment)
    .above('spec.template.spec.volumes', '공유 볼륨')
    .above(`${containers}.[name=nginx]`, '메인 컨테이너: Nginx')
    .above(`${containers}.[name=log-shipper]`, '사이드카: 로그 수집기');

  expect(app.synthYaml()).toBe(golden('sidecar-logging'));
});

test('writes lab 2 as the tutorial has it', () => {
  const { app, chart } = newChart();
  const quantity = (cpu: string, memory: string) => ({
    cpu: k8s.Quantity.fromString(cpu),
    memory: k8s.Quantity.fromString(memory),
  });
  const deployment = labDeployment(
    chart,
    'multi-dep',
    'multi-1',
    {
      containers: [
        { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 8080, protocol: 'TCP' }] },
        {
          name: 'mysql',
          image: 'mysql:5.7',
          ports: [{ containerPort: 3306, protocol: 'TCP' }],
          resources: { requests: quantity('200m', '128Mi'), limits: quantity('500m', '256Mi') },
        },
        {
          name: 'counter',
          image: 'centos:7',
          command: ['bin/bash', '-c', 'for i in {1..99}; do echo $i; sleep 1s; done'],
        },
        {
          name: 'someother',
          image: 'centos:7',
          command: ['bin/bash', '-c', 'sleep 10s; for i in {1..99}; do echo $i; sleep -100; done'],
        },
      ],
    },
    { color: 'lime' },
  );
  ManifestFormat.of(deployment)
    .above(`${containers}.[name=nginx]`, '1. Nginx - 잘못된 포트 설정')
    .endOfLine(`${containers}.[name=nginx].ports.0.containerPort`, 'Nginx는 기본적으로 80 포트 사용')
    .above(`${containers}.[name=mysql]`, '2. MySQL - 환경 변수 누락 (주석 처리됨)')
    .commentedOut(`${containers}.[name=mysql].ports`, {
      env: [{ name: 'MYSQL_ALLOW_EMPTY_PASSWORD', value: 'true' }],
    })
    .above(`${containers}.[name=counter]`, '3. Counter - 정상 동작')
    .above(`${containers}.[name=someother]`, '4. Someother - 잘못된 명령어 (sleep에 음수 값)')
    .quoted(`${containers}.*.command`);

  expect(app.synthYaml()).toBe(golden('multi-dep'));
});

test('writes lab 5 as the tutorial has it', () => {
  const { app, chart } = newChart();
  const redis = labDeployment(chart, 'redis', 'redis', {
    containers: [{ name: 'redis', image: 'redis:6.2', ports: [{ containerPort: 6379 }] }],
  });
  ManifestFormat.of(redis).head('Redis Deployment');
  const service = new k8s.KubeService(chart, 'service', {
    metadata: { name: 'redis' },
    spec: { type: 'ClusterIP', selector: { app: 'redis' }, ports: [{ port: 6379 }] },
  });
  ManifestFormat.of(service).head('Redis Service');
  const client = labDeployment(chart, 'app-with-redis-proxy', 'redis-client', {
    containers: [
      {
        name: 'app',
        image: 'redis:6.2',
        command: [
          'sh',
          '-c',
          [
            '# localhost의 Redis에 접속 (실제로는 ambassador를 통함)',
            'while true; do',
            '  redis-cli -h localhost PING',
            '  sleep 5',
            'done',
            '',
          ].join('\n'),
        ],
      },
      {
        name: 'redis-proxy',
        image: 'haproxy:2.4',
        ports: [{ containerPort: 6379 }],
        volumeMounts: [{ name: 'proxy-config', mountPath: '/usr/local/etc/haproxy' }],
      },
    ],
    volumes: [{ name: 'proxy-config', configMap: { name: 'redis-proxy-config' } }],
  });
  ManifestFormat.of(client)
    .head('App with Redis Ambassador')
    .above(`${containers}.[name=app]`, '메인 애플리케이션 (localhost:6379로 Redis 접속)')
    .above(`${containers}.[name=redis-proxy]`, 'Ambassador: Redis 프록시')
    .order('spec.template.spec', ['containers', 'volumes']);
  const config = new k8s.KubeConfigMap(chart, 'config', {
    metadata: { name: 'redis-proxy-config' },
    data: { 'haproxy.cfg': HAPROXY_CFG },
  });
  ManifestFormat.of(config).head('HAProxy 설정');

  expect(app.synthYaml()).toBe(golden('redis-with-proxy'));
});

const HAPROXY_CFG = `global
    maxconn 256

defaults
    mode tcp
    timeout connect 5000ms
    timeout client 50000ms
    timeout server 50000ms

frontend redis-in
    bind *:6379
    default_backend redis-backend

backend redis-backend
    server redis1 redis:6379 check
`;

function newChart() {
  const app = new ManifestApp();
  return { app, chart: new Chart(app, 'chart') };
}

function labDeployment(
  chart: Chart,
  name: string,
  app: string,
  spec: k8s.PodSpec,
  labels: Record<string, string> = {},
) {
  return new k8s.KubeDeployment(chart, name, {
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app, ...labels } }, spec },
    },
  });
}

/** A file of the tutorial without the spaces at its line ends. */
function golden(name: string): string {
  return readFileSync(path.join(__dirname, 'goldens', `${name}.yaml`), 'utf8').replace(/ +$/gm, '');
}
