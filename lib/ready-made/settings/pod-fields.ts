import { k8s } from 'cdk8s-plus-28';
import { shown } from '../../values/shape';

export const POD_NAMESPACE = { name: 'k8s.namespace.name', variable: 'K8S_NAMESPACE_NAME', path: 'metadata.namespace' };
export const POD_NAME = { name: 'k8s.pod.name', variable: 'K8S_POD_NAME', path: 'metadata.name' };

/** What says which pod data is from, by the names that OpenTelemetry has for it, and the downward API's for the same. */
export const POD_FIELDS = [
  POD_NAMESPACE,
  { name: 'k8s.pod.uid', variable: 'K8S_POD_UID', path: 'metadata.uid' },
  { name: 'k8s.node.name', variable: 'K8S_NODE_NAME', path: 'spec.nodeName' },
  // The last one, because where there is one already, the others are those of that pod.
  POD_NAME,
];

/** The environment variables with what they are. */
export function podVariables(): k8s.EnvVar[] {
  return POD_FIELDS.map(({ variable, path }) => ({ name: variable, valueFrom: { fieldRef: { fieldPath: path } } }));
}

/** A name of what says where data is from, which the helper sets itself: the user's would take its place. */
export function originProblem(setting: string, name: string, whoGets: string): string[] {
  const remedy = name === 'service.name' ? 'give it in "serviceName"' : 'leave it out';
  return name === 'service.name' || POD_FIELDS.some((field) => field.name === name)
    ? [`${setting} has ${shown(name)}, which ${whoGets} anyway; ${remedy}`]
    : [];
}
