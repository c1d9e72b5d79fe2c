import * as path from 'path';
import * as fs from 'fs';
import * as os from 'os';
import { ApiObject, App, Chart, Include } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { ManifestApp, ManifestFormat, ManifestStyle, ManifestStyleProps, Quotes } from '../../lib';

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

test('comments stand where the line of their place is', () => {
  const { app, object } = newObject({
    spec: {
      containers: [{ name: 'a', image: 'a:1', env: [] }],
      nested: [[{ x: 1 }], ['z']],
      script: 'a\nb\n',
      none: null,
    },
  });
  ManifestFormat.of(object)
    .above('kind', 'kind')
    .head('head')
    .head('of two lines\n\nand more')
    .above('spec.containers', 'containers')
    .above('spec.containers.0.name', 'first field')
    .above('spec.containers.0', 'element')
    .endOfLine('spec.containers.0.image', '{"$imagepolicy": "flux-system:podinfo"}')
    .endOfLine('spec.containers.0.env', 'empty')
    .endOfLine('spec.containers.[name=a]', 'begins here')
    .endOfLine('spec.nested', 'a list')
    .above('spec.nested.0.0.x', 'x')
    .endOfLine('spec.nested.1', 'y')
    .endOfLine('spec.script', 'a script')
    .above('spec.script', 'of two lines')
    .endOfLine('metadata.name', 'too long\nfor a line');

  expect(app.synthYaml()).toBe(`# head
# of two lines
#
# and more
apiVersion: example.com/v1
# kind
kind: Thing
metadata:
  # too long
  # for a line
  name: thing
spec:
  # containers
  containers:
  # first field
  # element
  - name: a  # begins here
    image: a:1  # {"$imagepolicy": "flux-system:podinfo"}
    env: []  # empty

  nested:  # a list
  # x
  - - x: 1
  - - z  # y
  # of two lines
  script: |  # a script
    a
    b
`);
});

test('a line has room for one comment at its end', () => {
  const { app, object } = newObject({ list: [{ name: 'a' }] });
  ManifestFormat.of(object).endOfLine('list.0', 'one').endOfLine('list.0.name', 'two');

  expect(() => app.synthYaml()).toThrow(
    '[chart/object] the line of list.0.name ends with a comment already, # one; put one of the two above it',
  );
});

test('what is commented out is written in the style of the app', () => {
  const { app, object } = newObject({ spec: { containers: [{ name: 'a', ports: [] }] } });
  ManifestFormat.of(object)
    .commentedOut('spec.containers.0.ports', { command: ['sh', '-c', 'a\n\nb\n'], image: 'yes' })
    .commentedOut('spec.containers.0', [{ image: 'b', name: 'b' }]);

  expect(app.synthYaml()).toContain(`  containers:
  # - name: b
  #   image: b
  - name: a
    # image: "yes"
    # command:
    # - sh
    # - -c
    # - |
    #   a
    #
    #   b
    ports: []
`);
});

test('quotes strings, and nothing else', () => {
  const { app, object } = newObject({ data: { a: 'a', list: ['x', 1, 'two\nlines'], b: "it's", port: 80 } });
  ManifestFormat.of(object).quoted('data.a', Quotes.SINGLE).quoted('data.list').quoted('data.b', Quotes.SINGLE);

  expect(app.synthYaml()).toContain(`data:
  a: 'a'
  b: 'it''s'
  list:
  - "x"
  - 1
  - |-
    two
    lines
  port: 80
`);
  ManifestFormat.of(object).quoted('data.port');
  expect(() => app.synthYaml()).toThrow(
    '[chart/object] data.port is 80, where no string is; quotes would make one of it',
  );
});

test('the order of one place, the others in the usual one', () => {
  const { app, object } = newObject({
    spec: { containers: [{ name: 'a', image: 'a', args: ['x'], zeta: 1, tty: true }] },
  });
  ManifestFormat.of(object).order('spec.containers.*', ['image', 'zeta']);

  expect(app.synthYaml()).toContain(`  containers:
  - image: a
    zeta: 1
    name: a
    args:
    - x
    tty: true
`);
  ManifestFormat.of(object).order('spec.containers', ['a']);
  expect(() => app.synthYaml()).toThrow('[chart/object] spec.containers is no object, so its keys have no order');
});

