import * as fc from 'fast-check';
import { isWhole, parseQuantity } from '../../lib/values/quantity';

const UNIT = 1_000_000_000n;

test.each([
  ['0', 0n],
  ['1', UNIT],
  [1, UNIT],
  [0.5, UNIT / 2n],
  ['+1', UNIT],
  ['-1', -UNIT],
  ['.5', UNIT / 2n],
  ['5.', 5n * UNIT],
  ['100m', UNIT / 10n],
  ['1u', 1000n],
  ['1n', 1n],
  ['1k', 1000n * UNIT],
  ['1Ki', 1024n * UNIT],
  ['1.5Ki', 1536n * UNIT],
  ['1M', 10n ** 6n * UNIT],
  ['1Mi', 2n ** 20n * UNIT],
  ['1E', 10n ** 18n * UNIT],
  ['1Ei', 2n ** 60n * UNIT],
  ['1e3', 1000n * UNIT],
  ['1E3', 1000n * UNIT],
  ['1e-3', 10n ** 6n],
  ['1e+3', 1000n * UNIT],
  [1e21, (2n ** 63n - 1n) * UNIT],
  [1e-7, 100n],
  ['00000000000000000000000000000000001', UNIT],
  ['1.00000000000000000000000000000000000', UNIT],
])('%p is read exactly', (text, nanos) => {
  expect(parseQuantity(text)).toBe(nanos);
});

test('what is smaller than a nano unit is rounded up, away from zero', () => {
  expect(parseQuantity('0.1n')).toBe(1n);
  expect(parseQuantity('-0.1n')).toBe(-1n);
  expect(parseQuantity('1.0000000001')).toBe(UNIT + 1n);
  expect(parseQuantity('1e-999999999')).toBe(1n);
});

test('what is larger than 2^63 - 1 is cut off there, however large its exponent is', () => {
  const max = (2n ** 63n - 1n) * UNIT;
  expect(parseQuantity('9223372036854775807')).toBe(max);
  expect(parseQuantity('9223372036854775808')).toBe(max);
  expect(parseQuantity('8Ei')).toBe(max);
  expect(parseQuantity('1e999999999')).toBe(max);
  expect(parseQuantity('0e999999999')).toBe(0n);
});

test.each([
  '',
  ' ',
  '.',
  '+',
  'm',
  '1 Gi',
  '1GB',
  '1gi',
  '1K',
  '1i',
  '1mi',
  '1.1.1',
  '1e',
  '1e1.5',
  '0x10',
  'e3',
  '1Ki1',
  '--1',
])('%p is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test.each([null, undefined, true, {}, [], NaN, Infinity])('%p is no quantity', (value) => {
  expect(parseQuantity(value)).toBeUndefined();
});

test('whole units are told from fractions', () => {
  expect(isWhole(parseQuantity('2000m') ?? 1n)).toBe(true);
  expect(isWhole(parseQuantity('128m') ?? 0n)).toBe(false);
});

test('a thousandth, a unit and a thousand units of one number differ by exactly that', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), (number) => {
      expect(parseQuantity(`${number}`)).toBe(number * UNIT);
      expect(parseQuantity(`${number}m`)).toBe((number * UNIT) / 1000n);
      expect(parseQuantity(`${number}k`)).toBe(number * UNIT * 1000n);
      expect(parseQuantity(`${number}Ki`)).toBe(number * UNIT * 1024n);
      expect(parseQuantity(`${number}e3`)).toBe(parseQuantity(`${number}k`));
    }),
  );
});
