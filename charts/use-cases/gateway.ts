import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  HelperKind,
  ManifestFormat,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  PodSecurity,
  SharedVolume,
  VolumeWriter,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 받은 것을 한 줄씩 보여 줍니다 / shows what has arrived, a line for each batch. */
const VIEWER = `trap exit TERM
tail -F /var/log/gateway/received.json & wait $!
`;

/**
 * Pod들이 데이터를 보내는 곳을 대신합니다 / stands for what the pods of a cluster send to, Loki or a vendor's service for instance.
 *
 * 여기서는 받은 데이터를 파일에 쓰고, `viewer`가 그것을 보여 줍니다. 받는 쪽도 같은 컬렉터입니다. It is the same collector again,
 * which writes what it gets to a file that `viewer` shows.
 *
 * @param signal 받는 데이터의 종류 / what it takes
 * @param port 받는 포트: gRPC는 4317, HTTP는 4318 / where it takes it
 */
export function gateway(scope: Construct, name: string, signal: 'logs' | 'metrics', port = 4317): void {
  const deployment = labDeployment(scope, 'gateway', {
    name,
    app: name,
    main: { name: 'viewer', image: 'busybox:1.37.0', command: ['sh', '-c', VIEWER] },
  });
  const service = new k8s.KubeService(scope, 'gateway-service', {
    metadata: { name },
    spec: { ports: [{ port }], selector: { app: name } },
  });
  const received = SharedVolume.emptyDir('received').at('/var/log/gateway', { writer: VolumeWriter.HELPER });
  const collector = new OpenTelemetrySidecar(deployment, 'collector', {
    kind: HelperKind.NATIVE_SIDECAR,
    [signal]: [
      {
        inputs: [OpenTelemetryInput.otlp({ listenAddress: '0.0.0.0' })],
        outputs: [OpenTelemetryOutput.file(received, 'received.json')],
      },
    ],
    configMapName: `${name}-config`,
  });
  PodSecurity.restrict(deployment, { user: 1000 });

  ManifestFormat.of(deployment).head('Pod들이 보내는 곳을 대신하는 Deployment와 Service');
  ManifestFormat.of(service).head('보내는 쪽이 아는 이름');
  ManifestFormat.of(collector.configMap).head('받는 컬렉터의 설정');
}
