import { gracePeriodOf } from '../values/pod';
import { Statement, commandOf, programOf, scriptOf, secondsOf, statementsOf } from './reading/commands';
import { Container, containersOf, specOf } from './reading/containers';
import { fieldsOf, isSet, quote } from './reading/fields';
import { isWindows } from './reading/security';
import { PodSubject, Rule } from './rule';

/** Who waits this long for a pod to end has nothing to complain of. */
const SHORT_GRACE = 5;

/** Linux drops a signal that process 1 of a PID namespace has no handler for, SIGTERM among them. */
export const sigterm: Rule<PodSubject> = {
  id: 'sigterm',
  level: 'default',
  fields: ['command'],
  summary:
    "Process 1 of a container ends at SIGTERM: tail, sleep and a shell without a trap do not, and the pod's end waits " +
    'for its whole grace period.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  check({ template }, report) {
    const spec = specOf(template);
    const grace = gracePeriodOf(spec);
    // With shared processes another process is number 1.
    if (grace <= SHORT_GRACE || spec.shareProcessNamespace === true || spec.hostPID === true || isWindows(template)) {
      return;
    }
    for (const container of containersOf(template)) {
      const what = runsOn(container, spec.restartPolicy) ? deafProcess(commandOf(container.fields), grace) : undefined;
      if (what !== undefined && !isStoppedOtherwise(container)) {
        report(
          `${container.label} runs ${what.process} as process 1, which does not end at SIGTERM, so the pod takes its whole ` +
            `grace period of ${grace} s to end; ${what.remedy}`,
        );
      }
    }
  },
};

/** Whether a container is one that runs until it is stopped: in a Job, those that are no sidecars end by themselves. */
function runsOn({ role }: Container, restartPolicy: unknown): boolean {
  return role === 'sidecar' || (role === 'regular' && (!isSet(restartPolicy) || restartPolicy === 'Always'));
}

/** Whether a hook or another signal may stop it. */
function isStoppedOtherwise({ fields }: Container): boolean {
  const { preStop, stopSignal } = fieldsOf(fields.lifecycle);
  return isSet(stopSignal) || /kill|stop|quit/.test(quote(fieldsOf(preStop).exec ?? ''));
}

interface Deaf {
  readonly process: string;
  readonly remedy: string;
}

function deafProcess(command: readonly string[], grace: number): Deaf | undefined {
  const script = scriptOf(command);
  if (script !== undefined) {
    return deafShell(script, grace);
  }
  return lasts(command, grace)
    ? {
        process: programOf(command[0]),
        remedy: 'let a shell run it in the background, behind a trap for TERM, and wait for it',
      }
    : undefined;
}

/** A shell is deaf without a trap, and with one while it waits for what it runs in the foreground. */
function deafShell(script: string, grace: number): Deaf | undefined {
  const statements = statementsOf(script);
  const last = statements.at(-1);
  // What another file adds cannot be told, nor where a here-document ends.
  if (/(^|[\s;&|({])(eval|source|\.)\s|<</.test(script)) {
    return undefined;
  }
  // What takes the shell's place is process 1 then, and the shell's trap is gone.
  if (/(^|[\s;&|({])exec\s/.test(script)) {
    const taken = last?.words[0] === 'exec' && script.split(/\bexec\s/).length === 2 ? last.words.slice(1) : [];
    return taken.length > 0 && lasts(taken, grace)
      ? {
          process: `${taken[0]}, which takes the shell's place with exec,`,
          remedy: 'set a trap for TERM first, run it in the background without exec, and wait for it',
        }
      : undefined;
  }
  const hasTrap = statements.some(({ words }) => words.includes('trap'));
  if (last === undefined || last.inBackground) {
    return undefined;
  }
  if (lasts(last.words, grace)) {
    return hasTrap
      ? {
          process: `a shell that waits for ${last.words[0]} before it runs its trap`,
          remedy: `run ${last.words[0]} in the background, and wait for it`,
        }
      : {
          process: `a shell that runs ${last.words[0]}`,
          remedy: 'set a trap for TERM first, run it in the background, and wait for it',
        };
  }
  if (hasTrap) {
    return undefined;
  }
  if (last.words[0] === 'wait') {
    return { process: 'a shell that waits', remedy: 'set a trap for TERM first' };
  }
  return endsWithEndlessLoop(statements)
    ? { process: 'a shell in an endless loop', remedy: 'set a trap for TERM first' }
    : undefined;
}

/** Whether a command is known to last, and to have no handler for SIGTERM. */
function lasts(words: readonly string[], grace: number): boolean {
  const [program, ...args] = words;
  switch (programOf(program)) {
    case 'tail':
      return args.some((arg) => /^(-[a-zA-Z0-9]*[fF][a-zA-Z0-9]*|--follow(=.*)?|--retry)$/.test(arg));
    case 'sleep':
      return args.reduce((sum, arg) => sum + (secondsOf(arg) ?? 0), 0) >= grace;
    default:
      return false;
  }
}

/** Whether a script comes to a loop that has no end, and does not leave. */
function endsWithEndlessLoop(statements: readonly Statement[]): boolean {
  let depth = 0;
  let isEndless = false;
  for (const { words } of statements) {
    const [first, ...rest] = words[0] === 'do' ? words.slice(1) : words;
    if (['while', 'until', 'for'].includes(first)) {
      isEndless = depth === 0 ? isAlways(first, rest) : isEndless;
      depth++;
    } else if (first === 'done') {
      depth--;
    }
  }
  return depth === 0 && isEndless && statements.at(-1)?.words[0] === 'done';
}

function isAlways(loop: string, condition: readonly string[]): boolean {
  return (loop === 'while' ? ['true', ':', '[ 1 ]', '[ true ]'] : ['false', '! true']).includes(condition.join(' '));
}
