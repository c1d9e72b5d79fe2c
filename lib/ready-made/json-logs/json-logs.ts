import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ConfigChange, ConfigFiles, HelperOptions, VolumeShare } from '../../contributions';
import { CONTAINER, HELPER_OPTIONS, SHARE } from '../../contributions/helper-shape';
import { Adapter, AdapterProps } from '../../patterns';
import { fragment } from '../../values/fragment';
import { readyMadeProblems } from '../../values/ready-made';
import { asConstruct, assertShape, enumOf, fields, kind, object, pathIn, text } from '../../values/shape';
import { ImageRegistry } from '../../workloads';
import { JsonLogFormat } from './json-log-format';
import {
  FOLLOW_FILE,
  followScript,
  formatProblems,
  JSON_LOG_FORMAT,
  PROGRAM_FILE,
  PROGRAM_FOLDER,
  renderProgram,
} from './json-logs-program';

/** Properties of an adapter that makes JSON of log lines. */
export interface JsonLogsProps extends HelperOptions {
  /** The folder in which the main container writes its log. */
  readonly source: VolumeShare;

  /** The log's name in that folder, as in `access.log` or `nginx/access.log`. It may come later than the adapter. */
  readonly file: string;

  /** How the lines are written. */
  readonly format: JsonLogFormat;

  /**
   * The container, as it shall appear; the mounts of the log and of the program are added and nothing else. It has to run
   * `sh /etc/json-logs/follow.sh` with the path of the log, with the tools of busybox.
   *
   * @default - a ready-made one, named like the construct: a pinned image, user 65534, what Pod Security "restricted" asks
   * for, a read-only root file system, requests of 10m CPU and 8Mi memory
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container. It has busybox as `sh` and `awk`.
   *
   * @default 'busybox:1.37.0', from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 10m CPU and 8Mi memory
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * The name of the ConfigMap with the program; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with the program.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when the program changes, which is read at the start only.
   *
   * @default - ConfigChange.REPLACE with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}

/**
 * An adapter that gives out each line of a log as a JSON object, on its standard output.
 *
 * A line that is not of the format is kept: `{"message":"…","malformed":true}`. The file is followed through rotation and
 * truncation. Formats that would be read otherwise than they were meant are an error.
 *
 * @example
 *
 * new JsonLogs(deployment, 'json-logs', {
 *   source: SharedVolume.emptyDir('logs').at('/var/log/nginx'),
 *   file: 'access.log',
 *   format: JsonLogFormat.nginx(),
 * });
 */
export class JsonLogs extends Adapter {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the adapter in the construct tree, and its container where that has no name
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: JsonLogsProps) {
    super(scope, id, adapterProps(scope, id, props));
  }

  /** The ConfigMap with the program. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

/** Who is nobody in most images. */
const USER = 65534;
/** What means the same to a shell, in JSON and as a file. */
const FILE = /^(?!\.{1,2}(?:\/|$))[\w.+@=,:-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.+@=,:-]+)*$/;

const PROPS = fields(
  {
    source: SHARE,
    file: kind(
      'the path of a file in the folder, such as "access.log", of letters, digits and "_.+@=,:-"',
      (value) => typeof value === 'string' && FILE.test(value),
    ),
    format: JSON_LOG_FORMAT,
  },
  {
    ...HELPER_OPTIONS,
    container: CONTAINER,
    image: text,
    resources: fragment('an object'),
    configMapName: text,
    configVolumeName: text,
    onChange: enumOf('ConfigChange', ConfigChange),
  },
);

function adapterProps(scope: Construct, id: string, props: JsonLogsProps): AdapterProps {
  const path = pathIn(asConstruct(id, scope), id);
  assertShape(path, props, object);
  const problems = [
    ...PROPS(props, ''),
    ...(JSON_LOG_FORMAT(props.format, 'format').length === 0 ? formatProblems(props.format) : []),
    ...readyMadeProblems(props),
  ];
  if (problems.length > 0) {
    throw new Error([`${path}: no JSON can be made of a log:`, ...problems].join('\n  '));
  }
  const { container, configMapName, configVolumeName, format } = props;
  const { onChange = container ? ConfigChange.KEEP_RUNNING : ConfigChange.REPLACE } = props;
  return {
    ...props,
    container: container ?? readyMade(scope, id, props),
    restricted: container ? props.restricted : { user: USER, ...props.restricted },
    output: undefined,
    files: [
      ConfigFiles.of(
        { [FOLLOW_FILE]: followScript(), [PROGRAM_FILE]: renderProgram(format) },
        { configMapName, onChange },
      ).at(PROGRAM_FOLDER, { volumeName: configVolumeName }),
    ],
  };
}

function readyMade(scope: Construct, id: string, { image, resources, source, file }: JsonLogsProps): k8s.Container {
  return {
    name: id,
    image: image ?? ImageRegistry._imageFor(scope, 'busybox:1.37.0'),
    command: ['sh', `${PROGRAM_FOLDER}/${FOLLOW_FILE}`, `${source.helperMount.mountPath.replace(/\/$/, '')}/${file}`],
    // No probes: it listens nowhere, and it ends when a part of it has ended.
    resources: resources ?? {
      requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('8Mi') },
    },
  };
}
