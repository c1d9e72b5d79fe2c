import { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { assertShape, enumOf, fields, kind, text } from '../values/shape';
import { readOnlyBy } from '../values/read-only-volume';
import { isCdk8sPlusVolume, VOLUME } from './helper-shape';

/** Who writes to a shared volume; who does not mounts it read-only. */
export enum VolumeWriter {
  /** The main container writes, the helper reads. */
  MAIN = 'Main',
  /** The helper writes, the main container reads. */
  HELPER = 'Helper',
  /** Both write. */
  BOTH = 'Both',
  /** Nobody writes: what is in the volume was there before. */
  NOBODY = 'Nobody',
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
   * Who writes. Whoever does not mounts the volume read-only.
   *
   * @default VolumeWriter.MAIN
   */
  readonly writer?: VolumeWriter;

  /**
   * The path inside the volume that both sides mount.
   *
   * @default - the volume's root
   */
  readonly subPath?: string;
}

/**
 * A shared volume together with where each side mounts it.
 *
 * @example
 *
 * const share = SharedVolume.emptyDir('content').at('/usr/share/nginx/html', { writer: VolumeWriter.HELPER });
 *
 * new Sidecar(deployment, 'git-sync', {
 *   container: { name: 'git-sync', image: 'registry.k8s.io/git-sync/git-sync:v4.7.1', args: ['--root=/usr/share/nginx/html'] },
 *   shares: [share],
 * });
 */
export class VolumeShare {
  /** @internal */
  public static _of(volume: k8s.Volume, mainMount: k8s.VolumeMount, helperMount: k8s.VolumeMount): VolumeShare {
    return new VolumeShare(volume, mainMount, helperMount);
  }

  private constructor(
    /** The volume as the pod declares it. */
    public readonly volume: k8s.Volume,
    /** The main container's mount. */
    public readonly mainMount: k8s.VolumeMount,
    /** The helper's mount. */
    public readonly helperMount: k8s.VolumeMount,
  ) {}
}

/**
 * A volume through which a main container and its helper exchange files.
 *
 * Whoever does not write mounts it read-only. The same volume can be shared with several helpers.
 *
 * @example
 *
 * const logs = SharedVolume.emptyDir('logs');
 *
 * new Sidecar(deployment, 'log-shipper', {
 *   container: { name: 'log-shipper', image: 'registry.example/log-shipper:1.4.0' },
 *   shares: [logs.at('/var/log/nginx')],
 * });
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/
 */
export class SharedVolume {
  /**
   * An empty directory that lives as long as the pod.
   *
   * @param volumeName the volume's name in the pod
   * @param source its medium and size limit
   * @throws when one of them is of the wrong type
   */
  public static emptyDir(volumeName: string, source: k8s.EmptyDirVolumeSource = {}): SharedVolume {
    return SharedVolume.checked('SharedVolume.emptyDir', { name: volumeName, emptyDir: source });
  }

  /**
   * The volume behind a claim, which outlives the pod.
   *
   * @param volumeName the volume's name in the pod
   * @param source the name of the claim, and whether the whole volume is read-only: share it with `VolumeWriter.NOBODY` then
   * @throws when one of them is of the wrong type
   */
  public static fromPersistentVolumeClaim(
    volumeName: string,
    source: k8s.PersistentVolumeClaimVolumeSource,
  ): SharedVolume {
    return SharedVolume.checked('SharedVolume.fromPersistentVolumeClaim', {
      name: volumeName,
      persistentVolumeClaim: source,
    });
  }

  /**
   * The volume that a StatefulSet makes of one of its `volumeClaimTemplates`, each pod its own.
   *
   * @param claimName the name of the claim in `volumeClaimTemplates`
   * @throws when it is of the wrong type; that there is no such claim is reported at synthesis
   */
  public static fromVolumeClaimTemplate(claimName: string): SharedVolume {
    return SharedVolume.checked('SharedVolume.fromVolumeClaimTemplate', { name: claimName });
  }

  /**
   * The content of a ConfigMap. Share it with `VolumeWriter.NOBODY`, as it is read-only anyway.
   *
   * @param volumeName the volume's name in the pod
   * @param source the name of the ConfigMap, and which of its keys
   * @throws when one of them is of the wrong type
   */
  public static fromConfigMap(volumeName: string, source: k8s.ConfigMapVolumeSource): SharedVolume {
    return SharedVolume.checked('SharedVolume.fromConfigMap', { name: volumeName, configMap: source });
  }

  /**
   * The content of a Secret. Share it with `VolumeWriter.NOBODY`, as it is read-only anyway.
   *
   * @param volumeName the volume's name in the pod
   * @param source the name of the Secret, and which of its keys
   * @throws when one of them is of the wrong type
   */
  public static fromSecret(volumeName: string, source: k8s.SecretVolumeSource): SharedVolume {
    return SharedVolume.checked('SharedVolume.fromSecret', { name: volumeName, secret: source });
  }

  /**
   * A file or folder of the node.
   *
   * @param volumeName the volume's name in the pod
   * @param source its path, and what has to be there
   * @throws when one of them is of the wrong type
   */
  public static fromHostPath(volumeName: string, source: k8s.HostPathVolumeSource): SharedVolume {
    return SharedVolume.checked('SharedVolume.fromHostPath', { name: volumeName, hostPath: source });
  }

  /**
   * Any volume, with the source it names.
   *
   * @throws when it is no volume of the Kubernetes API; those of cdk8s-plus go to `fromCdk8sPlus`
   */
  public static fromVolume(volume: k8s.Volume): SharedVolume {
    if (isCdk8sPlusVolume(volume)) {
      throw new Error('SharedVolume.fromVolume: this is a volume of cdk8s-plus; give it to SharedVolume.fromCdk8sPlus');
    }
    return SharedVolume.checked('SharedVolume.fromVolume', volume);
  }

  /**
   * A volume that was made with cdk8s-plus, of any version.
   *
   * @param volume a `Volume` of cdk8s-plus, for instance `kplus.Volume.fromEmptyDir(chart, 'volume', 'logs')`
   * @throws when it is something else
   */
  public static fromCdk8sPlus(volume: IConstruct): SharedVolume {
    assertShape('SharedVolume.fromCdk8sPlus', { volume }, fields({ volume: CDK8S_PLUS_VOLUME }));
    // Internal in name, but what every version's own pods call.
    return SharedVolume.checked(
      'SharedVolume.fromCdk8sPlus',
      (volume as unknown as { _toKube(): k8s.Volume })._toKube(),
    );
  }

  private static checked(owner: string, volume: k8s.Volume): SharedVolume {
    assertShape(owner, { volume }, fields({ volume: VOLUME }));
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
   * @throws when an option is of the wrong type, or somebody is to write to a volume that is read-only
   */
  public at(path: string, options: VolumeShareOptions = {}): VolumeShare {
    assertShape(`volume "${this.volume.name}"`, { path, options }, AT);
    const { writer = VolumeWriter.MAIN } = options;
    const readOnly = readOnlyBy(this.volume);
    // Who says nothing of a ConfigMap means what is true of it anyway.
    if (writer !== VolumeWriter.NOBODY && (readOnly === 'source' || (readOnly && options.writer !== undefined))) {
      throw new Error(
        `volume "${this.volume.name}": nobody can write to it, and VolumeWriter.${writer.toUpperCase()} is to; give ` +
          'VolumeWriter.NOBODY' +
          (readOnly === 'source' ? ', or leave out "readOnly" of the volume' : ', or another volume'),
      );
    }
    const mount = (mountPath: string, ...writers: VolumeWriter[]): k8s.VolumeMount => ({
      name: this.volume.name,
      mountPath,
      subPath: options.subPath,
      readOnly: writers.includes(writer) ? undefined : true,
    });
    return VolumeShare._of(
      this.volume,
      mount(path, VolumeWriter.MAIN, VolumeWriter.BOTH),
      mount(options.helperPath ?? path, VolumeWriter.HELPER, VolumeWriter.BOTH),
    );
  }
}

const CDK8S_PLUS_VOLUME = kind('a Volume of cdk8s-plus', isCdk8sPlusVolume);

const AT = fields({
  path: text,
  options: fields({}, { helperPath: text, writer: enumOf('VolumeWriter', VolumeWriter), subPath: text }),
});
