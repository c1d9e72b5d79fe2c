import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../support/project';
import { endOf, isBeingDeleted, isReady, Pod, restartsOf, statusOf } from './support/api';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { Namespace } from './support/namespace';
import { kill } from './support/node';
import { loadBalancer, terminal, TERMINAL } from './support/terminal';

/**
 * The labs of the tutorial, with its own commands in its own order, in namespaces of their own. Where the tutorial
 * promises what is not so, the test says what is true instead; README.ko.md tells the learners.
 */

const LOOP = 'app_requests_total';

/**
 * Lab 4, with its pod once the hook's loop runs. In the end the loop is ended, whatever has happened: or else the pod
 * stays for ever, and its namespace.
 */
async function withLab4(namespace: Namespace, body: () => Promise<void>): Promise<void> {
  let stuck: Pod | undefined;
  try {
    await applyDist(namespace, 'app-with-exporter.yaml');
    stuck = await started(namespace);
    await body();
  } finally {
    const pod = stuck ?? (await namespace.pods('app=metrics-app')).at(0);
    if (pod) {
      await kill(namespace, pod, LOOP);
    }
  }
}

/** The pod of lab 4, once its hook's loop runs. */
async function started(namespace: Namespace): Promise<Pod> {
  return eventually('the container of lab 4 has been started', async () => {
    const [pod] = await namespace.pods('app=metrics-app');
    const messages = (await namespace.events(pod.metadata.name)).map(({ message }) => message);
    const isStarted = messages.some((message) => /^Started container app$|[Cc]ontainer started/.test(message));
    return isStarted ? pod : messages.join('\n');
  });
}

// The last one of the tutorial, and the first to begin here, as it takes longest.
e2e("the tutorial's clean-up leaves nothing but the pod of lab 4, which has to be forced", async (namespace) => {
  for (const lab of ['sidecar-logging', 'multi-dep', 'multi-dep-fixed', 'redis-with-proxy']) {
    await applyDist(namespace, `${lab}.yaml`);
  }
  await namespace.bash('kubectl expose deployment nginx-with-sidecar --type=LoadBalancer --port=80');
  for (const app of ['nginx-sidecar', 'multi-fixed', 'redis', 'redis-client']) {
    await namespace.ready(`app=${app}`);
  }

  // The forced pod's containers are left on the node; the kubelet ends them when the hook does.
  await withLab4(namespace, async () => {
    const begin = Date.now();
    const cleaned = await namespace.bash(`
      set -e
      kubectl delete deploy nginx-with-sidecar multi-dep multi-dep-fixed \\
        app-with-exporter redis app-with-redis-proxy
      kubectl delete svc nginx-with-sidecar redis
      kubectl delete cm redis-proxy-config`);
    expect(cleaned).toMatchObject({ code: 0, stderr: '' });

    const shipper = await namespace.pod('app=nginx-sidecar', 'is being deleted', isBeingDeleted);
    await namespace.gone('app!=metrics-app');
    // tail does not end at SIGTERM: the whole grace period of thirty seconds has passed, but for roundings.
    expect(shipper.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(29_000);
    await eventually('the pod of lab 4 is still there ten seconds after its grace period', async () => {
      const [{ metadata }] = await namespace.pods('app=metrics-app');
      return Date.now() > Date.parse(metadata.deletionTimestamp ?? '') + 10_000 || String(metadata.deletionTimestamp);
    });
    const forced = await namespace.bash('kubectl delete pod -l app=metrics-app --force --grace-period=0');
    expect(forced.code).toBe(0);
    await namespace.gone('app=metrics-app');

    // What README.ko.md says for everything else.
    for (const chart of ['communication', 'exercise-2-mended', 'exercise-4-metrics']) {
      await applyDist(namespace, `${chart}.yaml`);
    }
    expect(await namespace.bash('kubectl delete --ignore-not-found -f .')).toMatchObject({ code: 0, stderr: '' });
    await namespace.gone('');
    const left = await namespace.kubectl('get', 'deployments,pods,services,configmaps', '-o', 'name');
    expect(left.split('\n').filter((name) => !['', 'configmap/kube-root-ca.crt'].includes(name))).toEqual([]);
  });
});

e2e('lab 1: the sidecar prints what nginx logs', async (namespace) => {
  await terminal(namespace);
  await applyDist(namespace, 'sidecar-logging.yaml');
  const exposed = await namespace.bash(`
    kubectl expose deployment nginx-with-sidecar --type=LoadBalancer --port=80
    kubectl get pods -l app=nginx-sidecar`);
  expect(exposed.code).toBe(0);
  await namespace.ready('app=nginx-sidecar');

  // Where there is no load balancer, EXTERNAL-IP stays <pending> and curl has no address to go to.
  const asked = `
    ${TERMINAL}
    SERVICE_IP=$(kubectl get svc nginx-with-sidecar -o jsonpath='{.status.loadBalancer.ingress[0].ip}')
    curl http://$SERVICE_IP/`;
  const { stdout: listed } = await namespace.bash('kubectl get svc nginx-with-sidecar');
  if (listed.includes('<pending>')) {
    expect((await namespace.bash(asked)).code).not.toBe(0);
    await namespace.kubectl(...loadBalancer('nginx-with-sidecar'));
  }
  await eventually('nginx answers at the external address', async () => {
    const { stdout, stderr } = await namespace.bash(asked);
    return stdout.includes('Welcome to nginx!') || stderr;
  });
  // What README.ko.md says instead, with a port that is free.
  const forwarded = await namespace.bash(`
    coproc kubectl port-forward service/nginx-with-sidecar :80
    read -r told <&"\${COPROC[0]}"
    port=\${told#*:}
    exec 3<>"/dev/tcp/127.0.0.1/\${port%% *}"
    printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3
    cat <&3
    kill $COPROC_PID`);
  expect(forwarded.stdout).toContain('Welcome to nginx!');

  await eventually('the access is in the log of the sidecar', async () => {
    const { stdout } = await namespace.bash(`
      POD_NAME=$(kubectl get pod -l app=nginx-sidecar -o jsonpath='{.items[0].metadata.name}')
      kubectl logs $POD_NAME -c log-shipper`);
    // Longer than the tutorial shows: referer and user agent follow.
    return /^[\d.]+ - - \[.*\] "GET \/ HTTP\/1.1" 200 \d+ "-" "curl\/[^"]*"/m.test(stdout) || stdout;
  });
});

