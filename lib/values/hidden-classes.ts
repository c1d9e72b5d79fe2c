import { apiFieldsOf } from './api-fields';
import { API_TYPES } from './api-types';

/**
 * For each field of the API an object that has it as its first one, so that V8 does not forget their hidden classes.
 *
 * Of a hidden class V8 remembers at most 1,536 continuations, and forgets those that no object has. constructs keeps the
 * children of each construct, by their ids, in an object that begins as `{}`: an app with as many ids takes all of them.
 * Manifests, and what is made of them, begin as `{}` too. Without these each would get hidden classes that it shares with
 * no other, which costs some 10 µs and as much memory as the object itself.
 *
 * @see https://chromium.googlesource.com/v8/v8/+/refs/heads/main/src/objects/transitions.h kMaxNumberOfTransitions
 */
export const REMEMBERED: readonly object[] = [...namesOfFields()].map((name) => {
  const object: Record<string, unknown> = {};
  object[name] = undefined;
  return object;
});

function namesOfFields(): ReadonlySet<string> {
  return new Set(Object.keys(API_TYPES).flatMap((type) => apiFieldsOf(type).map(([field]) => field)));
}
