import { Duration } from 'cdk8s';
import { EnvoyDrain } from './envoy-sidecar-settings';

export const DEFAULT_AT_LEAST = Duration.seconds(5);
const DEFAULT_AT_MOST = Duration.seconds(20);

export function longestDrain({ atLeast = DEFAULT_AT_LEAST, atMost }: EnvoyDrain): Duration {
  return atMost ?? Duration.seconds(Math.max(atLeast.toSeconds(), DEFAULT_AT_MOST.toSeconds()));
}

/**
 * The command that a pod's termination begins with: it lets the readiness probe fail and connections be closed behind the
 * answer that is under way on them, and waits until no request is.
 *
 * The image has bash, and nothing else that speaks HTTP.
 *
 * @param requests the gauge of requests that are under way
 */
export function drainCommand(adminPort: number, requests: string, drain: EnvoyDrain): string[] {
  const script = `ask() {
  exec 3<>/dev/tcp/127.0.0.1/${adminPort} &&
    printf '%s HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\ncontent-length: 0\\r\\n\\r\\n' "$1" >&3 && cat <&3
}
ask 'POST /healthcheck/fail' >/dev/null
sleep ${(drain.atLeast ?? DEFAULT_AT_LEAST).toSeconds()}
while ((SECONDS < ${longestDrain(drain).toSeconds()})) && [[ $(ask 'GET /stats?filter=^${requests}$') == *'${requests}: '[1-9]* ]]
do sleep 0.2
done
`;
  return ['bash', '-c', script];
}
