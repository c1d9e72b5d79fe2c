import { ApiObject } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';
import { formatFinding } from './format-finding';
import { FindingLevel, ServerFinding, ServerVerdict } from './server-finding';
import { judgeObject, kubernetesVersion } from './server-code';

/** How an app, a chart or an object is judged. */
export interface KubernetesValidationOptions {
  /**
   * The version of the clusters, for instance `1.31`: features that it does not have are treated as it does.
   *
   * The code stays that of `KubernetesValidation.kubernetesVersion()`. A version that is too old or too new for it is judged
   * as the nearest that is not, which counts as unjudged.
   *
   * @default - what `KubernetesVersion.target` of cdk8s-pod-patterns says, else the version of the code
   */
  readonly version?: string;
  /**
   * Whether what the API server accepts with a warning fails the synthesis too.
   *
   * @default false
   */
  readonly failOnWarnings?: boolean;
  /**
   * Whether an object that cannot be judged fails the synthesis, for instance a custom resource.
   *
   * @default false - such objects are named in a warning of the process
   */
  readonly failOnUnjudged?: boolean;
}

/** What the API server would say of an object in an app. */
export interface ObjectFinding extends ServerFinding {
  /** The path of the object's construct. */
  readonly path: string;
  /** The object's apiVersion. */
  readonly apiVersion: string;
  /** The object's kind. */
  readonly kind: string;
}

/**
 * What a Kubernetes API server would say of the objects in an app: the server's own code, compiled to WebAssembly, judges them
 * as they will be written, without a cluster.
 *
 * It decodes strictly (an unknown field, a wrong type), sets the server's defaults and runs its validation. What depends on a
 * cluster is left out: admission plugins such as Pod Security and quotas, address ranges, and whether what an object refers
 * to is there.
 *
 * @example
 *
 * KubernetesValidation.of(app).checkAll({ version: '1.31' });
 */
export class KubernetesValidation {
  /**
   * The validation of everything inside a scope.
   *
   * @param scope an app, a chart, an object or any other construct
   */
  public static of(scope: IConstruct): KubernetesValidation {
    return new KubernetesValidation(scope);
  }

  /** The version of Kubernetes whose code judges, for instance `v1.34.4`. */
  public static kubernetesVersion(): string {
    return kubernetesVersion();
  }

  /**
   * What the API server would say of any object, one that stands in no app too. A `List` is judged item by item.
   *
   * It never throws for what the object is like.
   *
   * @param manifest the object, as it would be written to a file
   * @param version the version of the clusters; that of the code by default
   */
  public static judge(manifest: unknown, version?: string): ServerVerdict {
    return judgeObject(manifest, version);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Judges all objects inside the scope whenever the app is validated, those that are added later too. What the API server
   * would reject fails the synthesis, together with what everybody else finds and before a file is written.
   *
   * An object that was accepted is not rendered for it again, however often the app is validated: change none between two
   * syntheses of one app. Where scopes lie in each other, the options of the innermost count for what is in it.
   */
  public checkAll(options: KubernetesValidationOptions = {}): KubernetesValidation {
    Object.defineProperty(this.scope, OPTIONS, { value: options, configurable: true });
    this.scope.node.addValidation(new ScopeValidation(this.scope));
    return this;
  }

  /**
   * All that the API server would say of the objects inside the scope as they are now, warnings too.
   *
   * @throws when an object cannot be rendered
   */
  public findings(options: KubernetesValidationOptions = {}): ObjectFinding[] {
    return objectsIn(this.scope).flatMap((object) => {
      const { apiVersion, kind, findings } = judgeObject(object.toJson(), versionFor(object, options));
      return findings.map((finding) => ({ ...finding, path: object.node.path, apiVersion, kind }));
    });
  }
}

/**
 * Sees to it that every object in a scope is judged, those added later too. Constructs are validated from the outside in, so
 * what this asks of the objects in the scope still happens in the same pass, and is reported with their own paths.
 */
class ScopeValidation implements IValidation {
  public constructor(private readonly scope: IConstruct) {
    // What a construct gets while it is being validated itself would only be asked the next time.
    if (ApiObject.isApiObject(scope)) {
      ObjectValidation.addTo(scope);
    }
  }

