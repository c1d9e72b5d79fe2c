import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  Ambassador,
  ConfigChange,
  ConfigFiles,
  HaproxyAmbassador,
  HelperKind,
  PodSecurity,
  SharedVolume,
  Sidecar,
  VolumeWriter,
  WaitFor,
} from '../../lib';
import { endOf, Pod, statusOf } from './support/api';
import { complaintsOf, synthesized } from './support/charts';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended } from './support/kept';
import { BUSYBOX, FOREVER, IDLE, pod, serve, server, sh } from './support/pods';

/** What the library promises of pods that run. */

/** Writes a line to the shared file. */
const write = (line: string): string => `echo ${line} >>/order/lines`;

e2e(
  'native sidecars start in order before the main container, and end after it, the last one first',
  async (namespace) => {
    const order = SharedVolume.emptyDir('order');
    await namespace.apply(
      synthesized((chart) => {
        const main = pod(chart, 'web', {
          command: sh(`trap 'sleep 3; ${write('main ended')}; exit' TERM; ${write('main started')}; ${FOREVER}`),
        });
        for (const name of ['first', 'second']) {
          new Sidecar(main, name, {
            container: {
              name,
              image: BUSYBOX,
              command: sh(
                `trap '${write(`${name} ended`)}; cat /order/lines >/dev/termination-log; exit' TERM
               sleep 2; ${write(`${name} started`)}; touch /tmp/started; ${FOREVER}`,
              ),
              startupProbe: {
                exec: { command: ['test', '-f', '/tmp/started'] },
                periodSeconds: 1,
                failureThreshold: 60,
              },
              lifecycle: name === 'first' ? { preStop: { exec: { command: sh(write('hook of first')) } } } : undefined,
            },
            kind: HelperKind.NATIVE_SIDECAR,
            shares: [order.at('/order', { writer: VolumeWriter.BOTH })],
          });
        }
      }),
    );
    await namespace.ready('web');

    const over = await ended(namespace, 'web');

    // A preStop hook does not wait for the main container to end.
    expect(endOf(over.pod, 'first')?.message?.split('\n')).toEqual([
      'first started',
      'second started',
      'main started',
      'hook of first',
      'main ended',
      'second ended',
      'first ended',
      '',
    ]);
  },
);

e2e('an ambassador of an init container runs before that, and after it', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const migrate = {
        name: 'migrate',
        image: BUSYBOX,
        command: sh('wget -T 5 -qO /dev/termination-log "http://$DB/hostname"'),
      };
      new Ambassador(pod(chart, 'web', {}, { initContainers: [migrate] }), 'proxy', {
        container: {
          name: 'proxy',
          image: BUSYBOX,
          command: sh('exec httpd -f -p 127.0.0.1:8080 -h /etc'),
          readinessProbe: { exec: { command: sh('wget -qO- http://localhost:8080/hostname') }, periodSeconds: 1 },
        },
        kind: HelperKind.NATIVE_SIDECAR,
        main: 'migrate',
        listeners: [{ port: 8080, upstream: 'itself', env: { DB: '{host}:{port}' } }],
      });
    }),
  );
  await namespace.ready('web');

  const seen = await namespace.pod('web', 'has migrated', (one) => endOf(one, 'migrate') !== undefined);
  expect(endOf(seen, 'migrate')).toMatchObject({ exitCode: 0, message: 'web\n' });
  expect(statusOf(seen, 'migrate').restartCount).toBe(0);
});

function job(chart: Chart, kind: HelperKind): void {
  const work = new k8s.KubeJob(chart, 'job', {
    metadata: { name: 'job' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: BUSYBOX, command: sh('echo done') }] },
      },
    },
  });
  new Sidecar(work, 'helper', { container: { name: 'helper', image: BUSYBOX, command: sh(IDLE) }, kind });
}

