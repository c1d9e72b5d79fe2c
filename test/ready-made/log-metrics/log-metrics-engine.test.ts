import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { LogMetric, LogMetricKind, LogMetrics, LogMetricsProps, SharedVolume } from '../../../lib';
import {
  LOG_METRICS,
  logMetricProblems,
  renderLogMetrics,
} from '../../../lib/ready-made/log-metrics/log-metrics-program';
import { freePort } from '../../support/net';
import { describeWithProgram } from '../../support/program';
import { withFolder } from '../../support/project';
import { Metrics, Running, told } from '../prometheus-exporter/engine';
import { until } from '../../support/until';

const numRuns = Number(process.env.RUNS ?? 50);
jest.setTimeout(60_000 + numRuns * 1000);

const { COUNTER, GAUGE, HISTOGRAM } = LogMetricKind;

/** What is wrong with metrics. */
function problemsOf(metrics: readonly LogMetric[]): readonly string[] {
  const misshapen = LOG_METRICS(metrics, 'metrics');
  return misshapen.length > 0 ? misshapen : logMetricProblems(metrics);
}

describeWithProgram('mtail', (program) => {
  /** What mtail makes of lines, once. */
  function counted(metrics: readonly LogMetric[], lines: readonly string[]): Metrics {
    expect(problemsOf(metrics)).toStrictEqual([]);
    return withFolder((folder) => {
      const [progs, log] = [join(folder, 'metrics.mtail'), join(folder, 'app.log')];
      writeFileSync(progs, renderLogMetrics(metrics));
      writeFileSync(log, lines.map((line) => `${line}\n`).join(''));
      const args = [
        '--one_shot',
        '--one_shot_format=prometheus',
        '--logtostderr',
        '--emit_prog_label=false',
        '--port=0',
      ];
      const { status, stdout, stderr } = spawnSync(program, [...args, `--progs=${progs}`, `--logs=${log}`], {
        encoding: 'utf8',
      });
      if (status !== 0 || stderr.includes('Runtime error')) {
        throw new Error(`mtail ended with ${status}:\n${stderr}\n${renderLogMetrics(metrics)}`);
      }
      return new Metrics(parsePrometheusTextFormat(stdout));
    });
  }

  test('counts lines, adds values up, keeps the last one, and spreads them over buckets', () => {
    const metrics = counted(
      [
        { name: 'requests_total', kind: COUNTER, pattern: '^(?<method>[A-Z]+) \\S+ (?P<status>\\d+)' },
        { name: 'by', kind: COUNTER, pattern: 'bytes=(?<bytes>\\S+)', value: 'bytes' },
        { name: 'temperature', kind: GAUGE, pattern: '(?<room>\\w+) is at (?<t>\\S+)', value: 't' },
        { name: 'seconds', kind: HISTOGRAM, pattern: 'took (?<s>\\S+)', value: 's', buckets: [0.1, 1, 2.5e1] },
      ],
      [
        ...['GET / 200', 'GET / 200', 'PUT / 007', 'bytes=12.5', 'bytes=+1e2', 'bytes=-3', 'bytes=many', 'bytes=0x10'],
        ...[
          'hall is at -5',
          'hall is at 21.5',
          'attic is at 7',
          'took 0.1',
          'took .5',
          'took 3',
          'took 99',
          'took 0',
          'took -1',
          'took NaN',
        ],
      ],
    );

    expect(metrics.valueOf('requests_total', { method: 'GET', status: '200' })).toBe(2);
    expect(metrics.valueOf('requests_total', { method: 'PUT', status: '007' })).toBe(1);
    expect(metrics.valueOf('by')).toBe(112.5);
    expect(metrics.valueOf('temperature', { room: 'hall' })).toBe(21.5);
    expect(metrics.valueOf('temperature', { room: 'attic' })).toBe(7);
    expect(metrics.sampleOf('seconds')).toStrictEqual({
      buckets: { '0.1': '2', '1': '3', '25': '4', '+Inf': '5' },
      count: '5',
      sum: '102.6',
    });
    expect(metrics.typeOf('requests_total')).toBe('COUNTER');
    expect(metrics.typeOf('temperature')).toBe('GAUGE');
    expect(metrics.typeOf('seconds')).toBe('HISTOGRAM');
  });

  test('what is in a pattern means what it says, and labels are what was matched', () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from('ab/\\"\'{}[]()$^.*+?|# \t&%é한␤')),
      minLength: 1,
      maxLength: 12,
    });
    const quoted = (each: string): string => each.replaceAll(/[\\/"'{}[\]()$^.*+?|#&%]/g, '\\$&');
    fc.assert(
      fc.property(text, text, (literal, label) => {
        const metrics = counted(
          [{ name: 'x', kind: COUNTER, pattern: `^${quoted(literal)}=(?<label>.+)$` }],
          [`${literal}=${label}`, `${literal}x=${label}`],
        );
        const samples = metrics.families.find(({ name }) => name === 'x')?.metrics;
        expect(samples?.map(({ labels }) => labels)).toStrictEqual([{ label }]);
      }),
      { numRuns },
    );
  });

  /** What mtail says against metrics; the empty string where it takes them. */
  function complaints(metrics: readonly LogMetric[]): string {
    return withFolder((folder) => {
      const file = join(folder, 'metrics.mtail');
      writeFileSync(file, renderLogMetrics(metrics));
      const args = ['--compile_only', `--progs=${file}`, '--logtostderr', '--port=0'];
      const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      return status === 0 && !stderr.includes('compile failed') ? '' : stderr || 'it failed';
    });
  }

  /** What mtail takes and then does otherwise. */
  const ONLY_OURS =
    /ascending|a number above 0|mtail's own|is missing|has not; leave|Prometheus uses itself|letters, digits|no such group|are called|not empty|write each character|duplicate capture group/;

  const mostly = <T>(good: fc.Arbitrary<T>, ...bad: T[]): fc.Arbitrary<T> =>
    fc.oneof({ weight: 14, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

  test('what is accepted is what mtail takes', () => {
    const piece = mostly(
      fc.constantFrom(
        'a',
        '/',
        '\\/',
        '\\\\',
        '[^/]',
        '[\\]/]',
        '[[:alpha:]]',
        '\\d+',
        '.*?',
        '(?:x|y)',
        '"',
        '#',
        '{',
        '\\x{2424}',
        '(z)',
      ),
      ...[
        '(',
        ')',
        '[a',
        '*',
        'a{2,1}',
        '(?=a)',
        '(?i)x',
        '\\Qa/b\\E',
        '\\1',
        '\\pL',
        '\\C',
        '\u2424',
        '\n',
        'a**',
        '[z-a]',
        'x{2000}',
      ],
    );
    const group = fc
      .tuple(
        mostly(fc.constantFrom('status', 'method', 'path', 'counter', 'v', 'len'), 'le', '__x', '1x', 'ä', ''),
        fc.constantFrom('\\d+', '\\S+', '[0-9.]+', '1|2', '(?:a|/)+', '', '-?\\d+'),
        fc.constantFrom('?<', '?P<'),
      )
      .map(([name, inside, open]) => `(${open}${name}>${inside})`);
    const pattern = fc
      .array(fc.oneof(piece, group), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''))
      .chain((each) => mostly(fc.constant(each), `${each}${'b'.repeat(1100)}`));
    const metric: fc.Arbitrary<LogMetric> = fc
      .record({
        name: mostly(
          fc.constantFrom('a_total', 'b', 'counter', 'by', 'len', 'hidden', '_c'),
          'go_x',
          '1a',
          'a-b',
          '',
          'ä',
          'mtail_x',
        ),
        kind: mostly(fc.constantFrom(COUNTER, GAUGE, HISTOGRAM), 'summary' as unknown as LogMetricKind),
        pattern,
        hasValue: fc.boolean(),
        buckets: mostly(
          fc.subarray([1e-9, 0.5, 1, 2, 100, 1e21], { minLength: 1 }),
          [],
          [2, 1],
          [0, 1],
          [NaN],
          [-1, 1],
          [Infinity],
        ),
      })
      .map(({ hasValue, buckets, ...each }) => ({
        ...each,
        pattern: hasValue || each.kind !== COUNTER ? `${each.pattern}(?<value>[\\d.]+)` : each.pattern,
        ...((hasValue || each.kind !== COUNTER) && { value: 'value' }),
        ...(each.kind === HISTOGRAM && { buckets }),
      }));
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 3 }), (metrics) => {
        const problems = problemsOf(metrics);
        if (problems.some((problem) => ONLY_OURS.test(problem))) {
          return;
        }
        accepted += Number(problems.length === 0);
        const said = complaints(metrics);
        if ((said === '') !== (problems.length === 0)) {
          throw new Error(`mtail: ${said}\nwe: ${problems.join('\n')}\n${renderLogMetrics(metrics)}`);
        }
      }),
      { numRuns: numRuns * 4 },
    );
    expect(accepted).toBeGreaterThan(numRuns / 2);
  });

  describe('running', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'log-metrics-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    async function started(props: Partial<LogMetricsProps> = {}): Promise<Running> {
      const metricsPort = await freePort();
      const running = new Running(
        program,
        told(
          (web) =>
            new LogMetrics(web, 'log-metrics', {
              source: SharedVolume.emptyDir('logs').at(folder),
              metrics: [{ name: 'lines_total', kind: COUNTER, pattern: '(?<word>\\w+)$' }],
              metricsPort,
              ...props,
            }),
        ),
      );
      return running.started();
    }

    /** mtail counts what is written after it has found a file, which it does not tell. */
    async function found(mtail: Running, file: string): Promise<void> {
      const word = `found_${basename(file).replaceAll('.', '_')}`;
      await until(
        `mtail finds ${file}`,
        async () => {
          appendFileSync(file, `${word}\n`);
          await sleep(100);
          return (await mtail.metrics()).valueOf('lines_total', { word }) !== undefined;
        },
        60,
        () => mtail.output,
      );
    }

    test('a log that comes later is counted, and on through rotation and truncation', async () => {
      const file = join(folder, 'app.log');
      const mtail = await started();
      await found(mtail, file);
      appendFileSync(file, 'one\none\n');
      await mtail.until('lines_total', 2, { word: 'one' });
      appendFileSync(file, 'two\n');
      await mtail.until('lines_total', 1, { word: 'two' });
      renameSync(file, join(folder, 'app.log.1'));
      writeFileSync(file, 'three\n');
      await mtail.until('lines_total', 1, { word: 'three' });
      truncateSync(file);
      await sleep(1000);
      appendFileSync(file, 'four\n');
      await mtail.until('lines_total', 1, { word: 'four' });

      expect((await mtail.metrics()).valueOf('lines_total', { word: 'one' })).toBe(2);
      expect((await mtail.get('/')).status).toBe(200);
      await mtail.stop();
    });

    test('a folder is that of its path, with all that it may have in it', async () => {
      const odd = join(folder, 'a ._@+=~:-b');
      mkdirSync(odd);
      const mtail = await started({ source: SharedVolume.emptyDir('logs').at(odd) });
      await found(mtail, join(odd, 'app.log'));
      await mtail.stop();
    });

    test('files are those that are asked for, and SIGTERM ends it', async () => {
      const mtail = await started({ include: ['access.*', 'error.log'] });
      appendFileSync(join(folder, 'other.log'), '');
      for (const name of ['access.log', 'access.txt', 'error.log']) {
        await found(mtail, join(folder, name));
      }
      appendFileSync(join(folder, 'other.log'), 'other\n');
      appendFileSync(join(folder, 'error.log'), 'last\n');
      await mtail.until('lines_total', 1, { word: 'last' });
      expect((await mtail.metrics()).valueOf('lines_total', { word: 'other' })).toBeUndefined();
      await mtail.stop();
      expect(mtail.end).toBe(0);
    });
  });
});
