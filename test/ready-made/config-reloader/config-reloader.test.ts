import { Testing, Yaml } from 'cdk8s';
import { ConfigReloader, ConfigReloaderProps, HelperKind, SharedVolume } from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthPodSpec } from '../../support/workloads';

const config = SharedVolume.fromConfigMap('config', { name: 'app' });
const app: ConfigReloaderProps = { configs: [config.at('/etc/app')], url: 'http://localhost:8080/-/reload' };

test('one of few words is hardened, and both containers see the ConfigMap', () => {
  const chart = Testing.chart();

  new ConfigReloader(deployment(chart), 'reloader', { ...app, kind: HelperKind.NATIVE_SIDECAR });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('one with all settings', () => {
  const chart = Testing.chart();

  new ConfigReloader(deployment(chart), 'reloader', {
    configs: [
      config.at('/etc/app'),
      SharedVolume.fromSecret('users', { secretName: 'users' }).at('/etc/users', { helperPath: '/watched' }),
    ],
    url: 'http://localhost:8080/-/reload',
    method: 'PUT',
    successStatus: 204,
    attempts: 3,
    metricsPort: 9533,
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a container of its own gets arguments and mounts, and stays as it is otherwise', () => {
  const chart = Testing.chart();

  new ConfigReloader(deployment(chart), 'reloader', { ...app, container: { name: 'watch', image: 'watch:1' } });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'watch',
    image: 'watch:1',
    args: [
      '--volume-dir=/etc/app',
      '--webhook-url=http://localhost:8080/-/reload',
      '--webhook-retries=6',
      '--web.listen-address=127.0.0.1:0',
    ],
    volumeMounts: [{ name: 'config', mountPath: '/etc/app', readOnly: true }],
  });
});

test('a folder that is there twice would be watched twice', () => {
  const make = () =>
    new ConfigReloader(deployment(Testing.chart()), 'reloader', {
      configs: [config.at('/etc/app'), config.at('/etc/app/')],
      url: 'http://localhost:8080/-/reload?token=abc',
    });

  expect(make).toThrow(
    new Error(`test/web/reloader: no configmap-reload can be made:
  configs has the folder "/etc/app" more than once; give each of them once
  the value of "token" in url would stand in an argument; leave it out`),
  );
});

test('all that is wrong is said at once', () => {
  const chart = Testing.chart();

  expect(
    () =>
      new ConfigReloader(deployment(chart), 'reloader', {
        configs: [SharedVolume.emptyDir('files').at('/files'), config.at('/etc/app', { subPath: 'app.conf' })],
        url: 'localhost:8080',
        attempts: 0,
        successStatus: 302,
        method: 'reload it',
        metricPort: 9533,
        container: { name: 'watch', args: [] },
      } as ConfigReloaderProps),
  ).toThrowErrorMatchingSnapshot();
});
