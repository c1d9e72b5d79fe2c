import { groupOf, isBuiltInGroup } from '../values/api-groups';
import { tooLong } from '../values/label-syntax';
import { Fields, fieldsOf, isSet, quote, textOf } from './reading/fields';
import { metadataOf } from './reading/metadata';
import { dnsLabelProblem, dnsSubdomainProblem, pathSegmentProblem } from './reading/syntax';
import { ObjectSubject, Rule } from './rule';

/** What is wrong with the name of an object that has this spec. */
type Problem = (name: string, spec: Fields) => string | undefined;

/**
 * The kinds that are in a namespace, and the form of their names; of a PodDisruptionBudget nobody asks one, and a
 * LimitRange gets one where it has none.
 */
const NAMESPACED: Readonly<Record<string, Problem>> = {
  ...Object.fromEntries(
    [
      ...['ConfigMap', 'Endpoints', 'PersistentVolumeClaim', 'Pod', 'PodTemplate', 'ReplicationController'],
      ...['ResourceQuota', 'Secret', 'ServiceAccount', 'DaemonSet', 'Deployment', 'ReplicaSet'],
      ...['HorizontalPodAutoscaler', 'Ingress', 'Lease', 'NetworkPolicy'],
    ].map((kind) => [kind, subdomain]),
  ),
  Job: jobNameProblem,
  // Since 1.27; before, none of its pods came, as it is their hostname.
  StatefulSet: dnsLabelProblem,
  // Eleven characters come behind it in the names of its Jobs, and these are labels.
  CronJob: (name) => dnsSubdomainProblem(name, 52),
  // Since 1.36; before, it has to begin with a letter as well.
  Service: dnsLabelProblem,
  Role: pathSegmentProblem,
  RoleBinding: pathSegmentProblem,
};

const CLUSTER_WIDE: Readonly<Record<string, Problem>> = {
  ...Object.fromEntries(
    ['CSIDriver', 'IngressClass', 'PersistentVolume', 'PriorityClass', 'RuntimeClass', 'StorageClass'].map((kind) => [
      kind,
      subdomain,
    ]),
  ),
  Namespace: dnsLabelProblem,
  ClusterRole: pathSegmentProblem,
  ClusterRoleBinding: pathSegmentProblem,
};

function subdomain(name: string): string | undefined {
  return dnsSubdomainProblem(name);
}

/** The name of a Job is a label of its pods, and with an index behind it their hostname. */
function jobNameProblem(name: string, { manualSelector, completionMode, completions }: Fields): string | undefined {
  const problem = dnsSubdomainProblem(name);
  if (problem !== undefined) {
    return problem;
  }
  if (manualSelector !== true && name.length > 63) {
    return `${tooLong(63)}, as its label batch.kubernetes.io/job-name`;
  }
  if (completionMode === 'Indexed' && typeof completions === 'number' && completions > 0) {
    const last = `${name}-${completions - 1}`;
    const ofLast = dnsLabelProblem(last);
    return ofLast && `the hostname of its last pod is ${quote(last)}: ${ofLast}`;
  }
  return undefined;
}

export const metadataName: Rule<ObjectSubject> = {
  id: 'metadata-name',
  level: 'enforced',
  summary: 'The name of an object, and of its namespace, has the form that its kind asks for: most are DNS subdomains.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  check({ manifest }, report) {
    const { apiVersion, kind, spec } = fieldsOf(manifest);
    const { name, namespace, generateName } = metadataOf(manifest);
    const text = textOf(kind);
    const isNamespaced = Object.hasOwn(NAMESPACED, text);
    if (!isBuiltInGroup(groupOf(textOf(apiVersion))) || !(isNamespaced || Object.hasOwn(CLUSTER_WIDE, text))) {
      return;
    }
    const problemOf = isNamespaced ? NAMESPACED[text] : CLUSTER_WIDE[text];
    if ((name === '' || !isSet(name)) && (generateName === '' || !isSet(generateName))) {
      report(`the ${text} has no name; required value: name or generateName is required; name it`);
    } else if (typeof name === 'string' && name !== '') {
      const problem = problemOf(name, fieldsOf(spec));
      if (problem !== undefined) {
        report(`the ${text} is named ${quote(name)}; ${problem}; rename it`);
      }
    }
    if (isNamespaced && typeof namespace === 'string' && namespace !== '') {
      const problem = dnsLabelProblem(namespace);
      if (problem !== undefined) {
        report(`the ${text} is in the namespace ${quote(namespace)}; ${problem}; correct its name`);
      }
    }
  },
};
