import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade } from '../../contributions';
import { FILE_OPTIONS, HELPER_OPTIONS, lateListProblems } from '../../contributions/helper-shape';
import { AdapterOutput, AdapterProps } from '../../patterns';
import { goDuration, milliseconds } from '../settings/go-duration';
import { labelValueProblem, qualifiedNameProblem } from '../../values/label-syntax';
import { lacksValue } from '../../values/missing-value';
import { isRecord } from '../../values/record';
import {
  fields,
  made,
  mapOf,
  named,
  nested,
  objectName,
  onlyFields,
  port,
  Shape,
  shown,
  text,
} from '../../values/shape';
import { shownUrl } from '../../values/shown-url';
import { Workloads } from '../../workloads';
import { mountsOf, SecretFile } from './exporter-secrets';
import { PrometheusExporterOptions } from './prometheus-exporter-options';
import { PodMonitorOptions } from './prometheus-scrape';

/** What is known of an exporter: how its properties become a container. */
export interface Exporter<P extends PrometheusExporterOptions> {
  /** What it is for, for messages. */
  readonly engine: string;
  readonly image: string;
  /** The number of its image's user. */
  readonly user: number;
  readonly metricsPort: number;
  /** The property that is the other port that it has to do with, and its default, where it is one. */
  readonly otherPort?: readonly [name: string, port: number];
  /** What it answers without asking the engine. */
  readonly healthPath: string;
  /** Whether the main container sends to it, rather than being asked. */
  readonly takesData?: boolean;
  /** The properties that become arguments or variables, which only the ready-made container has. */
  readonly settings: Readonly<Record<string, Shape>>;
  /** Those that must be there: of `settings`, unless a container is given, and of `others`. */
  readonly required?: readonly string[];
  /** Its other properties. */
  readonly others?: Readonly<Record<string, Shape>>;
  /** Whether it is a class, which others may extend with properties of theirs. */
  readonly isExtensible?: boolean;
  /** What is wrong with properties of the right types. */
  problems?(props: P): readonly string[];
  args(props: P): readonly string[];
  /** The arguments that name the port of the metrics, unless they are those of Prometheus' own exporters. */
  portArgs?(port: number): readonly string[];
  env?(props: P): k8s.EnvVar[];
  /** Its ports besides that of the metrics. */
  ports?(props: P): k8s.ContainerPort[];
  /** Its configuration, where there is any; and the folder where it finds that, with the options that go with a file. */
  files?(props: P): { [name: string]: string } | undefined;
  readonly folder?: string;
  /** What it reads of Secrets. */
  secretFiles?(props: P): readonly (SecretFile | undefined)[];
  /** What Prometheus asks for, if not the usual path alone. */
  endpoints?(props: P): readonly Endpoint[];
}