test('an object has a format, whoever defines it', () => {
  const { app, chart } = newChart();
  const url = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'manifest-format-')), 'included.yaml');
  fs.writeFileSync(url, 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n');
  const include = new Include(chart, 'include', { url });
  ManifestFormat.of(include.apiObjects[0]).head('included');
  ManifestFormat.of(new kplus.Service(chart, 'service', { ports: [{ port: 80 }] })).head('cdk8s-plus');
  fs.rmSync(path.dirname(url), { recursive: true });

  expect(app.synthYaml()).toMatch(
    /^# included\napiVersion: v1\nkind: Service\n[^#]*\n---\n# cdk8s-plus\napiVersion: v1/,
  );
  expect(() => ManifestFormat.of(include)).toThrow(
    'chart/include: an API object has a format, or a construct whose default child is one; pass one of ' +
      'chart/include/web-service',
  );
  expect(() => ManifestFormat.of(include.apiObjects[0]).above('a..b', 'x')).toThrow(
    'chart/include/web-service: "a..b" is no field path: a key is missing',
  );
});

const STYLED = {
  spec: {
    restartPolicy: 'Never',
    containers: [
      { image: 'a', name: 'a' },
      { image: 'b', name: 'b' },
    ],
    volumes: [{ emptyDir: {}, name: "it's: a" }],
    flag: 'yes',
    text: 'one two three four five six seven',
  },
};

test.each<[string, ManifestStyleProps, string]>([
  [
    'as people write',
    {},
    `spec:
  restartPolicy: Never
  volumes:
  - name: "it's: a"
    emptyDir: {}

  containers:
  - name: a
    image: a

  - name: b
    image: b

  flag: "yes"
  text: one two three four five six seven
`,
  ],
  [
    'indented, without empty lines, folded, in single quotes',
    { indentSequences: true, blankLines: false, lineWidth: 30, singleQuotes: true },
    `spec:
  restartPolicy: Never
  volumes:
    - name: "it's: a"
      emptyDir: {}
  containers:
    - name: a
      image: a
    - name: b
      image: b
  flag: 'yes'
  text: one two three four five
    six seven
`,
  ],
  [
    'in the order of the object',
    { conventionalOrder: false },
    `spec:
  containers:
  - image: a
    name: a

  - image: b
    name: b

  flag: "yes"
  restartPolicy: Never
  text: one two three four five six seven
  volumes:
  - emptyDir: {}
    name: "it's: a"
`,
  ],
])('writes %s', (_, props, expected) => {
  const { app } = newObject(STYLED, new ManifestStyle(props));

  expect(app.synthYaml()).toBe(`apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: thing\n${expected}`);
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

function newObject(fields: object, style?: ManifestStyle) {
  const app = new ManifestApp({ style });
  const object = new ApiObject(new Chart(app, 'chart'), 'object', {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'thing' },
    ...fields,
  });
  return { app, object };
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
  return fs.readFileSync(path.join(__dirname, '../goldens', `${name}.yaml`), 'utf8').replace(/ +$/gm, '');
}

test('an App of cdk8s, which would drop a format, refuses it: markers and wrong paths included', () => {
  const app = new App();
  const object = new ApiObject(new Chart(app, 'chart'), 'object', { apiVersion: 'v1', kind: 'Thing' });
  ManifestFormat.of(object).head('The thing').endOfLine('spec.image', '{"$imagepolicy": "flux-system:thing"}');

  expect(() => app.synthYaml()).toThrow(
    '[chart/object] it has a ManifestFormat (its head, endOfLine spec.image), which only a ManifestApp writes; make the app one, new ManifestApp(), or leave the format out',
  );
});

test.each([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])('%s, which JSON does not have, is an error with its path', (text, value) => {
  const app = new ManifestApp();
  new ApiObject(new Chart(app, 'chart'), 'object', { apiVersion: 'v1', kind: 'ConfigMap', data: { list: [1, value] } });

  expect(() => app.synthYaml()).toThrow(
    `[chart/object] finite-number: data.list.1 is ${text}, a number that JSON does not have, so no cluster takes it; give a number, or quotes where it is to be a string (YAML reads a lone . as NaN)`,
  );
});
