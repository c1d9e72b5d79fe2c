import { k8s } from 'cdk8s-plus-28';
import { assertShape, enumOf, fields, flag, object, text } from '../values/shape';

/** Who writes to a shared volume. */
export enum VolumeWriter {
  /** The main container writes, the helper reads. */
  MAIN = 'Main',
  /** The helper writes, the main container reads. */
  HELPER = 'Helper',
}

/** How the two sides mount a shared volume. */
export interface VolumeShareOptions {
  /**
   * Where the helper mounts the volume.
   *
   * @default - where the main container does
   */
  readonly helperPath?: string;

  /**
   * Who writes. The other side is the reader and mounts the volume read-only.
   *
   * @default VolumeWriter.MAIN
   */
  readonly writer?: VolumeWriter;

  /**
   * Whether the main container's mount is read-only.
   *
   * @default - true if the helper is the writer
   */
  readonly mainReadOnly?: boolean;

  /**
   * Whether the helper's mount is read-only.
   *
   * @default - true if the main container is the writer
   */
  readonly helperReadOnly?: boolean;

  /**
   * The path inside the volume that both sides mount.
   *
   * @default - the volume's root
   */
  readonly subPath?: string;
}

/** A shared volume together with where each side mounts it. */
export interface VolumeShare {
  /** The volume as the pod declares it. */
  readonly volume: k8s.Volume;

  /** The main container's mount. */
  readonly mainMount: k8s.VolumeMount;

  /** The helper's mount. */
  readonly helperMount: k8s.VolumeMount;
}

/**
 * A volume through which a main container and its helper exchange files.
 *
 * The reader's mount is read-only unless told otherwise, the writer's is not. The same volume can be shared with
 * several helpers.
 *
 * @example
 *
 * const logs = SharedVolume.emptyDir('logs');
 * new Sidecar(web, 'log-shipper', { container, shares: [logs.at('/var/log/nginx')] });
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/
 */
export class SharedVolume {
  /**
   * An empty directory that lives as long as the pod.
   *
   * @param name the volume's name in the pod
   * @param source its medium and size limit
   */
  public static emptyDir(name: string, source: k8s.EmptyDirVolumeSource = {}): SharedVolume {
    return new SharedVolume({ name, emptyDir: source });
  }

  /** Any volume, with the source it names. */
  public static fromVolume(volume: k8s.Volume): SharedVolume {
    assertShape('SharedVolume.fromVolume', { volume }, fields({ volume: object }));
    return new SharedVolume(volume);
  }

  private constructor(
    /** The volume as the pod declares it. */
    public readonly volume: k8s.Volume,
  ) {}

  /**
   * Shares the volume at a path.
   *
   * @param path where the main container mounts it, and the helper too unless `helperPath` says otherwise
   * @throws when an option is of the wrong type
   */
  public at(path: string, options: VolumeShareOptions = {}): VolumeShare {
    assertShape(`volume "${this.volume.name}"`, { path, options }, AT);
    const writer = options.writer ?? VolumeWriter.MAIN;
    const mount = (mountPath: string, readOnly: boolean): k8s.VolumeMount => ({
      name: this.volume.name,
      mountPath,
      subPath: options.subPath,
      readOnly: readOnly ? true : undefined,
    });
    return {
      volume: this.volume,
      mainMount: mount(path, options.mainReadOnly ?? writer === VolumeWriter.HELPER),
      helperMount: mount(options.helperPath ?? path, options.helperReadOnly ?? writer === VolumeWriter.MAIN),
    };
  }
}

const AT = fields({
  path: text,
  options: fields(
    {},
    {
      helperPath: text,
      writer: enumOf('VolumeWriter', VolumeWriter),
      mainReadOnly: flag,
      helperReadOnly: flag,
      subPath: text,
    },
  ),
});
