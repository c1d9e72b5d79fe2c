import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ReadyMadeConfigOptions, VolumeShare } from '../../contributions';
import { Adapter } from '../../patterns';
import { SHARE } from '../../contributions/helper-shape';
import { asConstruct, assertShape, fields, pathIn } from '../../values/shape';
import { collectorOf } from './open-telemetry-collector';
import { OpenTelemetryFilesOptions, OpenTelemetryInput } from './open-telemetry-input';
import { OpenTelemetryOutput } from './open-telemetry-output';
import { OpenTelemetryCommonSettings, OpenTelemetrySettings } from './open-telemetry-settings';
import { OpenTelemetryTransformation } from './open-telemetry-transformation';

/** Properties of an adapter that is an OpenTelemetry Collector. */
export interface OpenTelemetryAdapterProps
  extends OpenTelemetryCommonSettings, OpenTelemetryFilesOptions, ReadyMadeConfigOptions {
  /** The folder with the files that the main container writes. */
  readonly source: VolumeShare;

  /**
   * What makes them standard, in this order.
   *
   * @default - nothing: each line is the body of an entry
   */
  readonly transformations?: OpenTelemetryTransformation[];
}

/**
 * An adapter that is an OpenTelemetry Collector: it reads what the main container logs and gives it out on its standard
 * output in the form of all of OpenTelemetry, OTLP/JSON, with the transformations that are asked for.
 *
 * What the collector would not start with, or take otherwise than it was meant, is an error. Its container is that of
 * `OpenTelemetrySidecar`.
 *
 * @example
 *
 * new OpenTelemetryAdapter(deployment, 'normalizer', {
 *   source: SharedVolume.emptyDir('logs').at('/var/log/app'),
 *   transformations: [
 *     OpenTelemetryTransformation.parseJson({ message: 'msg' }),
 *     OpenTelemetryTransformation.rename('user', 'user.id'),
 *     OpenTelemetryTransformation.hash('user.id'),
 *   ],
 * });
 */
export class OpenTelemetryAdapter extends Adapter {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the adapter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what
   * clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: OpenTelemetryAdapterProps) {
    super(scope, id, {
      ...collectorOf(scope, id, props, settingsOf(asConstruct(id, scope), id, props)),
      source: props.source,
      output: undefined,
    });
  }

  /** The ConfigMap with `config.yaml`. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}

function settingsOf(scope: Construct, id: string, props: OpenTelemetryAdapterProps): OpenTelemetrySettings {
  assertShape(pathIn(scope, id), props, fields({ source: SHARE }));
  const { source, transformations, include, exclude, entryStart, onlyNew } = props;
  const { serviceName, resourceAttributes, healthPort, metricsPort } = props;
  return {
    serviceName,
    resourceAttributes,
    healthPort,
    metricsPort,
    logs: [
      {
        inputs: [OpenTelemetryInput.files(source, { include, exclude, entryStart, onlyNew })],
        transformations,
        outputs: [OpenTelemetryOutput.stdout()],
      },
    ],
  };
}
