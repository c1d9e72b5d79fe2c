import { App, Chart, Lazy, Testing } from 'cdk8s';
import {
  ConfigChange,
  HelperProps,
  ImageRegistry,
  ReadyMade,
  ReadyMadeConfigOptions,
  ReadyMadeDefaults,
  Sidecar,
} from '../../lib';
import { deployment, podSpecOf, synthManifests } from '../support/workloads';

const defaults: ReadyMadeDefaults = {
  container: { name: 'shipper', image: 'ghcr.io/acme/shipper:1.0.0', args: ['--all'], resources: { requests: {} } },
  user: 1000,
  files: { 'shipper.conf': 'all' },
  folder: '/etc/shipper',
};

function propsOf(options: ReadyMadeConfigOptions, given: Partial<ReadyMadeDefaults> = {}): HelperProps {
  return new ReadyMade(deployment(Testing.chart()), 'shipper', options).helperProps({ ...defaults, ...given });
}

function changeOf(options: ReadyMadeConfigOptions, given: Partial<ReadyMadeDefaults> = {}): ConfigChange | undefined {
  return propsOf(options, given).files?.[0].configFiles.onChange;
}

describe('what the user says nothing of', () => {
  test('is as the defaults say, and satisfies "restricted"', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const web = deployment(chart);
    new Sidecar(
      web,
      'shipper',
      new ReadyMade(web, 'shipper', {}).helperProps({ ...defaults, writablePaths: ['/tmp'] }),
    );

    const [manifest, configMap] = synthManifests(chart);
    expect(podSpecOf(manifest).containers?.[1]).toMatchObject({
      name: 'shipper',
      image: 'ghcr.io/acme/shipper:1.0.0',
      args: ['--all'],
      securityContext: { runAsUser: 1000, runAsNonRoot: true, readOnlyRootFilesystem: true },
      volumeMounts: [{ mountPath: '/etc/shipper' }, { mountPath: '/tmp' }],
    });
    expect(configMap).toMatchObject({ kind: 'ConfigMap', immutable: true, data: { 'shipper.conf': 'all' } });
  });

  test('the image comes from the registry of the app, also where that is set later', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const web = deployment(chart);
    new Sidecar(web, 'shipper', new ReadyMade(web, 'shipper', {}).helperProps(defaults));

    ImageRegistry.target(app, 'registry.example');

    expect(podSpecOf(synthManifests(chart)[0]).containers?.[1].image).toBe('registry.example/acme/shipper:1.0.0');
  });

  test('running pods are replaced when files change, or what the defaults say', () => {
    expect(changeOf({})).toBe(ConfigChange.REPLACE);
    expect(changeOf({}, { onChange: ConfigChange.RESTART })).toBe(ConfigChange.RESTART);
  });
});

describe('what the user says', () => {
  test('goes before the defaults', () => {
    const props = propsOf({
      image: 'mine:1',
      resources: {},
      restricted: { user: 7, writablePaths: ['/var'] },
      configMapName: 'conf',
      configVolumeName: 'volume',
      onChange: ConfigChange.KEEP_RUNNING,
      podAnnotations: { a: 'b' },
    });

    expect(props).toMatchObject({
      container: { name: 'shipper', image: 'mine:1', args: ['--all'], resources: {} },
      imageFromRegistry: false,
      restricted: { user: 7, writablePaths: ['/var'] },
      podAnnotations: { a: 'b' },
    });
    expect(props.files?.[0]).toMatchObject({
      volumeName: 'volume',
      configFiles: { configMapName: 'conf', onChange: ConfigChange.KEEP_RUNNING },
    });
  });

  test('is nothing where it is undefined', () => {
    expect(propsOf({ restricted: { user: undefined, lowPorts: true } }).restricted).toEqual({
      ...propsOf({}).restricted,
      lowPorts: true,
    });
  });

  test('a container of the user is left as it is, and its pods keep running', () => {
    const container = { name: 'mine', image: 'mine:1' };

    expect(propsOf({ container })).toMatchObject({ container, imageFromRegistry: false, restricted: undefined });
    expect(propsOf({ container }).container).toBe(container);
    expect(changeOf({ container })).toBe(ConfigChange.KEEP_RUNNING);
    expect(changeOf({ container }, { onChange: ConfigChange.RESTART })).toBe(ConfigChange.KEEP_RUNNING);
    expect(changeOf({ container, onChange: ConfigChange.REPLACE })).toBe(ConfigChange.REPLACE);
  });
});

