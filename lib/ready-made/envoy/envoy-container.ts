import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { wholeNumber } from '../../values/shape';
import { CONFIG_FILE } from './envoy-bootstrap';
import { CONFIG_FOLDER } from './envoy-secrets';

/** The user of the image, which has a name there, and Kubernetes needs the number. */
export const USER = 101;

/** `EnvoyOptions` */
export const OPTIONS = { workers: wholeNumber(1, 256) };

/** What of a ready-made container is chosen. */
export interface EnvoyContainerOptions {
  readonly workers?: number;
  readonly ports: readonly k8s.ContainerPort[];
  readonly healthPort: number;
  /** The path there that tells of Envoy itself. */
  readonly healthPath: string;
  readonly readinessProbe?: k8s.Probe;
  /** A command that the pod's termination begins with. */
  readonly preStop?: string[];
  /** Further arguments. */
  readonly args?: readonly string[];
}

export function readyMade(
  id: string,
  { workers = 1, ports, healthPort, healthPath, readinessProbe, preStop, args = [] }: EnvoyContainerOptions,
): k8s.Container {
  const httpGet = { path: healthPath, port: k8s.IntOrString.fromNumber(healthPort) };
  return {
    name: id,
    image: 'envoyproxy/envoy:v1.40.0',
    args: [
      '--config-path',
      `${CONFIG_FOLDER}/${CONFIG_FILE}`,
      '--concurrency',
      String(workers),
      // Two in a pod would take each other for what they are to replace.
      '--disable-hot-restart',
      '--log-level',
      'warning',
      ...args,
    ],
    ports: [...ports],
    ...(preStop && { lifecycle: { preStop: { exec: { command: preStop } } } }),
    // Envoy listens as soon as it has looked up its upstreams, and who waits for it should not wait for the next probe.
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: readinessProbe ?? { httpGet: { ...httpGet } },
    // No livenessProbe: it would end Envoy with all its requests when it is only busy.
    resources: { requests: { cpu: k8s.Quantity.fromString('20m'), memory: k8s.Quantity.fromString('64Mi') } },
  };
}

/** `sleep`, which delays are made of, takes no other everywhere. */
export function wholeSeconds(value: unknown, path: string): string[] {
  const milliseconds = (value as Duration).toMilliseconds({ integral: false });
  return milliseconds >= 1000 && milliseconds % 1000 === 0
    ? []
    : [`${path} is ${milliseconds} ms; give whole seconds, at least one`];
}
