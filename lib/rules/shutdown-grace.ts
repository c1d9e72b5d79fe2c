import { gracePeriodOf } from '../values/pod';
import { specOf } from './reading/containers';
import { fieldsOf, textOf } from './reading/fields';
import { runningHooksOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

export const shutdownGrace: Rule<PodSubject> = {
  id: 'shutdown-grace',
  level: 'default',
  fields: ['lifecycle'],
  summary: "A preStop hook that runs sleep ends within the pod's grace period, after which everything is killed.",
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  check({ template }, report) {
    const grace = gracePeriodOf(specOf(template));
    for (const { container, name, fields } of runningHooksOf(template)) {
      const seconds = name === 'preStop' ? sleepSecondsOf(fieldsOf(fields.exec).command) : 0;
      if (seconds > grace) {
        report(
          `${container.label} sleeps ${seconds} seconds in its preStop hook, but the pod has ` +
            `${grace} to end, and is killed then; sleep less, or raise terminationGracePeriodSeconds`,
        );
      }
    }
  },
};

/** How long a command sleeps for certain: `sleep 20` itself, or the plain beginning of a shell's script. */
function sleepSecondsOf(command: unknown): number {
  const [program = '', ...args] = Array.isArray(command) ? command.map(textOf) : [];
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'sleep') {
    return args.reduce((sum, arg) => sum + (durationOf(arg) ?? 0), 0);
  }
  if (!/^(ba|da|a|z|k)?sh$/.test(name) || !/^-[a-z]*c$/.test(textOf(args[0]))) {
    return 0;
  }
  let seconds = 0;
  for (const statement of textOf(args[1]).split(/;|&&|\n/)) {
    const words = statement.trim().split(/\s+/);
    if (['if', 'while', 'until', 'for', 'case', '(', '{', 'exit', 'trap'].includes(words[0])) {
      break;
    }
    const durations = words.slice(1).map(durationOf);
    if (/^(\/.*\/)?sleep$/.test(words[0]) && durations.every((duration) => duration !== undefined)) {
      seconds += durations.reduce((sum, duration) => sum + duration, 0);
    }
  }
  return seconds;
}

function durationOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] || 's'] : undefined;
}
