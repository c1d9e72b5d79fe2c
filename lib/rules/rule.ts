import { groupOf, isBuiltInGroup } from '../values/api-groups';
import { Manifest, PodTemplate } from '../values/pod';
import { fieldsOf, textOf } from './reading/fields';

/**
 * How firmly a rule holds.
 *
 * - `enforced`: the API server rejects what breaks it, so it cannot be switched off.
 * - `default`: the API server only warns, or nobody checks; an error here that can be switched off.
 * - `opt-in`: checked only where it is required.
 */
type RuleLevel = 'enforced' | 'default' | 'opt-in';

/** Takes a sentence about what breaks a rule: lower case, no final period, what to do at its end. */
export type Report = (message: string) => void;

/** One thing that manifests must keep. */
export interface Rule<Subject> {
  readonly id: string;
  readonly level: RuleLevel;
  /** What the rule asks for, in one sentence. */
  readonly summary: string;
  /** Where the rule comes from. */
  readonly source: string;
  /**
   * The fields that the rule is about: those of containers (`env`), of what they list (`ports.name`), and of the pod's spec
   * (`spec.hostNetwork`). A pod that has none of them need not be looked at.
   *
   * @default - every pod is looked at
   */
  readonly fields?: readonly string[];
  /** Reports what breaks the rule: one message each, in the order of the manifest. Bears any value and never throws. */
  check(subject: Subject, report: Report): void;
}

/** An object of any kind. */
export interface ObjectSubject {
  readonly manifest: Manifest;
  /**
   * The pod template that it holds.
   *
   * @default - none
   */
  readonly template?: PodTemplate;
}

/** A pod template, and what is known about it. */
export interface PodSubject extends ObjectSubject {
  readonly kind: string;
  /** The object that holds the template; for a Pod, the same object. */
  readonly manifest: Manifest;
  readonly template: PodTemplate;
  /** What the pod's processes are known to listen on, declared as a port or not. */
  readonly listeners: readonly Listener[];
  /**
   * What the pod's processes are known to connect to.
   *
   * @default - nothing is known
   */
  readonly connections?: readonly Connection[];
  /**
   * The version of Kubernetes the manifest is for, such as `1.29`.
   *
   * @default - unknown: only what every supported version would reject is an error
   */
  readonly kubernetesVersion?: string;
}

/** What a process listens on. */
export interface Listener {
  readonly container: string;
  readonly port: number;
  readonly protocol: string;
  /**
   * @default - all addresses
   */
  readonly address?: string;
}

/** What a process connects to. */
export interface Connection {
  readonly container: string;
  /** As `host:port`. */
  readonly to: string;
}

/** A Service, and the pods beside it. */
export interface ServiceSubject extends ObjectSubject {
  readonly pods: readonly ServicePod[];
  /** The path of its chart. */
  readonly chart?: string;
}

/** A workload whose pods a Service may select. */
export interface ServicePod {
  readonly manifest: Manifest;
  readonly template: PodTemplate;
  /** What its processes are known to listen on. */
  readonly listeners: readonly Listener[];
  /** The path of its construct, for messages. */
  readonly path?: string;
  /** The path of its chart. */
  readonly chart?: string;
}

/**
 * Whether the template belongs to a custom resource. Its controller may fill in what is absent (Knative names
 * containers and ports, others bring the image), and a kind of a familiar name may have rules of its own.
 */
export function isCustom({ manifest }: ObjectSubject): boolean {
  return !isBuiltInGroup(groupOf(textOf(fieldsOf(manifest).apiVersion)));
}

/** The minor version: 29 of `1.29`; undefined where it is not known. */
export function minorVersion(version: string | undefined): number | undefined {
  const match = /^v?1\.(\d+)/.exec(version ?? '');
  return match ? Number(match[1]) : undefined;
}
