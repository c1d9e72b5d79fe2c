import { setTimeout as sleep } from 'node:timers/promises';

/** How long anything may take that takes seconds on an idle machine. */
export const PATIENCE = 300;

/** Thrown by a look that need not be repeated: it will not come true any more. */
export class Hopeless extends Error {}

/**
 * Looks until there is something to see. A look that fails is one that saw nothing: kubelet and API server may be busy.
 *
 * @param what says what is waited for, for the error
 * @param look gives what was waited for, or a text that says what there is instead
 */
export async function eventually<T extends object | true | number>(
  what: string,
  look: () => Promise<T | string>,
  seconds = PATIENCE,
): Promise<T> {
  const begin = Date.now();
  const end = begin + seconds * 1000;
  for (;;) {
    let seen: T | string;
    try {
      seen = await look();
    } catch (error) {
      if (error instanceof Hopeless) {
        throw error;
      }
      seen = (error as Error).message;
    }
    if (typeof seen !== 'string') {
      return seen;
    }
    if (Date.now() >= end) {
      throw new Error(`waited ${seconds} s until ${what}; last seen: ${seen}`);
    }
    // What takes long on a busy machine shall not keep it busier.
    await sleep(Math.min(400 + (Date.now() - begin) / 20, 3000));
  }
}
