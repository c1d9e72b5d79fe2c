import { e2e } from '../support/e2e';
import { onNode } from '../support/node';
import { tell } from '../support/run';
import { moreAnswers, proxied } from '../support/traffic';

/**
 * The kubelet is killed, so this runs after everything else, and only where it is said that something starts it again:
 * `E2E_KUBELET=supervised`, as systemd does on the nodes of kind.
 */

const TITLE = 'the kubelet is killed: no request through the ambassador fails';

if (process.env.E2E_KUBELET === 'supervised') {
  e2e(TITLE, async (namespace, title) => {
    await proxied(namespace);
    const before = await moreAnswers(namespace, 20);

    // The pod that does it is started by one kubelet, and its end is told by the next one.
    const said = await onNode(
      namespace,
      `kubelet() { for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" = kubelet ] && [ -n "$(tr -d '\\0' <$p/cmdline)" ] && echo \${p#/proc/}; done; }
old=$(kubelet)
[ -n "$old" ] || { echo "there is no kubelet to be seen"; exit 1; }
kill -KILL $old
for i in $(seq 120); do
  new=$(kubelet)
  [ -n "$new" ] && [ "$new" != "$old" ] && { echo "kubelet $old was killed, $new is there"; exit 0; }
  sleep 1
done
echo "kubelet $old was killed, and nothing started it again"
exit 1`,
    );
    expect(said).toMatch(/was killed, \d+ is there/);

    const after = await moreAnswers(namespace, 20);
    const failed = after.failed - before.failed;
    tell({ about: 'figures', test: title, text: `${failed} of ${after.answered - before.answered + failed} failed` });
    expect(failed).toBe(0);
  });
} else {
  test('what happens when the kubelet is killed is not looked at', () => {
    tell({ about: 'not run', test: TITLE, text: 'E2E_KUBELET=supervised says that something starts it again' });
  });
}
