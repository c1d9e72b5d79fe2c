import { Fields, fieldsOf, isSet, itemsOf, quote, textOf } from './fields';

/** What a label selector asks for that labels do not have. */
export function mismatchesOf(labelSelector: Fields, given: Fields): string[] {
  const wanted = Object.entries(fieldsOf(labelSelector.matchLabels))
    .filter(([key, value]) => given[key] !== value)
    .map(([key, value]) => `${key}=${textOf(value)}`);
  const expressions = itemsOf(labelSelector.matchExpressions)
    .filter(({ key, operator, values }) => !matchesExpression(given[textOf(key)], operator, values))
    .map(({ key, operator, values }) => [key, operator, values].filter(isSet).map(quote).join(' '));
  return [...wanted, ...expressions];
}

function matchesExpression(value: unknown, operator: unknown, values: unknown): boolean {
  const listed = Array.isArray(values) && values.includes(value);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return isSet(value);
    case 'DoesNotExist':
      return !isSet(value);
    default:
      return true;
  }
}
