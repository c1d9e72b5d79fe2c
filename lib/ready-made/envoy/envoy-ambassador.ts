import { ApiObject, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Ambassador, AmbassadorProps } from '../../patterns';
import { ConfigChange, ConfigFiles, HelperOptions } from '../../contributions';
import { CONTAINER, HELPER_OPTIONS } from '../../contributions/helper-shape';
import { hostAndPort } from '../../values/address';
import { fragment } from '../../values/fragment';
import { readyMadeProblems } from '../../values/ready-made';
import {
  asConstruct,
  assertShape,
  duration,
  enumOf,
  fields,
  nested,
  object,
  pathIn,
  text,
  wholeNumber,
} from '../../values/shape';
import { ownPortsOf } from './envoy-bootstrap';
import { DEFAULT_LISTEN_ADDRESS, renderEnvoyFiles } from './envoy-config';
import { readyMade, USER, wholeSeconds } from './envoy-container';
import { OWN_HEALTH } from './envoy-listener';
import { envoyProblems } from './envoy-problems';
import { CONFIG_FOLDER, secretsOf, secretVolumesOf } from './envoy-secrets';
import { EnvoySettings } from './envoy-settings';
import { upstreamsOf } from './envoy-upstream';

/** Properties of an Envoy ambassador. */
export interface EnvoyAmbassadorProps extends EnvoySettings, HelperOptions {
  /**
   * The container. The mounts of its configuration and of what that reads are added and nothing else: its arguments must
   * name the configuration, `--config-path /etc/envoy/envoy.yaml`.
   *
   * @default - a ready-made one, named like the construct: a pinned image, its user 101, what Pod Security "restricted" asks
   * for, a read-only root file system, requests of 20m CPU and 64Mi memory, its ports, and a startup and a readiness probe
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance the same one in a registry of your own.
   *
   * @default 'envoyproxy/envoy:v1.40.0', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 20m CPU and 64Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * How many threads of the ready-made container handle requests. Each has connections of its own to the upstreams and
   * needs a CPU to be of use.
   *
   * @default 1
   */
  readonly concurrency?: number;

  /**
   * How long the ready-made container goes on when the pod is told to stop, so that the main container's last requests find
   * it. Envoy itself ends at once, with all requests under way. A native sidecar needs none: it is told to stop when the
   * main container has ended. In whole seconds, shorter than the pod's grace period.
   *
   * @default - not at all
   */
  readonly stopDelay?: Duration;

  /**
   * The name of the ConfigMap with `envoy.yaml`; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with `envoy.yaml`.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when `envoy.yaml` changes, which Envoy reads only at its start.
   *
   * @default - ConfigChange.REPLACE with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}

/**
 * An ambassador that is an Envoy: TLS to the outside, headers from Secrets, retries with a budget, circuit breakers and
 * limits for what the main container asks of services elsewhere over plain HTTP at localhost.
 *
 * What Envoy would not start with, or take otherwise than it was meant, is an error.
 *
 * @example
 *
 * new EnvoyAmbassador(deployment, 'payments-proxy', {
 *   services: [
 *     {
 *       listen: 8081,
 *       upstreams: ['https://api.payments.example'],
 *       headers: { authorization: EnvoyHeader.fromSecret('payments', 'token', 'Bearer ') },
 *       env: { PAYMENTS_URL: 'http://{host}:{port}' },
 *     },
 *   ],
 * });
 */
export class EnvoyAmbassador extends Ambassador {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: EnvoyAmbassadorProps) {
    super(scope, id, ambassadorProps(scope, id, props));
  }

  /** The ConfigMap with `envoy.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

const DEFAULT_HEALTH_PORT = 9902;

const OPTIONS = fields(
  {},
  {
    ...HELPER_OPTIONS,
    container: CONTAINER,
    image: text,
    resources: fragment('an object'),
    concurrency: wholeNumber(1, 256),
    stopDelay: nested(duration, wholeSeconds),
    configMapName: text,
    configVolumeName: text,
    onChange: enumOf('ConfigChange', ConfigChange),
  },
);

function ambassadorProps(scope: Construct, id: string, props: EnvoyAmbassadorProps): AmbassadorProps {
  const path = pathIn(asConstruct(id, scope), id);
  assertShape(path, props, object);
  const { concurrency, stopDelay, healthPort = props.container ? undefined : DEFAULT_HEALTH_PORT } = props;
  const settings: EnvoySettings = { ...props, healthPort };
  const problems = [
    ...OPTIONS(props, ''),
    ...envoyProblems(settings),
    ...readyMadeProblems(props, { concurrency, stopDelay }),
  ];
  if (problems.length > 0) {
    throw new Error([`${path}: no envoy.yaml can be made:`, ...problems].join('\n  '));
  }
  const { services, listenAddress = DEFAULT_LISTEN_ADDRESS, onChange, configMapName } = props;
  const container =
    props.container ??
    readyMade(scope, id, {
      image: props.image,
      resources: props.resources,
      concurrency,
      ports: portsOf(settings),
      healthPort: healthPort ?? DEFAULT_HEALTH_PORT,
      healthPath: OWN_HEALTH.path,
      preStop: stopDelay && ['sleep', String(stopDelay.toSeconds())],
    });
  const secrets = secretVolumesOf(secretsOf(settings), container.name);
  const files = ConfigFiles.of(renderEnvoyFiles(id, settings), {
    configMapName,
    onChange: onChange ?? (props.container ? ConfigChange.KEEP_RUNNING : ConfigChange.REPLACE),
  });
  return {
    ...props,
    container: {
      ...container,
      ...(secrets.length > 0 && {
        volumeMounts: [...(container.volumeMounts ?? []), ...secrets.map(({ mount }) => mount)],
      }),
    },
    restricted: props.container ? props.restricted : { user: USER, ...props.restricted },
    volumes: [...(props.volumes ?? []), ...secrets.map(({ volume }) => volume)],
    listeners: services.map((service) => ({
      port: service.listen,
      address: listenAddress,
      upstream: upstreamsOf(service)
        .map(({ host, port }) => hostAndPort(host, port))
        .join(', '),
      env: service.env,
    })),
    listensOn: [...new Set([...(props.listensOn ?? []), ...ownPortsOf(settings).values()])],
    files: [files.at(CONFIG_FOLDER, { volumeName: props.configVolumeName })],
  };
}

function portsOf({ services, healthPort, metricsPort }: EnvoySettings): k8s.ContainerPort[] {
  return [...services.map(({ listen }) => listen), healthPort, metricsPort]
    .filter((port) => port !== undefined)
    .map((containerPort) => ({ containerPort }));
}
