/** Something wrong with a manifest, said so that its author can act on it. */
export interface Finding {
  /** The id of the rule that was broken, for instance `port-conflict`. */
  readonly rule: string;
  /** What is wrong, what is there, and what to do: lower case, no final period. */
  readonly message: string;
}