e2e(
  'a Job with a native sidecar completes, with a regular one it would not, which synthesis says',
  async (namespace) => {
    expect(
      complaintsOf((chart) => {
        job(chart, HelperKind.REGULAR);
      }),
    ).toContain('helper');
    const manifest = synthesized((chart) => {
      job(chart, HelperKind.NATIVE_SIDECAR);
    });
    await namespace.apply(manifest);
    // The same pod with a regular helper, as one would write it by hand.
    const regular = JSON.parse(
      (await namespace.tryKubectl(['create', '--dry-run=client', '-o', 'json', '-f', '-'], manifest)).stdout,
    ) as { metadata: { name: string }; spec: { template: { spec: k8s.PodSpec } } };
    regular.metadata.name = 'regular';
    const { containers, initContainers = [] } = regular.spec.template.spec;
    const [{ restartPolicy, ...helper }] = initContainers;
    expect(restartPolicy).toBe('Always');
    Object.assign(regular.spec.template.spec, { containers: [...containers, helper], initContainers: undefined });
    await namespace.apply(JSON.stringify(regular));

    await namespace.completed('job');
    await namespace.pod('job-name=regular', 'has done its work', (seen) => endOf(seen, 'main')?.exitCode === 0);
    const waited = await namespace.tryKubectl(['wait', '--for=condition=Complete', 'job/regular', '--timeout=15s']);
    expect(waited.stderr).toContain('timed out');
  },
);

/** Asks once, as soon as it starts, and says what came of it. */
const FIRST_REQUEST = 'wget -T 60 -qO- http://localhost:8080/ 2>/dev/null || echo refused';

e2e.each('an ambassador that has a probe answers the first request, a regular one does not', {
  native: [HelperKind.NATIVE_SIDECAR, true, 'answered'],
  'native, without waiting for its start': [HelperKind.NATIVE_SIDECAR, false, 'refused'],
  regular: [HelperKind.REGULAR, undefined, 'refused'],
} as const)(async (namespace, [kind, waitForStart, said]) => {
  // Where nothing makes the main container wait, the ambassador is always too late: it is up once it was asked in vain.
  const late = said === 'answered' ? 'sleep 4' : 'until [ -e /asked/once ]; do sleep 0.2; done';
  await namespace.apply(
    synthesized((chart) => {
      const volumeMounts = [{ name: 'asked', mountPath: '/asked' }];
      const command = sh(`${FIRST_REQUEST}; touch /asked/once; ${IDLE}`);
      const web = pod(chart, 'web', { command, volumeMounts }, { volumes: [{ name: 'asked', emptyDir: {} }] });
      new Ambassador(web, 'proxy', {
        container: {
          name: 'proxy',
          image: BUSYBOX,
          command: sh(`${late}; ${serve(8080)}`),
          readinessProbe: {
            tcpSocket: { port: k8s.IntOrString.fromNumber(8080) },
            periodSeconds: 1,
            failureThreshold: 180,
          },
          volumeMounts,
        },
        kind,
        waitForStart,
        listeners: [{ port: 8080, address: '0.0.0.0', upstream: 'itself' }],
      });
    }),
  );
  await namespace.ready('web');
  expect(await namespace.logged('web', 'main', /answered|refused$/m)).toContain(said);
});

e2e('WaitFor keeps the main container from starting, and gives up at its deadline', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', {}, { restartPolicy: 'Never' });
      const [deadline, interval] = [Duration.seconds(6), Duration.seconds(1)];
      new WaitFor(web, 'wait', { host: 'nothing', port: 80, deadline, interval });
    }),
  );

  const over = await namespace.pod('web', 'has failed', ({ status }) => status.phase === 'Failed');

  expect(endOf(over, 'wait')).toMatchObject({ exitCode: 1 });
  expect(statusOf(over, 'main').state).toMatchObject({ waiting: { reason: 'PodInitializing' } });
  expect(await namespace.logs('web', 'wait')).toMatch(/^gave up: nothing:80 did not answer within 6 s/m);
  const { startedAt = '', finishedAt = '' } = endOf(over, 'wait') ?? {};
  expect(Date.parse(finishedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(5_000);
});

e2e('a variable of an ambassador that refers to one of the main container is expanded', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', {
        env: [{ name: 'DB_PASSWORD', value: 'secret' }],
        command: sh(`echo "$DATABASE_URL"; ${IDLE}`),
      });
      new Ambassador(web, 'proxy', {
        container: { name: 'proxy', image: BUSYBOX, command: sh(IDLE) },
        listeners: [
          {
            port: 5432,
            upstream: 'db:5432',
            env: { DATABASE_URL: 'postgres://app:$(DB_PASSWORD)@{host}:{port}/shop' },
          },
        ],
      });
    }),
  );
  await namespace.ready('web');
  expect(await namespace.logged('web', 'main', /\n/)).toBe('postgres://app:secret@localhost:5432/shop\n');
});

