import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chart, Duration, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  EnvoyAmbassador,
  HaproxyAmbassador,
  HelperKind,
  InitOrder,
  NginxCacheAmbassador,
  WaitFor,
  WaitForProps,
} from '../../lib';
import { freePort, listening, portOf } from '../support/net';
import { describeWithProgram } from '../support/program';
import { until } from '../support/until';
import { deployment, synthErrors, synthPodSpec } from '../support/workloads';

test('a pod waits in a hardened init container', () => {
  const chart = Testing.chart();

  new WaitFor(deployment(chart), 'wait-for-db', { host: 'db', port: 5432 });

  expect(synthPodSpec(chart)).toStrictEqual({
    containers: [{ name: 'app', image: 'nginx:1.27' }],
    initContainers: [
      {
        name: 'wait-for-db',
        image: 'busybox:1.37.0',
        command: [
          'sh',
          '-c',
          `host=$1 port=$2 deadline=$3 interval=$4
trap 'kill -9 $! 2>/dev/null; exit 143' TERM
echo "waiting for $host:$port, at most $deadline s"
{
  start=$(date +%s)
  until error=$(nc -z -w 2 "$host" "$port" 2>&1); do
    if [ $(($(date +%s) - start)) -ge "$deadline" ]; then
      echo "gave up: $host:$port did not answer within $deadline s\${error:+ ($error)}" >&2
      exit 1
    fi
    sleep "$interval"
  done
  echo "$host:$port answers"
} &
wait $!
`,
          'wait-for',
        ],
        args: ['db', '5432', '300', '2'],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 65534,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
  });
});

test('waits stand behind the init containers that are there, in the order in which they were added', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', { initContainers: [{ name: 'migrate', image: 'migrate:1' }] });

  new WaitFor(web, 'wait-for-cache', { host: 'cache', port: 6379 });
  new WaitFor(web, 'wait-for-db', { host: 'db', port: 5432 });

  expect(initContainerNames(chart)).toStrictEqual(['migrate', 'wait-for-cache', 'wait-for-db']);
});

test('a wait can stand before an init container that needs what it waits for', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', { initContainers: [{ name: 'migrate', image: 'migrate:1' }] });

  new WaitFor(web, 'wait-for-db', { host: 'db', port: 5432, order: [InitOrder.before('migrate')] });

  expect(initContainerNames(chart)).toStrictEqual(['wait-for-db', 'migrate']);
});

test('a container of its own appears as it was given, with the command added', () => {
  const chart = Testing.chart();

  new WaitFor(deployment(chart), 'wait-for-db', {
    host: 'db',
    port: 5432,
    container: { name: 'patience', image: 'alpine:3.22' },
  });

  const { command, ...container } = synthPodSpec(chart).initContainers?.[0] ?? {};
  expect(command).toHaveLength(4);
  expect(container).toStrictEqual({ name: 'patience', image: 'alpine:3.22', args: ['db', '5432', '300', '2'] });
});

test('the image of the ready-made container can come from elsewhere', () => {
  const chart = Testing.chart();

  new WaitFor(deployment(chart), 'wait-for-db', { host: 'db', port: 5432, image: 'registry.example/busybox:1.37.0' });

  expect(synthPodSpec(chart).initContainers?.[0].image).toBe('registry.example/busybox:1.37.0');
});

test('a container of the same name is reported', () => {
  const chart = Testing.chart();

  new WaitFor(deployment(chart), 'app', { host: 'db', port: 5432 });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] container-conflict: test/web/app: the pod already has a container "app"; it has "app": give the ' +
      'helper another name',
  ]);
});

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new WaitFor(web, 'wait', {
        host: '$(reboot)',
        port: 0,
        deadline: Duration.millis(1500),
        interval: Duration.seconds(0),
        image: 'busybox',
        container: { name: 'wait', command: ['true'] },
      }),
  ).toThrow(
    new Error(`test/web/wait:
  host is "$(reboot)"; give a DNS name or an IP address to connect to
  port is 0; give a whole number from 1 to 65535
  deadline is 1.5 s; give a whole number from 1 to 86400 s
  interval is 0 s; give a whole number from 1 to 86400 s
  "container" has a command or args of its own, which the script would replace; leave them out
  "image" is that of the ready-made container, but "container" is given; say it there`),
  );
});

test('a container of its own that would never be done is an error', () => {
  const container = { name: 'wait', image: 'busybox', restartPolicy: 'Always' };

  expect(() => new WaitFor(deployment(Testing.chart()), 'wait', { host: 'db', port: 5432, container })).toThrow(
    new Error('test/web/wait: container has restartPolicy "Always", with which it would never be done; leave it out'),
  );
});