e2e(
  'lab 2: mysql and someother fail, each in its own words; counter ends; nginx answers on port 80',
  async (namespace) => {
    await applyDist(namespace, 'multi-dep.yaml');
    expect((await namespace.bash('kubectl get pods -l app=multi-1')).code).toBe(0);
    const [broken, well] = [
      ['mysql', 'someother'],
      ['nginx', 'counter'],
    ];
    const pod = await namespace.pod(
      'app=multi-1',
      'is 2/4: mysql and someother are down',
      (seen) =>
        well.every((name) => statusOf(seen, name).ready) &&
        broken.every((name) => !statusOf(seen, name).ready && endOf(seen, name) !== undefined),
    );

    const analysis = await namespace.bash(`
    ${TERMINAL}
    POD_NAME=$(kubectl get pod -l app=multi-1 -o jsonpath='{.items[0].metadata.name}')
    kubectl describe pod $POD_NAME
    kubectl get pod $POD_NAME -o jsonpath='{.status.containerStatuses[*].name}' | tr ' ' '\\n'
    echo
    kubectl get pod $POD_NAME -o jsonpath='{.status.containerStatuses[*].state}' | jq .`);
    expect(analysis).toMatchObject({ code: 0, stderr: '' });
    expect(analysis.stdout).toMatch(/^counter\nmysql\nnginx\nsomeother$/m);
    await eventually('the two are not ready, and the pod is in CrashLoopBackOff', async () => {
      const { stdout } = await namespace.bash(`
        POD_NAME=$(kubectl get pod -l app=multi-1 -o jsonpath='{.items[0].metadata.name}')
        kubectl get pod $POD_NAME -o jsonpath='{.status.containerStatuses[?(@.ready==false)].name}'
        echo
        kubectl get pods -l app=multi-1`);
      return /^mysql someother\n[^]* 2\/4 +CrashLoopBackOff +[1-9]/.test(stdout) || stdout;
    });

    // The tutorial's command shows the container's present life; so soon after a restart it has said nothing yet.
    const says = (container: string, words: RegExp): Promise<true> =>
      eventually(`${container} says ${String(words)}`, async () => {
        const { stdout } = await namespace.bash(`
        POD_NAME=$(kubectl get pod -l app=multi-1 -o jsonpath='{.items[0].metadata.name}')
        kubectl logs $POD_NAME -c ${container}`);
        return words.test(stdout) || stdout;
      });
    await says('mysql', /\[ERROR\] \[Entrypoint\]: Database is uninitialized and password option is not specified/);
    await says('mysql', /MYSQL_ALLOW_EMPTY_PASSWORD/);
    // GNU sleep takes -100 for an option; the tutorial's message is that of `sleep -- -100`.
    await says('someother', /^sleep: invalid option -- '1'$/m);
    await says('someother', /^99$/m);
    // Every 99 seconds counter is not there for a moment.
    await eventually('sleep says that -100 is no time', async () => {
      const { stderr } = await namespace.bash('kubectl exec deploy/multi-dep -c counter -- sleep -- -100');
      return /^sleep: invalid time interval '-100'$/m.test(stderr) || stderr;
    });
    // Between two restarts the kubelet may have just removed the one before.
    await eventually('kubectl logs --previous has it', async () => {
      const { stdout, stderr } = await namespace.bash('kubectl logs deploy/multi-dep -c someother --previous');
      return stdout.includes("sleep: invalid option -- '1'") || stdout + stderr;
    });
    expect(endOf(pod, 'mysql')).toMatchObject({ exitCode: 1 });
    expect(endOf(pod, 'someother')).toMatchObject({ exitCode: 1 });

    expect(statusOf(pod, 'nginx')).toMatchObject({ ready: true, restartCount: 0 });
    const answer = (port: number) => namespace.exec(pod, 'nginx', 'curl', '-sS', `http://localhost:${port}/`);
    expect((await answer(80)).stdout).toContain('Welcome to nginx!');
    expect((await answer(8080)).stderr).toMatch(/Failed to connect|Could not connect/);

    // `Completed` is not the end of it: the kubelet starts the container again.
    const later = await namespace.pod(
      'app=multi-1',
      'has restarted its counter after 99 s',
      (seen) => statusOf(seen, 'counter').restartCount > 0,
      300,
    );
    expect(endOf(later, 'counter')).toMatchObject({ exitCode: 0 });
    expect(statusOf(later, 'nginx')).toMatchObject({ ready: true, restartCount: 0 });
  },
);