/** What Prometheus asks for. */
export interface Endpoint {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Labels that tell its metrics, and whether it is up, from those of others. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The path of a URL; a `%` that encodes nothing would be an error at each scrape. */
export const URL_PATH: Shape = (value, path) =>
  typeof value === 'string' && /^\/(?:[A-Za-z0-9\-._~!&()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/.test(value)
    ? []
    : [
        `${path} is ${shownUrl(value)}; give the path of a URL, which starts with "/" and has anything unusual ` +
          'percent-encoded',
      ];

/** A duration in whole milliseconds, of which there is at least one. */
export const MILLISECONDS = milliseconds(1);

/** A variable whose value is that of a Secret. */
export function fromSecret(name: string, secretKeyRef: k8s.SecretKeySelector | undefined): k8s.EnvVar[] {
  return secretKeyRef ? [{ name, valueFrom: { secretKeyRef: { ...secretKeyRef } } }] : [];
}

const LABELS = nested(mapOf('values', text), (value, path) =>
  Object.entries(value as Readonly<Record<string, string>>).flatMap(([key, label]) => {
    const keyProblem = qualifiedNameProblem(key);
    const where = `${path}[${shown(key)}]`;
    const problem = lacksValue(label) ? 'give the value, which was missing' : labelValueProblem(label);
    return [
      ...(keyProblem === undefined ? [] : [`${where} has an invalid key; ${keyProblem}`]),
      ...(problem === undefined ? [] : [`${where} is ${shown(label)}; ${problem}`]),
    ];
  }),
);

const POD_MONITOR = nested(
  onlyFields(
    {},
    { name: objectName, labels: LABELS, matchLabels: LABELS, interval: MILLISECONDS, scrapeTimeout: MILLISECONDS },
  ),
  (value, path) => {
    const { interval, scrapeTimeout, matchLabels } = value as PodMonitorOptions;
    return [
      ...(interval && scrapeTimeout && scrapeTimeout.toMilliseconds() > interval.toMilliseconds()
        ? [`${path}.scrapeTimeout is ${goDuration(scrapeTimeout)}, longer than the interval of ${goDuration(interval)}`]
        : []),
      ...(matchLabels && Object.keys(matchLabels).length === 0
        ? [`${path}.matchLabels is empty, which selects every pod of the namespace; give labels of the workload's pods`]
        : []),
    ];
  },
);

const OWN = {
  metricsPort: port,
  scrape: nested(made('_podMonitor', 'PrometheusScrape.annotations() or PrometheusScrape.podMonitor()'), (value) => {
    const options = (value as { _podMonitor?: unknown })._podMonitor;
    return options === undefined ? [] : POD_MONITOR(options, 'the PodMonitor');
  }),
};

/** What an exporter is to its pattern. */
export interface Exported extends AdapterProps {
  /** The port of the metrics, and what the container calls it. */
  readonly metrics: { readonly number: number; readonly name: string };
  /** The pods that a PodMonitor selects, where there is one. */
  readonly pods?: { readonly labels: Readonly<Record<string, string>>; readonly namespace?: string };
  readonly endpoints: readonly Endpoint[];
}

/** What all ready-made helpers have, and judge elsewhere. */
const COMMON = [...Object.keys(HELPER_OPTIONS), 'container', 'image', 'resources'];

const USUAL: Endpoint = { path: '/metrics', params: {}, labels: {} };

/** @throws all that is wrong, in one error */
export function exported<P extends PrometheusExporterOptions>(
  scope: Construct,
  id: string,
  props: P,
  exporter: Exporter<P>,
): Exported {
  const made = new ReadyMade(scope, id, props, { ofContainer: Object.keys(exporter.settings) });
  const problems = problemsOf(props, exporter);
  const podMonitor = problems.length === 0 ? props.scrape?._podMonitor : undefined;
  const pods = podMonitor && podsOf(scope, podMonitor);
  if (pods && Object.keys(pods.labels).length === 0) {
    problems.push('no label of the pods can be told, and a PodMonitor selects by labels; give it "matchLabels"');
  }
  const number = props.metricsPort ?? exporter.metricsPort;
  problems.push(...(props.container ? lateListProblems(props.container, 'ports') : []));
  const own = portsOf(props.container).find(
    ({ containerPort, protocol = 'TCP' }) => containerPort === number && protocol === 'TCP',
  );
  if (podMonitor && own && own.name === undefined) {
    problems.push(`port ${number} of the container has no name, by which a PodMonitor knows it; give it one`);
  }
  const endpoints = problems.length === 0 ? (exporter.endpoints?.(props) ?? [USUAL]) : [];
  if (endpoints.length > 1 && props.scrape && !podMonitor) {
    problems.push(
      `the annotations of a pod say one thing to ask for, but there are ${endpoints.length}; give ` +
        'PrometheusScrape.podMonitor()',
    );
  }
  const annotations = endpoints.length === 1 && props.scrape && !podMonitor ? annotationsOf(endpoints[0], number) : {};
  problems.push(...annotationProblems(annotations, props.podAnnotations));
  made.addProblems(...problems);
  made.assertRight(`no exporter for ${exporter.engine} can be made`);

  const metrics = { number, name: own?.name ?? `metrics-${number}` };
  const port: k8s.ContainerPort[] = own ? [] : [{ name: metrics.name, containerPort: number }];
  const helper = made.helperProps({
    container: readyMade(id, props, exporter, port),
    user: exporter.user,
    files: exporter.files?.(props),
    folder: exporter.folder,
    mounts: mountsOf(exporter.secretFiles?.(props) ?? []),
  });
  const { container } = helper;
  return {
    ...helper,
    ...(props.container && { container: { ...container, ports: [...(container.ports ?? []), ...port] } }),
    podAnnotations: { ...annotations, ...props.podAnnotations },
    source: undefined,
    output: AdapterOutput.port(number),
    metrics,
    pods,
    endpoints,
  };
}

/** Those that are such, as what is none is told elsewhere. */
function portsOf(container?: k8s.Container): k8s.ContainerPort[] {
  const ports: unknown = container?.ports;
  return Array.isArray(ports) ? (ports as k8s.ContainerPort[]).filter(isRecord) : [];
}

/** What is said of the pod in two ways, and otherwise. */
function annotationProblems(
  annotations: Readonly<Record<string, string>>,
  given: Readonly<Partial<Record<string, string>>> = {},
): string[] {
  return Object.entries(annotations).flatMap(([name, value]) =>
    typeof given[name] !== 'string' || given[name] === value
      ? []
      : [
          `podAnnotations[${shown(name)}] is ${shown(given[name])}, but "scrape" says ${shown(value)}; leave one of them out`,
        ],
  );
}

/** The usual path goes without saying. */
function annotationsOf({ path, params }: Endpoint, number: number): Record<string, string> {
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': `${number}`,
    ...(path !== USUAL.path && { 'prometheus.io/path': path }),
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`prometheus.io/param_${name}`, value])),
  };
}

