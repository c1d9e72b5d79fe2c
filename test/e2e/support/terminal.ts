import { randomInt } from 'node:crypto';
import { Namespace } from './namespace';

/**
 * What the learner's terminal has and the suite does not ask for: curl, which here runs in a pod so that it reaches the
 * addresses of every cluster, and jq, without which JSON is shown as it is.
 */
export const TERMINAL = `
curl() { kubectl exec terminal -- curl -sS --max-time 10 "$@"; }
command -v jq >/dev/null || jq() { cat; }
`;

/** The pod in which \`curl` runs. */
export async function terminal(namespace: Namespace): Promise<void> {
  const container = { name: 'terminal', image: 'nginx:1.27' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'terminal' },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
  await namespace.apply(JSON.stringify(pod));
  await namespace.ready('terminal');
}

/**
 * Plays the load balancer that a cluster does not have: gives a Service an address, which kube-proxy then serves.
 *
 * It is one of those for measurements (RFC 2544), by chance, as that of another Service would lead elsewhere.
 */
export function loadBalancer(service: string): string[] {
  const status = { loadBalancer: { ingress: [{ ip: `198.18.${randomInt(256)}.${randomInt(1, 255)}` }] } };
  return ['patch', 'svc', service, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
}
