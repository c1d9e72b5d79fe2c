import { KubernetesValidation } from '../../packages/cdk8s-kubernetes-validation/lib';
import { FindingLevel, ServerVerdict } from '../../packages/cdk8s-kubernetes-validation/lib/server-finding';
import { buildModule } from '../../packages/cdk8s-kubernetes-validation/test/go';
import { RULES } from '../../lib/rules';
import { isRecord } from '../../lib/values/record';
import { ApiManifest, everyKind, isCustom, validCases } from '../oracle/manifests';
import { mutations } from '../oracle/mutations';
import { findingsIn } from '../rules/support';
import { refusal } from './support/api';
import { e2e } from './support/e2e';
import { Namespace } from './support/namespace';
import { tell } from './support/run';

/** How many objects are judged twice, and by what seed they are made. */
const COUNT = Number(process.env.E2E_AGREEMENT ?? 600);
const SEED = Number(process.env.E2E_SEED ?? 1);

const ENFORCED = new Set(RULES.filter(({ level }) => level === 'enforced').map(({ id }) => id));

const PLURALS: Readonly<Record<string, string>> = {
  Endpoints: 'endpoints',
  Ingress: 'ingresses',
  IngressClass: 'ingressclasses',
  NetworkPolicy: 'networkpolicies',
  PriorityClass: 'priorityclasses',
  RuntimeClass: 'runtimeclasses',
  StorageClass: 'storageclasses',
};

const CLUSTER_WIDE: readonly string[] = [
  ...['CSIDriver', 'ClusterRole', 'ClusterRoleBinding', 'IngressClass', 'Namespace', 'PersistentVolume'],
  ...['PriorityClass', 'RuntimeClass', 'StorageClass'],
];

/** What only a server with a cluster can say: admission, quotas, what is there or missing, whose range an address is in. */
const OF_THE_CLUSTER = [
  / is forbidden: (?!.*\[metadata)/,
  / not found$/,
  / already exists$/,
  /the namespace of the provided object does not match/,
  /provided IP .*is not in the valid range|this cluster is configured|provided range|The range of valid ports is/,
];

function pathOf({ apiVersion, kind }: ApiManifest, { name }: Namespace): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = CLUSTER_WIDE.includes(kind) ? '' : `/namespaces/${name}`;
  return `${root}${place}/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}`;
}

/** The object as it is made in a namespace of the suite, whatever namespace it says. */
function inNamespace(manifest: ApiManifest): ApiManifest {
  const { metadata } = manifest;
  if (isRecord(metadata) && typeof metadata.namespace === 'string') {
    delete metadata.namespace;
  }
  return manifest;
}

function errorsOf({ findings }: ServerVerdict): string[] {
  return findings
    .filter(({ level }) => level === FindingLevel.ERROR)
    .map(({ field, message }) => `${field}: ${message}`);
}

function enforcedBy(manifest: ApiManifest): string[] {
  return findingsIn(JSON.stringify(manifest))
    .filter(({ rule }) => ENFORCED.has(rule))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

function percent(part: number, all: number): string {
  return `${part} of ${all} (${((100 * part) / all).toFixed(2)} %)`;
}

e2e('the package says of objects with a mistake or two what the API server says', async (namespace, title) => {
  const problem = buildModule();
  if (problem !== undefined && process.env.CI === 'true') {
    throw new Error(problem);
  }
  const minor = /^v?1\.(\d+)/.exec(KubernetesValidation.kubernetesVersion())?.[1];
  if (problem !== undefined || minor !== process.env.E2E_MINOR) {
    tell({ about: 'not run', test: title, text: problem ?? `the package has the code of 1.${minor}` });
    return;
  }
  const right = [...validCases().flatMap(({ manifests }) => manifests), ...everyKind()];
  const objects = mutations(
    right.filter((manifest) => !isCustom(manifest)),
    COUNT,
    SEED,
  ).map(inNamespace);

  const differences: object[] = [];
  const falseAlarms: object[] = [];
  const count = { same: 0, accepted: 0, cluster: 0, rejected: 0, found: 0 };
  const queue = [...objects];
  const judge = async (): Promise<void> => {
    for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
      const said = await refusal(pathOf(object, namespace), object);
      const errors = errorsOf(KubernetesValidation.judge(object));
      const rules = enforcedBy(object);
      if (said !== '' && errors.length === 0 && OF_THE_CLUSTER.some((words) => words.test(said))) {
        count.cluster += 1;
      } else if ((said === '') === (errors.length === 0)) {
        count.same += 1;
      } else {
        differences.push({ object, said, errors });
      }
      if (said === '') {
        count.accepted += 1;
        // A pod template that no pod can come of is refused later.
        if (rules.length > 0 && errorsOf(KubernetesValidation.judge(podOf(object))).length === 0) {
          falseAlarms.push({ object, rules });
        }
      } else if (isOfTheCore(object)) {
        count.rejected += 1;
        count.found += Number(rules.length > 0);
      }
    }
  };
  await Promise.all([judge(), judge(), judge()]);

  const judged = COUNT - count.cluster;
  tell({
    about: 'figures',
    test: title,
    text:
      `same verdict on ${percent(count.same, judged)}, ${count.accepted} accepted; ${count.cluster} refused for what the ` +
      `cluster is like; enforced rules find ${percent(count.found, count.rejected)} of the refused workloads, Services ` +
      'and ConfigMaps',
  });
  expect(falseAlarms).toEqual([]);
  // Objects that are rejected here and accepted there are none at all.
  expect(differences.filter((difference) => 'said' in difference && difference.said === '')).toEqual([]);
  expect(differences.slice(0, Math.max(0, differences.length - Math.floor(0.002 * judged)))).toEqual([]);
  expect(count.found / count.rejected).toBeGreaterThan(0.6);
});

/** Whether it is of a kind that the core has rules for. */
function isOfTheCore({ apiVersion, kind }: ApiManifest): boolean {
  const isWorkload = ['apps/v1', 'batch/v1'].includes(apiVersion) || kind === 'Pod';
  return isWorkload || kind === 'Service' || kind === 'ConfigMap';
}

interface Templates {
  readonly template?: { readonly spec?: unknown; readonly metadata?: object };
  readonly jobTemplate?: { readonly spec?: Templates };
}

/** The pod that comes of an object's template; the object itself where it has none. */
function podOf(object: ApiManifest): unknown {
  const spec = object.spec as Templates | undefined;
  const template = spec?.jobTemplate?.spec?.template ?? spec?.template;
  const metadata = { ...template?.metadata, name: 'a' };
  return template ? { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec } : object;
}
