import { randomBytes } from 'node:crypto';
import { Namespace, MissingImage } from './namespace';
import { tell } from './run';

export interface E2eOptions {
  /** Labels of the namespace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** No other test of its file runs beside it. */
  readonly alone?: boolean;
}

/** What a test does; it gets its title for what it tells. */
type Body = (namespace: Namespace, title: string) => Promise<void>;

/**
 * A test against the cluster, in a namespace of its own, beside others.
 *
 * One that fails is tried once more in a fresh namespace, which is counted and told at the end. What the namespace
 * looked like is a part of the error. Where the cluster lacks an image, the test says so and does not fail, except on
 * CI for images that `E2E_MISSING_IMAGES` does not list: nothing would be proven, and nobody would notice.
 */
export function e2e(title: string, body: Body, options: E2eOptions = {}): void {
  const run = options.alone ? test : test.concurrent;
  run(
    title,
    async () => {
      try {
        await attempt(title, body, options);
      } catch (failure) {
        tell({ about: 'retry', test: title, text: (failure as Error).message });
        await attempt(title, body, options);
      }
    },
    1_800_000,
  );
}

/** One test a case: the title says which, the body gets what it is. */
e2e.each =
  <T>(title: string, cases: Readonly<Record<string, T>>) =>
  (body: (namespace: Namespace, given: T, title: string) => Promise<void>, options?: E2eOptions): void => {
    for (const [name, given] of Object.entries(cases)) {
      e2e(`${title}: ${name}`, (namespace, full) => body(namespace, given, full), options);
    }
  };

async function attempt(title: string, body: Body, { labels }: E2eOptions): Promise<void> {
  // By chance: each file of tests has modules of its own, so that a counter would give two files' tests one name.
  const name = [slug(title), process.env.E2E_RUN, randomBytes(4).toString('hex')].join('-');
  const namespace = new Namespace(name);
  try {
    await namespace.make(labels);
    await body(namespace, title);
  } catch (error) {
    if (error instanceof MissingImage && isExpectedToLack(error.image)) {
      tell({ about: 'missing image', test: title, text: error.image });
      return;
    }
    throw withReport(error as Error, await namespace.report());
  } finally {
    await namespace.remove();
  }
}

function isExpectedToLack(image: string): boolean {
  const listed = (process.env.E2E_MISSING_IMAGES ?? '').split(',').filter(Boolean);
  return process.env.CI !== 'true' || listed.some((name) => image.includes(name));
}

/** The same error with more to say; jest shows the stack, which begins with the message. */
function withReport(error: Error, report: string): Error {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  const told = new Error(`${error.message}\n\n${report}`);
  told.stack = [`${error.name}: ${told.message}`, ...frames].join('\n');
  return told;
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 30)
    .replace(/-$/, '');
}
