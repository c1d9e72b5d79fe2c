import { Fields, textOf } from './fields';

const SHELL = /^(ba|da|a|z|k)?sh$/;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** What a container runs, as far as its manifest says: without a command, the image does. */
export function commandOf({ command, args }: Fields): readonly string[] {
  return Array.isArray(command) && command.length > 0 ? wordsOf(command).concat(wordsOf(args)) : [];
}

/** The words of a command; what is no string among them reads as an empty one. */
export function wordsOf(command: unknown): string[] {
  return Array.isArray(command) ? command.map(textOf) : [];
}

/** The name of a program: `sleep` of `/bin/sleep`. */
export function programOf(word = ''): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

/** The script of `sh -c SCRIPT`; undefined for any other command. */
export function scriptOf([program, ...args]: readonly string[]): string | undefined {
  const option = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return SHELL.test(programOf(program)) && option !== -1 ? args.at(option + 1) : undefined;
}

/** A command of a shell's script, and whether the shell goes on without waiting for it. */
export interface Statement {
  readonly words: readonly string[];
  readonly inBackground: boolean;
}

/** The statements of a script; what is quoted or in parentheses stays together. */
export function statementsOf(script: string): Statement[] {
  const statements: Statement[] = [];
  let text = '';
  let quote = '';
  let depth = 0;
  const end = (inBackground: boolean): void => {
    const words = text.trim().split(/\s+/).filter(Boolean);
    if (words.length > 0) {
      statements.push({ words, inBackground });
    }
    text = '';
  };
  for (let index = 0; index < script.length; index++) {
    const character = script[index];
    if (quote !== '') {
      quote = character === quote ? '' : quote;
      text += character;
    } else if (character === '\\') {
      text += script[index + 1] === '\n' ? ' ' : script.slice(index, index + 2);
      index++;
    } else if ('\'"`'.includes(character)) {
      quote = character;
      text += character;
    } else if (character === '#' && /(^|\s)$/.test(text)) {
      const rest = script.slice(index).indexOf('\n');
      index = rest === -1 ? script.length : index + rest - 1;
    } else if ('()'.includes(character)) {
      depth += character === '(' ? 1 : -1;
      text += character;
    } else if (depth <= 0 && (character === ';' || character === '\n')) {
      end(false);
    } else if (depth <= 0 && '&|'.includes(character) && script[index + 1] === character) {
      end(false);
      index++;
    } else if (depth <= 0 && character === '&' && !/[<>]$/.test(text) && script[index + 1] !== '>') {
      end(true);
    } else {
      text += character;
    }
  }
  end(false);
  return statements;
}

/** How many seconds `sleep` takes for an argument; undefined where that cannot be told. */
export function secondsOf(argument: string): number | undefined {
  if (/^inf(inity)?$/.test(argument)) {
    return Infinity;
  }
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(argument);
  return match ? Number(match[1]) * UNITS[match[2] || 's'] : undefined;
}
