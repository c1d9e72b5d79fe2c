/** What a finding means for the object. */
export enum FindingLevel {
  /** The API server rejects the object. */
  ERROR = 'error',
  /** The API server accepts the object and prints a warning. */
  WARNING = 'warning',
  /** Nobody has judged the object, or not in the version of Kubernetes that was asked for. */
  UNJUDGED = 'unjudged',
}

/** One thing that the API server would say of an object. */
export interface ServerFinding {
  /** What it means for the object. */
  readonly level: FindingLevel;
  /**
   * The path of the field as the API server writes it, for instance `spec.containers[0].image`; empty where the finding is
   * about the whole object.
   */
  readonly field: string;
  /**
   * The API server's class of the fault, for instance `FieldValueRequired`, `FieldValueInvalid` or, where it could not even
   * read the object, `BadRequest`.
   */
  readonly reason: string;
  /** What the API server says, in its own words. */
  readonly message: string;
}

/** What the API server would say of one object. */
export interface ServerVerdict {
  /** The object's apiVersion; empty where it has none. */
  readonly apiVersion: string;
  /** The object's kind; empty where it has none. */
  readonly kind: string;
  /** The object's name; empty where it has none. */
  readonly name: string;
  /** All that is wrong with it, and what the server would warn of. */
  readonly findings: ServerFinding[];
}
