import { IConstruct, IValidation } from 'constructs';

// On the app under a global key: what asks may come from another copy of this library than the app does.
const SYNTHESIS = Symbol.for('cdk8s-pod-patterns.synthesis');

/** What is wrong with an object, given how it was rendered. */
type Check = (manifest: unknown) => readonly string[];

/** What can be asked of a `ManifestApp` while it validates and renders everything once. */
interface Running {
  readonly validated: ReadonlySet<IConstruct>;
  readonly last: { readonly construct: IConstruct; readonly validation: IValidation }[];
  readonly checks: Map<IConstruct, Set<Check>>;
}

type Synthesized = IConstruct & { [SYNTHESIS]?: Running };

function running(construct: IConstruct): Running | undefined {
  const root: Synthesized = construct.node.root;
  return root[SYNTHESIS];
}

/**
 * Whether an app is being synthesized by a `ManifestApp`, which renders every object and reports whatever rendering
 * finds: a validation that would render only to find the same can leave it.
 */
export function isRendering(app: IConstruct): boolean {
  return running(app) !== undefined;
}

/** Adds a validation that a `ManifestApp` asks even where it has validated the construct already. */
export function addValidation(construct: IConstruct, validation: IValidation): void {
  construct.node.addValidation(validation);
  if (running(construct)?.validated.has(construct)) {
    validateLast(construct, validation);
  }
}

/**
 * Lets a `ManifestApp` ask when it has validated everything, what validations have added included. False where no such
 * app is rendering.
 */
export function validateLast(construct: IConstruct, validation: IValidation): boolean {
  return running(construct)?.last.push({ construct, validation }) !== undefined;
}

/**
 * Lets a `ManifestApp` check an object when everything is rendered, so that nothing is rendered just to be looked at.
 * False where no such app is rendering.
 */
export function checkWhenRendered(object: IConstruct, check: Check): boolean {
  const checks = running(object)?.checks;
  checks?.set(object, (checks.get(object) ?? new Set()).add(check));
  return checks !== undefined;
}

/** One synthesis of a `ManifestApp`: validates, is told what was rendered, checks that. */
export class Synthesis implements Running {
  public static run<T>(app: Synthesized, synthesize: (synthesis: Synthesis) => T): T {
    const mark = (value: Synthesis | undefined) => {
      Object.defineProperty(app, SYNTHESIS, { value, configurable: true });
    };
    const synthesis = new Synthesis(app);
    mark(synthesis);
    try {
      return synthesize(synthesis);
    } finally {
      mark(undefined);
    }
  }

  public readonly validated = new Set<IConstruct>();
  public readonly last: Running['last'] = [];
  public readonly checks: Running['checks'] = new Map();
  private readonly manifests = new Map<IConstruct, unknown>();

  private constructor(private readonly app: IConstruct) {}

  /** The errors of all constructs, those included that others add while they are validated. */
  public validate(): string[] {
    const errors: string[] = [];
    for (let added = this.unvalidated(); added.length > 0; added = this.unvalidated()) {
      for (const construct of added) {
        this.validated.add(construct);
        errors.push(...withPath(construct, construct.node.validate()));
      }
    }
    for (const { construct, validation } of this.last) {
      errors.push(...withPath(construct, validation.validate()));
    }
    return errors;
  }

  /** Keeps how an object was rendered, if somebody wants to check it. */
  public keep(object: IConstruct, manifest: unknown): void {
    if (this.checks.has(object)) {
      this.manifests.set(object, manifest);
    }
  }

  /** What is wrong with the objects that were rendered. */
  public check(): string[] {
    return [...this.manifests].flatMap(([object, manifest]) =>
      [...(this.checks.get(object) ?? [])].flatMap((check) => withPath(object, check(manifest))),
    );
  }

  private unvalidated(): IConstruct[] {
    return this.app.node.findAll().filter((construct) => !this.validated.has(construct));
  }
}

function withPath({ node }: IConstruct, errors: readonly string[]): string[] {
  return errors.map((error) => `[${node.path}] ${error}`);
}
