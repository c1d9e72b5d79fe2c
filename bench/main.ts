/**
 * Measures synthesis and prints docs/benchmark.md: `npm run bench`. Takes some minutes, on a machine that does nothing
 * else; `npm run bench -- 1` runs everything once, which tells little.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { helmChart, kustomization } from './peers';
import { Command, Figures, measurement, run, typescript } from './run';

const runs = Number(process.argv[2] ?? 5);
const project = path.dirname(__dirname);
const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-peers-'));

const wall = ({ seconds }: Figures) => seconds;
const user = ({ userSeconds }: Figures) => userSeconds;

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function table(title: string, ...columns: readonly string[]): void {
  console.log(`\n## ${title}\n`);
  row('', ...columns, 'ratio', 'wanted');
  row(...Array.from({ length: columns.length + 3 }, () => '---'));
}

const inSeconds = (value: number) => `${value.toFixed(2)} s`;

/** Runs two commands, and prints how many times longer the first takes. */
function compare(label: string, wanted: string, [a, b]: readonly [Command, Command], of = user): void {
  const { first, second } = run(runs, { first: a, second: b });
  row(label, inSeconds(of(first)), inSeconds(of(second)), `${(of(first) / of(second)).toFixed(2)}×`, wanted);
}

function versionOf(program: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function measureAll(): void {
  console.log(`# Benchmark

\`npm run bench\` prints this page. Node.js ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model.trim()}; the medians of \
${runs} ${runs === 1 ? 'run' : 'runs'}, by turns, each in a process of its own. Times are user seconds of the whole process, \
Node.js' start included, unless the table says that they are of the clock. Every construct has an id of its own, every \
object a name. A ratio is the first time divided by the second.`);

  table('Synthesis', 'first', 'second');
  const { share } = run(runs, { share: measurement('share of YAML', 4000) }).share;
  row('writing YAML, of the synthesis of 4,000 charts', '', '', `${(share * 100).toFixed(0)} %`, 'at most 30 %');
  const sameId = measurement('by hand, one id', 8000);
  const { userSeconds } = run(runs, { sameId }).sameId;
  row('8,000 charts, one id and name for all', inSeconds(userSeconds), '', '', 'at most 1.4 s');
  compare('8,000 charts, an id and a name each / one for all', 'at most 1.1×', [measurement('by hand', 8000), sameId]);
  compare('16,000 / 4,000 charts', 'at most 4×', [measurement('by hand', 16_000), measurement('by hand', 4000)]);
  for (const charts of [100, 1000, 4000, 16_000]) {
    compare(`workloads with a \`Sidecar\`, checked / by hand, ${charts} charts`, 'at most 1.5×', [
      measurement('Sidecar', charts),
      measurement('by hand', charts),
    ]);
  }
  compare('`PodChecks.checkAll`, 8,000 workloads and Services / without', 'at most 1.5×', [
    measurement('workloads and Services, all checked', 8000),
    measurement('workloads and Services', 8000),
  ]);
  compare('an `Include` of 2,000 objects, all checked / without', 'at most 1.5×', [
    measurement('Include, all checked', 2000),
    measurement('Include', 2000),
  ]);

  table('Against cdk8s', '`App`', '`ManifestApp`');
  for (const charts of [100, 500, 1000, 2000]) {
    compare(`${charts} charts`, '', [measurement('App', charts), measurement('by hand', charts)]);
  }

  table('Memory', '16,000 charts', '4,000 charts');
  const { many, few } = run(1, { many: measurement('by hand', 16_000), few: measurement('by hand', 4000) });
  const inMegabytes = ({ megabytes }: Figures) => `${megabytes.toFixed(0)} MB`;
  row('peak', inMegabytes(many), inMegabytes(few), `${(many.megabytes / few.megabytes).toFixed(2)}×`, '');

  const kubectl = versionOf('kubectl', 'version', '--client');
  table(`Against Kustomize${kubectl ? `, ${kubectl.split('\n')[0]}` : ''}`, '`kubectl kustomize`', '`Sidecar`');
  for (const [count, wanted] of [
    [100, 'more than 1×'],
    [1000, 'at least 6×'],
  ] as const) {
    // prettier-ignore
    if (kubectl) {
      const args = ['kustomize', kustomization(path.join(folder, `kustomize-${count}`), count)];
      compare(`the same patch of ${count} Deployments`, wanted, [
        { program: 'kubectl', args },
        measurement('Sidecar', count),
      ]);
    } else {
      row(`${count} Deployments`, 'kubectl is not installed', '', '', wanted);
    }
  }

  const helm = versionOf('helm', 'version', '--short');
  table(`Against Helm${helm ? ` ${helm}` : ''}, on the clock`, '`Sidecar`', '`helm template`');
  for (const [count, wanted] of [
    [1000, 'at most 2.5×'],
    [4000, 'at most 2×'],
  ] as const) {
    // prettier-ignore
    if (helm) {
      const args = ['template', 'bench', helmChart(path.join(folder, 'helm')), '--set', `count=${count}`];
      compare(`${count} Deployments in a range`, wanted, [measurement('Sidecar', count), { program: 'helm', args }], wall);
    } else {
      row(`${count} Deployments`, '', 'helm is not installed', '', wanted);
    }
  }

  table('Start of `cdk8s synth`', 'the labs', 'an empty chart');
  const synth = (name: string, app: Command): Command => ({
    program: path.join(project, 'node_modules/.bin/cdk8s'),
    args: [
      'synth',
      '--check-upgrade=false',
      '--output',
      path.join(folder, name),
      '--app',
      `node ${app.args.join(' ')}`,
    ],
  });
  compare('`cdk8s synth`', 'at most 1.3×', [
    synth('labs', typescript('../charts/main.ts')),
    synth('empty', typescript('empty.ts')),
  ]);
}

try {
  measureAll();
} finally {
  rmSync(folder, { recursive: true });
}
