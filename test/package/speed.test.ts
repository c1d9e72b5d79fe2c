import { measurement, runOnce } from '../../bench/run';

/**
 * Ratios only, with slack: a machine may be slow, and busy. What is compared takes turns, the time is the processor's, and
 * the fastest run of each counts, which is the one that was disturbed least.
 */
const ROUNDS = 3;
jest.setTimeout(600_000);

test.each([
  // As long as another id for each construct costs no more than the text does; it was four times as much.
  ['6,000 charts, an id and a name each', ['by hand', 6000], 'with one for all', ['by hand, one id', 6000], 1.6],
  // Four times as many; the start of Node.js is in both.
  ['8,000 charts', ['by hand', 8000], '2,000', ['by hand', 2000], 5],
  ['2,000 workloads with a Sidecar', ['Sidecar', 2000], 'the same by hand', ['by hand', 2000], 3],
  [
    '2,000 workloads and Services, all checked',
    ['workloads and Services, all checked', 2000],
    'not checked',
    ['workloads and Services', 2000],
    3,
  ],
] as const)('%s take at most so many times as long as %3$s', (_, first, __, second, most) => {
  const times = Array.from({ length: ROUNDS }, () => [runOnce(measurement(...first)), runOnce(measurement(...second))]);
  const [a, b] = [0, 1].map((index) => Math.min(...times.map((pair) => pair[index].userSeconds)));

  expect(a / b).toBeLessThan(most);
});

test('writing YAML is at most 45 % of the synthesis', () => {
  const shares = Array.from({ length: ROUNDS }, () => runOnce(measurement('share of YAML', 2000)).share);

  expect(Math.min(...shares)).toBeLessThan(0.45);
});
