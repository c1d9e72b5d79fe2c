import { ApiObject } from 'cdk8s';
import { rulesOf } from '../workloads/check-settings';
import { Finding, formatFinding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { addValidation, checkWhenRendered } from '../findings/synthesis';
import { checkConfigMap, checkObject } from '../rules';
import { joinServerFindings } from '../rules/reading/server-words';
import { takeVerdict, verdictOn } from '../workloads/verdict';

const checked = new WeakSet<ApiObject>();

/**
 * Reports what is wrong with an object that has no pod template, once for each object.
 *
 * An app validates everything once per chart, so what was accepted is not rendered again; a ManifestApp checks what it
 * has rendered.
 */
export function addChecks(object: ApiObject, check: (manifest: Manifest) => Finding[]): void {
  if (checked.has(object)) {
    return;
  }
  checked.add(object);
  takeVerdict(object);
  let accepted = false;
  const findingsOf = (rendered: unknown): string[] => {
    const manifest = rendered as Manifest;
    const findings = joinServerFindings(check(manifest), verdictOn(object, manifest));
    accepted = findings.length === 0;
    return findings.map(formatFinding);
  };
  const validate = (): string[] => {
    if (checkWhenRendered(object, findingsOf) || accepted) {
      return [];
    }
    try {
      return findingsOf(object.toJson());
    } catch (error) {
      // What the object cannot render on its own account is reported with everything else.
      return [(error as Error).message];
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
