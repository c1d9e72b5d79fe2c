import { ApiObject } from 'cdk8s';
import { rulesOf } from '../workloads/check-settings';
import { Finding, formatFinding } from '../findings/finding';
import { Manifest } from '../values/pod';
import { checkWhenRendered, isRendering } from '../findings/rendering';
import { checkConfigMap } from '../rules';
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
  const findingsOf = (manifest: Manifest): string[] => {
    const findings = joinServerFindings(check(manifest), verdictOn(object, manifest));
    accepted = findings.length === 0;
    return findings.map(formatFinding);
  };
  const validate = (): string[] => {
    if (checkWhenRendered(object, (manifest) => findingsOf(manifest as Manifest)) || accepted) {
      return [];
    }
    try {
      return findingsOf(object.toJson() as Manifest);
    } catch (error) {
      // What the object cannot render on its own account is reported with everything else; a ManifestApp does so itself.
      return isRendering(object.node.root) ? [] : [(error as Error).message];
    }
  };
  object.node.addValidation({ validate });
}

/** Checks a ConfigMap whenever the app is validated. */
export function addConfigMapChecks(configMap: ApiObject): void {
  addChecks(configMap, (manifest) => checkConfigMap(manifest, rulesOf(configMap)));
}
