import * as fc from 'fast-check';
import { describeWithOracle } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { FindingLevel } from '../../packages/cdk8s-kubernetes-validation/lib';
import { RULES } from '../../lib/rules';
import { SERVER_FIELDS } from '../../lib/rules/reading/server-words';
import { findingsIn, idsOf } from '../rules/support';
import { ApiManifest, everyKind, invalidCases, isCustom, validCases, withPod } from './manifests';
import { mutations } from './mutations';

/** The oldest version whose features the server's code can still have, and its own. */
const VERSIONS = ['1.31', '1.34'];

const ENFORCED = new Set(RULES.filter(({ level }) => level === 'enforced').map(({ id }) => id));

/** The enforced rules that an object breaks by itself. */
function enforcedBy(manifest: ApiManifest): string[] {
  return idsOf(findingsIn(JSON.stringify(manifest))).filter((id) => ENFORCED.has(id));
}

function cronJob(schedule: string): ApiManifest {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } };
  const metadata = { name: 'a' };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { schedule, jobTemplate: { spec: { template } } } };
}

describeWithOracle('the code of the API server', (ask) => {
  /** What the server of a version says against each object; nothing where it accepts it. */
  function errorsOf(
    manifests: readonly ApiManifest[],
    version?: string,
    levels: readonly FindingLevel[] = [FindingLevel.ERROR],
  ): string[][] {
    return ask(manifests.map((object) => ({ object, version }))).map(({ findings }) =>
      findings.filter(({ level }) => levels.includes(level)).map(({ field, message }) => `${field}: ${message}`),
    );
  }

  /** The objects that an enforced rule forbids and some supported server accepts. */
  function wronglyForbidden(manifests: readonly ApiManifest[]): { ids: string[]; manifest: ApiManifest }[] {
    const forbidden = manifests
      .filter((manifest) => !isCustom(manifest))
      .map((manifest) => ({ ids: enforcedBy(manifest), manifest }))
      .filter(({ ids }) => ids.length > 0);
    const judged = forbidden.flatMap(({ manifest }, index) => withPod(manifest).map((object) => ({ object, index })));
    const rejected = VERSIONS.map((version) => {
      const errors = errorsOf(
        judged.map(({ object }) => object),
        version,
        // Of the groups of workloads, what this code does not judge is a version that no server has any more.
        [FindingLevel.ERROR, FindingLevel.UNJUDGED],
      );
      return new Set(judged.filter((_, index) => errors[index].length > 0).map(({ index }) => index));
    });
    return forbidden.filter((_, index) => rejected.some((ofVersion) => !ofVersion.has(index)));
  }

  test.each(validCases())('accepts what is right: $place, $name', ({ manifests }) => {
    expect(errorsOf(manifests).flat()).toEqual([]);
  });

  test.each(invalidCases())('rejects what breaks an enforced rule: $place, $name', ({ manifests }) => {
    expect(wronglyForbidden(manifests)).toEqual([]);
  });

  test('finds what each enforced rule finds in the field that the rule is joined by', () => {
    const broken = invalidCases()
      .flatMap(({ manifests }) => manifests)
      .filter((manifest) => !isCustom(manifest) && enforcedBy(manifest).length === 1)
      .flatMap(withPod);
    const verdicts = ask(broken.map((object) => ({ object })));
    const wrong = broken.flatMap((manifest, index) => {
      const said = verdicts[index].findings.filter(({ level }) => level === FindingLevel.ERROR);
      return enforcedBy(manifest)
        .filter((id) => said.length > 0 && !said.some(({ field }) => SERVER_FIELDS[id]?.test(field)))
        .map((id) => ({ id, said }));
    });
    expect(wrong).toEqual([]);
    // The server enforces that only where it is asked to be strict, which is what its code here is.
    expect(Object.keys(SERVER_FIELDS).filter((id) => !ENFORCED.has(id))).toEqual(['unknown-field']);
  });

  test('rejects whatever an enforced rule forbids, in thousands of manifests with a mistake or two', () => {
    const right = validCases().flatMap(({ manifests }) => manifests);
    const mutated = [...mutations(right, 4_000, 1), ...mutations(everyKind(), 2_000, 1)];
    const accepted = errorsOf(mutated).filter((errors) => errors.length === 0).length;

    // Both are tested.
    expect(accepted).toBeGreaterThan(400);
    expect(accepted).toBeLessThan(5_400);
    expect(wronglyForbidden(mutated)).toEqual([]);

    const unknown = mutated.filter(
      (manifest) => !isCustom(manifest) && idsOf(findingsIn(JSON.stringify(manifest))).includes('unknown-field'),
    );
    expect(unknown.length).toBeGreaterThan(400);
    // An API that is gone has fields of its own, which nobody can say any more.
    const errors = errorsOf(unknown, undefined, [FindingLevel.ERROR, FindingLevel.UNJUDGED]);
    expect(unknown.filter((_, index) => errors[index].length === 0)).toEqual([]);
  });

  test('reads schedules as the rule does, in thousands of them', () => {
    const word = fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: 61 }).map(String) },
      { weight: 30, arbitrary: fc.constantFrom('*', '1', '2', '5') },
      { weight: 4, arbitrary: fc.constantFrom('*', '?', '0', '1', '59', '60', '23', '24', '31', '12', '6', '7') },
      fc.constantFrom('mon', 'SUN', 'jan', 'Dec', 'L', 'W', '#', '', '+1', '-1', '1.5', '0x1', 'é'),
    );
    const range = fc.oneof(
      { weight: 3, arbitrary: word },
      fc.tuple(word, word).map((words) => words.join('-')),
      fc.tuple(word, word).map((words) => words.join('/')),
      fc.tuple(word, word, word).map(([from, to, step]) => `${from}-${to}/${step}`),
      fc.constantFrom('*/*', '1-2-3', '1/2/3', ',', '1,', ',1', '*-5'),
    );
    const field = fc.oneof(
      { weight: 4, arbitrary: range },
      fc.tuple(range, range).map((ranges) => ranges.join(',')),
    );
    const fields = fc.oneof(
      { weight: 9, arbitrary: fc.array(field, { minLength: 5, maxLength: 5 }) },
      fc.array(field, { minLength: 1, maxLength: 7 }),
    );
    const special = fc.constantFrom(
      ...[
        '@daily',
        '@Daily',
        '@',
        '@every 1h',
        '@every 1h30m',
        '@every',
        '@every -1s',
        '@every 1',
        '@every 1.5h',
        '@every 0',
      ],
      ...[
        '@reboot',
        '@yearly ',
        ' @daily',
        '@every  1h',
        '@every 1d',
        'TZ=UTC @daily',
        'CRON_TZ=UTC * * * * *',
        '* * * * TZ',
      ],
    );
    const blank = fc.constantFrom(' ', '  ', '\t', '\n', '\u00a0', '\u2003', '\u3000', '\v');
    const schedule = fc.oneof(
      { weight: 20, arbitrary: fc.tuple(fields, blank).map(([words, between]) => words.join(between)) },
      special,
    );
    const schedules = fc.sample(schedule, { numRuns: 3_000, seed: 1 });
    const verdicts = errorsOf(schedules.map(cronJob));
    const rule = schedules.map((text) => enforcedBy(cronJob(text)));
    const different = schedules.filter((_, index) => verdicts[index].length > 0 !== rule[index].length > 0);
    expect(different).toEqual([]);
    expect(verdicts.filter((errors) => errors.length === 0).length).toBeGreaterThan(300);
  });
});
