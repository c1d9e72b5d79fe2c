import { ApiObject, App, Chart, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Ambassador, AmbassadorListener, AmbassadorProps, AmbassadorProtocol, ConfigFiles } from '../../lib';
import { deployment, synthErrors, synthPodSpec } from '../support/workloads';

const proxy = { name: 'proxy', image: 'proxy:1' };
const redis: AmbassadorListener = { port: 6379, upstream: 'redis:6379' };

function ambassador(scope: ApiObject, props: Partial<AmbassadorProps> = {}, id = 'proxy'): Ambassador {
  return new Ambassador(scope, id, { container: proxy, listeners: [redis], ...props });
}

test('an ambassador stands beside the main container, which finds it in its environment', () => {
  const chart = Testing.chart();

  ambassador(deployment(chart), {
    listeners: [
      { ...redis, env: { REDIS_URL: 'redis://{host}:{port}/0', REDIS_HOST: '{host}', REDIS_PORT: '{port}' } },
    ],
  });

  expect(Yaml.stringify(synthPodSpec(chart))).toBe(`containers:
  - env:
      - name: REDIS_URL
        value: redis://localhost:6379/0
      - name: REDIS_HOST
        value: localhost
      - name: REDIS_PORT
        value: "6379"
    image: nginx:1.27
    name: app
  - image: proxy:1
    name: proxy
`);
});

test('an ambassador without env and config adds its container and nothing else', () => {
  const chart = Testing.chart();

  ambassador(deployment(chart));

  expect(Testing.synth(chart)).toHaveLength(1);
  expect(synthPodSpec(chart)).toStrictEqual({ containers: [{ name: 'app', image: 'nginx:1.27' }, proxy] });
});

test('every placeholder in a value is replaced, what other programs replace is not', () => {
  const chart = Testing.chart();

  ambassador(deployment(chart), {
    listeners: [
      {
        ...redis,
        env: { URLS: '{host}:{port},{host}:{port} ${user} ${port} {{user}} {{port}} \\{port} {"a":1} $$(HOST)' },
      },
    ],
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'URLS', value: 'localhost:6379,localhost:6379 ${user} ${port} {{user}} {{port}} {port} {"a":1} $$(HOST)' },
  ]);
});

test('each of several listeners has its own variables', () => {
  const chart = Testing.chart();

  ambassador(deployment(chart), {
    listeners: [
      { ...redis, env: { REDIS: '{port}' } },
      { port: 8125, protocol: AmbassadorProtocol.UDP, upstream: 'statsd:8125', env: { STATSD: '{host}:{port}' } },
    ],
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'REDIS', value: '6379' },
    { name: 'STATSD', value: 'localhost:8125' },
  ]);
});

