import { ApiObject } from 'cdk8s';
import { Acceptance } from '../findings/acceptance';
import { rulesOf } from '../workloads/check-settings';
import { Finding, findingsOf, formatFinding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { addValidation, checkWhenRendered, isRendering } from '../findings/synthesis';
import { checkConfigMap, checkObject } from '../rules';
import { joinServerFindings } from '../rules/reading/server-words';
import { numberProblems } from '../values/finite';
import { takeVerdict, verdictOn } from '../workloads/verdict';

/** On an object: that it is checked, by this copy of the library or another one. */
const CHECKED = Symbol.for('cdk8s-pod-patterns.checked');

/** Reports what is wrong with an object that has no pod template, once for each object. */
export function addChecks(object: ApiObject, check: (manifest: Manifest) => Finding[]): void {
  takeVerdict(object);
  const allOf = (manifest: Manifest): Finding[] => {
    // A ManifestApp says of all that it writes what no number is.
    const numbers = isRendering(object.node.root) ? [] : numberProblems(manifest);
    const findings = [...numbers.map((message) => ({ rule: 'finite-number', message })), ...check(manifest)];
    return joinServerFindings(findings, verdictOn(object, manifest), manifest);
  };
  addPartialChecks(object, allOf, () => object.toJson());
}

/**
 * The same where it is said elsewhere what is wrong with the object as a whole.
 *
 * An app validates everything once per chart, so what a synthesis accepted is not rendered again in it; a ManifestApp checks what it
 * has rendered.
 *
 * @param render how it looks, whatever is wrong with it
 */
export function addPartialChecks(
  object: ApiObject,
  check: (manifest: Manifest) => Finding[],
  render: () => unknown,
): void {
  if (CHECKED in object) {
    return;
  }
  Object.defineProperty(object, CHECKED, { value: true });
  const acceptance = new Acceptance(object);
  const problemsOf = (rendered: unknown): string[] => {
    const findings = check(rendered as Manifest);
    acceptance.set(findings.length === 0);
    return findings.map(formatFinding);
  };
  const validate = (): string[] => {
    if (checkWhenRendered(object, problemsOf) || acceptance.holds) {
      return [];
    }
    try {
      return problemsOf(render());
    } catch (error) {
      // What weaving finds it reports itself. What the object cannot render on its own account comes with all the rest.
      return findingsOf(error) ? [] : [(error as Error).message];
    }
  };
  addValidation(object, { validate });
}

/** Checks a ConfigMap whenever the app is validated. */
export function addConfigMapChecks(configMap: ApiObject): void {
  addChecks(configMap, (manifest) => checkConfigMap(manifest, rulesOf(configMap)));
}

/** Checks an object of a kind that has no rules of its own whenever the app is validated. */
export function addObjectChecks(object: ApiObject): void {
  addChecks(object, (manifest) => checkObject({ manifest }, rulesOf(object)));
}
