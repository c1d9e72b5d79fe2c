import * as fc from 'fast-check';
import { FindingLevel } from '../../packages/cdk8s-kubernetes-validation/lib';
import { describeWithOracle } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { helpers, pod, synth } from '../support/random-pods';
import { synthManifests } from '../support/workloads';
import { ApiManifest, withPod } from './manifests';

describeWithOracle('the code of the API server', (ask) => {
  test('accepts whatever is woven, and the pods that come of it', () => {
    const woven = fc
      .sample(fc.tuple(pod, helpers), Number(process.env.RUNS ?? 1_000))
      .map(([spec, some]) => synth(spec, some))
      .filter(({ errors }) => errors.length === 0)
      .flatMap(({ chart }) => synthManifests(chart) as unknown as ApiManifest[])
      .flatMap(withPod);
    expect(woven.length).toBeGreaterThan(500);

    const verdicts = ask(woven.map((object) => ({ object })));
    expect(
      woven.filter((_, index) => verdicts[index].findings.some(({ level }) => level === FindingLevel.ERROR)),
    ).toEqual([]);
  });
});
