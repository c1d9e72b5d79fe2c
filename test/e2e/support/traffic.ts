import { HaproxyAmbassador, HelperKind } from '../../../lib';
import { Pod } from './api';
import { synthesized } from './charts';
import { eventually } from './eventually';
import { Namespace } from './namespace';
import { pod, server, sh } from './pods';

/** What a client has counted. */
export interface Counts {
  readonly answered: number;
  readonly failed: number;
}

/**
 * Asks some ten times a second through localhost:8080 and counts, until SIGTERM and some requests more; at its end it
 * leaves the counts as its last message. It also ends by itself, after some ten minutes.
 */
export const client = (further: number): string => `
answered=0 failed=0 left=6000
trap 'left=${further}' TERM
while [ $left -gt 0 ]; do
  if wget -T 10 -qO /dev/null http://localhost:8080/ 2>/dev/null
  then answered=$((answered + 1))
  else failed=$((failed + 1))
  fi
  echo "$answered $failed" >/tmp/counts
  left=$((left - 1))
  sleep 0.1
done
cat /tmp/counts >/dev/termination-log
`;

/** A pod whose main container asks a server through a native ambassador, once all of it is ready. */
export async function proxied(namespace: Namespace): Promise<Pod> {
  await namespace.apply(synthesized((chart) => void server(chart, 'api')));
  await namespace.ready('api');
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { command: sh(client(1)) });
      new HaproxyAmbassador(web, 'proxy', {
        kind: HelperKind.NATIVE_SIDECAR,
        listen: 8080,
        servers: [{ name: 'api', host: 'api', port: 80 }],
      });
    }),
  );
  return namespace.ready('web');
}

export async function counts(namespace: Namespace, name = 'web'): Promise<Counts> {
  return eventually('the client has counted', async () => {
    const { stdout, stderr } = await namespace.exec(name, 'main', 'cat', '/tmp/counts');
    const counted = /^(\d+) (\d+)$/.exec(stdout.trim());
    return counted ? { answered: Number(counted[1]), failed: Number(counted[2]) } : stdout + stderr || 'nothing';
  });
}

/** Waits until so many more requests were answered. */
export async function moreAnswers(namespace: Namespace, more: number, name = 'web'): Promise<Counts> {
  const { answered: before } = await counts(namespace, name);
  return eventually(`${more} more requests were answered`, async () => {
    const now = await counts(namespace, name);
    return now.answered >= before + more ? now : `${now.answered} answered, ${now.failed} failed`;
  });
}
