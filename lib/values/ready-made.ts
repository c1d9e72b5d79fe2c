import { k8s } from 'cdk8s-plus-28';

/**
 * What is said of a ready-made container although another one is given, which appears exactly as it is.
 *
 * @param others what an engine has besides, by the names of its properties
 */
export function readyMadeProblems(
  { container, image, resources }: { container?: k8s.Container; image?: string; resources?: k8s.ResourceRequirements },
  others: Readonly<Record<string, unknown>> = {},
): string[] {
  const lost = Object.entries({ image, resources, ...others }).filter(([, value]) => value !== undefined);
  return container
    ? lost.map(([name]) => `"${name}" is that of the ready-made container, but "container" is given; say it there`)
    : [];
}
