import { ApiObject, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import {
  Adapter,
  Ambassador,
  ConfigFiles,
  HaproxyAmbassador,
  Helper,
  HelperKind,
  InitOrder,
  SharedVolume,
  Sidecar,
  VolumeWriter,
  WaitFor,
} from '../../lib';
import { deployment, synthErrors, synthPodSpec } from '../support/workloads';

const container = { name: 'shipper', image: 'shipper:1' };

function patched(given: Partial<k8s.Container>, ...operations: JsonPatch[]): { chart: Chart; helper: Sidecar } {
  const chart = Testing.chart();
  const helper = new Sidecar(deployment(chart), 's', { container: { ...container, ...given } });
  helper.addJsonPatch(...operations);
  return { chart, helper };
}

test('every helper is a Helper, which tells its container and its workload', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  const servers = [{ name: 'redis', host: 'redis', port: 6379 }];
  const helpers: Helper[] = [
    new Sidecar(web, 'a', { container }),
    new Ambassador(web, 'b', { container: { name: 'b', image: 'b:1' }, listeners: [{ port: 1, upstream: 'x:1' }] }),
    new Adapter(web, 'c', { container: { name: 'c', image: 'c:1' } }),
    new HaproxyAmbassador(web, 'd', { listen: 6379, servers }),
    new WaitFor(web, 'e', { host: 'db', port: 5432 }),
  ];

  expect(helpers.map(({ containerName }) => containerName)).toStrictEqual(['shipper', 'b', 'c', 'd', 'e']);
  expect(helpers.every((helper) => helper instanceof Helper && helper.workload === web)).toBe(true);
});

describe('what is refused is not in the tree:', () => {
  const one = { port: 1, upstream: 'one:1' };
  const files = () => [ConfigFiles.of({ 'proxy.conf': 'listen {port}' }).at('/etc/proxy')];
  const source = SharedVolume.emptyDir('logs').at('/logs', { writer: VolumeWriter.HELPER });
  const REFUSED: Record<string, (web: ApiObject) => unknown> = {
    'a WaitFor of an impossible host': (web) => new WaitFor(web, 'refused', { host: '', port: 1 }),
    'an ambassador without listeners': (web) => new Ambassador(web, 'refused', { container, listeners: [] }),
    'an ambassador with two listeners on one port': (web) =>
      new Ambassador(web, 'refused', { container, listeners: [one, one] }),
    'an ambassador with a placeholder that could mean two ports': (web) =>
      new Ambassador(web, 'refused', { container, listeners: [one, { ...one, port: 2 }], files: files() }),
    'an ambassador that shares files in which other ports stand': (web) => {
      const shared = files();
      const port = (listened: number) => ({ container, listeners: [{ ...one, port: listened }], files: shared });
      new Ambassador(web, 'first', port(1));
      return new Ambassador(web, 'refused', port(2));
    },
    'an adapter with a writable source': (web) => new Adapter(web, 'refused', { container, source }),
    'a sidecar of what is no workload': (web) => new Sidecar(web.chart, 'refused', { container }),
  };

  test.each(Object.keys(REFUSED))('%s', (refused) => {
    const web = deployment(Testing.chart());

    expect(() => REFUSED[refused](web)).toThrow();
    expect(web.chart.node.findAll().map(({ node }) => node.id)).not.toContain('refused');
  });
});

test('the workload of a helper is the object, where cdk8s-plus made it', () => {
  const chart = Testing.chart();
  const web = new kplus.Deployment(chart, 'web', { containers: [{ image: 'nginx:1.27' }] });

  expect(new Sidecar(web, 's', { container }).workload).toBe(ApiObject.of(web));
});

test('a name that is made later is told as it will be', () => {
  const name = Lazy.any({ produce: () => 'later' }) as string;
  expect(new Sidecar(deployment(Testing.chart()), 's', { container: { ...container, name } }).containerName).toBe(
    'later',
  );
});

test('but with files whose volume is called by it', () => {
  const late = { ...container, name: Lazy.any({ produce: () => 'later' }) as string };
  const files = ConfigFiles.of({ a: 'b' });
  const web = deployment(Testing.chart());

  expect(() => new Sidecar(web, 's', { container: late, files: [files.at('/a')] })).toThrow(
    'test/web/s: container.name is known only later, and volumes are called by it; give a string',
  );
  expect(() => new Sidecar(web, 's', { container: late, files: [files.at('/a', { volumeName: 'a' })] })).not.toThrow();
});