function problemsOf<P extends PrometheusExporterOptions>(props: P, exporter: Exporter<P>): string[] {
  const { settings, required = [] } = exporter;
  const others = { ...exporter.others, ...(exporter.folder !== undefined && named(...FILE_OPTIONS)) };
  const given = props as Readonly<Record<string, unknown>>;
  const shapes = Object.entries(props.container ? others : { ...others, ...settings });
  const pick = (isRequired: boolean) =>
    Object.fromEntries(shapes.filter(([name]) => required.includes(name) === isRequired));
  const shape = fields(pick(true), {
    ...named(...COMMON),
    ...OWN,
    ...(props.container && named(...Object.keys(settings))),
    ...pick(false),
  });
  const problems = [...shape(props, '')];
  if (problems.length > 0) {
    return problems;
  }
  // Nobody extends what no class can be made of, so that nothing else is for others.
  const ownNames = [...Object.keys(settings), ...Object.keys(others), ...Object.keys(OWN)];
  const known = [...ownNames, ...COMMON];
  const unknown = exporter.isExtensible
    ? []
    : Object.keys(given).filter((name) => given[name] !== undefined && !known.includes(name));
  if (unknown.length > 0) {
    return unknown.map(
      (name) => `${name} is no property; there are ${ownNames.join(', ')}, and those that all ready-made helpers have`,
    );
  }
  const [name, usual] = exporter.otherPort ?? [];
  const number = props.metricsPort ?? exporter.metricsPort;
  return [
    ...(!props.container && name !== undefined && (given[name] ?? usual) === number
      ? [`${name} and metricsPort are both ${number}; give metricsPort another port`]
      : []),
    ...(exporter.problems?.(props) ?? []),
  ];
}

function podsOf(scope: Construct, { matchLabels }: PodMonitorOptions): NonNullable<Exported['pods']> {
  const pods = Workloads.podsOf(scope);
  return { labels: matchLabels ?? pods.labels, namespace: pods.podNamespace };
}

function readyMade<P extends PrometheusExporterOptions>(
  id: string,
  props: P,
  { image, metricsPort, healthPath, takesData, ...exporter }: Exporter<P>,
  port: k8s.ContainerPort[],
): k8s.Container {
  const number = props.metricsPort ?? metricsPort;
  const httpGet = { path: healthPath, port: k8s.IntOrString.fromNumber(number) };
  return {
    name: id,
    image,
    args: [...exporter.args(props), ...(exporter.portArgs?.(number) ?? [`--web.listen-address=:${number}`])],
    env: exporter.env?.(props),
    ports: [...port, ...(exporter.ports?.(props) ?? [])],
    // What the main container sends first should arrive; what it is asked for is still there later.
    ...(takesData && { startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 60 } }),
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    // No readinessProbe: a pod is not to be taken out of service because nobody watches it.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') } },
  };
}