describe('what the configuration names', () => {
  const needs: Partial<ReadyMadeDefaults> = {
    mounts: [
      { mountPath: '/etc/ca', volume: { name: 'ca', secret: { secretName: 'company-ca' } } },
      { mountPath: '/var/lib', volume: { name: 'state', emptyDir: {} }, writable: true },
    ],
    env: [
      { name: 'TOKEN', value: 'a' },
      { name: 'LEVEL', value: 'info' },
    ],
    listensOn: [9000, 9001],
  };

  test.each<[title: string, options: ReadyMadeConfigOptions, name: string]>([
    ['the ready-made container has', {}, 'shipper'],
    ['a container of the user has as well', { container: { name: 'mine', image: 'mine:1' } }, 'mine'],
  ])('%s', (_, options, name) => {
    expect(propsOf(options, needs)).toMatchObject({
      container: {
        name,
        volumeMounts: [
          { name: `${name}-ca`, mountPath: '/etc/ca', readOnly: true },
          { name: `${name}-state`, mountPath: '/var/lib' },
        ],
        env: needs.env,
      },
      volumes: [
        { name: `${name}-ca`, secret: { secretName: 'company-ca' } },
        { name: `${name}-state`, emptyDir: {} },
      ],
      listensOn: [9000, 9001],
    });
  });

  test('stands behind what the user gives, and each port and variable once', () => {
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
    const env = [{ name: 'LEVEL', value: 'debug' }];
    const props = propsOf(
      {
        container: { name: 'mine', image: 'mine:1', volumeMounts, env },
        volumes: [{ name: 'cache', emptyDir: {} }],
        listensOn: [9001],
      },
      needs,
    );

    expect(props.container.volumeMounts?.map(({ name }) => name)).toEqual(['cache', 'mine-ca', 'mine-state']);
    expect(props.container.env).toEqual([...env, { name: 'TOKEN', value: 'a' }]);
    expect(props.volumes?.map(({ name }) => name)).toEqual(['cache', 'mine-ca', 'mine-state']);
    expect(props.listensOn).toEqual([9001, 9000]);
  });
});

test('a volume is called config where there are no files', () => {
  const mounts = [{ mountPath: '/etc/config', volume: { name: 'config', secret: { secretName: 'config' } } }];

  expect(propsOf({}, { mounts, files: undefined }).volumes).toMatchObject([{ name: 'shipper-config' }]);
});

describe('a container of the user whose lists are known only later', () => {
  const late = (...value: unknown[]): never => Lazy.any({ produce: () => value }) as never;
  const container = { name: 'mine', image: 'mine:1', env: late({ name: 'A', value: '1' }), volumeMounts: late() };
  const env = [{ name: 'TOKEN', value: 'a' }];
  const mounts = [{ mountPath: '/var/lib', volume: { name: 'state', emptyDir: {} } }];

  test('is left as it is where nothing is added to it', () => {
    expect(propsOf({ container }).container).toBe(container);
    expect(propsOf({ container: { ...container, env: null as never } }, { env }).container.env).toEqual(env);
  });

  test('is told of where something is', () => {
    expect(() => propsOf({ container }, { env, mounts })).toThrow(
      new Error(`test/web/shipper: no helper can be made:
  "volumeMounts" of "container" is known only later; give a list
  "env" of "container" is known only later; give a list`),
    );
    expect(() => propsOf({ container: { ...container, env: [late()] } }, { env })).not.toThrow();
  });
});

test('a name of a container that is known only later is none to call volumes by', () => {
  const name = Lazy.any({ produce: () => 'mine' }) as string;

  expect(() => propsOf({ container: { name, image: 'mine:1' } })).toThrow(
    'container.name is known only later, and volumes are called by it; give a string',
  );
});

describe('arguments', () => {
  const args = ['--all', '--port=1'];

  test('are given to the ready-made container and to one of the user', () => {
    const container = { name: 'mine', image: 'mine:1' };
    expect(propsOf({}, { args }).container.args).toStrictEqual(args);
    expect(propsOf({ container }, { args }).container).toStrictEqual({ ...container, args });
  });

  test('would be lost where the container of the user has some', () => {
    const container = { name: 'mine', image: 'mine:1', args: [] };
    const problem = '"container" has args of its own, which those of the settings would replace; leave them out';
    expect(() => propsOf({ container }, { args })).toThrow(problem);
    expect(() => {
      new ReadyMade(deployment(Testing.chart()), 'x', { container }, { setsArgs: true }).assertRight(
        'no x can be made',
      );
    }).toThrow(problem);
    expect(propsOf({ container }).container).toBe(container);
  });
});

