import { k8s } from 'cdk8s-plus-28';
import { ConfigChange } from './config-files';
import { HelperOptions } from './helper-options';

/** What is alike in the properties of ready-made helpers: their container is made, unless another one is given. */
export interface ReadyMadeOptions extends HelperOptions {
  /**
   * The container, as it shall appear. What the helper's configuration needs is added, mounts and variables for instance, and
   * nothing else. Where the settings are arguments, and the helper's class says so, these are added, too, and the container has
   * none itself.
   *
   * @default - a ready-made one, named like the construct; the helper's class says what it has
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance the same one in a registry of your own.
   *
   * @default - a pinned version, which the helper's class names, from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - the requests that the helper's class names
   */
  readonly resources?: k8s.ResourceRequirements;
}

/** The same for helpers that have a configuration file. */
export interface ReadyMadeConfigOptions extends ReadyMadeOptions {
  /**
   * The name of the ConfigMap with the configuration; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with the configuration.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when the configuration changes.
   *
   * @default - with the ready-made container they are replaced: ConfigChange.REPLACE, unless the helper's class names another
   * way; with a container of your own ConfigChange.KEEP_RUNNING
   */
  readonly onChange?: ConfigChange;
}

/** A volume that a helper brings, and where its container has it. */
export interface ReadyMadeMount {
  /** The folder in the container. */
  readonly mountPath: string;

  /**
   * The volume. In the pod the container's name and `-` stand before its name, which no other mount has, nor is it `config`
   * where there are files: theirs is.
   */
  readonly volume: k8s.Volume;

  /**
   * Whether the container writes there.
   *
   * @default false
   */
  readonly writable?: boolean;
}

/** What a ready-made helper is, as far as its user says nothing else. */
export interface ReadyMadeDefaults {
  /**
   * The ready-made container. Its name is best that of the construct, its image the whole one, with the host of its
   * registry unless that is Docker Hub.
   */
  readonly container: k8s.Container;

  /** The number of the user that the image is made for; the container satisfies Pod Security "restricted". */
  readonly user: number;

  /**
   * Folders in which the image writes. Its root file system is read-only, so each becomes an emptyDir.
   *
   * @default - none
   */
  readonly writablePaths?: string[];

  /**
   * The arguments that the settings are, in place of those of the container. A container that the user gives has them too,
   * and it is a problem if it has others: with `setsArgs` of `ReadyMadeSettings` that is told with all else.
   *
   * @default - those of the container
   */
  readonly args?: string[];

  /**
   * The configuration: names of files to their contents.
   *
   * @default - none
   */
  readonly files?: { [name: string]: string };

  /**
   * The folder in which the container finds the files. Must be there with `files`.
   *
   * @default - none
   */
  readonly folder?: string;

  /**
   * What happens to running pods when the files change. It holds for the ready-made container: one that the user gives is
   * not known, and keeps running.
   *
   * @default ConfigChange.REPLACE
   */
  readonly onChange?: ConfigChange;

  /**
   * What the container reads besides its files, certificates of a Secret for instance, and where it keeps what is to
   * outlive it. A container that the user gives has them too.
   *
   * @default - nothing
   */
  readonly mounts?: ReadyMadeMount[];

  /**
   * Variables that the files name. A container that the user gives has them too, save for those of which it has one of that
   * name.
   *
   * @default - none
   */
  readonly env?: k8s.EnvVar[];

  /**
   * TCP ports on which the process listens, whether its container declares them or not.
   *
   * @default - none besides those that the container declares
   */
  readonly listensOn?: number[];
}
