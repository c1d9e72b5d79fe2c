import { Construct } from 'constructs';
import { HelperProps } from '../contributions/helper-options';
import { helperShape, SHARE } from '../contributions/helper-shape';
import { assertShape, checkedScope, fields, made, nested, port as portShape } from '../values/shape';
import { sourceProblem } from '../values/shared-folder';
import { Helper } from './helper';
import { VolumeShare } from '../contributions/shared-volume';

/**
 * Where an adapter gives out the standard form.
 *
 * @example
 *
 * new Adapter(deployment, 'exporter', {
 *   container: { name: 'exporter', image: 'nginx/nginx-prometheus-exporter:1.4.2' },
 *   output: AdapterOutput.port(9113),
 * });
 */
export class AdapterOutput {
  /** On its standard output, where log collectors and `kubectl logs` read. */
  public static stdout(): AdapterOutput {
    return new AdapterOutput();
  }

  /**
   * On a TCP port, for instance for Prometheus to scrape. The adapter's container declares it, unless it does already.
   *
   * @param port what the adapter listens on; two listeners on one port of the pod are an error
   * @throws when that is no port number
   */
  public static port(port: number): AdapterOutput {
    assertShape('AdapterOutput.port', { port }, fields({ port: portShape }));
    return new AdapterOutput(port);
  }

  private constructor(
    /** The port, where the output is one. */
    public readonly portNumber?: number,
  ) {}
}

/** Properties of an adapter. */
export interface AdapterProps extends HelperProps {
  /**
   * What the main container writes and the adapter reads; the adapter's mount is read-only.
   *
   * @default - none: the adapter asks the main container over localhost, as most Prometheus exporters do
   */
  readonly source?: VolumeShare;

  /**
   * Where the standard form comes out.
   *
   * @default AdapterOutput.stdout()
   */
  readonly output?: AdapterOutput;
}

/**
 * Makes the output of the main container standard: reads what it writes and gives it out in the form that the
 * surroundings expect, on standard output or on a port.
 *
 * @example
 *
 * new Adapter(deployment, 'json-logs', {
 *   container: { name: 'json-logs', image: 'registry.example/logs-to-json:2.0.0', args: ['/var/log/app/app.log'] },
 *   source: SharedVolume.emptyDir('logs').at('/var/log/app'),
 * });
 */
export class Adapter extends Helper {
  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the adapter in the construct tree
   * @throws when the scope is no workload, the source is writable for the adapter or a property is of the wrong
   * type; what clashes in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: AdapterProps) {
    super(checkedScope(scope, id, props, ADAPTER), id);
    const { source, output } = props;
    const port = output?.portNumber;
    this._join({
      helper: props,
      volumes: source && [source.volume],
      volumeMounts: source && [source.helperMount],
      mainVolumeMounts: source && [source.mainMount],
      ports: port === undefined ? [] : [port],
      listeners: port === undefined ? [] : [{ port, protocol: 'TCP' }],
    });
  }
}

const ADAPTER = helperShape(
  {},
  {
    source: nested(SHARE, (value) => sourceProblem('an adapter', value as VolumeShare, 'use a Sidecar')),
    output: made('portNumber', 'AdapterOutput.stdout() or AdapterOutput.port(9113), say'),
  },
);