test('a variable that the main container has already is fine when it is the same; others come before its own', () => {
  const chart = Testing.chart();
  const env = [
    { name: 'REDIS_PORT', value: '6379' },
    { name: 'MODE', value: 'fast' },
  ];

  ambassador(deployment(chart, 'web', { containers: [{ name: 'app', image: 'a', env }] }), {
    listeners: [{ ...redis, env: { REDIS_PORT: '{port}', REDIS_HOST: '{host}' } }],
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([{ name: 'REDIS_HOST', value: 'localhost' }, ...env]);
});

test("variables come before the main container's own, which can refer to them", () => {
  const chart = Testing.chart();
  const env = [{ name: 'REDIS_URL', value: 'redis://$(REDIS_HOST):$(REDIS_PORT)/0' }];

  ambassador(deployment(chart, 'web', { containers: [{ name: 'app', image: 'a', env }] }), {
    listeners: [{ ...redis, env: { REDIS_HOST: '{host}', REDIS_PORT: '{port}' } }],
  });

  expect(Yaml.stringify(synthPodSpec(chart).containers?.[0])).toBe(`env:
  - name: REDIS_HOST
    value: localhost
  - name: REDIS_PORT
    value: "6379"
  - name: REDIS_URL
    value: redis://$(REDIS_HOST):$(REDIS_PORT)/0
image: a
name: app
`);
});

describe('a variable that refers to others', () => {
  const envOf = (own: k8s.EnvVar[], ...envs: Record<string, string>[]) => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { containers: [{ name: 'app', image: 'a:1', env: own }] });
    envs.forEach((env, index) =>
      ambassador(
        web,
        {
          container: { name: `proxy-${index}`, image: 'x:1' },
          listeners: [{ port: 100 + index, upstream: 'x:1', env }],
        },
        `proxy-${index}`,
      ),
    );
    return chart;
  };
  const namesOf = (chart: Chart) => synthPodSpec(chart).containers?.[0].env?.map(({ name }) => name);
  const secret = (name: string): k8s.EnvVar => ({ name, valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } });

  test("stands behind them, the main container's own among them, and before all that refer to it", () => {
    const chart = envOf([{ name: 'MODE', value: 'x' }, { name: 'COPY', value: '$(DB_URL)' }, secret('DB_PASSWORD')], {
      DB_URL: 'postgres://app:$(DB_PASSWORD)@{host}:{port}',
      DB_PORT: '{port}',
    });

    expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
      secret('DB_PASSWORD'),
      { name: 'DB_URL', value: 'postgres://app:$(DB_PASSWORD)@localhost:100' },
      { name: 'DB_PORT', value: '100' },
      { name: 'MODE', value: 'x' },
      { name: 'COPY', value: '$(DB_URL)' },
    ]);
  });

  test('stands behind that of another ambassador, whichever was attached first', () => {
    expect(namesOf(envOf([], { A: '$(B)' }, { B: '$(C)' }, { C: '{port}' }))).toStrictEqual(['C', 'B', 'A']);
    expect(namesOf(envOf([], { C: '{port}' }, { B: '$(C)' }, { A: '$(B)' }))).toStrictEqual(['C', 'B', 'A']);
  });

  test('moves nothing where the reference is escaped', () => {
    expect(namesOf(envOf([secret('P')], { A: '$$(P)', B: '{port}' }))).toStrictEqual(['A', 'B', 'P']);
  });

  test("leaves the main container's own in their order where no helper's is between them", () => {
    const chart = envOf([{ name: 'A', value: '$(B)' }, secret('B')], { C: '{port}' });
    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] env-reference: container "app" sets the variable "A" to "$(B)", but "B" stands behind it, and $(B) ' +
        'stays as it is; set "B" first',
    ]);
  });

  test('is an error in a circle, which names all of it', () => {
    expect(synthErrors(envOf([{ name: 'B', value: '$(C)' }], { A: '$(B)', C: '$(A)' }))).toStrictEqual([
      '[test/web] env-reference: container "app" sets the variable "C" to "$(A)", but "C", "A", "B" refer to each other ' +
        'in a circle, and $(A) stays as it is; break the circle',
    ]);
  });

  test('is an error where nothing sets what it refers to, but not with an envFrom that can', () => {
    expect(synthErrors(envOf([{ name: 'DB_PASSWORD', value: 'x' }], { URL: '$(DB_PASWORD)@{host}' }))).toStrictEqual([
      '[test/web] env-reference: container "app" sets the variable "URL" to "$(DB_PASWORD)@localhost", but nothing sets ' +
        '"DB_PASWORD" before, and $(DB_PASWORD) stays as it is; set it, or write $$(DB_PASWORD) for these very characters',
    ]);
  });
});

test('a variable that differs is an error, whether the workload, another ambassador or another of its listeners sets it', () => {
  const chart = Testing.chart();
  const env: k8s.EnvVar[] = [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
  const web = deployment(chart, 'web', { containers: [{ name: 'app', image: 'a', env }] });

  ambassador(web, { listeners: [{ ...redis, env: { A: '{port}', B: '{port}' } }] });
  ambassador(
    web,
    { container: { name: 'two', image: 'x' }, listeners: [{ ...redis, port: 1, env: { B: '{port}' } }] },
    'two',
  );
  const listeners = [1, 2].map((port) => ({ ...redis, port, env: { C: '{port}', D: '{host}' } }));
  ambassador(deployment(chart, 'api'), { listeners });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] env-conflict: test/web/proxy: container "app" already has {"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}, which {"name":"A","value":"6379"} would replace; remove one of them',
    '[test/web] env-conflict: test/web/two: container "app" already has {"name":"B","value":"6379"}, which {"name":"B","value":"1"} would replace; remove one of them',
    '[test/api] env-conflict: test/api/proxy: container "app" already has {"name":"C","value":"1"}, which {"name":"C","value":"2"} would replace; remove one of them',
  ]);
});

