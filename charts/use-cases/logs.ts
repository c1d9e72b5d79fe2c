import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  HelperKind,
  ManifestFormat,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  OpenTelemetryTls,
  PodSecurity,
  SharedVolume,
} from '../../lib';
import { labDeployment } from '../deployment';
import { gateway } from './gateway';

/** 앱은 파일에 쓸 뿐입니다 / the app writes to a file, and a last line when it is told to end. */
const APP = `# 로그를 파일에만 쓰는 앱
log() { echo "$(date -u +%FT%TZ) $1" >>/var/log/bookshop/bookshop.log; }
trap 'log "last words"; exit' TERM
order=0
while true; do
  order=$((order + 1))
  log "order $order"
  sleep 1 & wait $!
done
`;

/**
 * 로그 수집과 전송 / logs collected and shipped.
 *
 * 앱은 파일에 쓰고, 사이드카인 OpenTelemetry Collector가 그것을 읽어 gRPC(OTLP)로 보냅니다. The app writes to a file; the
 * sidecar reads that and ships it.
 *
 * - 한 줄마다 어느 Pod의 것인지가 붙습니다: 네임스페이스, Pod, 노드, 서비스 이름 / each line says which pod it is of.
 * - 받는 쪽이 멈추면 파일에서 기다립니다. 컨테이너가 다시 시작해도 읽던 곳부터 이어서 읽습니다 / while the other side is down lines wait
 *   in the file, and a collector that starts again goes on where it was.
 * - 네이티브 사이드카라서 앱보다 먼저 시작하고 나중에 끝납니다. 앱의 마지막 한 줄까지 보냅니다 / as a native sidecar it starts before
 *   the app and ends after it, so that the last words arrive.
 * - 모든 Pod가 Pod Security "restricted"에 맞습니다 / all pods satisfy "restricted".
 *
 * ```
 * kubectl logs deploy/log-gateway -c viewer -f
 * ```
 */
export class LogsCollected extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    gateway(this, 'log-gateway', 'logs');

    const app = labDeployment(this, 'app', {
      name: 'bookshop',
      app: 'bookshop',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const shipper = new OpenTelemetrySidecar(app, 'log-shipper', {
      kind: HelperKind.NATIVE_SIDECAR,
      logs: [
        {
          inputs: [OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/var/log/bookshop'))],
          outputs: [OpenTelemetryOutput.otlp('log-gateway:4317', { tls: OpenTelemetryTls.plaintext() })],
        },
      ],
      configMapName: 'bookshop-log-shipper',
    });
    PodSecurity.restrict(app, { user: 1000 });

    ManifestFormat.of(app)
      .head('로그 수집과 전송: 파일에 쓰는 앱')
      .above('spec.template.spec.initContainers.[name=log-shipper]', '사이드카: 앱보다 먼저 시작하고 나중에 종료')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: 파일에 쓸 뿐임');
    ManifestFormat.of(shipper.configMap).head('컬렉터 설정: 파일에서 읽어 OTLP로 보냄');
  }
}
