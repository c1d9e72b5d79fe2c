import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { rulesOf } from '../workloads/check-settings';
import { Finding, findingsOf, formatFinding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { addValidation, checkWhenRendered, isRendering } from '../findings/synthesis';
import { checkConfigMap, checkObject } from '../rules';
import { joinServerFindings } from '../rules/reading/server-words';
import { numberProblems } from '../values/finite';
import { takeVerdict, verdictOn } from '../workloads/verdict';

type Check = (manifest: Manifest) => Finding[];

/** On an object: how it is checked, by this copy of the library or another one. */
const CHECKED = Symbol.for('cdk8s-pod-patterns.checked');

/** How an object is checked, and the scope whose checks these are. */
interface Checked {
  check: Check;
  scope: IConstruct;
  /** Whether nothing was wrong with it when it was looked at last. */
  accepted: boolean;
}

type Watched = ApiObject & { [CHECKED]?: Checked };

/**
 * Reports what is wrong with an object that has no pod template, once for each object.
 *
 * @param scope what is checked with it: of several around it the outermost, which sees the most
 */
export function addChecks(object: ApiObject, check: Check, scope: IConstruct = object): void {
  takeVerdict(object);
  const allOf = (manifest: Manifest): Finding[] => {
    // A ManifestApp says of all that it writes what no number is.
    const numbers = isRendering(object.node.root) ? [] : numberProblems(manifest);
    const findings = [...numbers.map((message) => ({ rule: 'finite-number', message })), ...check(manifest)];
    return joinServerFindings(findings, verdictOn(object, manifest), manifest);
  };
  addPartialChecks(object, allOf, scope, () => object.toJson());
}

/**
 * The same where it is said elsewhere what is wrong with the object as a whole.
 *
 * An app validates everything once per chart, so what was accepted is not rendered again; a ManifestApp checks what it
 * has rendered.
 *
 * @param render how it looks, whatever is wrong with it
 */
export function addPartialChecks(object: Watched, check: Check, scope: IConstruct, render: () => unknown): void {
  const known = object[CHECKED];
  if (known) {
    if (known.scope.node.scopes.includes(scope) && known.scope !== scope) {
      Object.assign(known, { check, scope, accepted: false });
    }
    return;
  }
  const checked: Checked = { check, scope, accepted: false };
  Object.defineProperty(object, CHECKED, { value: checked });
  const problemsOf = (rendered: unknown): string[] => {
    const findings = checked.check(rendered as Manifest);
    checked.accepted = findings.length === 0;
    return findings.map(formatFinding);
  };
  const validate = (): string[] => {
    if (checkWhenRendered(object, problemsOf) || checked.accepted) {
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