test('a class that extends Helper itself has no container, which is an error', () => {
  class Own extends Helper {}
  const own = new Own(deployment(Testing.chart()), 'own');

  expect(() => own.containerName).toThrow(
    'test/web/own has no container; let its class extend Sidecar, Ambassador, Adapter or WaitFor, not Helper',
  );
});

describe('a JSON patch on a helper', () => {
  test('reaches fields that are newer than the types', () => {
    const { chart } = patched(
      { restartPolicy: 'Always', securityContext: { runAsUser: 1 } },
      JsonPatch.add('/lifecycle', { stopSignal: 'SIGUSR1', preStop: { sleep: { seconds: 5 } } }),
      JsonPatch.add('/securityContext/appArmorProfile', { type: 'RuntimeDefault' }),
      JsonPatch.add('/restartPolicyRules', [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]),
    );

    expect(synthPodSpec(chart).initContainers).toStrictEqual([
      {
        image: 'shipper:1',
        lifecycle: { preStop: { sleep: { seconds: 5 } }, stopSignal: 'SIGUSR1' },
        name: 'shipper',
        restartPolicy: 'Always',
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
        securityContext: { appArmorProfile: { type: 'RuntimeDefault' }, runAsUser: 1 },
      },
    ]);
  });

  test('sees the names on the wire, and comes before the mounts of its pattern', () => {
    const chart = Testing.chart();
    const helper = new Sidecar(deployment(chart), 's', {
      container: { ...container, ports: [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 80 }] },
      shares: [SharedVolume.emptyDir('logs').at('/logs')],
    });
    helper.addJsonPatch(JsonPatch.replace('/ports/0/hostIP', '127.0.0.2'));
    helper.addJsonPatch(JsonPatch.move('/ports/0/hostPort', '/ports/0/x~1y'), JsonPatch.copy('/image', '/copy'));
    helper.addJsonPatch(JsonPatch.test('/copy', 'shipper:1'), JsonPatch.remove('/copy'));
    helper.addJsonPatch(JsonPatch.add('/ports/-', { containerPort: 81 }), JsonPatch.remove('/ports/0/x~1y'));

    expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
      ...container,
      ports: [{ containerPort: 80, hostIP: '127.0.0.2' }, { containerPort: 81 }],
      volumeMounts: [{ name: 'logs', mountPath: '/logs', readOnly: true }],
    });
  });

  test('decides how the helper runs, as its container would', () => {
    const { chart } = patched({}, JsonPatch.add('/restartPolicy', 'Always'));
    expect(synthPodSpec(chart).initContainers?.map(({ name }) => name)).toStrictEqual(['shipper']);
  });

  test('is seen although the app was validated before, and the same each time', () => {
    const { chart, helper } = patched({});
    Testing.synth(chart);
    helper.addJsonPatch(JsonPatch.replace('/image', 'other:2'));

    expect(synthPodSpec(chart)).toStrictEqual(synthPodSpec(chart));
    expect(synthPodSpec(chart).containers?.[1].image).toBe('other:2');
    helper.addJsonPatch(JsonPatch.remove('/nothing'));
    expect(synthErrors(chart)).toHaveLength(1);
  });

  test('is for its own helper, not for another one of the same properties', () => {
    const chart = Testing.chart();
    const [one] = ['one', 'two'].map((id) => new Sidecar(deployment(chart, id), 's', { container }));
    one.addJsonPatch(JsonPatch.replace('/image', 'other:2'));

    expect(JSON.stringify(Testing.synth(chart)).match(/"shipper:1"|"other:2"/g)).toEqual(['"other:2"', '"shipper:1"']);
  });

  test('reaches a ready-made helper', () => {
    const chart = Testing.chart();
    const waitFor = new WaitFor(deployment(chart), 'wait', { host: 'db', port: 5432 });
    waitFor.addJsonPatch(JsonPatch.replace('/resources/requests/cpu', '20m'));

    expect(synthPodSpec(chart).initContainers?.[0].resources).toStrictEqual({
      requests: { cpu: '20m', memory: '16Mi' },
    });
  });

  const container16 = '"image", "name"';
  test.each([
    [
      JsonPatch.remove('/imag'),
      `cannot remove "/imag": there is no "imag", as the container has ${container16}; did you mean "image"?`,
    ],
    [JsonPatch.replace('/tty', true), `cannot replace "/tty": there is no "tty", as the container has ${container16}`],
    [
      JsonPatch.add('/securityContext/appArmorProfile/type', 'x'),
      `cannot add "/securityContext/appArmorProfile/type": there is no "securityContext", as the container has ${container16}`,
    ],
    [JsonPatch.add('/image/tag', 'x'), 'cannot add "/image/tag": there is no "tag", as "/image" is "shipper:1"'],
    [
      JsonPatch.move('/tty', '/stdin'),
      `cannot move "/tty" to "/stdin": there is no "tty", as the container has ${container16}`,
    ],
    [JsonPatch.add('lifecycle', {}), 'cannot add "lifecycle": a path starts with "/", as in "/lifecycle/preStop"'],
    [JsonPatch.test('/image', 'x'), 'cannot test "/image": Test operation failed'],
    [
      JsonPatch.replace('/name', 'other'),
      'the patches change the container\'s name, by which others refer to it, from "shipper" to "other"; name it in its properties',
    ],
    [
      JsonPatch.remove('/name'),
      'the patches change the container\'s name, by which others refer to it, from "shipper" to nothing; name it in its properties',
    ],
    [JsonPatch.add('/env', { A: 'b' }), 'the patches make {"A":"b"} of "env"; give a list of objects'],
    [JsonPatch.replace('', 'x'), 'the patches leave no container, but "x"'],
  ])('that cannot be applied is an error that says what is there (%#)', (operation, message) => {
    expect(synthErrors(patched({}, operation).chart)).toStrictEqual([`[test/web] json-patch: test/web/s: ${message}`]);
  });

  test.each([
    [
      JsonPatch.remove('/args/2'),
      'cannot remove "/args/2": there is no "2", as "/args" is a list of 2, numbered from 0',
    ],
    [
      JsonPatch.add('/args/3', 'x'),
      'cannot add "/args/3": there is no "3", as "/args" is a list of 2, numbered from 0',
    ],
  ])('finds no item behind the end of a list (%#)', (operation, message) => {
    expect(synthErrors(patched({ args: ['a', 'b'] }, operation).chart)).toStrictEqual([
      `[test/web] json-patch: test/web/s: ${message}`,
    ]);
  });

  test('is a JsonPatch', () => {
    const { helper } = patched({});
    expect(() => {
      helper.addJsonPatch({ op: 'remove', path: '/image' } as never, 'x' as never);
    }).toThrow(
      new Error(`test/web/s:
  operations[0] is an object; give a JsonPatch, for instance JsonPatch.add("/lifecycle", { stopSignal: "SIGUSR1" })
  operations[1] is "x"; give a JsonPatch, for instance JsonPatch.add("/lifecycle", { stopSignal: "SIGUSR1" })`),
    );
  });
});

describe('a helper can be told to start before or after another one', () => {
  const kind = HelperKind.NATIVE_SIDECAR;

  test('by the helper itself as well as by a name', () => {
    const chart = Testing.chart();
    const web = deployment(chart);
    const order = (order: InitOrder[]) => ({ kind, order });
    const one = new Sidecar(web, 'one', { container: { name: 'a', image: 'x:1' }, kind });
    const two = new Sidecar(web, 'two', { container: { name: 'b', image: 'x:1' }, ...order([InitOrder.before(one)]) });
    new WaitFor(web, 'three', { host: 'db', port: 1, order: [InitOrder.after(two), InitOrder.before('a')] });

    expect(synthPodSpec(chart).initContainers?.map(({ name }) => name)).toStrictEqual(['b', 'three', 'a']);
  });

  test('and anything else is an error', () => {
    expect(() => InitOrder.before(5 as never)).toThrow(
      new Error('InitOrder.before: container is 5; give a helper or the name of a container'),
    );
    expect(() => InitOrder.after({} as never)).toThrow('InitOrder.after: container is an object; give a helper or');
  });
});