e2e('lab 3: all four containers run on, and mysql answers', async (namespace) => {
  await applyDist(namespace, 'multi-dep-fixed.yaml');
  expect((await namespace.bash('kubectl get pods -l app=multi-fixed')).code).toBe(0);
  const pod = await namespace.ready('app=multi-fixed');

  await eventually('mysql answers', async () => {
    const { stdout, stderr } = await namespace.exec(pod, 'mysql', 'mysql', '-uroot', '-N', '-e', 'SELECT 40 + 2');
    return stdout.trim() === '42' || stderr;
  });
  // The second one comes after 40 seconds.
  await namespace.logged(pod, 'monitor', /(Monitoring\.\.\. .*\n.*){2}/);
  await namespace.logged(pod, 'counter', /^40$/m);

  const later = await namespace.ready('app=multi-fixed');
  expect(restartsOf(later)).toBe(0);
  expect((await namespace.bash('kubectl get pods -l app=multi-fixed')).stdout).toContain('4/4');
});

e2e('lab 4: never ready, because the loop of the postStart hook holds its output open', async (namespace) => {
  const metrics = async (app: string): Promise<string> => {
    const pod = await namespace.ready(`app=${app}`);
    const url = 'http://localhost:9090/';
    return (await namespace.exec(pod, 'app', 'curl', '-isS', '--max-time', '5', url)).stdout;
  };
  await withLab4(namespace, async () => {
    // The same lab with the loop's output redirected, under another name: it begins later and is ready all the same.
    const redirected = readFileSync(join(project, 'dist/app-with-exporter.yaml'), 'utf8')
      .replace('done &', 'done >/dev/null 2>&1 &')
      .replaceAll(/app-with-exporter|metrics-app/g, 'redirected');
    await namespace.apply(redirected);
    // nginx's sh is dash, which has no RANDOM.
    const zero = await eventually('the sidecar serves the metric', async () => {
      const text = await metrics('redirected');
      return text.includes('app_requests_total 0') ? { text } : text;
    });
    expect(zero.text).not.toMatch(/content-type/i);

    const [pod] = await namespace.pods('app=metrics-app');
    expect(isReady(pod)).toBe(false);
    expect(statusOf(pod, 'app')).toMatchObject({ ready: false, state: { waiting: { reason: 'ContainerCreating' } } });
    expect((await namespace.bash('kubectl get pods -l app=metrics-app')).stdout).toMatch(/0\/2 +ContainerCreating/);
    const messages = (await namespace.events(pod.metadata.name)).map(({ message }) => message);
    expect(messages.filter((message) => message.includes('metrics-exporter'))).toEqual([]);
    expect((await namespace.tryKubectl(['logs', pod.metadata.name, '-c', 'app'])).code).not.toBe(0);
    // Its process runs, so that a command can be run beside it.
    expect((await namespace.exec(pod, 'app', 'true')).code).toBe(0);
    expect((await namespace.exec(pod, 'metrics-exporter', 'true')).code).not.toBe(0);
  });

  const ready = await namespace.ready('app=metrics-app');
  // Nothing writes the file any more. nc has read it before it is asked.
  await eventually(
    'nc waits with the metric',
    async () => (await metrics('metrics-app')).includes('200 OK') || 'not yet',
  );
  const write = async (script: string): Promise<void> => {
    const waits = 'until netstat -ltn | grep -q :9090; do sleep 0.1; done';
    await namespace.exec(ready, 'metrics-exporter', 'sh', '-c', waits);
    await namespace.exec(ready, 'app', 'sh', '-c', `cd /var/metrics; ${script}`);
  };
  for (const [script, was, is] of [
    ['echo app_requests_total 7 >metrics.txt', 'app_requests_total 0', 'app_requests_total 7'],
    ['rm metrics.txt', 'app_requests_total 7', 'no metrics'],
  ]) {
    await write(script);
    expect(await metrics('metrics-app')).toContain(was);
    await eventually(`it serves ${is}`, async () => (await metrics('metrics-app')).includes(is) || 'not yet');
  }
});

