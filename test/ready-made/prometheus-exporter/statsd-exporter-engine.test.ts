import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import {
  PrometheusExporter,
  StatsdExporterProps,
  StatsdMapping,
  StatsdMatch,
  StatsdMetricType,
  StatsdObserver,
} from '../../../lib';
import {
  renderStatsdMappings,
  STATSD_MAPPINGS,
  statsdMappingProblems,
} from '../../../lib/ready-made/prometheus-exporter/statsd-mappings';
import { freePort } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { withFolder } from '../../support/project';
import { until } from '../../support/until';
import { Metrics, Running, told } from './engine';

const INSTALL = 'PATH=$PATH:$(.ci/exporters)';

describeWithProgram(
  'statsd_exporter',
  (program) => {
    /** Runs an exporter as the helper does, on ports that are free. */
    async function withExporter(
      props: StatsdExporterProps,
      use: (exporter: Running, port: number) => Promise<void>,
    ): Promise<void> {
      const ports = { port: await freePort(), metricsPort: await freePort() };
      const exporter = new Running(
        program,
        told((web) => PrometheusExporter.statsd(web, 'metrics', { ...props, ...ports })),
      );
      try {
        await exporter.started();
        await use(exporter, ports.port);
      } finally {
        await exporter.stop();
      }
    }

    async function sendUdp(port: number, ...lines: string[]): Promise<void> {
      const socket = createSocket('udp4');
      for (const line of lines) {
        await new Promise((resolve) => {
          socket.send(line, port, '127.0.0.1', resolve);
        });
      }
      socket.close();
    }

    async function sendTcp(port: number, ...lines: string[]): Promise<void> {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.end(`${lines.join('\n')}\n`);
      await once(socket, 'close');
    }

    /** Waits until as many lines have been counted, and what they tell of has been handed on or dropped. */
    async function afterLines(exporter: Running, count: number): Promise<Metrics> {
      await exporter.until('statsd_exporter_lines_total', count);
      const handled = async (): Promise<number> => {
        const metrics = await exporter.metrics();
        const events = ['counter', 'gauge', 'observer'].map((type) =>
          metrics.valueOf('statsd_exporter_events_total', { type }),
        );
        const dropped = metrics.valueOf('statsd_exporter_events_actions_total', { action: 'drop' });
        return [...events, dropped].reduce<number>((sum, one) => sum + (one ?? 0), 0);
      };
      await until('all events are handled', async () => (await handled()) >= count);
      return exporter.metrics();
    }

    test('takes metrics by UDP and TCP at localhost, also with tags, and needs no mappings', async () => {
      await withExporter({}, async (exporter, port) => {
        await sendUdp(port, 'orders.placed:2|c', 'orders.placed:1|c', 'queue.length:7|g|#queue:mail');
        await sendTcp(port, 'checkout.time:250|ms');

        const metrics = await afterLines(exporter, 4);

        expect(metrics.valueOf('orders_placed')).toBe(3);
        expect(metrics.valueOf('queue_length', { queue: 'mail' })).toBe(7);
        expect(metrics.sampleOf('checkout_time')).toMatchObject({
          count: '1',
          sum: '0.25',
          quantiles: { '0.99': '0.25' },
        });
        expect((await exporter.get('/-/healthy')).status).toBe(200);
      });
    });

    test('mappings rename, label, scale, drop, and make histograms, as they say', async () => {
      const props: StatsdExporterProps = {
        ttl: Duration.minutes(10),
        mappings: [
          { match: 'jobs.*.*', name: 'jobs_$2_total', labels: { queue: '$1', share: '100% of $1' }, help: 'Jobs' },
          // What a longer one before it begins with.
          { match: 'jobs.*', name: 'jobs_seen', labels: { queue: '$1' } },
          { match: 'noise.*', drop: true },
          { match: 'ms.*', name: 'time_$1_seconds', scale: 0.001, metricType: StatsdMetricType.GAUGE },
          { match: '^api_(get|post)$', matchType: StatsdMatch.REGEX, name: 'api_$1_seconds', buckets: [0.1, 1] },
          { match: 'plain', name: 'plain', labels: { text: '50% ' } },
        ],
      };
      await withExporter(props, async (exporter, port) => {
        await sendUdp(
          port,
          'jobs.mail.failed:2|c',
          'jobs.mail:1|c',
          'noise.x:1|c',
          'ms.start:1500|g',
          'api_get:500|ms',
          'plain:1|c',
        );

        const metrics = await afterLines(exporter, 6);

        expect(metrics.valueOf('jobs_failed_total', { queue: 'mail', share: '100% of mail' })).toBe(2);
        expect(metrics.helpOf('jobs_failed_total')).toBe('Jobs');
        expect(metrics.valueOf('jobs_seen', { queue: 'mail' })).toBe(1);
        expect(metrics.valueOf('time_start_seconds')).toBe(1.5);
        expect(metrics.sampleOf('api_get_seconds')?.buckets).toStrictEqual({ '0.1': '0', '1': '1', '+Inf': '1' });
        expect(metrics.valueOf('plain', { text: '50% ' })).toBe(1);
        expect(metrics.families.some(({ name }) => /noise|dropped/.test(name))).toBe(false);
      });
    });

    test('a metric without news is forgotten', async () => {
      await withExporter({ ttl: Duration.seconds(1) }, async (exporter, port) => {
        const isThere = async (): Promise<boolean> => (await exporter.metrics()).valueOf('here') !== undefined;
        await until('it is there', async () => {
          await sendUdp(port, 'here:1|c');
          return isThere();
        });
        await until('it is forgotten', async () => !(await isThere()));
      });
    });

    /** What becomes of an exporter with mappings that we would refuse, or of an app that sends what it should not. */
    async function fateOf(mappings: readonly StatsdMapping[], ...lines: string[]): Promise<number | string> {
      const ports = { port: await freePort(), metricsPort: await freePort() };
      const what = told((web) =>
        PrometheusExporter.statsd(web, 'metrics', { ...ports, mappings: [{ match: 'x', drop: true }] }),
      );
      const files = { 'mappings.yaml': renderStatsdMappings({ mappings: [...mappings] }) };
      const exporter = new Running(program, { ...what, files });
      try {
        await exporter.started();
        let status: number | undefined;
        await until('it has taken the lines', async () => {
          await sendUdp(ports.port, ...lines);
          status = (await exporter.get('/metrics').catch(() => undefined))?.status;
          return exporter.end !== null || status === 500;
        });
        return exporter.end === null ? (status ?? 'no answer') : 'it has ended';
      } finally {
        await exporter.stop();
      }
    }

    test.each<[string, StatsdMapping[], string[], number | string]>([
      [
        'two helps of a name',
        [
          { match: 'a', name: 'n', help: 'one' },
          { match: 'b', name: 'n', labels: { kk: 'b' }, help: 'two' },
        ],
        ['a:1|c', 'b:1|c'],
        500,
      ],
      ["a name of the exporter's own", [{ match: 'a', name: 'go_goroutines', labels: { kk: 'a' } }], ['a:1|c'], 500],
      [
        'the label le',
        [{ match: 'a', name: 'n', observer: StatsdObserver.HISTOGRAM, labels: { le: '1' } }],
        ['a:1|ms'],
        'it has ended',
      ],
      ['the label quantile', [{ match: 'a', name: 'n', labels: { quantile: '1' } }], ['a:1|ms'], 'it has ended'],
      [
        'buckets that do not ascend',
        [{ match: 'a', name: 'n', observer: StatsdObserver.HISTOGRAM, buckets: [2, 1] }],
        ['a:1|ms'],
        'it has ended',
      ],
      ['a tag "quantile" of the app', [], ['a:1|ms|#quantile:1'], 'it has ended'],
    ])('%s would fail each scrape, or end it, as the documentation warns', async (_, mappings, lines, fate) => {
      expect(await fateOf(mappings, ...lines)).toBe(fate);
    });

    test('ends when it is told to', async () => {
      const ports = { port: await freePort(), metricsPort: await freePort() };
      const exporter = new Running(
        program,
        told((web) => PrometheusExporter.statsd(web, 'metrics', ports)),
      );
      await exporter.started();
      await exporter.stop();
      expect(exporter.end).not.toBeNull();
    });

    /** What the exporter says against mappings; the empty string where it takes them. */
    function complaints(mappings: readonly StatsdMapping[]): string {
      return withFolder((folder) => {
        const file = join(folder, 'mappings.yaml');
        writeFileSync(file, renderStatsdMappings({ mappings: [...mappings] }));
        const { status, stderr } = spawnSync(program, ['--check-config', `--statsd.mapping-config=${file}`], {
          encoding: 'utf8',
        });
        return status === 0 ? '' : stderr;
      });
    }

    /** What is wrong with mappings. */
    function problemsOf(mappings: readonly StatsdMapping[]): readonly string[] {
      const misshapen = STATSD_MAPPINGS(mappings, 'mappings');
      return misshapen.length > 0 ? misshapen : statsdMappingProblems(mappings);
    }

    /** What the exporter takes and then does otherwise, or ends because of. */
    const ONLY_OURS =
      /ascending|give a number|at least one|between 0 and 1|above 0|stands for nothing|never matches|another help|another type|exporter's own|use themselves|begin with no digit and no "__"|has a name, but|buckets and quantiles|which a (summary|histogram) has not|which is for timers|not empty/;

    /** A value as it should be, now and then one as it should not. */
    const mostly = <T>(good: fc.Arbitrary<T>, ...bad: T[]): fc.Arbitrary<T> =>
      fc.oneof({ weight: 14, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
    const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

    const part = mostly(fc.constantFrom('a', 'b2', 'c-d', 'e_f', '*'), '9', 'ü', 'a*', '');
    const glob = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
    const regex = mostly(
      fc.constantFrom('^a$', '(a|b)\\.(.*)', '(?P<x>a)', '\\d+', '[^.]+'),
      ...['(', '[a', 'a{2,1}', '(?=a)', ''],
    );
    const name = mostly(
      fc.constantFrom('a_total', 'b_seconds', 'c', '_d'),
      ...['b$1', '${1}_c', '$2', '1a', 'a-b', '', 'go_x', 'n$', 'ä'],
    );
    const label = mostly(fc.constantFrom('aa', 'B9', 'on', 'null', 'y1'), 'a', '__x', 'le', 'quantile', 'a-b', '');
    const text = mostly(
      fc.constantFrom('plain', '100%', 'no', '1e3', '~', '- x', 'a: b', '#', '"', '\\', 'ä\n'),
      ...['$1', '$2', ''],
    );
    const numbers = fc.subarray([1e-9, 0.5, 1, 2, 1e21], { minLength: 1 });
    const quantile = fc.record({
      quantile: mostly(fc.constantFrom(0.5, 0.99), 0, 1, NaN),
      allowedError: mostly(fc.constantFrom(0.05, 1e-9), -1, 2),
    });
    const mapping: fc.Arbitrary<StatsdMapping> = fc
      .record({
        isRegex: fc.boolean(),
        glob,
        regex,
        name: fc.oneof({ weight: 14, arbitrary: name }, { weight: 1, arbitrary: fc.constant(undefined) }),
        labels: fc.dictionary(label, text, { maxKeys: 2 }),
        help: rarely(text),
        drop: rarely(fc.boolean()),
        metricType: rarely(fc.constantFrom(...Object.values(StatsdMetricType))),
        observer: rarely(fc.constantFrom(...Object.values(StatsdObserver))),
        buckets: rarely(mostly(numbers, [], [2, 1], [1, 1], [NaN], [Infinity])),
        quantiles: rarely(fc.array(quantile, { maxLength: 2 })),
        scale: rarely(mostly(fc.constantFrom(0.5, 1, 1e21), 0, -1, NaN, Infinity)),
        ttl: rarely(fc.integer({ min: 1, max: 10_000_000 }).map((count) => Duration.millis(count))),
      })
      .map(({ isRegex, glob: parts, regex: expression, ...rest }) => ({
        ...rest,
        match: isRegex ? expression : parts,
        // Where they are dropped, no name of ours reaches the exporter.
        ...(rest.drop === true && rest.name !== undefined && { name: 'a_total' }),
        ...(isRegex && { matchType: StatsdMatch.REGEX }),
      }));

    test('mappings that we take are taken, and those that it refuses are refused', () => {
      let taken = 0;
      let refused = 0;
      fc.assert(
        fc.property(fc.array(mapping, { minLength: 1, maxLength: 2 }), (mappings) => {
          const problems = problemsOf(mappings);
          const said = complaints(mappings);
          if (said === '') {
            expect(problems.filter((problem) => !ONLY_OURS.test(problem))).toStrictEqual([]);
          } else {
            expect(problems).not.toStrictEqual([]);
          }
          taken += problems.length === 0 ? 1 : 0;
          refused += said === '' ? 0 : 1;
        }),
        { numRuns: 600 },
      );
      expect(Math.min(taken, refused)).toBeGreaterThan(20);
    }, 240_000);

    /** Mappings without a fault, which differ in what they find. */
    const sound: fc.Arbitrary<StatsdMapping[]> = fc.uniqueArray(
      fc
        .tuple(
          fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 }),
          fc.option(fc.constantFrom(...Object.values(StatsdMetricType)), { nil: undefined }),
        )
        .map(([parts, metricType]) => ({ match: parts.join('.'), metricType })),
      { selector: ({ match }) => match, minLength: 1, maxLength: 5 },
    );

    /** What becomes of a counter: that of the first mapping whose parts are its own. */
    function expected(metric: string, mappings: readonly StatsdMapping[]): string {
      const parts = metric.split('.');
      const index = mappings.findIndex(({ match, metricType }) => {
        const wanted = match.split('.');
        return (
          (metricType ?? StatsdMetricType.COUNTER) === StatsdMetricType.COUNTER &&
          wanted.length === parts.length &&
          wanted.every((each, at) => each === '*' || each === parts[at])
        );
      });
      return index < 0 ? metric.replaceAll('.', '_') : `mapped_${index}`;
    }

    test('the first mapping that matches is the one that counts', async () => {
      const metrics = ['a', 'b', 'a.a', 'a.b', 'b.a', 'b.b', 'c.a', 'a.a.a', 'a.b.a', 'b.b.b', 'c.b.a', 'a.c.c'];
      await fc.assert(
        fc.asyncProperty(sound, async (given) => {
          const mappings = given.map((one, index) => ({ ...one, name: `mapped_${index}` }));
          await withExporter({ mappings }, async (exporter, port) => {
            await sendTcp(port, ...metrics.map((metric) => `${metric}:1|c`));
            const seen = await afterLines(exporter, metrics.length);
            const counts = new Map<string, number>();
            for (const metric of metrics) {
              const name = expected(metric, mappings);
              counts.set(name, (counts.get(name) ?? 0) + 1);
            }
            for (const [name, count] of counts) {
              expect([name, seen.valueOf(name)]).toStrictEqual([name, count]);
            }
          });
        }),
        { numRuns: 20 },
      );
    }, 240_000);
  },
  INSTALL,
);
