import { Pod } from './api';
import { eventually } from './eventually';
import { Namespace } from './namespace';

let count = 0;

/**
 * Runs a script on the node, in a pod that sees all of the node's processes: for what the kubelet does not offer, such
 * as killing a process the hard way.
 *
 * @returns what it prints
 */
export async function onNode(namespace: Namespace, script: string): Promise<string> {
  count += 1;
  const name = `on-node-${count}`;
  const container = { name, image: 'busybox:1.37.0', command: ['sh', '-c', script] };
  const spec = { hostPID: true, restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [container] };
  await namespace.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }));
  const pod = await namespace.pod(name, 'has ended', ({ status }) => /Succeeded|Failed/.test(status.phase));
  const output = await namespace.logs(pod, name);
  if (pod.status.phase === 'Failed') {
    throw new Error(`on the node: ${output}`);
  }
  return output;
}

/** Kills those processes of a pod whose command line matches a pattern of `grep -E`, at least one. */
export async function kill(namespace: Namespace, pod: Pod, commandLine: string, signal = 'KILL'): Promise<void> {
  const { uid } = pod.metadata;
  // The cgroup of a process names its pod; systemd's driver writes underscores.
  const cgroup = `${uid}|${uid.replaceAll('-', '_')}`;
  await eventually(`a process like ${commandLine} of ${pod.metadata.name} was killed`, async () => {
    const output = await onNode(
      namespace,
      `killed=0
for process in /proc/[0-9]*; do
  grep -qE '${cgroup}' $process/cgroup 2>/dev/null || continue
  tr '\\0' ' ' <$process/cmdline 2>/dev/null | grep -qE '${commandLine}' || continue
  kill -${signal} \${process#/proc/} && killed=$((killed + 1))
done
echo "killed $killed"`,
    );
    return /killed [1-9]/.test(output) || output;
  });
}