describe('what is wrong', () => {
  const web = deployment(Testing.chart());

  test('is told at once, each thing once, behind the path of the helper', () => {
    const options = { imge: 'a', lisen: 1, container: {}, resources: {}, threads: 2, kind: 'Native' };
    const made = new ReadyMade(web, 'shipper', options as unknown as ReadyMadeConfigOptions, {
      names: ['listen'],
      ofContainer: ['threads'],
    });
    made.addProblems('listen is missing; give a port', 'listen is missing; give a port');

    expect(() => {
      made.assertRight('no shipper can be made');
    }).toThrow(
      new Error(`test/web/shipper: no shipper can be made:
  kind is "Native"; give one of HelperKind.REGULAR, HelperKind.NATIVE_SIDECAR
  imge is no property; did you mean image?
  lisen is no property; did you mean listen?
  listen is missing; give a port
  "resources" is that of the ready-made container, but "container" is given; say it there
  "threads" is that of the ready-made container, but "container" is given; say it there`),
    );
  });

  test('is not made anything of, also where nobody asked before', () => {
    const made = new ReadyMade(web, 'shipper', {});
    made.addProblems('listen is missing; give a port');

    expect(() => made.helperProps(defaults)).toThrow(
      new Error('test/web/shipper: no helper can be made:\n  listen is missing; give a port'),
    );
  });

  test.each<[title: string, act: () => unknown, message: string]>([
    ['no scope', () => new ReadyMade(undefined as never, 'shipper', {}), 'shipper: scope is missing; give a construct'],
    [
      'no properties',
      () => new ReadyMade(web, 'shipper', undefined as never),
      'test/web/shipper: props is missing; give an object',
    ],
    [
      'files without a folder',
      () => propsOf({}, { folder: undefined }),
      'test/web/shipper: the defaults have "files" without "folder"; say where the container finds them',
    ],
    [
      'options for files where there are none',
      () => propsOf({ configMapName: 'conf', onChange: ConfigChange.RESTART }, { files: undefined }),
      `test/web/shipper: no helper can be made:
  "configMapName", "onChange" is given, but there is no file; leave it out`,
    ],
    [
      'a user that is no number',
      () => propsOf({}, { user: 'nginx' as never }),
      'test/web/shipper: the defaults: user is "nginx"; give a whole number from 0 to 2147483647',
    ],
    [
      'volumes that are not told apart',
      () => {
        const mount = (name: string) => ({ mountPath: `/${name}`, volume: { name, emptyDir: {} } });
        return propsOf({}, { mounts: [mount('config'), mount('state'), mount('state')] });
      },
      `test/web/shipper: the defaults:
  mounts[0].volume is called "config", as that of the files; give it another name
  mounts[2].volume is called "state", as one before it; give it another name`,
    ],
    [
      'a volume without a name',
      () => propsOf({}, { mounts: [{ mountPath: '/state', volume: { emptyDir: {} } as never }] }),
      'test/web/shipper: the defaults: mounts[0].volume.name is missing; give a string',
    ],
    [
      'a mount that lacks its volume',
      () => propsOf({}, { mounts: [{ mountPath: '/etc/ca' } as never] }),
      'test/web/shipper: the defaults: mounts[0].volume is missing; give a volume of the Kubernetes API, ' +
        '{ name, emptyDir: {} }, say',
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(new Error(message));
  });
});

test('the image of any helper can come from the registry', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  ImageRegistry.target(app, 'registry.example');
  const web = deployment(chart);
  for (const [name, imageFromRegistry] of [
    ['one', true],
    ['two', false],
    ['three', undefined],
  ] as const) {
    new Sidecar(web, name, { container: { name, image: 'busybox:1.37' }, imageFromRegistry });
  }

  expect(
    podSpecOf(synthManifests(chart)[0])
      .containers?.slice(1)
      .map(({ image }) => image),
  ).toEqual(['registry.example/busybox:1.37', 'busybox:1.37', 'busybox:1.37']);
});