describe('two objects of one kind and name in a chart are an error that names both', () => {
  const named = () => [ConfigFiles.of({ 'proxy.conf': 'listen 6379\n' }, { configMapName: 'proxy' }).at('/etc/proxy')];

  test('where two ambassadors create them', () => {
    const chart = Testing.chart();
    ambassador(deployment(chart, 'one'), { files: named() });
    ambassador(deployment(chart, 'two'), { files: named() });

    expect(synthErrors(chart)).toStrictEqual([
      '[test] object-conflict: test/two/proxy/config: test/one/proxy/config is a ConfigMap "proxy" as well, and one would overwrite the other; give one of them another name, or let one helper share that of the other',
    ]);
  });

  test.each(['before', 'after'])('where one was there %s', (when) => {
    const chart = Testing.chart();
    const theirs = () => new k8s.KubeConfigMap(chart, 'theirs', { metadata: { name: 'proxy' } });
    if (when === 'before') {
      theirs();
    }
    ambassador(deployment(chart), { files: named() });
    if (when === 'after') {
      theirs();
    }

    expect(synthErrors(chart)).toStrictEqual([
      '[test] object-conflict: test/web/proxy/config: test/theirs is a ConfigMap "proxy" as well, and one would overwrite the other; give one of them another name, or let one helper share that of the other',
    ]);
  });

  test('in the app, each of them once', () => {
    const app = Testing.app();
    for (const id of ['a', 'b']) {
      const chart = new Chart(app, id);
      ambassador(deployment(chart, 'one'), { files: named() });
      ambassador(deployment(chart, 'two'), { files: named() });
    }

    expect(() => {
      app.synth();
    }).toThrow(/^Validation failed.*\n {2}\[a\] object-conflict: .*\n {2}\[b\] object-conflict: .*$/);
  });

  test('but not of another kind, namespace or chart', () => {
    const app = new App();
    const chart = new Chart(app, 'a');
    ambassador(deployment(chart), { files: named() });
    new k8s.KubeSecret(chart, 'secret', { metadata: { name: 'proxy' } });
    new k8s.KubeConfigMap(chart, 'elsewhere', { metadata: { name: 'proxy', namespace: 'elsewhere' } });
    new k8s.KubeConfigMap(new Chart(chart, 'inner'), 'theirs', { metadata: { name: 'proxy' } });
    new k8s.KubeConfigMap(new Chart(app, 'b'), 'theirs', { metadata: { name: 'proxy' } });

    expect(synthErrors(chart)).toStrictEqual([]);
  });

  test('and no business of ours where no helper brings one', () => {
    const chart = Testing.chart();
    ambassador(deployment(chart), { files: [ConfigFiles.of({ a: 'b' }).at('/a')] });
    new k8s.KubeConfigMap(chart, 'one', { metadata: { name: 'same' } });
    new k8s.KubeConfigMap(chart, 'two', { metadata: { name: 'same' } });

    expect(synthErrors(chart)).toStrictEqual([]);
  });
});

test.each([0, 65536, -1, 1.5, NaN])('port %p is an error', (port) => {
  expect(() => ambassador(deployment(Testing.chart()), { listeners: [redis, { port, upstream: 'db:1' }] })).toThrow(
    `test/web/proxy: listeners[1].port is ${port}; give a whole number from 1 to 65535`,
  );
});

test('listeners on one port are an error, told once', () => {
  const listeners = [redis, { port: 53, upstream: 'dns:53' }, { ...redis, protocol: AmbassadorProtocol.TCP }, redis];

  expect(() => ambassador(deployment(Testing.chart()), { listeners })).toThrow(
    new Error('test/web/proxy: two listeners have port 6379/TCP; give each a port of its own'),
  );
});

test('two listeners on one port number are fine with a protocol each', () => {
  const chart = Testing.chart();
  const upstream = 'dns:53';

  ambassador(deployment(chart), {
    listeners: [
      { port: 53, upstream },
      { port: 53, upstream, protocol: AmbassadorProtocol.UDP },
    ],
  });

  expect(synthErrors(chart)).toStrictEqual([]);
});

test('an ambassador without a listener is an error', () => {
  expect(() => ambassador(deployment(Testing.chart()), { listeners: [] })).toThrow(
    'test/web/proxy: an ambassador listens for the main container; give at least one listener',
  );
});

test('its listeners can be read back', () => {
  const listeners = [redis];
  const { listeners: read } = ambassador(deployment(Testing.chart()), { listeners });
  listeners.pop();

  expect(read).toStrictEqual([redis]);
});
