import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { KEPT } from './kept';

export const BUSYBOX = 'busybox:1.37.0';

/** A command of a shell. */
export const sh = (script: string): string[] => ['sh', '-c', script];

/** Does nothing. A shell handles signals while it waits for what runs in the background. */
export const FOREVER = 'while true; do sleep 3600 & wait $!; done';

/** Does nothing, and ends at SIGTERM. */
export const IDLE = `trap exit TERM; ${FOREVER}`;

/** Serves HTTP on a port, and ends at SIGTERM. */
export const serve = (port: number): string =>
  `trap exit TERM; mkdir -p /tmp/www; echo answered >/tmp/www/index.html; httpd -f -p ${port} -h /tmp/www & wait $!`;

/** A pod with one container, `main`, that does nothing unless told otherwise; it is labelled with its name. */
export function pod(
  chart: Chart,
  name: string,
  main: Partial<k8s.Container> = {},
  spec: Partial<k8s.PodSpec> = {},
  metadata: k8s.ObjectMeta = { finalizers: [KEPT] },
): k8s.KubePod {
  return new k8s.KubePod(chart, name, {
    metadata: { name, labels: { app: name }, ...metadata },
    spec: { containers: [{ name: 'main', image: BUSYBOX, command: sh(IDLE), ...main }], ...spec },
  });
}

/** A server of HTTP with its Service at port 80; it answers after so many seconds. */
export function server(chart: Chart, name: string, late = 0): k8s.KubePod {
  new k8s.KubeService(chart, `${name}-service`, {
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: k8s.IntOrString.fromNumber(8080) }] },
  });
  return pod(chart, name, { command: sh(`sleep ${late}; ${serve(8080)}`) }, { terminationGracePeriodSeconds: 1 }, {});
}
