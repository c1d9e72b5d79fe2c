import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HaproxyAmbassador, HelperKind } from '../../../lib';
import { endOf, isBeingDeleted, Pod, statusOf } from '../support/api';
import { synthesized } from '../support/charts';
import { e2e } from '../support/e2e';
import { eventually } from '../support/eventually';
import { hasEnded, KEPT } from '../support/kept';
import { kill } from '../support/node';
import { BUSYBOX, server, sh } from '../support/pods';
import { tell } from '../support/run';
import { client, counts, moreAnswers, proxied } from '../support/traffic';

/** What becomes of requests through an ambassador when something is killed or replaced, counted where nothing else runs. */
const ALONE = { alone: true };

e2e(
  'the ambassador is killed: requests fail until the kubelet has started it again',
  async (namespace, title) => {
    const pod = await proxied(namespace);
    const before = await moreAnswers(namespace, 20);

    await kill(namespace, pod, 'haproxy');
    await namespace.pod('web', 'has its ambassador again', (seen) => {
      const { restartCount, ready } = statusOf(seen, 'proxy');
      return restartCount > 0 && ready;
    });
    const after = await moreAnswers(namespace, 20);

    const failed = after.failed - before.failed;
    tell({ about: 'figures', test: title, text: `${failed} of ${after.answered - before.answered + failed} failed` });
    const { failed: later } = await moreAnswers(namespace, 20);
    expect(later).toBe(after.failed);
    expect(statusOf((await namespace.pods('app=web'))[0], 'main').restartCount).toBe(0);
  },
  ALONE,
);

e2e(
  'the main container is killed: the ambassador stays, and answers from its first request on',
  async (namespace, title) => {
    const pod = await proxied(namespace);
    await moreAnswers(namespace, 20);

    await kill(namespace, pod, 'wget');
    await namespace.pod('web', 'has its main container again', (seen) => {
      const { restartCount, ready } = statusOf(seen, 'main');
      return restartCount > 0 && ready;
    });
    await eventually('it has asked twenty times', async () => {
      const { answered, failed } = await counts(namespace);
      return answered + failed >= 20 || `${answered} answered, ${failed} failed`;
    });

    const { answered, failed } = await counts(namespace);
    tell({ about: 'figures', test: title, text: `${failed} of ${answered + failed} failed after its restart` });
    expect(failed).toBe(0);
    expect(statusOf((await namespace.pods('app=web'))[0], 'proxy').restartCount).toBe(0);
  },
  ALONE,
);

/** A Deployment whose main container asks through its ambassador from its first moment to its last. */
function deployment(chart: Chart, kind: HelperKind): void {
  const web = new k8s.KubeDeployment(chart, 'web', {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, finalizers: [KEPT] },
        spec: { containers: [{ name: 'main', image: BUSYBOX, command: sh(client(30)) }] },
      },
    },
  });
  new HaproxyAmbassador(web, 'proxy', { kind, listen: 8080, servers: [{ name: 'api', host: 'api', port: 80 }] });
}

e2e.each('a Deployment is rolled out while its pods ask, and go on asking when they are told to end', {
  'with a native ambassador no request fails': HelperKind.NATIVE_SIDECAR,
  'with a regular one the first and the last fail': HelperKind.REGULAR,
})(async (namespace, kind, title) => {
  await namespace.apply(synthesized((chart) => void server(chart, 'api')));
  await namespace.ready('api');
  await namespace.apply(
    synthesized((chart) => {
      deployment(chart, kind);
    }),
  );
  const first = await namespace.ready('app=web');
  await moreAnswers(namespace, 20, first.metadata.name);

  await namespace.kubectl('rollout', 'restart', 'deployment/web');
  await namespace.rolledOut('web');
  const second = await namespace.pod('app=web', 'is the new one', isAnotherThan(first));
  await moreAnswers(namespace, 20, second.metadata.name);
  await namespace.kubectl('delete', 'deployment', 'web');

  const told = await Promise.all(
    [first, second].map(async ({ metadata: { name } }) => {
      const over = await namespace.pod(name, 'has ended', hasEnded);
      return { name, counted: countsIn(endOf(over, 'main')?.message) };
    }),
  );
  const [failed, all] = [
    told.reduce((sum, { counted }) => sum + counted.failed, 0),
    told.reduce((sum, { counted }) => sum + counted.failed + counted.answered, 0),
  ];
  tell({ about: 'figures', test: title, text: `${failed} of ${all} failed` });
  for (const { counted } of told) {
    if (kind === HelperKind.NATIVE_SIDECAR) {
      expect(counted.failed).toBe(0);
    } else {
      expect(counted.failed).toBeGreaterThan(0);
    }
  }
}, ALONE);

function isAnotherThan(first: Pod): (pod: Pod) => boolean {
  return (pod) => pod.metadata.uid !== first.metadata.uid && !isBeingDeleted(pod);
}

function countsIn(message = ''): { readonly answered: number; readonly failed: number } {
  const [answered, failed] = message.split(' ').map(Number);
  return { answered, failed };
}