  public validate(): string[] {
    objectsIn(this.scope).forEach((object) => {
      ObjectValidation.addTo(object);
    });
    return [];
  }
}

/** Where somebody who has findings of their own on an object asks what this says of it, to say both in one. */
const VERDICT = Symbol.for('cdk8s-kubernetes-validation.verdict');
/** Where they say that they do. */
const REPORTED = Symbol.for('cdk8s-kubernetes-validation.reported');
/** Where cdk8s-pod-patterns keeps the findings that an error of rendering is made of. */
const FINDINGS = Symbol.for('cdk8s-pod-patterns.findings');

/** What was asked for, on the scope it was asked of: the one who judges may be another copy of this package. */
const OPTIONS = Symbol.for('cdk8s-kubernetes-validation.options');

type Asked = IConstruct & { [OPTIONS]?: KubernetesValidationOptions };

/** One object: rendered and judged until it has been accepted. An app validates everything once per chart. */
class ObjectValidation implements IValidation {
  public static addTo(object: ApiObject): void {
    // Another copy of this package may judge it already.
    if (!(VERDICT in object)) {
      object.node.addValidation(new ObjectValidation(object));
    }
  }

  private accepted = false;
  private judged?: { readonly key: string; readonly findings: readonly ServerFinding[] };

  private constructor(private readonly object: ApiObject) {
    Object.defineProperty(object, VERDICT, { value: (manifest: unknown) => this.failures(manifest) });
  }

  public validate(): string[] {
    if (this.accepted) {
      return [];
    }
    let manifest: unknown;
    try {
      manifest = this.object.toJson();
    } catch (error) {
      return FINDINGS in (error as object) ? [] : [(error as Error).message];
    }
    const failures = this.failures(manifest);
    this.accepted = failures.length === 0;
    if (this.accepted) {
      this.tellUnjudged(this.judge(manifest));
    }
    return REPORTED in this.object ? [] : failures.map((finding) => `kube-apiserver: ${formatFinding(finding)}`);
  }

  private failures(manifest: unknown): ServerFinding[] {
    const { failOnWarnings = false, failOnUnjudged = false } = optionsFor(this.object);
    const fails = {
      [FindingLevel.ERROR]: true,
      [FindingLevel.WARNING]: failOnWarnings,
      [FindingLevel.UNJUDGED]: failOnUnjudged,
    };
    return this.judge(manifest).filter(({ level }) => fails[level]);
  }

  /** What was said before of the same object holds. */
  private judge(manifest: unknown): readonly ServerFinding[] {
    const version = versionFor(this.object, optionsFor(this.object));
    const key = `${version ?? ''} ${JSON.stringify(manifest)}`;
    if (this.judged?.key !== key) {
      this.judged = { key, findings: judgeObject(manifest, version).findings };
    }
    return this.judged.findings;
  }

  private tellUnjudged(findings: readonly ServerFinding[]): void {
    for (const finding of findings.filter(({ level }) => level === FindingLevel.UNJUDGED)) {
      process.emitWarning(`${this.object.node.path}: ${formatFinding(finding)}`, 'KubernetesValidation');
    }
  }
}

function objectsIn(scope: IConstruct): ApiObject[] {
  return scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
}

/** Where cdk8s-pod-patterns keeps what `KubernetesVersion.target` was told; the nearest scope wins. */
const TARGET = Symbol.for('cdk8s-pod-patterns.KubernetesVersion');

function versionFor(object: ApiObject, { version }: KubernetesValidationOptions): string | undefined {
  return version ?? nearest(object, (scope) => (scope as { [TARGET]?: { toString(): string } })[TARGET])?.toString();
}

function optionsFor(object: ApiObject): KubernetesValidationOptions {
  return nearest(object, (scope: Asked) => scope[OPTIONS]) ?? {};
}

/** What the innermost of the scopes around an object has that has it, the object first. */
function nearest<T>(object: ApiObject, find: (scope: IConstruct) => T | undefined): T | undefined {
  return object.node.scopes
    .reverse()
    .map(find)
    .find((found) => found !== undefined);
}
