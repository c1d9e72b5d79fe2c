import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ConfigChange, ConfigFiles, ConfigFilesMount, HelperOptions } from '../../contributions';
import { CONTAINER, HELPER_OPTIONS } from '../../contributions/helper-shape';
import { parseQuantity } from '../../values/quantity';
import { readyMadeProblems } from '../../values/ready-made';
import { asConstruct, assertShape, enumOf, fields, object, pathIn, shown, text } from '../../values/shape';
import { ImageRegistry } from '../../workloads';
import {
  DEFAULT_HEALTH_PORT,
  environmentOf,
  hasState,
  inputsOf,
  listenersOf,
  renderOpenTelemetryConfig,
  STATE_FOLDER,
  tlsVolumesOf,
} from './open-telemetry-config';
import { openTelemetryProblems } from './open-telemetry-problems';
import { OpenTelemetrySettings } from './open-telemetry-settings';

/** What is alike in all helpers that are a collector. */
export interface OpenTelemetryCollectorOptions extends HelperOptions {
  /**
   * The container. The mounts, environment variables and ports that its configuration needs are added and nothing else:
   * its arguments must name the configuration, `--config=/etc/otelcol/config.yaml`.
   *
   * @default - a ready-made one, named like the construct: a pinned image, its user 10001, what Pod Security
   * "restricted" asks for, a read-only root file system, requests of 50m CPU and 128Mi memory, a limit of 256Mi memory,
   * and a liveness probe; a startup probe too where it takes OTLP
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance one with fewer components.
   *
   * @default 'otel/opentelemetry-collector-contrib:0.160.0', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container. What the collector may keep in memory follows the limit, or the request
   * where there is none.
   *
   * @default - requests of 50m CPU and 128Mi memory, a limit of 256Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * The name of the ConfigMap with `config.yaml`.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with `config.yaml`.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when `config.yaml` changes, which the collector reads only at its start.
   *
   * @default - ConfigChange.RESTART with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}

/** The part of a helper's properties that is the collector. */
interface Collector extends HelperOptions {
  readonly container: k8s.Container;
  readonly files: ConfigFilesMount[];
}

const OPTIONS = fields(
  {},
  {
    ...HELPER_OPTIONS,
    container: CONTAINER,
    image: text,
    resources: object,
    configMapName: text,
    configVolumeName: text,
    onChange: enumOf('ConfigChange', ConfigChange),
  },
);

/** The user of the image, which Kubernetes wants as a number. */
const USER = 10001;
const DEFAULT_MEMORY = 256;
/** Less, and the collector is killed before its own limit keeps it small. */
const MIN_MEMORY = 96;
const MEBI = 2n ** 20n * 10n ** 9n;

/** @throws all that is wrong, in one error */
export function collectorOf(
  scope: Construct,
  id: string,
  props: OpenTelemetryCollectorOptions,
  settings: OpenTelemetrySettings,
): Collector {
  const path = pathIn(asConstruct(id, scope), id);
  assertShape(path, props, object);
  const memory = memoryOf(props.container ? props.container.resources : props.resources);
  const problems = [
    ...OPTIONS(props, ''),
    ...openTelemetryProblems(settings),
    ...readyMadeProblems(props),
    ...memory.problems,
  ];
  if (problems.length > 0) {
    throw new Error([`${path}: no collector can be configured:`, ...problems].join('\n  '));
  }
  const complete = {
    ...settings,
    serviceName: settings.serviceName ?? nameOf(scope) ?? id,
    memory: memory.mebibytes,
  };
  const tls = tlsVolumesOf(settings, props.container?.name ?? id);
  const { onChange = props.container ? ConfigChange.KEEP_RUNNING : ConfigChange.RESTART } = props;
  const container = props.container ?? readyMade(scope, id, props, settings);
  const given = new Set(container.env?.map(({ name }) => name));
  return {
    ...props,
    container: {
      ...container,
      env: [...(container.env ?? []), ...environmentOf(complete).filter(({ name }) => !given.has(name))],
      ...(tls.length > 0 && { volumeMounts: [...(container.volumeMounts ?? []), ...tls.map(({ mount }) => mount)] }),
    },
    restricted: props.container
      ? props.restricted
      : {
          user: USER,
          ...props.restricted,
          writablePaths: [...(hasState(settings) ? [STATE_FOLDER] : []), ...(props.restricted?.writablePaths ?? [])],
        },
    volumes: [...(props.volumes ?? []), ...tls.map(({ volume }) => volume)],
    listensOn: [...new Set([...(props.listensOn ?? []), ...listenersOf(settings).map(({ port }) => port)])],
    files: [
      ConfigFiles.of(
        { 'config.yaml': renderOpenTelemetryConfig(complete) },
        { configMapName: props.configMapName, onChange },
      ).at('/etc/otelcol', { volumeName: props.configVolumeName }),
    ],
  };
}

function readyMade(
  scope: Construct,
  id: string,
  { image, resources }: OpenTelemetryCollectorOptions,
  settings: OpenTelemetrySettings,
): k8s.Container {
  const httpGet = {
    path: '/',
    port: k8s.IntOrString.fromNumber(settings.healthPort ?? DEFAULT_HEALTH_PORT),
  };
  const takesOtlp = inputsOf(settings).some(({ _source }) => _source.kind === 'otlp');
  return {
    name: id,
    image: image ?? ImageRegistry._imageFor(scope, 'otel/opentelemetry-collector-contrib:0.160.0'),
    args: ['--config=/etc/otelcol/config.yaml'],
    ports: listenersOf(settings).map(({ port }) => ({ containerPort: port })),
    // What the main container sends first should arrive; files and metrics are still there later.
    ...(takesOtlp && { startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 60 } }),
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    // No readinessProbe: a pod is not to be taken out of service because nobody watches it.
    resources: resources ?? {
      requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString('128Mi') },
      limits: { memory: k8s.Quantity.fromString(`${DEFAULT_MEMORY}Mi`) },
    },
  };
}

/** What the collector may keep in memory, which is the container's limit, or what it is sure to get. */
function memoryOf(resources: k8s.ResourceRequirements | undefined): { mebibytes: number; problems: string[] } {
  const quantity = resources?.limits?.memory ?? resources?.requests?.memory;
  if (quantity === undefined) {
    return { mebibytes: DEFAULT_MEMORY, problems: [] };
  }
  const value: unknown = quantity.value;
  const nanos = parseQuantity(value);
  const mebibytes = nanos === undefined ? 0 : Number(nanos / MEBI);
  return {
    mebibytes,
    problems:
      mebibytes >= MIN_MEMORY
        ? []
        : [`the memory in "resources" is ${shown(value)}; a collector needs at least ${MIN_MEMORY}Mi`],
  };
}

/** The workload's name, where it is one. */
function nameOf(scope: Construct): string | undefined {
  const { defaultChild } = scope.node;
  return [scope, defaultChild].find((candidate) => ApiObject.isApiObject(candidate))?.name;
}
