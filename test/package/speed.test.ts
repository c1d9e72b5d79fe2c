import { measurement, run } from '../../bench/run';

// Ratios only, of user seconds of whole processes that take turns, with slack: docs/benchmark.md has what is wanted and
// what was measured. A machine that is slow or busy is so for both sides.
jest.setTimeout(600_000);

test.each([
  ['6,000 charts with different ids take as long as with one id', ['by hand', 6000], ['by hand, one id', 6000], 1.6],
  ['time grows with the number of charts, not with its square', ['by hand', 8000], ['by hand', 2000], 5],
  ['sidecars cost little beside the same by hand', ['Sidecar', 2000], ['by hand', 2000], 2],
  [
    'checking everything costs little beside rendering it',
    ['workloads and Services, all checked', 2000],
    ['workloads and Services', 2000],
    2,
  ],
] as const)('%s', (_, first, second, ratio) => {
  const { a, b } = run(3, { a: measurement(...first), b: measurement(...second) });

  expect(a.userSeconds / b.userSeconds).toBeLessThan(ratio);
});

test('writing YAML is a small part of the synthesis', () => {
  const { yaml } = run(3, { yaml: measurement('share of YAML', 4000) });

  expect(yaml.share).toBeLessThan(0.45);
});
