/**
 * What the verdict on an object costs: that of the API server's code in cdk8s-kubernetes-validation, and that of the
 * rules on fields here. Each run is a process of its own; without the WebAssembly module it says how to build that.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KubernetesValidation } from '../packages/cdk8s-kubernetes-validation/lib';
import { checkObject } from '../lib/rules';
import { Manifest } from '../lib/values/pod';

const PACKAGE = join(__dirname, '../packages/cdk8s-kubernetes-validation');

const FIELD_RULES: readonly string[] = ['field-type', 'unknown-field', 'field-value', 'required-field'];

interface Figures {
  /** Until the first object is judged. */
  readonly loadSeconds: number;
  /** For each object after that, in the median. */
  readonly milliseconds: number;
  /** Resident, more than before. */
  readonly megabytes: number;
  /** For the rules on the fields of an object. */
  readonly fieldMilliseconds: number;
}

/** An object of every kind that the package judges, under another name each time. */
function objects(rounds: number): Manifest[] {
  const text = readFileSync(join(PACKAGE, 'test/fixtures/kinds.yaml'), 'utf8');
  const kinds = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  return Array.from({ length: rounds }, (_, round) =>
    kinds.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, name: `a-${round}` } })),
  ).flat();
}

function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function measure(): Figures {
  const all = objects(40);
  const before = process.memoryUsage().rss;
  const loadSeconds = seconds(() => KubernetesValidation.judge(all[0]));
  const each = all.map((manifest) => seconds(() => KubernetesValidation.judge(manifest)));
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  const known = objects(400).filter(({ kind }) =>
    ['ConfigMap', 'Service', 'Pod', 'Deployment', 'CronJob'].includes(kind ?? ''),
  );
  const ofFields = seconds(() => {
    known.forEach((manifest) => checkObject({ manifest }, ({ id }) => FIELD_RULES.includes(id)));
  });
  return {
    loadSeconds,
    milliseconds: median(each) * 1e3,
    megabytes,
    fieldMilliseconds: (ofFields * 1e3) / known.length,
  };
}

function report(): void {
  if (!existsSync(join(PACKAGE, 'wasm/kubernetes.wasm.br'))) {
    process.stdout.write('verdict: build the module first: npm run build:wasm -w cdk8s-kubernetes-validation\n');
    return;
  }
  const runs = Array.from({ length: 6 }, () => {
    const args = ['-r', join(__dirname, '../scripts/typescript.cjs'), __filename, 'measure'];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figures;
  }).slice(1);
  const of = (figure: keyof Figures, digits: number): string => median(runs.map((run) => run[figure])).toFixed(digits);
  process.stdout.write(
    [
      '',
      '| the verdict on an object                                | median of five runs |',
      '| ------------------------------------------------------- | ------------------- |',
      `| cdk8s-kubernetes-validation, until the first            | ${of('loadSeconds', 2)} s |`,
      `| cdk8s-kubernetes-validation, each after that            | ${of('milliseconds', 2)} ms |`,
      `| cdk8s-kubernetes-validation, memory                     | ${of('megabytes', 0)} MB |`,
      `| rules on fields, an object, wanted: at most 0.2 ms      | ${of('fieldMilliseconds', 3)} ms |`,
      '',
    ].join('\n'),
  );
}

if (process.argv[2] === 'measure') {
  process.stdout.write(JSON.stringify(measure()));
} else {
  report();
}
