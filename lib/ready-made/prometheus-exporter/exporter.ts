import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade } from '../../contributions';
import { AdapterOutput, AdapterProps } from '../../patterns';
import { goDuration, milliseconds } from '../../values/go-duration';
import { isRecord } from '../../values/record';
import { fields, kind, mapOf, named, nested, port, Shape, text } from '../../values/shape';
import { Workloads } from '../../workloads';
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
  /** The property that is the other port that it has to do with, and its default. */
  readonly otherPort: readonly [name: string, port: number];
  /** What it answers without asking the engine. */
  readonly healthPath: string;
  /** Whether the main container sends to it, rather than being asked. */
  readonly takesData?: boolean;
  /** The properties that become arguments or variables, which only the ready-made container has. */
  readonly settings: Readonly<Record<string, Shape>>;
  /** Those of them that must be there, unless a container is given. */
  readonly required?: readonly string[];
  /** Its other properties. */
  readonly others?: Readonly<Record<string, Shape>>;
  /** What is wrong with properties of the right types. */
  problems?(props: P): readonly string[];
  args(props: P): readonly string[];
  env?(props: P): k8s.EnvVar[];
  /** Its ports besides that of the metrics. */
  ports?(props: P): k8s.ContainerPort[];
  /** Its configuration, where there is any; and the folder where it finds that. */
  files?(props: P): { [name: string]: string } | undefined;
  readonly folder?: string;
}

/** A property of the Secret that has what nobody is to read in a manifest. */
export const SECRET_KEY = fields(
  {
    name: matching(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'the name of a Secret'),
    key: matching(/^[-._a-zA-Z0-9]+$/, 'the key in the Secret'),
  },
  { optional: kind('true or false', (value) => typeof value === 'boolean') },
);

/** A text that Kubernetes and the engine take as it is. */
export function matching(pattern: RegExp, wanted: string): Shape {
  return kind(wanted, (value) => typeof value === 'string' && pattern.test(value));
}

/** A duration in whole milliseconds, of which there is at least one. */
export const MILLISECONDS = milliseconds(1);

/** A variable whose value is that of a Secret. */
export function fromSecret(name: string, secretKeyRef: k8s.SecretKeySelector | undefined): k8s.EnvVar[] {
  return secretKeyRef ? [{ name, valueFrom: { secretKeyRef: { ...secretKeyRef } } }] : [];
}

const LABELS = mapOf('values', text);

const POD_MONITOR = nested(
  fields({}, { name: text, labels: LABELS, matchLabels: LABELS, interval: MILLISECONDS, scrapeTimeout: MILLISECONDS }),
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
  scrape: nested(
    kind(
      'PrometheusScrape.annotations() or PrometheusScrape.podMonitor()',
      (value) => isRecord(value) && '_podMonitor' in value,
    ),
    (value) => {
      const options = (value as { _podMonitor?: unknown })._podMonitor;
      return options === undefined ? [] : POD_MONITOR(options, 'the PodMonitor');
    },
  ),
};

/** What an exporter is to its pattern. */
export interface Exported extends AdapterProps {
  /** The port of the metrics, and what the container calls it. */
  readonly metrics: { readonly number: number; readonly name: string };
  /** The pods that a PodMonitor selects, where there is one. */
  readonly pods?: { readonly labels: Readonly<Record<string, string>>; readonly namespace?: string };
}

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
  const own = props.container?.ports?.find(
    ({ containerPort, protocol = 'TCP' }) => containerPort === number && protocol === 'TCP',
  );
  if (podMonitor && own && own.name === undefined) {
    problems.push(`port ${number} of the container has no name, by which a PodMonitor knows it; give it one`);
  }
  made.addProblems(...problems);
  made.assertRight(`no exporter for ${exporter.engine} can be made`);

  const metrics = { number, name: own?.name ?? `metrics-${number}` };
  const port: k8s.ContainerPort[] = own ? [] : [{ name: metrics.name, containerPort: number }];
  const helper = made.helperProps({
    container: readyMade(id, props, exporter, port),
    user: exporter.user,
    files: exporter.files?.(props),
    folder: exporter.folder,
  });
  return {
    ...helper,
    ...(props.container && {
      container: { ...helper.container, ports: [...(helper.container.ports ?? []), ...port] },
    }),
    podAnnotations:
      props.scrape && !podMonitor
        ? { 'prometheus.io/scrape': 'true', 'prometheus.io/port': `${number}`, ...props.podAnnotations }
        : props.podAnnotations,
    source: undefined,
    output: AdapterOutput.port(number),
    metrics,
    pods,
  };
}

function problemsOf<P extends PrometheusExporterOptions>(props: P, exporter: Exporter<P>): string[] {
  const { settings, required = [], others = {} } = exporter;
  const given = props as Readonly<Record<string, unknown>>;
  const isRequired = (name: string): boolean => required.includes(name);
  const pick = (test: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(settings).filter(([name]) => test(name)));
  const shape = props.container
    ? fields({}, { ...OWN, ...others, ...named(...Object.keys(settings)) })
    : fields(pick(isRequired), { ...OWN, ...others, ...pick((name) => !isRequired(name)) });
  const problems = [...shape(props, '')];
  if (problems.length > 0) {
    return problems;
  }
  const [name, usual] = exporter.otherPort;
  const number = props.metricsPort ?? exporter.metricsPort;
  return [
    ...(!props.container && (given[name] ?? usual) === number
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
    args: [...exporter.args(props), `--web.listen-address=:${number}`],
    env: exporter.env?.(props),
    ports: [...port, ...(exporter.ports?.(props) ?? [])],
    // What the main container sends first should arrive; what it is asked for is still there later.
    ...(takesData && { startupProbe: { httpGet: { ...httpGet }, periodSeconds: 1, failureThreshold: 60 } }),
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    // No readinessProbe: a pod is not to be taken out of service because nobody watches it.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('32Mi') } },
  };
}
