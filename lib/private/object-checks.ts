import { ApiObject } from 'cdk8s';
import { rulesOf } from './check-settings';
import { Finding, formatFinding } from './finding';
import { Manifest } from './pod';
import { checkConfigMap } from './rules';

const checked = new WeakSet<ApiObject>();

/** Reports what is wrong with an object that has no pod template, once for each object. */
export function addChecks(object: ApiObject, check: (manifest: Manifest) => Finding[]): void {
  if (!checked.has(object)) {
    checked.add(object);
    object.node.addValidation({ validate: () => check(object.toJson() as Manifest).map(formatFinding) });
  }
}

/** Checks a ConfigMap whenever the app is validated. */
export function addConfigMapChecks(configMap: ApiObject): void {
  addChecks(configMap, (manifest) => checkConfigMap(manifest, rulesOf(configMap)));
}