e2e(
  'lab 5: the first PING is refused, then PONG, and what is written through localhost is in redis',
  async (namespace) => {
    await applyDist(namespace, 'redis-with-proxy.yaml');
    const pod = await namespace.ready('app=redis-client');

    await eventually('the app gets a PONG', async () => {
      const { stdout } = await namespace.bash(`
      POD_NAME=$(kubectl get pod -l app=redis-client -o jsonpath='{.items[0].metadata.name}')
      kubectl logs $POD_NAME -c app`);
      return /^PONG$/m.test(stdout) || stdout;
    });
    // The app starts before HAProxy listens.
    const [first] = (await namespace.logs(pod, 'app')).split('\n');
    expect(first).toMatch(/Could not connect to Redis at localhost:6379: Connection refused/);

    const written = await namespace.bash(`
      kubectl exec deploy/app-with-redis-proxy -c app -- redis-cli -h localhost SET lab 5
      kubectl exec deploy/redis -- redis-cli GET lab`);
    expect(written.stdout).toBe('OK\n5\n');
    // It listens for other pods, too.
    const { podIP = '' } = pod.status;
    const other = await namespace.bash(`kubectl exec deploy/redis -- redis-cli -h ${podIP} GET lab`);
    expect(other.stdout).toBe('5\n');
  },
);

e2e('the debugging commands work; busybox has no bash', async (namespace) => {
  await applyDist(namespace, 'sidecar-logging.yaml');
  await applyDist(namespace, 'communication.yaml');
  const pod = await namespace.ready('app=nginx-sidecar');
  await namespace.ready('shared-volume');
  const { name } = pod.metadata;

  const run = (command: string) => namespace.bash(`${TERMINAL}\n${command}`);
  await namespace.logged('shared-volume', 'reader', /\d\d:\d\d:\d\d/);
  expect((await run(`kubectl logs ${name} -c nginx`)).code).toBe(0);
  expect((await run('kubectl logs shared-volume --all-containers=true')).stdout).toMatch(/\d\d:\d\d:\d\d/);
  // It goes on until nobody reads it any more.
  expect((await run('kubectl logs shared-volume -c reader -f | head -n 2')).stdout).toMatch(
    /(.*\d\d:\d\d:\d\d.*\n){2}/,
  );
  expect((await run(`echo 'echo $((40 + 2))' | kubectl exec -it ${name} -c nginx -- /bin/bash`)).stdout).toBe('42\n');
  expect((await run(`kubectl exec ${name} -c log-shipper -- /bin/bash -c true`)).code).not.toBe(0);
  expect((await run(`kubectl exec ${name} -c log-shipper -- /bin/sh -c true`)).code).toBe(0);
  expect((await run('kubectl exec shared-volume -c reader -- ls -la /data')).stdout).toContain('dates.txt');
  const states = await run(`kubectl get pod ${name} -o jsonpath='{.status.containerStatuses[*]}' | jq .`);
  expect(states).toMatchObject({ code: 0, stderr: '' });
  expect(states.stdout).toMatch(/"name": ?"log-shipper"/);
  const unready = "-o jsonpath='{.status.containerStatuses[?(@.ready==false)].name}'";
  expect((await run(`kubectl get pod ${name} ${unready}`)).stdout).toBe('');
});
