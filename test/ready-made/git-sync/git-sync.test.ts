import { Duration, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  GitAccess,
  GitSubmodules,
  GitSync,
  GitSyncProps,
  HelperKind,
  ImageRegistry,
  KubernetesVersion,
  SharedVolume,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../../support/workloads';

const site: GitSyncProps = { repository: 'https://git.example/shop/site.git', path: '/srv/site' };

test('one of few words is hardened, starts before the app, and the app has the files read-only', () => {
  const chart = Testing.chart();

  const sync = new GitSync(deployment(chart), 'content', { ...site, kind: HelperKind.NATIVE_SIDECAR });

  expect(sync.contentPath).toBe('/srv/site/current');
  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('one with all settings', () => {
  const chart = Testing.chart();

  new GitSync(deployment(chart), 'content', {
    ...site,
    kind: HelperKind.NATIVE_SIDECAR,
    revision: 'release/2',
    access: GitAccess.password({ secret: 'git', usernameKey: 'user', passwordKey: 'token' }),
    caConfigMap: 'trust',
    caKey: 'root.pem',
    link: 'site',
    sharedVolume: SharedVolume.fromPersistentVolumeClaim('site', { claimName: 'site' }),
    period: Duration.minutes(1),
    syncTimeout: Duration.millis(1500),
    depth: 0,
    submodules: GitSubmodules.OFF,
    sparseCheckout: ['/docs/', '/*.md'],
    maxFailures: 5,
    staleWorktreeTimeout: Duration.minutes(5),
    webhook: {
      url: 'http://localhost:8080/reload',
      method: 'PUT',
      successStatus: 204,
      timeout: Duration.seconds(2),
      backoff: Duration.seconds(10),
    },
    metricsPort: 9100,
    configMapName: 'site-sync',
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('with "oneTime" it is an init container that ends, which a Job takes on any version of Kubernetes', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.27');
  const job = new k8s.KubeJob(chart, 'job', { spec: { template: template('job', { restartPolicy: 'Never' }) } });

  new GitSync(job, 'content', { ...site, oneTime: true, access: GitAccess.token({ secret: 'git' }) });

  const { initContainers, containers } = synthPodSpec(chart, 'Job');
  expect(initContainers).toStrictEqual([
    expect.objectContaining({
      args: [
        '--repo=https://git.example/shop/site.git',
        '--root=/git/.current',
        '--link=/git/current',
        '--touch-file=/tmp/synced',
        '--username=git',
        '--password-file=/etc/git-access/token',
        '--one-time',
      ],
    }),
  ]);
  expect(initContainers?.[0]).not.toHaveProperty('startupProbe');
  expect(initContainers?.[0]).not.toHaveProperty('restartPolicy');
  expect(containers?.[0].volumeMounts).toStrictEqual([
    { name: 'content-content', mountPath: '/srv/site', readOnly: true },
  ]);
});

test('a key for SSH is a file of a Secret, and servers are known', () => {
  const chart = Testing.chart();

  new GitSync(deployment(chart), 'content', {
    ...site,
    repository: 'git@git.example:shop/site.git',
    access: GitAccess.ssh({ secret: 'deploy-key' }),
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1].args).toStrictEqual(
    expect.arrayContaining([
      '--ssh-key-file=/etc/git-access/ssh',
      '--ssh-known-hosts-file=/etc/git-access/known_hosts',
    ]),
  );
  expect(volumes).toContainEqual({
    name: 'content-access',
    secret: {
      secretName: 'deploy-key',
      items: [
        { key: 'ssh-privatekey', path: 'ssh' },
        { key: 'known_hosts', path: 'known_hosts' },
      ],
    },
  });
});

test('an app of GitHub says its numbers, and its key is a file of a Secret', () => {
  const chart = Testing.chart();

  new GitSync(deployment(chart), 'content', {
    ...site,
    access: GitAccess.gitHubApp({
      secret: 'app',
      applicationId: 12,
      installationId: 34,
      apiUrl: 'https://github.example/api/v3/',
    }),
  });

  expect(synthPodSpec(chart).containers?.[1].args).toStrictEqual(
    expect.arrayContaining([
      '--github-app-application-id=12',
      '--github-app-installation-id=34',
      '--github-app-private-key-file=/etc/git-access/private-key',
      '--github-base-url=https://github.example/api/v3/',
    ]),
  );
});

test('two in a pod, from a registry of its own', () => {
  const chart = Testing.chart();
  ImageRegistry.target(chart, 'registry.example');
  const web = deployment(chart);

  new GitSync(web, 'one', { ...site, caSecret: 'authority' });
  new GitSync(web, 'other', { ...site, path: '/srv/other', restricted: { user: 1000 } });

  expect(synthErrors(chart)).toStrictEqual([]);
  const { containers } = synthPodSpec(chart);
  expect(containers?.map(({ name, image }) => [name, image])).toStrictEqual([
    ['app', 'nginx:1.27'],
    ['one', 'registry.example/git-sync/git-sync:v4.7.1'],
    ['other', 'registry.example/git-sync/git-sync:v4.7.1'],
  ]);
});

test('a container of its own gets arguments, variables and mounts, and stays as it is otherwise', () => {
  const chart = Testing.chart();
  const env = [{ name: 'GITSYNC_USERNAME', value: 'me' }];

  new GitSync(deployment(chart), 'content', {
    ...site,
    access: GitAccess.password({ secret: 'git' }),
    container: { name: 'sync', image: 'registry.example/git-sync:4', env },
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'sync',
    image: 'registry.example/git-sync:4',
    args: expect.arrayContaining(['--password-file=/etc/git-access/password']) as unknown,
    env,
    volumeMounts: [
      { name: 'sync-access', mountPath: '/etc/git-access', readOnly: true },
      { name: 'sync-content', mountPath: '/git' },
    ],
  });
});

test('all that is wrong is said at once', () => {
  const chart = Testing.chart();

  expect(
    () =>
      new GitSync(deployment(chart), 'content', {
        repository: 'http://shop:secret@git.example/site.git',
        path: 'srv',
        access: GitAccess.ssh({ secret: 'key' }),
        restricted: { user: 1000 },
        oneTime: true,
        period: Duration.seconds(1),
        caSecret: 'one',
        caConfigMap: 'other',
        sharedVolume: SharedVolume.fromSecret('secret', { secretName: 'secret' }),
        container: { name: 'sync', args: [] },
        image: 'git-sync:4',
      }),
  ).toThrowErrorMatchingSnapshot();
});

test.each<[Partial<Record<keyof GitSyncProps, unknown>>]>([
  [{ repository: 'site.git' }],
  [{ repository: 'https:///site.git' }],
  [{ repository: 'https://git.example' }],
  [{ repository: 'https://git.example:70000/x' }],
  [{ repository: 'ext::sh -c id' }],
  [{ repository: 'https://git.example/$(PASSWORD)' }],
  [{ repository: 'ssh://git@-oProxyCommand=id/x', access: GitAccess.ssh({ secret: 'key' }) }],
  [{ repository: 'git@git.example:-x', access: GitAccess.ssh({ secret: 'key' }) }],
  [{ repository: 'git@git.example:x' }],
  [{ repository: 'git://git.example/x', plaintext: true, access: GitAccess.token({ secret: 'git' }) }],
  [{ repository: 'git@git.example:x', access: GitAccess.ssh({ secret: 'key' }), restricted: { user: 7 } }],
  [{ repository: 'git@git.example:x', access: GitAccess.ssh({ secret: 'key' }), caSecret: 'ca' }],
  [{ access: 'token' }],
  [{ access: { _how: () => ({ secret: 'of another class' }) } }],
  [{ revision: '--upload-pack=id' }],
  [{ link: 'a/b' }],
  [{ link: 'tmp-link' }],
  [{ depth: -1 }],
  [{ period: 10 }],
  [{ sparseCheckout: [] }],
  [{ sparseCheckout: ['# docs'] }],
  [{ maxFailures: 0 }],
  [{ caKey: 'root.pem' }],
  [{ webhook: { url: 'localhost:8080' } }],
  [{ webhook: { url: 'http://shop:secret@localhost' } }],
  [{ webhook: { url: 'http://localhost', timeout: Duration.millis(10) } }],
  [{ depht: 1 } as never],
  [{ oneTime: true, webhook: { url: 'http://localhost' } }],
  [{ oneTime: true, kind: HelperKind.REGULAR }],
  [{ repository: 'https://git.example/a.git?private_token=abc' }],
  [{ webhook: { url: 'http://localhost/reload?token=abc' } }],
  [{ sharedVolume: SharedVolume.emptyDir('x').at('/y') }],
  [{ sharedVolume: SharedVolume.fromPersistentVolumeClaim('x', { claimName: 'y', readOnly: true }) }],
  [{ path: '/' }],
  [{ path: '//' }],
])('%j is one problem', (settings) => {
  const chart = Testing.chart();

  expect(() => new GitSync(deployment(chart), 'content', { ...site, ...settings } as GitSyncProps)).toThrow(
    /no git-sync can be made:\n {2}[^\n]+$/,
  );
});

test('what a volume shared by mistake is, and a kind where there is one sync, is said by its own name', () => {
  const make = (settings: object) => () =>
    new GitSync(deployment(Testing.chart()), 'content', { ...site, ...settings });

  expect(make({ sharedVolume: SharedVolume.emptyDir('x').at('/y') })).toThrow(
    'sharedVolume is a VolumeShare; give a SharedVolume itself, without "at", for instance SharedVolume.emptyDir("content")',
  );
  expect(make({ oneTime: true, kind: HelperKind.REGULAR })).toThrow(
    '"kind" is given, but with "oneTime" there is one sync and no more; leave it out',
  );
});

describe('two in one volume', () => {
  const make = (...links: (string | undefined)[]) => {
    const web = deployment(Testing.chart());
    const sharedVolume = SharedVolume.emptyDir('content');
    links.forEach((link, index) => new GitSync(web, `sync-${index}`, { ...site, link, sharedVolume }));
    return web;
  };

  test.each([
    [undefined, undefined, 'current'],
    ['a', '.a', 'a'],
  ])('would overwrite each other with the links %j and %j', (one, other, link) => {
    expect(() => make(one, other)).toThrow(
      new Error(
        'test/web/sync-1: no git-sync can be made:\n  test/web/sync-0 writes in the volume "content" as well, with the ' +
          `link "${link}"; give one of them another "link"`,
      ),
    );
  });

  test('keep apart with other links', () => {
    const args = (podSpecOf(make('a', 'b').toJson() as Manifest).containers ?? []).map(({ args }) => args?.slice(1, 3));
    expect(args).toStrictEqual([undefined, ['--root=/git/.a', '--link=/git/a'], ['--root=/git/.b', '--link=/git/b']]);
  });
});

test('options of a file are an error where there is none, told with the rest', () => {
  expect(() => new GitSync(deployment(Testing.chart()), 'content', { ...site, configMapName: 'x', depth: -1 })).toThrow(
    new Error(`test/web/content: no git-sync can be made:
  depth is -1; give a whole number from 0 to 2147483647
  "configMapName" is given, but there is no file; leave it out`),
  );
});

test.each<[string, GitAccess, string[]]>([
  [
    'a password',
    GitAccess.password({ secret: 'git', usernameKey: 'a b' }),
    ['access.usernameKey is "a b"; give letters, '],
  ],
  ['a token', GitAccess.token({ secret: 'git', username: 'a b' }), ['access.username is "a b"; give a name without ']],
  ['a key', GitAccess.ssh({ secret: 'Not a name' }), ['access.secret is "Not a name"; give the name of an object']],
  [
    'an app',
    GitAccess.gitHubApp({ secret: 'app', applicationId: 0, instalationId: 1 } as never),
    [
      'access.applicationId is 0; give a whole number',
      'access.installationId is missing; give a whole number',
      'access.instalationId is no property; did you mean ',
    ],
  ],
  ['no password', GitAccess.password(undefined as never), ['access: options is missing; give an object']],
  ['no token', GitAccess.token(undefined as never), ['access: options is missing; give an object']],
  ['no key', GitAccess.ssh(undefined as never), ['access: options is missing; give an object']],
  ['no app', GitAccess.gitHubApp(undefined as never), ['access: options is missing; give an object']],
])('what is wrong with access by %s is told with the rest', (_, access, problems) => {
  const make = () => new GitSync(deployment(Testing.chart()), 'content', { ...site, access, depth: -1 });

  for (const problem of [...problems, 'depth is -1; give a whole number']) {
    expect(make).toThrow(problem);
  }
});

test('what the manifest says is a matter of the settings alone', () => {
  const manifests = [1, 2].map(() => {
    const chart = Testing.chart();
    new GitSync(deployment(chart), 'content', { ...site, sparseCheckout: ['/docs/'] });
    return synthManifests(chart);
  });
  expect(manifests[0]).toStrictEqual(manifests[1]);
});
