import { ApiObject } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';
import { rulesOf } from '../workloads/check-settings';
import { validateLast } from '../findings/synthesis';
import { HostedObject } from '../weaving/hosted-object';
import { addChecks, addConfigMapChecks, addObjectChecks } from './object-checks';
import { workloadsOf } from '../workloads/pod-template';
import { checkService, ServicePod } from '../rules';

/**
 * Sees to it that everything in a scope is checked: workloads, ConfigMaps, Services and all other objects, those added later too.
 *
 * Constructs are validated from the outside in, so what this asks of the objects in the scope still happens in the
 * same pass, and is reported with their own paths.
 */
export class ScopeChecks implements IValidation {
  private pods?: ServicePod[];

  public constructor(private readonly scope: IConstruct) {
    // What a construct gets while it is being validated itself would only be asked the next time.
    if (ApiObject.isApiObject(scope)) {
      this.add(scope);
    }
  }

  public validate(): string[] {
    this.pods = undefined;
    const objects = new Set(this.objects());
    objects.forEach((object) => {
      this.add(object);
    });
    validateLast(this.scope, { validate: () => this.addOthers(objects) });
    return [];
  }

  /** What came while the scope was being validated. */
  private addOthers(known: ReadonlySet<ApiObject>): string[] {
    this.objects()
      .filter((object) => !known.has(object))
      .forEach((object) => {
        this.add(object);
      });
    return [];
  }

  private add(object: ApiObject): void {
    if (workloadsOf(object).length > 0) {
      HostedObject.of(object).checkAll();
    } else if (isCore(object, 'ConfigMap')) {
      addConfigMapChecks(object);
    } else if (isCore(object, 'Service')) {
      addChecks(object, (manifest) =>
        checkService({ manifest, pods: this.servicePods(), chart: object.chart.node.path }, rulesOf(object)),
      );
    } else {
      addObjectChecks(object);
    }
  }

  /** Rendered once for all Services of a pass, and only where there is one. */
  private servicePods(): ServicePod[] {
    this.pods ??= this.objects()
      .filter((object) => workloadsOf(object).length > 0)
      .flatMap((object) => HostedObject.of(object).servicePods());
    return this.pods;
  }

  private objects(): ApiObject[] {
    return this.scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
  }
}

function isCore(object: ApiObject, kind: string): boolean {
  return object.apiGroup === 'core' && object.kind === kind;
}
