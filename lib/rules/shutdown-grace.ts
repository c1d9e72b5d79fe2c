import { gracePeriodOf } from '../values/pod';
import { programOf, scriptOf, secondsOf, statementsOf, wordsOf } from './reading/commands';
import { specOf } from './reading/containers';
import { fieldsOf } from './reading/fields';
import { runningHooksOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const shutdownGrace: Rule<PodSubject> = {
  id: 'shutdown-grace',
  level: 'default',
  fields: ['lifecycle'],
  summary: "A preStop hook that runs sleep ends within the pod's grace period, after which everything is killed.",
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  check({ template }, report) {
    const grace = gracePeriodOf(specOf(template));
    for (const { container, name, fields } of runningHooksOf(template)) {
      const seconds = name === 'preStop' ? sleepSecondsOf(wordsOf(fieldsOf(fields.exec).command)) : 0;
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
function sleepSecondsOf(command: readonly string[]): number {
  const script = scriptOf(command);
  if (script === undefined) {
    return programOf(command[0]) === 'sleep' ? sum(command.slice(1).map((word) => secondsOf(word) ?? 0)) : 0;
  }
  let seconds = 0;
  for (const { words, inBackground } of statementsOf(script)) {
    if (['if', 'while', 'until', 'for', 'case', '{', 'exit', 'trap'].includes(words[0]) || words[0].startsWith('(')) {
      break;
    }
    const durations = words.slice(1).map(secondsOf);
    if (!inBackground && programOf(words[0]) === 'sleep' && durations.every((duration) => duration !== undefined)) {
      seconds += sum(durations);
    }
  }
  return seconds;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
