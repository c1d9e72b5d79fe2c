import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { Manifest } from '../../../lib/values/pod';
import { answering } from '../../support/net';
import { deployment, podSpecOf } from '../../support/workloads';
import { until } from '../../support/until';

/** What a helper's container is told. */
export interface Told {
  readonly args: readonly string[];
  readonly env: readonly k8s.EnvVar[];
  readonly files: Readonly<Record<string, string>>;
  /** Keys of Secrets and ConfigMaps, such as `db/password`, by the files that have them. */
  readonly secretFiles: Readonly<Record<string, string>>;
  readonly metricsPort: number;
  readonly metricsPaths: readonly string[];
}

interface Metered {
  readonly metricsPort: number;
  readonly metricsPaths?: readonly string[];
}

/** What the container of an exporter is told in the manifest. */
export function told(define: (web: k8s.KubeDeployment) => Metered): Told {
  const chart: Chart = Testing.chart();
  const exporter = define(deployment(chart));
  const [workload, configMap] = Testing.synth(chart) as [Manifest, { data: Record<string, string> } | undefined];
  const { containers = [], volumes = [] } = podSpecOf(workload);
  const container = containers[1] as { args: string[]; env?: k8s.EnvVar[] };
  return {
    args: container.args,
    env: container.env ?? [],
    files: configMap?.data ?? {},
    secretFiles: secretFilesOf(volumes as k8s.Volume[]),
    metricsPort: exporter.metricsPort,
    metricsPaths: exporter.metricsPaths ?? ['/metrics'],
  };
}

function secretFilesOf(volumes: readonly k8s.Volume[]): Record<string, string> {
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const files = sources.flatMap(({ secret, configMap }) => {
    const { name = '', items = [] } = secret ?? configMap ?? {};
    return items.map(({ key, path }) => [path, `${name}/${key}`]);
  });
  return Object.fromEntries(files) as Record<string, string>;
}

const CONFIG_FOLDER = /\/etc\/(?:statsd-exporter|json-exporter|mtail)\//g;
const SECRETS_FOLDER = /\/etc\/exporter-secrets\//g;

/** A program that runs as the container would, in a folder of its own. */
export class Running {
  public readonly folder = mkdtempSync(join(tmpdir(), 'exporter-'));
  public output = '';
  private readonly process: ChildProcess;

  /**
   * @param secrets values by the names of the Secrets' keys
   */
  public constructor(
    program: string,
    private readonly what: Told,
    secrets: Readonly<Record<string, string>> = {},
    more: readonly string[] = [],
  ) {
    const here = (text: string): string =>
      text.replace(CONFIG_FOLDER, `${this.folder}/`).replace(SECRETS_FOLDER, `${this.folder}/`);
    for (const [name, content] of Object.entries(what.files)) {
      writeFileSync(join(this.folder, name), here(content));
    }
    for (const [path, key] of Object.entries(what.secretFiles)) {
      mkdirSync(join(this.folder, dirname(path)), { recursive: true });
      writeFileSync(join(this.folder, path), secrets[key]);
    }
    const env = what.env.map(({ name, value, valueFrom }) => [
      name,
      value ?? secrets[`${valueFrom?.secretKeyRef?.name ?? ''}/${valueFrom?.secretKeyRef?.key ?? ''}`],
    ]);
    const args = [...what.args.map(here), ...more];
    // The variables of the container, and no others.
    this.process = spawn(program, args, {
      cwd: this.folder,
      env: Object.fromEntries(env) as Record<string, string>,
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Waits until it answers. */
  public async started(): Promise<this> {
    await answering(this.what.metricsPort).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; the exporter says:\n${this.output}`);
    });
    return this;
  }

  public async get(path: string, signal?: AbortSignal): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.what.metricsPort}${path}`, { signal });
    return { status: response.status, body: await response.text() };
  }

  /** What Prometheus would read; an answer that is no metrics is an error. */
  public async metrics(path = this.what.metricsPaths[0]): Promise<Metrics> {
    const { status, body } = await this.get(path);
    if (status !== 200) {
      throw new Error(`${path} was answered with ${status}:\n${body}\n${this.output}`);
    }
    return new Metrics(parsePrometheusTextFormat(body));
  }

  /** Waits until a metric has a value. */
  public async until(name: string, value: number, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    let last = '';
    await until(
      `${name} is ${value}`,
      async () => {
        const metrics = await this.metrics();
        last = JSON.stringify(metrics.families);
        return metrics.valueOf(name, labels) === value;
      },
      60,
      () => last,
    );
  }

  /** How it has ended: its exit code, or the signal. */
  public get end(): number | NodeJS.Signals | null {
    return this.process.exitCode ?? this.process.signalCode;
  }

  /** Asks it to end, which it does, or that is an error. */
  public async stop(): Promise<void> {
    try {
      if (this.end === null) {
        const closed = once(this.process, 'close');
        this.process.kill('SIGTERM');
        await until(
          'it has ended',
          () => this.end !== null,
          60,
          () => this.output,
        );
        await closed;
      }
    } finally {
      this.process.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

type Families = ReturnType<typeof parsePrometheusTextFormat>;

/** Metrics as a Prometheus reads them. */
export class Metrics {
  public constructor(public readonly families: Families) {}

  /** The value of a counter, a gauge or something untyped; undefined if there is none with these labels, and no others. */
  public valueOf(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const sample = this.sampleOf(name, labels);
    return sample === undefined ? undefined : Number(sample.value);
  }

  public typeOf(name: string): string | undefined {
    return this.families.find((family) => family.name === name)?.type;
  }

  public helpOf(name: string): string | undefined {
    return this.families.find((family) => family.name === name)?.help;
  }

  public sampleOf(
    name: string,
    labels: Readonly<Record<string, string>> = {},
  ): Families[number]['metrics'][number] | undefined {
    const wanted = JSON.stringify(Object.entries(labels).sort());
    return this.families
      .find((family) => family.name === name)
      ?.metrics.find((sample) => JSON.stringify(Object.entries(sample.labels ?? {}).sort()) === wanted);
  }
}
