import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HelperProps, ReadyMade, ReadyMadeConfigOptions } from '../../contributions';
import { parseQuantity } from '../../values/quantity';
import { isRecord } from '../../values/record';
import { shown } from '../../values/shape';
import { Workloads } from '../../workloads';
import {
  DEFAULT_HEALTH_PORT,
  environmentOf,
  inputsOf,
  listenersOf,
  mountsOf,
  renderOpenTelemetryConfig,
} from './open-telemetry-config';
import { openTelemetryProblems } from './open-telemetry-problems';
import { OpenTelemetrySettings } from './open-telemetry-settings';

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
  props: ReadyMadeConfigOptions,
  settings: OpenTelemetrySettings,
): HelperProps {
  const made = new ReadyMade(scope, id, props);
  const memory = memoryOf(props.container ? props.container.resources : props.resources);
  made.addProblems(...openTelemetryProblems(settings), ...memory.problems);
  made.assertRight('no collector can be configured');
  const complete = {
    ...settings,
    serviceName: settings.serviceName ?? Workloads.nameOf(scope) ?? id,
    memory: memory.mebibytes,
  };
  return made.helperProps({
    container: readyMade(id, settings),
    user: USER,
    files: { 'config.yaml': renderOpenTelemetryConfig(complete) },
    folder: '/etc/otelcol',
    mounts: mountsOf(settings),
    env: environmentOf(complete),
    listensOn: listenersOf(settings).map(({ port }) => port),
  });
}

function readyMade(id: string, settings: OpenTelemetrySettings): k8s.Container {
  const httpGet = {
    path: '/',
    port: k8s.IntOrString.fromNumber(settings.healthPort ?? DEFAULT_HEALTH_PORT),
  };
  const takesOtlp = inputsOf(settings).some(({ _source }) => _source.kind === 'otlp');
  return {
    name: id,
    image: 'otel/opentelemetry-collector-contrib:0.160.0',
    args: ['--config=/etc/otelcol/config.yaml'],
    ports: listenersOf(settings).map(({ port }) => ({ containerPort: port })),
    // What the main container sends first should arrive; files and metrics are still there later.
    ...(takesOtlp && { startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 60 } }),
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    // No readinessProbe: a pod is not to be taken out of service because nobody watches it.
    resources: {
      requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString('128Mi') },
      limits: { memory: k8s.Quantity.fromString(`${DEFAULT_MEMORY}Mi`) },
    },
  };
}

/** What the collector may keep in memory, which is the container's limit, or what it is sure to get. */
function memoryOf(resources: k8s.ResourceRequirements | undefined): { mebibytes: number; problems: string[] } {
  const quantity: unknown = resources?.limits?.memory ?? resources?.requests?.memory;
  if (quantity === undefined) {
    return { mebibytes: DEFAULT_MEMORY, problems: [] };
  }
  // A bare string is written as it is, so it counts as well.
  const value = isRecord(quantity) ? quantity.value : quantity;
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
