import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeOptions, VolumeShare } from '../../contributions';
import { SHARE } from '../../contributions/helper-shape';
import { Sidecar, SidecarProps } from '../../patterns';
import { HTTP_METHOD, WEB_ADDRESS } from '../settings/argument';
import { duplicates } from '../../values/duplicates';
import { folderOf } from '../../values/shared-folder';
import { fields, listOf, nested, NONE, notEmpty, port, Shape, shown, wholeNumber } from '../../values/shape';

/** Properties of a sidecar that tells of configuration that has changed. */
export interface ConfigReloaderProps extends ReadyMadeOptions {
  /**
   * Volumes of ConfigMaps or Secrets, with the folders where the main container mounts them. The ConfigMap has to be one
   * that changes under its name: not an immutable one, as `ConfigChange.REPLACE` makes it.
   */
  readonly configs: VolumeShare[];

  /** What is requested when one of them has changed, for instance of the main container: `http://localhost:8080/-/reload`. */
  readonly url: string;

  /**
   * The method of the request.
   *
   * @default 'POST'
   */
  readonly method?: string;

  /**
   * The status of an answer that says that it worked.
   *
   * @default 200
   */
  readonly successStatus?: number;

  /**
   * How often the request is made, at most, until it works, the first time included; ten seconds apart.
   *
   * @default 6
   */
  readonly attempts?: number;

  /**
   * The port on which it shows metrics, at `/metrics`, to whoever reaches the pod.
   *
   * @default - one of the system's choice, at 127.0.0.1 alone
   */
  readonly metricsPort?: number;
}

/**
 * A sidecar that is a configmap-reload: when a mounted ConfigMap or Secret has changed, it makes a request, by which an
 * app reads its configuration again.
 *
 * The ready-made container has the image `ghcr.io/jimmidyson/configmap-reload:v0.15.0`, its user 65534, what Pod Security
 * "restricted" asks for, a read-only root file system, requests of 5m CPU and 16Mi memory, and with `metricsPort` its port
 * and a startup and a liveness probe. A container of your own gets arguments and mounts, and has no arguments itself.
 *
 * @example
 *
 * new ConfigReloader(deployment, 'reloader', {
 *   configs: [SharedVolume.fromConfigMap('rules', { name: 'prometheus-rules' }).at('/etc/prometheus/rules')],
 *   url: 'http://localhost:9090/-/reload',
 * });
 */
export class ConfigReloader extends Sidecar {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the sidecar in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: ConfigReloaderProps) {
    super(scope, id, sidecarProps(scope, id, props));
  }
}

/** The user of the image, which Kubernetes wants as a number. */
const USER = 65534;

function sidecarProps(scope: Construct, id: string, props: ConfigReloaderProps): SidecarProps {
  const made = new ReadyMade(scope, id, props, { setsArgs: true });
  made.addProblems(...PROPS(props, ''));
  made.assertRight('no configmap-reload can be made');
  const helper = made.helperProps({
    container: readyMade(id, props),
    user: USER,
    args: argsOf(props),
    listensOn: props.metricsPort === undefined ? [] : [props.metricsPort],
  });
  return {
    ...helper,
    shares: props.configs,
  };
}

function argsOf({ configs, url, method, successStatus, attempts = 6, metricsPort }: ConfigReloaderProps): string[] {
  return [
    ...configs.map(({ helperMount }) => `--volume-dir=${helperMount.mountPath}`),
    `--webhook-url=${url}`,
    ...(method === undefined ? [] : [`--webhook-method=${method}`]),
    ...(successStatus === undefined ? [] : [`--webhook-status-code=${successStatus}`]),
    `--webhook-retries=${attempts}`,
    // It listens in any case; on port 0, nobody else of the pod can want the port.
    `--web.listen-address=${metricsPort === undefined ? '127.0.0.1:0' : `:${metricsPort}`}`,
  ];
}

function readyMade(id: string, { metricsPort }: ConfigReloaderProps): k8s.Container {
  const httpGet = metricsPort === undefined ? undefined : { path: '/', port: k8s.IntOrString.fromNumber(metricsPort) };
  return {
    name: id,
    image: 'ghcr.io/jimmidyson/configmap-reload:v0.15.0',
    ...(httpGet && {
      ports: [{ containerPort: httpGet.port.value as number }],
      // It listens once it watches.
      startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 30 },
      livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    }),
    // Without a port there is no probe: the image has nothing to ask with, and the program ends when it cannot go on.
    resources: { requests: { cpu: k8s.Quantity.fromString('5m'), memory: k8s.Quantity.fromString('16Mi') } },
  };
}

/** What the kubelet replaces in one step, by a link that the program looks at. */
const REPLACED = ['configMap', 'secret', 'projected', 'downwardApi'];

/** For a folder that is watched twice there would be two requests. */
function differing(value: unknown, path: string): string[] {
  const folders = (value as readonly VolumeShare[]).map(folderOf);
  return duplicates(folders).map(
    (folder) => `${path} has the folder ${shown(folder)} more than once; give each of them once`,
  );
}

const CONFIG: Shape = nested(SHARE, (value, path) => {
  const { volume, helperMount } = value as VolumeShare;
  return [
    ...(REPLACED.some((source) => source in volume)
      ? NONE
      : [`${path} is no volume of a ConfigMap or Secret, which is what can be watched; give one of those`]),
    ...(helperMount.subPath === undefined && helperMount.subPathExpr === undefined
      ? NONE
      : [`${path} has a subPath, and what is mounted by that never changes; mount the whole volume`]),
    ...(helperMount.mountPath.includes('$(') ? [`${path} has a "$(" in its folder; give one without`] : NONE),
  ];
});

const PROPS = fields(
  {
    configs: nested(notEmpty(listOf('volumes with their folders', CONFIG), 'volume'), differing),
    url: WEB_ADDRESS,
  },
  {
    method: HTTP_METHOD,
    successStatus: wholeNumber(200, 299),
    // 0 would be none at all, and less than that no end.
    attempts: wholeNumber(1, 2 ** 31 - 1),
    metricsPort: port,
  },
);
