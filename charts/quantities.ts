import { k8s } from 'cdk8s-plus-28';

/** 리소스의 양을 매니페스트에서처럼 적습니다 / amounts of resources, written as in a manifest. */
export function quantities(amounts: Record<string, string>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([resource, amount]) => [resource, k8s.Quantity.fromString(amount)]),
  );
}
