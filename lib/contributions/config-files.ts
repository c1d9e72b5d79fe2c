import { entriesOf } from '../values/given-order';
import { assertShape, enumOf, fields, kind, mapOf, nested, text } from '../values/shape';

/**
 * What happens to running pods when the content of their files changes.
 *
 * The pods of a Job and a bare Pod keep running in any case: they are never replaced. A change of their template would be
 * refused, so none is made.
 */
export enum ConfigChange {
  /**
   * They keep running. The kubelet brings the new content to the mounted folder within a minute or two, and a program
   * that reads its files only once goes on with the old.
   */
  KEEP_RUNNING = 'KeepRunning',

  /**
   * They are replaced, as the workload does with every change of its pod template: a checksum of the files is an
   * annotation there.
   *
   * The ConfigMap must be changed first, or new pods start with the old content: Helm, kustomize, Argo CD and Flux apply
   * ConfigMaps first, as their documentation says, `kubectl apply -f` goes by the order in the file, where it stands behind
   * its workload.
   */
  RESTART = 'Restart',

  /**
   * They are replaced, and each pod keeps the content that it was made with, so that a rollback finds the old, and
   * nothing depends on the order in which objects are applied: the name of the ConfigMap has a hash of its content, and
   * the ConfigMap is `immutable`. Old ones stay in the cluster until
   * somebody removes them (`kubectl apply --prune`, Argo CD and Flux do).
   *
   * @see https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
   */
  REPLACE = 'Replace',
}

/** How files become a ConfigMap. */
export interface ConfigFilesOptions {
  /**
   * The name of the ConfigMap; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * What happens to running pods when the content changes.
   *
   * @default ConfigChange.KEEP_RUNNING
   */
  readonly onChange?: ConfigChange;
}

/** How a helper mounts its files. */
export interface ConfigFilesMountOptions {
  /**
   * The name of the volume.
   *
   * @default - the container's name and `-config`; those of a helper's second folder and later ones end with a number
   */
  readonly volumeName?: string;
}

/**
 * Configuration files together with the folder in which a helper finds them.
 *
 * @example
 *
 * const mount = ConfigFiles.of({ 'proxy.conf': 'listen 5432\\n' }).at('/etc/proxy', { volumeName: 'proxy-config' });
 *
 * new Sidecar(deployment, 'proxy', { container: { name: 'proxy', image: 'registry.example/proxy:1.4.0' }, files: [mount] });
 */
export class ConfigFilesMount {
  /** @internal */
  public static _of(configFiles: ConfigFiles, mountPath: string, volumeName?: string): ConfigFilesMount {
    return new ConfigFilesMount(configFiles, mountPath, volumeName);
  }

  private constructor(
    /** The files. */
    public readonly configFiles: ConfigFiles,
    /** The folder. */
    public readonly mountPath: string,
    /** The name of the volume, where one is given. */
    public readonly volumeName?: string,
  ) {}
}

/**
 * Configuration files of a helper. They become a ConfigMap, which the helper's container mounts as a folder.
 *
 * Helpers that are given the same `ConfigFiles` mount the same ConfigMap: one in each app and namespace, made by the
 * first of them. Charts that are applied to different clusters need `ConfigFiles` each.
 *
 * The files stand in the ConfigMap in the order in which they are given where the language keeps one (TypeScript,
 * JavaScript, Python), otherwise by name.
 *
 * @example
 *
 * const config = ConfigFiles.of({ 'fluent-bit.conf': '[INPUT]\n    name tail\n    path /logs/*.log\n' });
 *
 * new Sidecar(deployment, 'log-shipper', {
 *   container: { name: 'log-shipper', image: 'fluent/fluent-bit:4.0.3' },
 *   shares: [SharedVolume.emptyDir('logs').at('/logs')],
 *   files: [config.at('/fluent-bit/etc')],
 * });
 *
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/
 */
export class ConfigFiles {
  /**
   * Files by their names.
   *
   * @param files name to content; a name is a key of a ConfigMap: letters, digits, `-`, `_` and `.`
   * @throws when there is no file, or a value is of the wrong type
   */
  public static of(files: { [name: string]: string }, options: ConfigFilesOptions = {}): ConfigFiles {
    assertShape('ConfigFiles.of', { files, options }, OF);
    return new ConfigFiles(
      Object.fromEntries(entriesOf(files)),
      options.onChange ?? ConfigChange.KEEP_RUNNING,
      options.configMapName,
    );
  }

  private constructor(
    /** The files: name to content. */
    public readonly files: { [name: string]: string },
    /** What happens to running pods when the content changes. */
    public readonly onChange: ConfigChange,
    /** The name of the ConfigMap, where one is given. */
    public readonly configMapName?: string,
  ) {}

  /**
   * Mounts the files.
   *
   * @param mountPath the folder in which the helper finds them
   * @throws when an option is of the wrong type
   */
  public at(mountPath: string, options: ConfigFilesMountOptions = {}): ConfigFilesMount {
    assertShape('ConfigFiles.at', { mountPath, options }, AT);
    return ConfigFilesMount._of(this, mountPath, options.volumeName);
  }
}

const OF = fields({
  files: nested(
    mapOf('contents', text),
    kind('at least one file', (files) => Object.keys(files as object).length > 0),
  ),
  options: fields({}, { configMapName: text, onChange: enumOf('ConfigChange', ConfigChange) }),
});

const AT = fields({ mountPath: text, options: fields({}, { volumeName: text }) });