e2e('with a WaitFor for its upstream, an HaproxyAmbassador answers from the first request on', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const asking = `for i in 1 2 3 4 5; do wget -T 60 -qO- http://localhost:8080/ 2>/dev/null || echo refused; done; ${IDLE}`;
      const web = pod(chart, 'web', { command: sh(asking) });
      new HaproxyAmbassador(web, 'proxy', {
        kind: HelperKind.NATIVE_SIDECAR,
        listen: 8080,
        servers: [{ name: 'api', host: 'api', port: 80 }],
      });
      new WaitFor(web, 'wait', { host: 'api', port: 80, interval: Duration.seconds(1) });
      server(chart, 'api', 8);
    }),
  );
  await namespace.ready('web');
  expect(await namespace.logged('web', 'main', /((answered|refused)\n){5}/)).toBe('answered\n'.repeat(5));
});

e2e.each('the one who reads a shared volume cannot write to it', {
  'the helper reads': VolumeWriter.MAIN,
  'the main container reads': VolumeWriter.HELPER,
})(async (namespace, writer) => {
  await namespace.apply(
    synthesized((chart) => {
      new Sidecar(pod(chart, 'web'), 'helper', {
        container: { name: 'helper', image: BUSYBOX, command: sh(IDLE) },
        shares: [SharedVolume.emptyDir('data').at('/data', { writer })],
      });
    }),
  );
  await namespace.ready('web');
  const [writes, reads] = writer === VolumeWriter.MAIN ? ['main', 'helper'] : ['helper', 'main'];

  expect(await namespace.exec('web', writes, 'sh', '-c', 'echo text >/data/file')).toMatchObject({ code: 0 });
  expect((await namespace.exec('web', reads, 'cat', '/data/file')).stdout).toBe('text\n');
  const refused = await namespace.exec('web', reads, 'sh', '-c', 'echo other >/data/file');
  expect(refused.stderr).toContain('Read-only file system');
});

