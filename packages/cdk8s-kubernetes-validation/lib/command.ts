import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { formatFinding } from './format-finding';
import { FileFinding, judgeFile, readText } from './manifest-file';
import { isVersion, kubernetesVersion } from './server-code';
import { FindingLevel } from './server-finding';

const USAGE = `Usage: cdk8s-kubernetes-validation [OPTION]... [FILE]...

Says what a Kubernetes API server would say of the objects in YAML or JSON files. A FILE that is a folder stands for all
.yaml, .yml and .json files in it; no FILE, or -, for the standard input.

  --kubernetes-version VERSION  that of the clusters, for instance 1.31 (default: the version of the code)
  --output text|json            how to write what is found (default: text)
  --fail-on-warnings            what the API server only warns of counts as well
  --fail-on-unjudged            so does what cannot be judged, for instance a custom resource
  --version                     of the code of Kubernetes
  --help

Exit status: 0 if all objects would be accepted, 1 if not, 2 if that could not be found out.
`;

/** What a run of the command leads to. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; nothing here ends the process or writes to it. */
export function run(args: readonly string[], readInput: () => string): Outcome {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'kubernetes-version': { type: 'string' },
        output: { type: 'string', default: 'text' },
        'fail-on-warnings': { type: 'boolean', default: false },
        'fail-on-unjudged': { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      return { status: 0, stdout: USAGE, stderr: '' };
    }
    if (values.version) {
      return { status: 0, stdout: `${kubernetesVersion()}\n`, stderr: '' };
    }
    if (values.output !== 'text' && values.output !== 'json') {
      return failed(`--output is text or json, not "${values.output}"`);
    }
    const version = values['kubernetes-version'];
    if (version !== undefined && !isVersion(version)) {
      return failed(`--kubernetes-version is for instance 1.31, not "${version}"`);
    }
    const verdicts = filesOf(positionals).map(({ file, read }) => judgeFile(file, (read ?? readInput)(), version));
    const objects = verdicts.reduce((sum, { documents }) => sum + documents, 0);
    if (objects === 0) {
      return failed('there is no object in what was given');
    }
    const findings = verdicts.flatMap((verdict) => verdict.findings);
    const fails = {
      [FindingLevel.ERROR]: true,
      [FindingLevel.WARNING]: values['fail-on-warnings'],
      [FindingLevel.UNJUDGED]: values['fail-on-unjudged'],
    };
    return {
      status: findings.some(({ level }) => fails[level]) ? 1 : 0,
      stdout: values.output === 'json' ? toJson(objects, findings) : toText(findings),
      stderr: '',
    };
  } catch (error) {
    return failed((error as Error).message);
  }
}

function failed(message: string): Outcome {
  return { status: 2, stdout: '', stderr: `cdk8s-kubernetes-validation: ${message}\n` };
}

interface Source {
  readonly file: string;
  /** What is in it; that of the standard input is not here. */
  readonly read?: () => string;
}

function filesOf(names: readonly string[]): Source[] {
  return (names.length === 0 ? ['-'] : names).flatMap((name): Source[] => {
    if (name === '-') {
      return [{ file: 'stdin' }];
    }
    const files = fs.statSync(name).isDirectory()
      ? fs
          .readdirSync(name, { recursive: true, withFileTypes: true })
          .filter(({ name }) => /\.(ya?ml|json)$/.test(name))
          .map((entry) => path.join(entry.parentPath, entry.name))
          // Links too, as kubectl reads them.
          .filter((file) => fs.statSync(file).isFile())
          .sort()
      : [name];
    return files.map((file) => ({ file, read: () => readText(file) }));
  });
}

/** What would begin a line of its own in the output, or speak to the terminal. */
const CONTROL = /\p{Cc}/gu;

function toText(findings: readonly FileFinding[]): string {
  return findings
    .map((finding) => {
      const { file, line, level, kind, name } = finding;
      const object = [kind, name].filter((part) => part !== '').join(' ');
      const text = `${file}:${line}: ${level}: ${object === '' ? '' : `${object}: `}${formatFinding(finding)}`;
      return `${text.replace(CONTROL, (character) => `\\x${Buffer.from(character, 'latin1').toString('hex')}`)}\n`;
    })
    .join('');
}

function toJson(objects: number, findings: readonly FileFinding[]): string {
  return `${JSON.stringify({ kubernetesVersion: kubernetesVersion(), objects, findings }, undefined, 2)}\n`;
}
