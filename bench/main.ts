/**
 * Measures synthesis and prints the tables of docs/benchmark.md: `npm run bench`. Takes some minutes, on a machine that
 * does nothing else. `npm run bench -- 1` runs everything once, which tells little; `npm run bench -- 5 helm start`
 * prints those two tables.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { HELPERS, missing } from './helpers';
import { helmChart, kustomization } from './peers';
import { Command, Figures, measurement, run, typescript } from './run';

const [runs, ...chosen] = [Number(process.argv[2] ?? 5), ...process.argv.slice(3)];
const project = path.dirname(__dirname);

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

const inWords = (count: number) => count.toLocaleString('en');
const inSeconds = (value: number) => `${value.toFixed(2)} s`;
const inMilliseconds = (value: number) => `${value.toFixed(2)} ms`;
const inMegabytes = (value: number) => `${value.toFixed(0)} MB`;

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

/** The tables, by the name that one is chosen by. */
const TABLES: Readonly<Record<string, () => void>> = {
  synthesis: () => {
    table('Synthesis', 'first', 'second');
    const { said } = run(runs, { share: measurement('share of YAML', 4000) }).share;
    row('writing YAML, of the synthesis of 4,000 charts', '', '', `${(said.share * 100).toFixed(0)} %`, 'at most 30 %');
    const sameId = measurement('by hand, one id', 8000);
    const { userSeconds } = run(runs, { sameId }).sameId;
    row('8,000 charts, one id and name for all', inSeconds(userSeconds), '', '', 'at most 1.4 s');
    compare('8,000 charts, an id and a name each / one for all', 'at most 1.1×', [
      measurement('by hand', 8000),
      sameId,
    ]);
    compare('16,000 / 4,000 charts', 'at most 4×', [measurement('by hand', 16_000), measurement('by hand', 4000)]);
  },

  sidecar: () => {
    table('With a `Sidecar`, woven and checked', '`Sidecar`', 'by hand');
    for (const charts of [100, 1000, 4000, 16_000]) {
      compare(`${inWords(charts)} charts`, 'at most 1.5×', [
        measurement('Sidecar', charts),
        measurement('by hand', charts),
      ]);
    }
  },

  checks: () => {
    table('`PodChecks.checkAll`', 'checked', 'without');
    compare('8,000 workloads and Services', 'at most 1.5×', [
      measurement('workloads and Services, all checked', 8000),
      measurement('workloads and Services', 8000),
    ]);
    compare('an `Include` of 2,000 objects', 'at most 1.5×', [
      measurement('Include, all checked', 2000),
      measurement('Include', 2000),
    ]);
  },

  cdk8s: () => {
    table('Against cdk8s', '`App`', '`ManifestApp`');
    for (const charts of [100, 500, 1000, 2000]) {
      compare(`${inWords(charts)} charts`, '', [measurement('App', charts), measurement('by hand', charts)]);
    }
  },

  memory: () => {
    table('Memory', '16,000 charts', '4,000 charts');
    const { many, few } = run(runs, { many: measurement('by hand', 16_000), few: measurement('by hand', 4000) });
    const [a, b] = [many.said.megabytes, few.said.megabytes];
    row('peak', inMegabytes(a), inMegabytes(b), `${(a / b).toFixed(2)}×`, '');
  },

  kustomize: () => {
    const version = versionOf('kubectl', 'version', '--client')?.split('\n')[0];
    table(`Against Kustomize${version ? `, ${version}` : ''}`, '`kubectl kustomize`', '`Sidecar`');
    const wanted = { 100: 'more than 1×', 1000: 'at least 6×' };
    for (const [count, ratio] of Object.entries(wanted)) {
      const label = `the same patch of ${inWords(Number(count))} Deployments`;
      if (version) {
        const args = ['kustomize', kustomization(path.join(folder, `kustomize-${count}`), Number(count))];
        compare(label, ratio, [{ program: 'kubectl', args }, measurement('Sidecar', Number(count))]);
      } else {
        row(label, 'kubectl is not installed', '', '', ratio);
      }
    }
  },

  helm: () => {
    const version = versionOf('helm', 'version', '--short');
    table(`Against Helm${version ? ` ${version}` : ''}, on the clock`, '`Sidecar`', '`helm template`');
    const wanted = { 1000: 'at most 2.5×', 4000: 'at most 2×' };
    for (const [count, ratio] of Object.entries(wanted)) {
      const label = `${inWords(Number(count))} Deployments in a range`;
      if (version) {
        const args = ['template', 'bench', helmChart(path.join(folder, 'helm')), '--set', `count=${count}`];
        compare(label, ratio, [measurement('Sidecar', Number(count)), { program: 'helm', args }], wall);
      } else {
        row(label, '', 'helm is not installed', '', ratio);
      }
    }
  },

  start: () => {
    table('Start of `cdk8s synth`', 'charts here', 'an empty chart');
    const synth = (name: string, app: Command): Command => ({
      program: path.join(project, 'node_modules/.bin/cdk8s'),
      args: [
        ...['synth', '--check-upgrade=false', '--output', path.join(folder, name)],
        ...['--app', `${app.program} ${app.args.join(' ')}`],
      ],
    });
    const empty = synth('empty', typescript('empty.ts'));
    compare('the labs', 'at most 1.3×', [synth('labs', typescript('labs.ts')), empty]);
    compare('all', '', [synth('all', typescript('../charts/main.ts')), empty]);
  },

  helpers: () => {
    console.log(
      '\n## Ready-made helpers, and the same traffic without\n\nOne question after another: half of the answers take no ' +
        'longer than p50, 99 of 100 no longer than p99. On 16 connections: answers a second. Resident memory after ' +
        'that, and without what is of files. All processes are on this machine, at loopback.\n',
    );
    row('', 'p50, without', 'with', 'p99, without', 'with', 'a second, without', 'with', 'memory', 'its own');
    row(...Array.from({ length: 9 }, () => '---'));
    for (const [label, measured] of Object.entries(HELPERS)) {
      const lack = missing(measured);
      if (lack === undefined) {
        const { said } = run(runs, { helper: typescript('helpers.ts', label) }).helper;
        row(
          label,
          ...[said.bareP50, said.p50, said.bareP99, said.p99].map(inMilliseconds),
          ...[said.bareRate, said.rate].map((rate) => inWords(Math.round(rate))),
          ...[said.megabytes, said.own].map(inMegabytes),
        );
      } else {
        row(label, lack, '', '', '', '', '', '', '');
      }
    }
  },

  verdict: () => {
    console.log('\n## The verdict on an object\n');
    row('', 'first', 'each after that', 'memory', 'wanted');
    row(...Array.from({ length: 5 }, () => '---'));
    if (existsSync(path.join(project, 'packages/cdk8s-kubernetes-validation/wasm/kubernetes.wasm.br'))) {
      const { said } = run(runs, { verdict: typescript('verdict.ts') }).verdict;
      const { first, milliseconds, megabytes, fieldMilliseconds } = said;
      row('`cdk8s-kubernetes-validation`', inSeconds(first), inMilliseconds(milliseconds), inMegabytes(megabytes), '');
      row('rules on fields', '', inMilliseconds(fieldMilliseconds), '', 'at most 0.2 ms');
    } else {
      row('npm run build:wasm -w cdk8s-kubernetes-validation builds what judges', '', '', '', '');
    }
  },
};

const unknown = chosen.filter((name) => !(name in TABLES));
if (unknown.length > 0 || !(runs >= 1)) {
  throw new Error(`usage: npm run bench -- [RUNS] [TABLE…], with the tables ${Object.keys(TABLES).join(', ')}`);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-peers-'));
console.log(`Node.js ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model.trim()}; the medians of ${runs} \
${runs === 1 ? 'run' : 'runs'}, by turns, each in a process of its own. Times are user seconds of the whole process, \
Node.js' start included, unless the table says that they are of the clock. Every construct has an id of its own, every \
object a name. A ratio is the first time divided by the second.`);
try {
  for (const name of chosen.length > 0 ? chosen : Object.keys(TABLES)) {
    TABLES[name]();
  }
} finally {
  rmSync(folder, { recursive: true });
}