e2e(
  "the volume of a StatefulSet's claim is shared, which takes the place of any other of its name",
  async (namespace) => {
    const labels = { app: 'db' };
    const ofThePod = { volumes: [{ name: 'other', emptyDir: {} }] };
    const claims = ['data', 'other'].map((name) => ({
      metadata: { name },
      // Nothing provides it: what matters is what the controller makes of the template.
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: k8s.Quantity.fromString('1Mi') } },
      },
    }));
    await namespace.apply(
      synthesized((chart) => {
        const db = new k8s.KubeStatefulSet(chart, 'db', {
          metadata: { name: 'db' },
          spec: {
            serviceName: 'db',
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: { containers: [{ name: 'main', image: BUSYBOX, command: sh(IDLE) }], ...ofThePod },
            },
            volumeClaimTemplates: claims,
          },
        });
        new Sidecar(db, 'helper', {
          container: { name: 'helper', image: BUSYBOX, command: sh(IDLE) },
          shares: [SharedVolume.fromVolumeClaimTemplate('data').at('/data')],
        });
      }),
    );

    const { spec } = await namespace.pod('db-0', 'is there', () => true);

    expect(spec.volumes).toEqual(
      expect.arrayContaining(
        ['data', 'other'].map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-db-0` } })),
      ),
    );
    expect(spec.containers).toMatchObject([
      { name: 'main', volumeMounts: [{ name: 'data', mountPath: '/data' }, {}] },
      { name: 'helper', volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }, {}] },
    ]);
  },
);

e2e(
  'what PodSecurity.restrict makes of workloads is admitted where "restricted" is enforced, and runs',
  async (namespace) => {
    const define = (chart: Chart, restrict: boolean): void => {
      const web = pod(chart, 'web', { command: sh(`${FIRST_REQUEST}; ${IDLE}`) });
      new Sidecar(web, 'sidecar', { container: { name: 'sidecar', image: BUSYBOX, command: sh(IDLE) } });
      new HaproxyAmbassador(web, 'proxy', {
        kind: HelperKind.NATIVE_SIDECAR,
        listen: 8080,
        servers: [{ name: 'api', host: 'api', port: 80 }],
      });
      new WaitFor(web, 'wait', { host: 'api', port: 80 });
      for (const workload of restrict ? [web, server(chart, 'api')] : []) {
        PodSecurity.restrict(workload, { user: 65534, writablePaths: ['/tmp'] });
      }
    };
    const unrestricted = synthesized((chart) => {
      define(chart, false);
    });
    const refused = await namespace.tryKubectl(['apply', '-f', '-'], unrestricted);
    expect(refused.stderr).toContain('violates PodSecurity "restricted');

    await namespace.apply(
      synthesized((chart) => {
        define(chart, true);
      }),
    );
    const running = await namespace.ready('web');
    expect(await namespace.logged(running, 'main', /answered|refused$/m)).toContain('answered');
    expect((await namespace.exec(running, 'main', 'touch', '/file')).stderr).toMatch(/Read-only|Permission denied/);
  },
  { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
);

e2e.each('an HaproxyAmbassador whose server has no name yet', {
  'is started again until there is one': false,
  'starts all the same with resolveAtRuntime': true,
})(async (namespace, resolveAtRuntime) => {
  const host = `api.${namespace.name}.svc.cluster.local`;
  await namespace.apply(
    synthesized((chart) => {
      new HaproxyAmbassador(pod(chart, 'web'), 'proxy', {
        kind: HelperKind.REGULAR,
        listen: 8080,
        servers: [{ name: 'api', host, port: 80 }],
        resolveAtRuntime,
      });
    }),
  );
  if (resolveAtRuntime) {
    await namespace.ready('web');
  } else {
    await namespace.pod('web', 'has restarted its ambassador', (seen) => statusOf(seen, 'proxy').restartCount > 0);
  }
  await namespace.apply(synthesized((chart) => void server(chart, 'api')));

  const web = await namespace.ready('web');
  await eventually('the ambassador answers', async () => {
    const { stdout, stderr } = await namespace.exec(web, 'main', 'wget', '-T', '5', '-qO-', 'http://localhost:8080/');
    return stdout === 'answered\n' || stderr;
  });
  expect(statusOf(web, 'proxy').restartCount > 0).toBe(!resolveAtRuntime);
});

e2e.each('when configuration files change', {
  'running pods keep on, and get the new content in time': ConfigChange.KEEP_RUNNING,
  'pods are replaced': ConfigChange.RESTART,
  'pods are replaced, and a rollback brings the old content back': ConfigChange.REPLACE,
})(async (namespace, onChange) => {
  const applied = (greeting: string): Promise<void> =>
    namespace.apply(
      synthesized((chart) => {
        const web = new k8s.KubeDeployment(chart, 'web', {
          metadata: { name: 'web' },
          spec: {
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: { containers: [{ name: 'main', image: BUSYBOX, command: sh(IDLE) }] },
            },
          },
        });
        const files = ConfigFiles.of({ greeting }, { configMapName: 'greetings', onChange });
        new Sidecar(web, 'helper', {
          container: { name: 'helper', image: BUSYBOX, command: sh(IDLE) },
          files: [files.at('/config')],
        });
      }),
    );
  const read = async (greeting: string): Promise<Pod> => {
    await namespace.rolledOut('web');
    return eventually(`the ready pod reads ${greeting}`, async () => {
      const pod = await namespace.ready('app=web');
      const { stdout, stderr } = await namespace.exec(pod, 'helper', 'cat', '/config/greeting');
      return stdout === greeting ? pod : stdout + stderr;
    });
  };

  await applied('hello');
  const before = await read('hello');
  await applied('goodbye');
  const after = await read('goodbye');
  expect(after.metadata.uid === before.metadata.uid).toBe(onChange === ConfigChange.KEEP_RUNNING);
  if (onChange === ConfigChange.REPLACE) {
    await namespace.kubectl('rollout', 'undo', 'deployment/web');
    await read('hello');
  }
});
