/*
 * Quantities as Kubernetes reads them: fixed-point, in steps of 1n, rounded up, at most 2^63 - 1.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** How many digits 2^63 - 1 units have in nano units; what has more is cut off at the maximum. */
const MAX_DIGITS = 28;
const NANO_DIGITS = 9;
const UNIT = 10n ** BigInt(NANO_DIGITS);
const MAX = (2n ** 63n - 1n) * UNIT;

/**
 * Parses a quantity into nano units (`1` is 1000000000n), which hold every value Kubernetes can tell apart.
 *
 * @param value from a manifest: a string such as `100m`, `1.5Gi` or `1e3`, or a number
 * @returns undefined when it is no quantity
 */
export function parseQuantity(value: unknown): bigint | undefined {
  const match = typeof value === 'string' || typeof value === 'number' ? SYNTAX.exec(String(value)) : null;
  if (!match) {
    return undefined;
  }
  const [, sign, whole, fraction = '', suffix = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') {
    return undefined;
  }
  const magnitude = inNanos(digits, (DECIMAL[suffix] ?? 0) + Number(exponent) - fraction.length, suffix);
  return sign === '-' ? -magnitude : magnitude;
}

/** Whether a quantity in nano units is a whole number of units. */
export function isWhole(nanos: bigint): boolean {
  return nanos % UNIT === 0n;
}

function inNanos(digits: string, exponent: number, suffix: string): bigint {
  const significant = digits.replace(/^0+/, '');
  if (significant === '') {
    return 0n;
  }
  const binary = 1024n ** BigInt(BINARY.indexOf(suffix) + 1);
  const shift = exponent + NANO_DIGITS;
  // Exponents come from the manifest: decide without computing a power that has millions of digits.
  if (significant.length + shift > MAX_DIGITS + 1) {
    return MAX;
  }
  if (significant.length + shift < -MAX_DIGITS) {
    return 1n;
  }
  const scaled = BigInt(significant) * binary;
  const nanos = shift >= 0 ? scaled * 10n ** BigInt(shift) : divideUp(scaled, 10n ** BigInt(-shift));
  return nanos > MAX ? MAX : nanos;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
