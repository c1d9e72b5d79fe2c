import { createServer } from 'node:http';
import { spawnSync } from 'node:child_process';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { GitAccess, GitSubmodules, GitSyncProps } from '../../../lib';
import { gitSyncArgs, gitSyncProblems } from '../../../lib/ready-made/git-sync/git-sync-config';
import { Origin } from '../../support/git';
import { freePort, listening, portOf } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { INSTALL, Running } from './engine';

/** How many settings the engine judges. */
const numRuns = Number(process.env.RUNS ?? 50);

describeWithProgram(
  'git-sync',
  (program) => {
    let origin: Origin;
    const all: Running[] = [];

    beforeEach(() => {
      origin = new Origin();
    });

    afterEach(async () => {
      for (const running of all.splice(0)) {
        await running.stop();
        running.remove();
      }
      origin.remove();
    });

    const access = GitAccess.password({ secret: 'git' });

    function start(props: Partial<GitSyncProps>, secrets: Readonly<Record<string, string>> = {}): Running {
      const running = new Running(
        program,
        { repository: '', path: '/srv/site', plaintext: true, period: Duration.millis(100), ...props },
        secrets,
      );
      all.push(running);
      return running;
    }

    test('the first commit is there when the container has started, and the next one shows up', async () => {
      origin.commit({ 'index.html': 'one' });
      const running = start({ repository: await origin.serve() });
      await running.until('it has started', () => running.isStarted);
      expect(running.read('index.html')).toBe('one');

      origin.commit({ 'index.html': 'two', 'docs/more.html': 'more' });
      await running.until('the second commit is there', () => running.read('index.html') === 'two');
      expect(running.read('docs/more.html')).toBe('more');
      expect(await running.stop()).toBe('SIGTERM');
    });

    test('with "oneTime" it ends when the files are there', async () => {
      origin.commit({ 'index.html': 'one' });
      const running = start({ repository: await origin.serve(), oneTime: true, period: undefined });

      expect([await running.end(), running.read('index.html')]).toStrictEqual([0, 'one']);
    });

    test('a branch, a tag and a hash are checked out', async () => {
      const first = origin.commit({ 'index.html': 'first' });
      origin.git('tag', '--annotate', 'v1', '--message=v1');
      origin.commit({ 'index.html': 'second' });
      origin.git('branch', 'release/2');
      origin.commit({ 'index.html': 'third' });
      const repository = await origin.serve();
      for (const [ref, content] of [
        [first, 'first'],
        ['v1', 'first'],
        ['release/2', 'second'],
      ]) {
        const running = start({ repository, revision: ref, oneTime: true, period: undefined });
        expect([ref, await running.end(), running.read('index.html')]).toStrictEqual([ref, 0, content]);
      }
    });

    test('with patterns only what they say is checked out', async () => {
      origin.commit({ 'docs/a.md': 'a', 'src/b.c': 'b', 'README.md': 'c' });
      const sparseCheckout = ['/docs/', '*.c'];
      const running = start({ repository: await origin.serve(), sparseCheckout, oneTime: true, period: undefined });

      expect(await running.end()).toBe(0);
      expect(['docs/a.md', 'src/b.c', 'README.md'].map((name) => running.read(name))).toStrictEqual([
        'a',
        'b',
        undefined,
      ]);
    });

    test('the password of the Secret lets it in, and a new one is used from the next sync on', async () => {
      let credentials = 'shop:first pass=word';
      origin.commit({ 'index.html': 'one' });
      const repository = await origin.serve(() => credentials);
      // As editors write it, with the end of the line.
      const running = start({ repository, access }, { username: 'shop', password: 'first pass=word\n' });
      await running.until('it has started', () => running.isStarted);

      credentials = 'shop:second';
      origin.commit({ 'index.html': 'two' });
      await running.until('it is not let in', () => running.output.includes('error syncing repo, will retry'));
      expect(running.read('index.html')).toBe('one');
      running.write('etc/git-access/password', 'second');
      await running.until('the second commit is there', () => running.read('index.html') === 'two');
      expect(running.output).not.toMatch(/first pass|second/);
    });

    test('a token lets it in', async () => {
      origin.commit({ 'index.html': 'one' });
      const repository = await origin.serve(() => 'git:t0ken');
      const running = start(
        { repository, access: GitAccess.token({ secret: 'git' }), oneTime: true, period: undefined },
        { token: 't0ken' },
      );

      expect([await running.end(), running.read('index.html')]).toStrictEqual([0, 'one']);
    });

    test.each([{ oneTime: true, period: undefined }, {}])(
      'with a wrong password it ends, and says so: %p',
      async (how) => {
        origin.commit({ 'index.html': 'one' });
        const repository = await origin.serve(() => 'shop:right');
        const running = start({ repository, access, ...how }, { username: 'shop', password: 'wrong' });

        expect(await running.end()).toBe(1);
        expect(running.output).toContain('too many failures, aborting');
        expect(running.output).toContain('Authentication failed');
        expect(running.isStarted).toBe(false);
        expect(running.output).not.toContain('wrong');
      },
    );

    test('after as many failures as it may have it ends; otherwise it goes on with what there is', async () => {
      origin.commit({ 'index.html': 'one' });
      let credentials: string | undefined;
      const repository = await origin.serve(() => credentials);
      const patient = start({ repository });
      const short = start({ repository, maxFailures: 3 });
      await patient.until('both have started', () => patient.isStarted && short.isStarted);

      credentials = 'nobody:knows';
      expect(await short.end()).toBe(1);
      expect(short.output).toMatch(/"failCount":3,"maxFailures":3/);
      await patient.until('it has failed more often', () => patient.output.includes('"failCount":4'));
      credentials = undefined;
      origin.commit({ 'index.html': 'two' });
      await patient.until('the second commit is there', () => patient.read('index.html') === 'two');
    });

    test('the app is told of each commit, again until it answers', async () => {
      const told: unknown[] = [];
      const app = createServer(({ url, method, headers }, response) => {
        const status = told.length === 0 ? 503 : 204;
        told.push([method, url, headers['gitsync-hash'], status]);
        response.writeHead(status).end();
      });
      await listening(app);
      const first = origin.commit({ 'index.html': 'one' });
      const url = `http://localhost:${portOf(app)}/-/reload`;
      const webhook = { url, method: 'PUT', successStatus: 204, backoff: Duration.seconds(1) };
      const running = start({ repository: await origin.serve(), webhook });
      await running.until('the app has answered', () => told.length > 1);
      const second = origin.commit({ 'index.html': 'two' });
      await running.until('the app has been told', () => told.length > 2);
      app.closeAllConnections();
      app.close();

      expect(told).toStrictEqual([
        ['PUT', '/-/reload', first, 503],
        ['PUT', '/-/reload', first, 204],
        ['PUT', '/-/reload', second, 204],
      ]);
    });

    test('the files of the commit before stay for a while', async () => {
      const first = origin.commit({ 'index.html': 'one' });
      const repository = await origin.serve();
      const running = start({ repository });
      const hasty = start({ repository, staleWorktreeTimeout: Duration.millis(0) });
      await running.until('both have started', () => running.isStarted && hasty.isStarted);
      const before = `../.current/.worktrees/${first}/index.html`;
      expect([running.read(before), hasty.read(before)]).toStrictEqual(['one', 'one']);

      origin.commit({ 'index.html': 'two' });
      await running.until('both have the second', () =>
        [running, hasty].every((one) => one.read('index.html') === 'two'),
      );
      await hasty.until('the first one is gone', () => hasty.read(before) === undefined);
      expect(running.read(before)).toBe('one');
    });

    test('metrics are shown', async () => {
      origin.commit({ 'index.html': 'one' });
      const metricsPort = await freePort();
      const running = start({ repository: await origin.serve(), metricsPort });
      await running.until('it has started', () => running.isStarted);

      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).toContain('git_sync_count_total{status="success"} 1');
    });

    test('what is no problem in the settings is taken by git-sync', async () => {
      const duration = (min: number): fc.Arbitrary<Duration> =>
        fc
          .oneof(fc.integer({ min, max: 100_000 }), fc.integer({ min: 1000, max: 2 ** 43 }))
          .map((count) => Duration.millis(count));
      const settings = fc.record(
        {
          repository: fc.constant('http://127.0.0.1:1/x'),
          path: fc.constant('/srv'),
          plaintext: fc.constant(true),
          revision: fc.oneof(
            fc.constantFrom('main', 'release/1', 'v1'),
            fc.string({ unit: 'grapheme', maxLength: 12 }),
          ),
          link: fc.oneof(fc.constantFrom('site', '.site', 'tmp-link', '..'), fc.string({ maxLength: 6 })),
          depth: fc.oneof(fc.nat(100), fc.integer(), fc.double()),
          submodules: fc.constantFrom(...Object.values(GitSubmodules), 'deep' as never),
          period: duration(1),
          syncTimeout: duration(1),
          maxFailures: fc.integer({ min: 1 }),
          staleWorktreeTimeout: duration(0),
          webhook: fc.record(
            {
              url: fc.oneof(fc.webUrl(), fc.webUrl(), fc.string()),
              method: fc.constantFrom('GET', 'POST', 'PUT', 'get it'),
              successStatus: fc.integer({ min: 190, max: 310 }),
              timeout: duration(1),
              backoff: duration(1),
            },
            { requiredKeys: ['url'] },
          ),
        },
        { requiredKeys: ['repository', 'path', 'plaintext'] },
      );
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(settings, (given) => {
          if (gitSyncProblems(given).length === 0) {
            accepted++;
            // One that has no git looks for it when all of its flags are right.
            const { stderr, status } = spawnSync(program, [...gitSyncArgs(given), '--git=/no/git'], {
              encoding: 'utf8',
            });
            expect([status, stderr]).toStrictEqual([1, expect.stringContaining('git executable not found')]);
          }
          return Promise.resolve();
        }),
        { numRuns: numRuns * 4 },
      );
      expect(accepted).toBeGreaterThan(numRuns / 10);
    }, 600_000);

    test('what git-sync does not take is a problem', () => {
      const bad: Partial<GitSyncProps>[] = [
        { depth: -1 },
        { period: Duration.millis(9) },
        { syncTimeout: Duration.millis(9) },
        { submodules: 'deep' as never },
        { webhook: { url: 'http://localhost', timeout: Duration.millis(999) } },
        { webhook: { url: 'http://localhost', backoff: Duration.millis(999) } },
      ];
      for (const given of bad) {
        const settings = { repository: 'https://git.example/x', path: '/srv', ...given };
        expect(gitSyncProblems(settings)).toHaveLength(1);
        const { stderr, status } = spawnSync(program, [...gitSyncArgs(settings), '--git=/no/git'], {
          encoding: 'utf8',
        });
        expect([status, stderr]).toStrictEqual([1, expect.stringContaining('invalid flag')]);
      }
    });
  },
  INSTALL,
  { elsewhere: true },
);

test('a name of a branch or tag is none exactly if git says so', () => {
  const unit = fc.oneof(
    fc.stringMatching(/^[/.@{~^:?*[\\ lock-]$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  );
  const name = fc.oneof(
    fc.string({ unit, minLength: 1, maxLength: 8 }),
    fc.constantFrom('a.lock', 'a.lock/b', '@', 'x@{1}'),
  );
  fc.assert(
    fc.property(name, (ref) => {
      fc.pre(
        !ref.startsWith('-') && !ref.includes('\0') && !/[\u0080-\u009f]|\p{Cs}/u.test(ref) && !ref.includes('$('),
      );
      const { status } = spawnSync('git', ['check-ref-format', '--allow-onelevel', ref]);
      const problems = gitSyncProblems({ repository: 'https://git.example/x', path: '/srv', revision: ref });
      expect([ref, problems.length === 0]).toStrictEqual([ref, status === 0]);
    }),
    { numRuns: numRuns * 4, examples: [['@'], ['a.lock'], ['HEAD'], ['a/.b'], ['a//b'], ['a.'], ['é']] },
  );
});
