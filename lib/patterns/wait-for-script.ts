/**
 * Waits until a host and port answer; for any POSIX shell, busybox's for one.
 *
 * What it waits for comes as arguments, so no value is ever read as shell. nc's last complaint is told only when
 * giving up: until then it is what waiting is for. Without the trap a shell that is process 1 ignores SIGTERM, and it
 * takes a signal only between two commands, or while it waits: that is why the loop runs in the background. A process
 * that was forked just now forgets any other signal than SIGKILL, as the trap is still its own.
 */
export const WAIT_FOR_SCRIPT = `host=$1 port=$2 deadline=$3 interval=$4
trap 'kill -9 $! 2>/dev/null; exit 143' TERM
echo "waiting for $host:$port, at most $deadline s"
{
  start=$(date +%s)
  until error=$(nc -z -w 2 "$host" "$port" 2>&1); do
    if [ $(($(date +%s) - start)) -ge "$deadline" ]; then
      echo "gave up: $host:$port did not answer within $deadline s\${error:+ ($error)}" >&2
      exit 1
    fi
    sleep "$interval"
  done
  echo "$host:$port answers"
} &
wait $!
`;
