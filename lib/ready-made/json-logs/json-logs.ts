import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ReadyMade, ReadyMadeConfigOptions, VolumeShare } from '../../contributions';
import { SHARE } from '../../contributions/helper-shape';
import { Adapter, AdapterProps } from '../../patterns';
import { fields, kind } from '../../values/shape';
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
export interface JsonLogsProps extends ReadyMadeConfigOptions {
  /** The folder in which the main container writes its log. */
  readonly source: VolumeShare;

  /** The log's name in that folder, as in `access.log` or `nginx/access.log`. It may come later than the adapter. */
  readonly file: string;

  /** How the lines are written. */
  readonly format: JsonLogFormat;
}

/**
 * An adapter that gives out each line of a log as a JSON object, on its standard output.
 *
 * A line that is not of the format is kept: `{"message":"…","malformed":true}`. The file is followed through rotation and
 * truncation. Formats that would be read otherwise than they were meant are an error.
 *
 * The ready-made container has the image `busybox:1.37.0`, user 65534, what Pod Security "restricted" asks for, a read-only
 * root file system, and requests of 10m CPU and 8Mi memory. A container of your own gets the mounts of the log and of
 * `/etc/json-logs`, and has to run `sh /etc/json-logs/follow.sh` with the path of the log, with the tools of busybox.
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
   * @param id names the adapter in the construct tree, and its ready-made container
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

const OWN = fields({
  source: SHARE,
  file: kind(
    'the path of a file in the folder, such as "access.log", of letters, digits and "_.+@=,:-"',
    (value) => typeof value === 'string' && FILE.test(value),
  ),
  format: JSON_LOG_FORMAT,
});

function adapterProps(scope: Construct, id: string, props: JsonLogsProps): AdapterProps {
  const made = new ReadyMade(scope, id, props);
  made.addProblems(
    ...OWN(props, ''),
    ...(JSON_LOG_FORMAT(props.format, 'format').length === 0 ? formatProblems(props.format) : []),
  );
  made.assertRight('no JSON can be made of a log');
  return {
    ...made.helperProps({
      container: readyMade(id, props),
      user: USER,
      files: { [FOLLOW_FILE]: followScript(), [PROGRAM_FILE]: renderProgram(props.format) },
      folder: PROGRAM_FOLDER,
    }),
    source: props.source,
    output: undefined,
  };
}

function readyMade(id: string, { source, file }: JsonLogsProps): k8s.Container {
  return {
    name: id,
    image: 'busybox:1.37.0',
    command: ['sh', `${PROGRAM_FOLDER}/${FOLLOW_FILE}`, `${source.helperMount.mountPath.replace(/\/$/, '')}/${file}`],
    // No probes: it listens nowhere, and it ends when a part of it has ended.
    resources: { requests: { cpu: k8s.Quantity.fromString('10m'), memory: k8s.Quantity.fromString('8Mi') } },
  };
}