test.each(['', ' ', '-z', 'a b', 'a;b', 'a\nb', '`a`', '"', '1.2.3', '0.0.0.0', 'a..b', 'x'.repeat(254), 'db:5432'])(
  'host %j is none',
  (host) => {
    expect(() => new WaitFor(deployment(Testing.chart()), 'wait', { host, port: 1 })).toThrow('host is');
  },
);

test.each(['db', 'db.shop.svc.cluster.local', 'db.shop.svc.cluster.local.', 'DB-1.example', '10.0.0.1', 'fd00::1'])(
  'host %j can be waited for',
  (host) => {
    expect(() => new WaitFor(deployment(Testing.chart()), 'wait', { host, port: 1 })).not.toThrow();
  },
);

// Debian builds busybox without nc's option -z, which the busybox image has: its shell runs with another nc here.
test('the resources of the ready-made container can be said', () => {
  const chart = Testing.chart();
  const resources = { limits: { memory: k8s.Quantity.fromString('32Mi') } };

  new WaitFor(deployment(chart), 'wait', { host: 'db', port: 5432, resources });

  expect(synthPodSpec(chart).initContainers?.[0].resources).toStrictEqual({ limits: { memory: '32Mi' } });
});

describeWithProgram('busybox', (busybox) => {
  describeWithProgram(
    'nc',
    () => {
      let server: Server | undefined;
      let child: ChildProcess | undefined;
      /** It has said what it waits for, and so knows what to do at SIGTERM. */
      let begun: Promise<unknown>;
      afterEach(() => {
        server?.close();
        endAll(child);
        server = child = undefined;
      });

      /** Runs the init container's command. */
      function start(props: WaitForProps): { child: ChildProcess; outcome: Promise<unknown> } {
        const chart = Testing.chart();
        new WaitFor(deployment(chart), 'wait', props);
        const [{ command, args }] = synthPodSpec(chart).initContainers as { command: string[]; args: string[] }[];
        const started = spawn(busybox, [...command, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: true,
        });
        child = started;
        begun = new Promise((resolve) => started.stdout.once('data', resolve));
        const outcome = Promise.all([once(started, 'exit'), text(started.stdout), text(started.stderr)]).then(
          ([, stdout, stderr]) => ({ code: started.exitCode, stdout, stderr }),
        );
        return { child: started, outcome };
      }

      test('what answers is not waited for', async () => {
        server = await listening(createServer());
        const port = portOf(server);

        const { outcome } = start({ host: '127.0.0.1', port });

        expect(await outcome).toStrictEqual({
          code: 0,
          stdout: `waiting for 127.0.0.1:${port}, at most 300 s\n127.0.0.1:${port} answers\n`,
          stderr: '',
        });
      });

      test('what answers later is waited for', async () => {
        const port = await freePort();

        const { child: waiting, outcome } = start({ host: 'localhost', port, interval: Duration.seconds(1) });
        await sleep(500);
        expect(waiting.exitCode).toBeNull();
        server = await listening(createServer(), port);

        expect(await outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('answers\n') as string });
      });

      test('at the deadline it gives up and says so', async () => {
        const port = await freePort();

        const { outcome } = start({
          host: '127.0.0.1',
          port,
          deadline: Duration.seconds(1),
          interval: Duration.seconds(1),
        });

        expect(await outcome).toStrictEqual({
          code: 1,
          stdout: `waiting for 127.0.0.1:${port}, at most 1 s\n`,
          stderr: `gave up: 127.0.0.1:${port} did not answer within 1 s\n`,
        });
      });

      test('what nc complained of stands in the last message', async () => {
        const { outcome } = start({
          host: 'db.invalid',
          port: 5432,
          deadline: Duration.seconds(1),
          interval: Duration.seconds(1),
        });

        expect(await outcome).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/did not answer within 1 s \(.*db\.invalid.*\)\n$/s) as string,
        });
      });

      test('it stops when it is told to', async () => {
        const { child: waiting, outcome } = start({
          host: '127.0.0.1',
          port: await freePort(),
          interval: Duration.seconds(1),
        });
        await begun;

        waiting.kill('SIGTERM');

        expect(await outcome).toMatchObject({ code: 143 });
      });

      test('nothing of it goes on that does not heed SIGTERM, as a process that was forked just now', async () => {
        const { child: waiting, outcome } = start({
          host: '127.0.0.1',
          port: await freePort(),
          interval: Duration.seconds(1),
        });
        await until('it waits in the background', () => childrenOf(waiting).length > 0);
        childrenOf(waiting).forEach((pid) => process.kill(pid, 'SIGSTOP'));

        waiting.kill('SIGTERM');

        expect(await outcome).toMatchObject({ code: 143, stderr: '' });
      });

      test('it stops at once, and not at the end of its interval', async () => {
        const { child: waiting } = start({
          host: '127.0.0.1',
          port: await freePort(),
          interval: Duration.minutes(1),
        });
        await begun;
        const begin = Date.now();

        waiting.kill('SIGTERM');
        await once(waiting, 'exit');

        expect(waiting.exitCode).toBe(143);
        expect(Date.now() - begin).toBeLessThan(30_000);
      });
    },
    'apt-get install netcat-openbsd',
  );
});

