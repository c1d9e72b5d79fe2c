import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { watchObjectsOf } from '../checks/object-conflicts';
import { ContainerListener, Contribution } from '../contributions/contribution';
import { IInitContainer } from '../contributions/init-order';
import { Attachment, Host } from '../weaving/host';
import { hostOf } from '../weaving/hosted-object';
import { isRecord } from '../values/record';
import { markJoinsPod } from '../workloads/joins-pod';
import { asConstruct, assertShape, kind, listOf } from '../values/shape';
import { configMapOf, FilesConfigMap, withFiles } from './config-map';

/**
 * What all helpers are: a container that joins a workload.
 *
 * Not to be extended itself; a helper of your own extends `Sidecar`, `Ambassador`, `Adapter` or `WaitFor`.
 *
 * @example
 *
 * const shipper = new Sidecar(deployment, 'log-shipper', { container: { name: 'log-shipper', image: 'busybox:1.37' } });
 *
 * shipper.addJsonPatch(JsonPatch.add('/lifecycle', { stopSignal: 'SIGUSR1' }));
 */
export abstract class Helper extends Construct implements IInitContainer {
  /** The workload that it joined: the object that has the pod template. */
  public readonly workload: ApiObject;

  private readonly host: Host;
  private attachment?: Attachment;
  private filesConfigMaps: readonly FilesConfigMap[] = [];

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the helper in the construct tree
   * @throws when the scope is no workload
   */
  public constructor(scope: Construct, id: string) {
    super(hostingScope(scope, id), id);
    this.host = hostOf(scope);
    this.workload = this.host.object;
    markJoinsPod(this);
    watchObjectsOf(this, this.workload.chart);
  }

  /** The name of its container. */
  public get containerName(): string {
    return this.joined.containerName;
  }

  /**
   * The ConfigMaps of its files, in the order in which it was given these: its own, or one that it shares with other
   * helpers.
   */
  public get configMaps(): ApiObject[] {
    return this.filesConfigMaps.map(({ configMap }) => configMap);
  }

  /**
   * Changes the helper's own container by JSON patches (RFC 6902): for fields that are newer than the types of cdk8s-plus,
   * and for those that a ready-made helper sets otherwise.
   *
   * They see the container as it goes over the wire (`hostIP`, not `hostIp`), in the order in which they are given, and
   * before the pattern adds its volume mounts and the pod its part. A path that is not there is an error at synthesis.
   * So is another name for the container: give it that in its properties.
   *
   * @param operations for instance `JsonPatch.add('/lifecycle', { stopSignal: 'SIGUSR1' })`
   * @throws when one of them is no JsonPatch
   *
   * @example
   *
   * const proxy = new HaproxyAmbassador(deployment, 'redis-proxy', {
   *   listen: 6379,
   *   servers: [{ name: 'redis1', host: 'redis', port: 6379 }],
   * });
   *
   * proxy.addJsonPatch(JsonPatch.add('/securityContext', { appArmorProfile: { type: 'RuntimeDefault' } }));
   */
  public addJsonPatch(...operations: JsonPatch[]): void {
    assertShape(this.node.path, operations, (value) => OPERATIONS(value, 'operations'));
    this.joined.addJsonPatch(operations);
  }

  /**
   * Joins the workload.
   *
   * @internal
   */
  protected _join(contribution: Contribution, contentOf: (file: string) => string = (file) => file): void {
    const files = contribution.helper.files ?? [];
    const { description } = this.host;
    try {
      this.filesConfigMaps = files.map(({ configFiles }, index) =>
        configMapOf(this, description, index, configFiles, contentOf),
      );
    } catch (error) {
      // What only another helper's files tell is found too late to be kept out of the tree.
      this.node.scope?.node.tryRemoveChild(this.node.id);
      throw error;
    }
    this.attachment = this.host.attach(this, withFiles(contribution, description, this.filesConfigMaps));
  }

  /**
   * Says what the main container listens on, where the helper's own settings tell.
   *
   * @internal
   */
  protected _mainListensOn(listener: ContainerListener): void {
    this.joined.mainListensOn(listener);
  }

  private get joined(): Attachment {
    if (!this.attachment) {
      throw new Error(
        `${this.node.path} has no container; let its class extend Sidecar, Ambassador, Adapter or WaitFor, not Helper`,
      );
    }
    return this.attachment;
  }
}

/** The scope of a helper to be made, when that is a workload: what is not is not in the tree. */
function hostingScope(scope: Construct, id: string): Construct {
  hostOf(asConstruct(id, scope));
  return scope;
}

/** By what it can do, not by its class: it may be that of another copy of cdk8s. */
const OPERATION = kind(
  'a JsonPatch, for instance JsonPatch.add("/lifecycle", { stopSignal: "SIGUSR1" })',
  (value) => isRecord(value) && typeof value._toJson === 'function',
);

const OPERATIONS = listOf('JSON patches', OPERATION);
