import { ApiObject } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';
import { tellRuns } from '../findings/acceptance';
import { rulesOf } from '../workloads/check-settings';
import { validateLast } from '../findings/synthesis';
import { HostedObject, hostOf } from '../weaving/hosted-object';
import { Finding } from '../findings/finding';
import { checkConfigMap, checkObject, checkService, ServicePod } from '../rules';
import { Manifest } from '../values/pod';
import { isRecord } from '../values/record';
import { isInnerWorkload, isList, itemPathOf, workloadsOf } from '../workloads/pod-template';
import { addChecks, addConfigMapChecks, addObjectChecks, addPartialChecks } from './object-checks';

/**
 * Sees to it that everything in a scope is checked: workloads, ConfigMaps, Services and all other objects, those added later too.
 *
 * Constructs are validated from the outside in, so what this asks of the objects in the scope still happens in the
 * same pass, and is reported with their own paths.
 */
export class ScopeChecks implements IValidation {
  private pods?: ServicePod[];

  public constructor(private readonly scope: IConstruct) {
    tellRuns(scope);
    // What a construct gets while it is being validated itself would only be asked the next time.
    if (ApiObject.isApiObject(scope)) {
      this.add(scope);
    } else if (isInnerWorkload(scope)) {
      // It has no object of its own: what has a host is checked.
      hostOf(scope);
    }
  }

  public validate(): string[] {
    this.pods = undefined;
    const objects = this.objects();
    this.addAll(objects);
    validateLast(this.scope, { validate: () => this.addOthers(new Set(objects)) });
    return [];
  }

  /** What came while the scope was being validated. */
  private addOthers(known: ReadonlySet<ApiObject>): string[] {
    const objects = this.objects();
    if (objects.some((object) => !known.has(object))) {
      this.addAll(objects);
    }
    return [];
  }

  private addAll(objects: readonly ApiObject[]): void {
    objects.forEach((object) => {
      this.add(object);
    });
    if (objects.some(hasServices)) {
      objects.filter(isWorkload).forEach((object) => {
        HostedObject.of(object).keepPods();
      });
    }
  }

  private add(object: ApiObject): void {
    if (isWorkload(object)) {
      const hosted = HostedObject.of(object);
      hosted.checkAll();
      if (isList(object)) {
        addPartialChecks(
          object,
          (manifest) => this.itemFindings(object, manifest),
          this.scope,
          () => hosted.renderAnyway(),
        );
      }
    } else if (isList(object)) {
      addChecks(object, (manifest) => this.itemFindings(object, manifest), this.scope);
    } else if (isCore(object, 'ConfigMap')) {
      addConfigMapChecks(object);
    } else if (isService(object)) {
      addChecks(
        object,
        (manifest) =>
          checkService({ manifest, pods: this.servicePods(), chart: object.chart.node.path }, rulesOf(object)),
        this.scope,
      );
    } else {
      addObjectChecks(object);
    }
  }

  /** What is wrong with the items of a List that are no workloads; these are checked where helpers join them. */
  private itemFindings(list: ApiObject, { items }: Manifest): Finding[] {
    const workloads = new Set(workloadsOf(list).map((workload) => itemPathOf(workload).join('.')));
    const rules = rulesOf(list);
    return (Array.isArray(items) ? items : []).flatMap((item: unknown, index) => {
      const place = `items.${index}`;
      if (!isRecord(item) || workloads.has(place)) {
        return [];
      }
      const manifest = item as Manifest;
      const { apiVersion, kind, metadata } = manifest;
      const isOfCore = apiVersion === 'v1';
      const findings =
        isOfCore && kind === 'ConfigMap'
          ? checkConfigMap(manifest, rules)
          : isOfCore && kind === 'Service'
            ? checkService({ manifest, pods: this.servicePods(), chart: list.chart.node.path }, rules)
            : checkObject({ manifest }, rules);
      const called = [kind, metadata?.name && JSON.stringify(metadata.name)].filter(Boolean).join(' ');
      const source = `${list.node.path}/${place}${called && ` (${called})`}`;
      return findings.map((finding) => ({ ...finding, source }));
    });
  }

  /** Rendered once for all Services of a pass, and only where there is one. */
  private servicePods(): ServicePod[] {
    this.pods ??= this.objects()
      .filter(isWorkload)
      .flatMap((object) => HostedObject.of(object).servicePods());
    return this.pods;
  }

  private objects(): ApiObject[] {
    return this.scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
  }
}

function isWorkload(object: ApiObject): boolean {
  return workloadsOf(object).length > 0;
}

function isService(object: ApiObject): boolean {
  return isCore(object, 'Service');
}

/** Whether it is a Service, or may hold some. */
function hasServices(object: ApiObject): boolean {
  return isService(object) || isList(object);
}

function isCore(object: ApiObject, kind: string): boolean {
  return object.apiGroup === 'core' && object.kind === kind;
}
