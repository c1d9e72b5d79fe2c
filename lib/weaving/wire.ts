import { ApiObject, resolve } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Container, Volume } from '../values/pod';
import { isRecord, plain, withFields } from '../values/record';

/** What a helper brings to a pod, L1-typed. */
interface Fragment {
  readonly container: k8s.Container;
  readonly volumes: readonly k8s.Volume[];
}

/**
 * Renders what a helper brings with the field names it has on the wire (`hostIp` becomes `hostIP`).
 *
 * The L1's own serializer does the renaming. It drops what it does not know, so fields of newer Kubernetes versions
 * are put back as they were given: a helper keeps every field its author wrote.
 *
 * @param host the object the fragment joins; its app's resolvers apply
 */
export function toWire(fragment: Fragment, host: ApiObject): { container: Container; volumes: readonly Volume[] } {
  const { containers, volumes = [] } = resolve(
    [],
    { containers: [fragment.container], volumes: fragment.volumes },
    host,
  ) as k8s.PodSpec;
  const [container] = containers;
  return {
    container: withUnknownFields(container, k8s.toJson_Container(container)) as Container,
    volumes: volumes.map((volume) => withUnknownFields(volume, k8s.toJson_Volume(volume)) as Volume),
  };
}

function withUnknownFields(given: unknown, rendered: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(rendered)) {
    return rendered.map((item, index) => withUnknownFields(given[index], item));
  }
  if (!isRecord(given) || !isRecord(rendered)) {
    return rendered;
  }
  const completed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    // The serializer renames by changing case only, to the API's acronyms. What it makes undefined it did not
    // understand: a plain number or string where it expects a Quantity or an IntOrString.
    const wireName = name in rendered ? name : (otherCaseOf(name, rendered) ?? name);
    if (rendered[wireName] !== undefined) {
      completed[wireName] = withUnknownFields(value, rendered[wireName]);
    } else if (value != null) {
      completed[wireName] = plain(value);
    }
  }
  return withFields(rendered, completed);
}

function otherCaseOf(name: string, rendered: object): string | undefined {
  return Object.keys(rendered).find((wireName) => wireName.toLowerCase() === name.toLowerCase());
}
