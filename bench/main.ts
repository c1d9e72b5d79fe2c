/** Measures synthesis and prints a Markdown table: `npm run bench`. Takes a minute or two. */
import { execFileSync } from 'child_process';
import * as os from 'os';
import * as path from 'path';

interface Measurement {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** The fastest of some runs, each in a process of its own: what else the machine does only makes a run slower. */
function measure(what: string, charts: number, runs: number): Measurement {
  const measurements = Array.from({ length: runs }, () => {
    const args = ['-r', 'ts-node/register/transpile-only', path.join(__dirname, 'measure.ts'), what, String(charts)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measurement;
  });
  return measurements.reduce((a, b) => (a.milliseconds < b.milliseconds ? a : b));
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

const byCharts = new Map<number, Measurement>();
for (const charts of [500, 1000, 2000, 4000]) {
  const [ours, theirs] = [measure('ManifestApp', charts, 3), measure('App', charts, charts < 2000 ? 3 : 1)];
  byCharts.set(charts, ours);
  const wanted = charts === 4000 ? 'at least 5×' : '';
  row(`\`App\` / \`ManifestApp\`, ${charts} charts`, seconds(theirs), seconds(ours), ratio(theirs, ours), wanted);
}

const [few, many] = [byCharts.get(4000) ?? measure('ManifestApp', 4000, 3), measure('ManifestApp', 16_000, 3)];
row('time, 16000 / 4000 charts', seconds(many), seconds(few), ratio(many, few), 'at most 4.5×');
row('peak memory, 16000 / 4000 charts', megabytes(many), megabytes(few), ratio(many, few, 'megabytes'), '');

const yaml = measure('YAML', 4000, 3);
row('writing YAML / all of the synthesis, 4000 charts', seconds(yaml), seconds(few), ratio(yaml, few), '');

const [byHand, sidecar] = [measure('by hand', 16_000, 5), measure('Sidecar', 16_000, 5)];
row(
  'workloads with a `Sidecar`, checked / by hand, 16000 charts, defined and synthesized',
  seconds(sidecar),
  seconds(byHand),
  ratio(sidecar, byHand),
  'at most 1.25×',
);
