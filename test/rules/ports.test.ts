import { Listener } from '../../lib/rules';
import { messagesOf } from './support';

const image = 'nginx:1.27';
const shared = (names: string, verb: string, port: string): string =>
  `containers ${names} both ${verb} port ${port}, but the containers of a pod share one network namespace; give one ` +
  'of them another port';

/** A pod with an app and a proxy, each with its ports, and what the proxy listens on. */
function conflicts(
  appPorts: object[],
  listeners: Partial<Listener>[],
  proxyPorts: object[] = [],
  spec: object = {},
): string[] {
  return messagesOf(
    'port-conflict',
    {
      containers: [
        { name: 'app', image, ports: appPorts },
        { name: 'proxy', image, ports: proxyPorts },
      ],
      ...spec,
    },
    { listeners: listeners.map((listener) => ({ container: 'proxy', port: 6379, protocol: 'TCP', ...listener })) },
  );
}

test('a port that a proxy listens on without declaring it conflicts with the one the app declares', () => {
  expect(conflicts([{ containerPort: 6379 }], [{}])).toEqual([
    shared('"app" and "proxy"', 'declare or listen on', '6379/TCP'),
  ]);
  expect(conflicts([{ containerPort: 6379, protocol: 'UDP' }], [{}])).toEqual([]);
  expect(conflicts([{ containerPort: 6380 }], [{}])).toEqual([]);
});

test('two proxies that listen on one port conflict, each pair and port once', () => {
  const app: Listener = { container: 'app', port: 6379, protocol: 'TCP' };
  expect(conflicts([], [{}, app])).toEqual([shared('"app" and "proxy"', 'listen on', '6379/TCP')]);
  expect(
    conflicts([{ containerPort: 6379 }, { containerPort: 6379, hostPort: 1 }], [{}, app], [{ containerPort: 6379 }]),
  ).toEqual([shared('"app" and "proxy"', 'listen on', '6379/TCP')]);
});

test('a container does not conflict with itself', () => {
  expect(conflicts([], [{}], [{ containerPort: 6379 }])).toEqual([]);
  expect(conflicts([], [{ address: '127.0.0.1' }, { address: '10.0.0.1' }])).toEqual([]);
});

test.each([
  [undefined, undefined, true],
  [undefined, '127.0.0.1', true],
  ['0.0.0.0', '127.0.0.1', true],
  ['127.0.0.1', '0.0.0.0', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['localhost', '127.0.0.1', true],
  ['*', '::1', true],
  ['::', '127.0.0.1', true],
  ['[::]', '0.0.0.0', true],
  ['[::1]', '::1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['127.0.0.1', '::1', false],
  ['0.0.0.0', '::1', false],
])('sockets on %p and %p conflict: %p', (first, second, conflict) => {
  const listeners = [{ container: 'app', address: first }, { address: second }];
  expect(conflicts([], listeners)).toHaveLength(conflict ? 1 : 0);
});

test('what a container is known to listen on takes the place of what it declares', () => {
  const listeners = [{ container: 'app', address: '127.0.0.2' }, { address: '127.0.0.1' }];
  expect(conflicts([{ containerPort: 6379 }], listeners, [{ containerPort: 6379 }])).toEqual([]);
});

test('on the host network, ports of different addresses of the host do not conflict', () => {
  const at = (hostIP: string): object[] => [{ containerPort: 53, hostIP }];
  expect(conflicts(at('10.0.0.1'), [], at('10.0.0.2'), { hostNetwork: true })).toEqual([]);
  expect(conflicts(at('10.0.0.1'), [], at('10.0.0.2'))).toHaveLength(1);
});

test('each pair of containers is named, in starting order', () => {
  const ports = [{ containerPort: 80 }];
  const spec = {
    initContainers: [
      { name: 'setup', image, ports },
      { name: 'sidecar', image, ports, restartPolicy: 'Always' },
      { name: 'warmup', image, ports },
    ],
    containers: [{ name: 'app', image, ports }],
  };
  expect(messagesOf('port-conflict', spec)).toEqual([
    shared('"sidecar" and "warmup"', 'declare', '80/TCP'),
    shared('"sidecar" and "app"', 'declare', '80/TCP'),
  ]);
});

test('a listener of a container that is not there conflicts with nothing', () => {
  expect(conflicts([{ containerPort: 6379 }], [{ container: 'gone' }])).toEqual([]);
});

test('a clash on the host is reported once, as that', () => {
  const spec = {
    initContainers: [{ name: 'proxy', image, restartPolicy: 'Always', ports: [{ containerPort: 80, hostPort: 80 }] }],
    containers: [{ name: 'app', image, ports: [{ containerPort: 80, hostPort: 80 }] }],
  };
  expect(messagesOf('port-conflict', spec)).toEqual([]);
  expect(messagesOf('host-port-conflict', spec)).toEqual([
    'container "proxy" and container "app" both declare hostPort 80/TCP; the API server does not see it, but only one ' +
      'of them gets the port; give one of them another',
  ]);
});

test('ports that differ by their host address are declared twice only where that is the same', () => {
  const twice = (...hostIPs: string[]): string[] =>
    messagesOf('duplicate-port', {
      containers: [{ name: 'app', image, ports: hostIPs.map((hostIP) => ({ containerPort: 80, hostIP })) }],
    });
  expect(twice('10.0.0.1', '10.0.0.2')).toEqual([]);
  expect(twice('10.0.0.1', '10.0.0.2', '10.0.0.2')).toEqual([
    'container "app" declares port 80/TCP twice; kubectl apply may drop one of them, so declare it once',
  ]);
});

test('a startup probe may ask for what its own or an earlier sidecar listens on', () => {
  const spec = {
    initContainers: [{ name: 'proxy', image, restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 6379 } } }],
    containers: [{ name: 'app', image }],
  };
  const listener = (container: string): Listener => ({ container, port: 6379, protocol: 'TCP' });
  expect(messagesOf('startup-deadlock', spec, { listeners: [listener('app')] })).toEqual([
    'container "proxy" has a startupProbe on port 6379 of container "app", which starts only after the probe has ' +
      'succeeded, so the pod never starts; probe a port of its own',
  ]);
  expect(messagesOf('startup-deadlock', spec, { listeners: [listener('proxy'), listener('app')] })).toEqual([]);
});
