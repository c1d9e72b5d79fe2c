import { measurement, runOnce } from '../../bench/run';

/**
 * Ratios only, with slack: a machine may be slow, and busy. What is compared takes turns, the time is the processor's, and
 * the fastest run of each counts, which is the one that was disturbed least.
 */
const ROUNDS = 3;
jest.setTimeout(600_000);

type Measured = [what: string, charts: number];

test.each<[title: string, most: number, first: Measured, second: Measured]>([
  // What follows from V8's hidden classes, which every id takes one of, made it four times as much.
  ['6,000 charts, an id and a name each, against one for all', 1.6, ['by hand', 6000], ['by hand, one id', 6000]],
  // Four times as many; the start of Node.js is in both.
  ['8,000 charts against 2,000', 5, ['by hand', 8000], ['by hand', 2000]],
  ['2,000 workloads with a Sidecar against the same by hand', 3, ['Sidecar', 2000], ['by hand', 2000]],
  [
    '2,000 workloads and Services, all checked, against none checked',
    3,
    ['workloads and Services, all checked', 2000],
    ['workloads and Services', 2000],
  ],
])('%s: less than %s times as long', (_, most, first, second) => {
  const times = Array.from({ length: ROUNDS }, () => [runOnce(measurement(...first)), runOnce(measurement(...second))]);
  const [a, b] = [0, 1].map((index) => Math.min(...times.map((pair) => pair[index].userSeconds)));

  expect(a / b).toBeLessThan(most);
});

test('writing YAML is at most 45 % of the synthesis', () => {
  const shares = Array.from({ length: ROUNDS }, () => runOnce(measurement('share of YAML', 2000)).said.share);

  expect(Math.min(...shares)).toBeLessThan(0.45);
});

// Without hidden classes that manifests share it was 1.8 times as much.
test('16,000 workloads with a Sidecar take at most 1.5 times the memory of the same by hand', () => {
  const megabytes = (what: string): number => runOnce(measurement(what, 16_000)).said.megabytes;
  const ratios = [1, 2].map(() => megabytes('Sidecar') / megabytes('by hand'));

  expect(Math.min(...ratios)).toBeLessThan(1.5);
});
