import { ApiObject } from 'cdk8s';
import { Manifest } from '../values/pod';
import { ServerFinding } from '../rules/reading/server-words';

/** Where cdk8s-kubernetes-validation puts what it would say of a rendered object. */
const VERDICT = Symbol.for('cdk8s-kubernetes-validation.verdict');
/** Where it looks whether somebody else says it. */
const REPORTED = Symbol.for('cdk8s-kubernetes-validation.reported');

type Judged = ApiObject & { [VERDICT]?: (manifest: Manifest) => readonly ServerFinding[] };

/** Says that what the API server says of an object is reported here, beside the findings of the rules. */
export function takeVerdict(object: ApiObject): void {
  Object.defineProperty(object, REPORTED, { value: true, configurable: true });
}

/** What the API server would say of an object: nothing where nobody asks it. */
export function verdictOn(object: ApiObject, manifest: Manifest): readonly ServerFinding[] {
  return (object as Judged)[VERDICT]?.(manifest) ?? [];
}
