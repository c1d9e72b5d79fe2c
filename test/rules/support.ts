import { parseAllDocuments } from 'yaml';
import { Finding } from '../../lib/findings/finding';
import { isRecord } from '../../lib/values/record';
import { Manifest, PodSpec, PodTemplate } from '../../lib/values/pod';
import {
  Connection,
  Listener,
  RULES,
  checkConfigMap,
  checkObject,
  checkPod,
  checkService,
  isOnByDefault,
} from '../../lib/rules';

export interface Options {
  readonly kubernetesVersion?: string;
  readonly listeners?: readonly Listener[];
  readonly connections?: readonly Connection[];
  /** Opt-in rules to check as well. */
  readonly required?: readonly string[];
}

/** What is found in the documents of a YAML text; one without a kind is a pod spec. */
export function findingsIn(text: string, options: Options = {}): Finding[] {
  const manifests = parseAllDocuments(text).map((document) => asManifest(document.toJS() as Manifest));
  const only = (rule: Parameters<typeof isOnByDefault>[0]): boolean =>
    isOnByDefault(rule) || (options.required ?? []).includes(rule.id);
  return manifests.flatMap((manifest) => {
    switch (manifest.apiVersion?.includes('.') ? 'custom' : manifest.kind) {
      case 'ConfigMap':
        return checkConfigMap(manifest, only);
      case 'Service':
        return checkService(
          {
            manifest,
            pods: manifests.flatMap((other) => {
              const template = templateOf(other);
              return template ? [{ manifest: other, template, listeners: options.listeners ?? [] }] : [];
            }),
          },
          only,
        );
      default: {
        const template = templateOf(manifest);
        const { kubernetesVersion, listeners = [], connections } = options;
        return template
          ? checkPod({ kind: manifest.kind ?? '', manifest, template, listeners, connections, kubernetesVersion }, only)
          : checkObject({ manifest }, only);
      }
    }
  });
}

/** The findings of a pod with one Pod spec. */
export function findingsOf(spec: unknown, options: Options = {}): Finding[] {
  return findingsIn(JSON.stringify({ kind: 'Pod', metadata: { name: 'pod' }, spec }), options);
}

export function messagesOf(rule: string, spec: unknown, options: Options = {}): string[] {
  const findings = findingsOf(spec, { ...options, required: [rule] });
  return findings.filter((finding) => finding.rule === rule).map(({ message }) => message);
}

/** The ids of rules that were broken, each once, in the order of all rules. */
export function idsOf(findings: readonly Finding[]): string[] {
  return RULES.map(({ id }) => id).filter((id) => findings.some(({ rule }) => rule === id));
}

/** A pod spec with one container that has these fields. */
export function withContainer(fields: object, spec: object = {}): PodSpec {
  return { containers: [{ name: 'app', image: 'nginx:1.27', ...fields }], ...spec };
}

/** What is about one field says no more than that: the rest is what every object has. */
function asManifest(document: Manifest): Manifest {
  const { kind, metadata, ...rest } = document;
  return kind === undefined
    ? { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec: document }
    : { kind, metadata: isRecord(metadata ?? {}) ? { name: 'a', ...metadata } : metadata, ...rest };
}

function templateOf(manifest: Manifest): PodTemplate | undefined {
  interface Nested {
    template?: PodTemplate;
    jobTemplate?: { spec?: Nested };
  }
  const spec = manifest.spec as Nested | undefined;
  return manifest.kind === 'Pod' ? manifest : (spec?.jobTemplate?.spec?.template ?? spec?.template);
}
