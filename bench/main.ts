/** Measures synthesis and prints a Markdown table: `npm run bench`. Takes a minute or two. */
import { execFileSync } from 'child_process';
import * as os from 'os';
import * as path from 'path';

interface Measurement {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** What is measured, and with how many charts. */
type Subject = readonly [what: string, charts: number];

/**
 * The fastest of some runs each, every run in a process of its own: what else the machine does only makes a run slower.
 * They take turns, so that a machine that is slow for a while is so for all.
 */
function measure(runs: number, ...subjects: readonly Subject[]): Measurement[] {
  const rounds = Array.from({ length: runs }, () => subjects.map(run));
  return subjects.map((_, index) =>
    rounds.map((round) => round[index]).reduce((a, b) => (a.milliseconds < b.milliseconds ? a : b)),
  );
}

function run([what, charts]: Subject): Measurement {
  const args = [
    '-r',
    path.join(__dirname, '../scripts/typescript.cjs'),
    path.join(__dirname, 'measure.ts'),
    what,
    String(charts),
  ];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measurement;
}

const seconds = ({ milliseconds }: Measurement) => `${(milliseconds / 1000).toFixed(2)} s`;
const megabytes = (measurement: Measurement) => `${measurement.megabytes.toFixed(0)} MB`;
const ratio = (a: Measurement, b: Measurement, of: keyof Measurement = 'milliseconds') =>
  `${(a[of] / b[of]).toFixed(2)}×`;

function row(...cells: string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

console.log(`Node.js ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model.trim()}\n`);
row('time', 'first', 'second', 'ratio', 'wanted');
row('---', '---', '---', '---', '---');

for (const charts of [500, 1000, 2000, 4000]) {
  const [theirs, ours] = measure(charts < 4000 ? 3 : 1, ['App', charts], ['ManifestApp', charts]);
  const wanted = charts === 4000 ? 'at least 5×' : '';
  row(`\`App\` / \`ManifestApp\`, ${charts} charts`, seconds(theirs), seconds(ours), ratio(theirs, ours), wanted);
}

const [many, few, yaml] = measure(3, ['ManifestApp', 16_000], ['ManifestApp', 4000], ['YAML', 4000]);
row('time, 16000 / 4000 charts', seconds(many), seconds(few), ratio(many, few), 'at most 4.5×');
row('peak memory, 16000 / 4000 charts', megabytes(many), megabytes(few), ratio(many, few, 'megabytes'), '');
row('writing YAML / all of the synthesis, 4000 charts', seconds(yaml), seconds(few), ratio(yaml, few), '');

for (const charts of [4000, 16_000]) {
  const [sidecar, byHand] = measure(5, ['Sidecar', charts], ['by hand', charts]);
  const label = `workloads with a \`Sidecar\`, checked / by hand, ${charts} charts, defined and synthesized`;
  row(label, seconds(sidecar), seconds(byHand), ratio(sidecar, byHand), 'at most 1.25×');
}

const [verdicts, first] = measure(3, ['KubernetesValidation', 10_001], ['KubernetesValidation', 1]);
const anObject = (verdicts.milliseconds - first.milliseconds) / 10_000;
row('`KubernetesValidation`, 10001 objects / the first', seconds(verdicts), seconds(first), ratio(verdicts, first), '');
row('`KubernetesValidation`, a further object', `${anObject.toFixed(2)} ms`, '', '', '');
row('peak memory, the same', megabytes(verdicts), megabytes(first), ratio(verdicts, first, 'megabytes'), '');
