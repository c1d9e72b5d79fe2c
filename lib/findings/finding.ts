/** Something wrong with a manifest, said so that its author can act on it. */
export interface Finding {
  /** The id of the rule that was broken, for instance `port-conflict`. */
  readonly rule: string;
  /** What is wrong, what is there, and what to do: lower case, no final period. */
  readonly message: string;
  /** The path of the construct that brought the offender, where it is not the workload itself. */
  readonly source?: string;
}

/** What a pattern can do wrong in the pod that it joins: `docs/weaving/README.md` has a section for each. */
export const WEAVING_RULES = [
  'container-conflict',
  'volume-conflict',
  'mount-conflict',
  'env-conflict',
  'annotation-conflict',
  'object-conflict',
  'object-missing',
  'json-patch',
  'main-container',
  'pod-template',
  'finite-number',
  'helper-kind',
  'job-completion',
  'init-order',
  'start-gate',
  'shutdown-deadline',
  'security-preset',
] as const;

/** A finding that cannot be switched off: what the pattern is to do could not be done. */
export interface WeavingFinding extends Finding {
  readonly rule: (typeof WEAVING_RULES)[number];
}

/** One line for people: the rule, who is to blame, and what to do. */
export function formatFinding({ rule, source, message }: Finding): string {
  return source === undefined ? `${rule}: ${message}` : `${rule}: ${source}: ${message}`;
}

/** Registered, so that the errors of another copy of this library are known as well. */
const FINDINGS = Symbol.for('cdk8s-pod-patterns.findings');

/** The error of an object that cannot be rendered because of findings: all of them, not the first. */
export function findingsError(path: string, findings: readonly Finding[]): Error {
  const lines = findings.map((finding) => `[${path}] ${formatFinding(finding)}`);
  const error = new Error(`Validation failed with the following errors:\n  ${lines.join('\n  ')}`);
  return Object.defineProperty(error, FINDINGS, { value: lines });
}

/** The findings that an error is made of, a line each with its path; undefined for any other error. */
export function findingsOf(error: unknown): readonly string[] | undefined {
  return (error as { [FINDINGS]?: readonly string[] } | undefined)?.[FINDINGS];
}