/** Ends a process that leads a group, and what is left of the group. */
function endAll(leader: ChildProcess | undefined): void {
  if (leader?.pid !== undefined) {
    try {
      process.kill(-leader.pid, 'SIGKILL');
    } catch {
      // Nothing was left.
    }
  }
}

function childrenOf({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function initContainerNames(chart: Chart): (string | undefined)[] | undefined {
  return synthPodSpec(chart).initContainers?.map(({ name }) => name);
}

describe('a WaitFor for what an ambassador forwards to', () => {
  const kind = HelperKind.NATIVE_SIDECAR;
  const orderOf = (attach: (web: k8s.KubeDeployment) => void): unknown => {
    const chart = Testing.chart();
    attach(deployment(chart, 'web', { initContainers: [{ name: 'migrate', image: 'x:1' }] }));
    return synthPodSpec(chart).initContainers?.map(({ name }) => name);
  };
  const proxy = (web: k8s.KubeDeployment, order?: InitOrder[]) =>
    new HaproxyAmbassador(web, 'proxy', {
      listen: 6379,
      servers: [
        { name: 'a', host: 'redis', port: 6379 },
        { name: 'b', host: 'fd00::1', port: 6380 },
      ],
      kind,
      order,
    });

  test.each([
    ['redis', 6379],
    ['fd00::1', 6380],
  ])('stands before it, although it was attached later (%s:%i)', (host, port) => {
    expect(
      orderOf((web) => {
        proxy(web);
        new WaitFor(web, 'wait', { host, port });
      }),
    ).toStrictEqual(['migrate', 'wait', 'proxy']);
  });

  test.each(['Orders', 'orders', 'ORDERS.'])('stands before it, however they write the host (%s)', (host) => {
    const ambassadors: Record<string, (web: k8s.KubeDeployment) => unknown> = {
      Envoy: (web) =>
        new EnvoyAmbassador(web, 'proxy', { services: [{ listen: 8081, upstreams: ['http://Orders:8080'] }], kind }),
      nginx: (web) => new NginxCacheAmbassador(web, 'proxy', { upstream: 'http://Orders:8080', listen: 8081, kind }),
      HAProxy: (web) =>
        new HaproxyAmbassador(web, 'proxy', {
          listen: 8081,
          servers: [{ name: 'a', host: 'Orders.', port: 8080 }],
          kind,
        }),
    };
    for (const ambassador of Object.values(ambassadors)) {
      expect(
        orderOf((web) => {
          ambassador(web);
          new WaitFor(web, 'wait', { host, port: 8080 });
        }),
      ).toStrictEqual(['migrate', 'wait', 'proxy']);
    }
  });

  test('stands before one that has an address of IPv6 otherwise', () => {
    expect(
      orderOf((web) => {
        proxy(web);
        new WaitFor(web, 'wait', { host: 'FD00:0::0:1', port: 6380 });
      }),
    ).toStrictEqual(['migrate', 'wait', 'proxy']);
  });

  test('stands where it would for anything else', () => {
    expect(
      orderOf((web) => {
        proxy(web);
        new WaitFor(web, 'wait', { host: 'redis', port: 6380 });
        new WaitFor(web, 'wait-2', { host: 'localhost', port: 6379 });
      }),
    ).toStrictEqual(['migrate', 'proxy', 'wait', 'wait-2']);
  });

  test('stands behind it where one of them asks for that', () => {
    expect(
      orderOf((web) => {
        proxy(web, [InitOrder.first()]);
        new WaitFor(web, 'wait', { host: 'redis', port: 6379 });
      }),
    ).toStrictEqual(['proxy', 'migrate', 'wait']);
    expect(
      orderOf((web) => {
        const other = proxy(web);
        new WaitFor(web, 'wait', { host: 'redis', port: 6379, order: [InitOrder.after(other)] });
      }),
    ).toStrictEqual(['migrate', 'proxy', 'wait']);
    expect(
      orderOf((web) => {
        proxy(web, [InitOrder.before('migrate')]);
        new WaitFor(web, 'wait', { host: 'redis', port: 6379, order: [InitOrder.after('migrate')] });
      }),
    ).toStrictEqual(['proxy', 'migrate', 'wait']);
  });
});
