import { listOf, mapOf, onlyFields, text } from '../../lib/values/shape';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('each item that is wrong is told', () => {
  expect(listOf('strings', text)([1, 'a', 2], 'args')).toEqual([
    'args[0] is 1; give a string',
    'args[2] is 2; give a string',
  ]);
  expect(listOf('strings', text)(numbers(10), 'args')).toHaveLength(10);
});

test('many are summed up, in time', () => {
  const problems = listOf('strings', text)(numbers(1_000_000), 'args');

  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toBe('args has 999990 more items with problems; mend them likewise');
  expect(
    mapOf('strings', text)(Object.fromEntries(numbers(12).map((one) => [`key${one}`, one])), 'labels').at(-1),
  ).toBe('labels has 2 more items with problems; mend them likewise');
});

test('all problems of an item are told', () => {
  const item = onlyFields({ name: text, host: text });

  expect(listOf('servers', item)(Array(10).fill({}), 'servers')).toHaveLength(20);
});
