import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  HelperKind,
  ManifestFormat,
  OpenTelemetryAdapter,
  OpenTelemetryTransformation,
  PodSecurity,
  SharedVolume,
} from '../../lib';
import { labDeployment } from '../deployment';

/** 필드 이름이 제멋대로이고, 남기면 안 되는 것까지 쓰는 앱 / field names of its own, and things that nobody should keep. */
const APP = `# 자기 방식대로 JSON을 쓰는 앱
trap exit TERM
while true; do
  cat >>/var/log/payments/payments.log <<END
{"msg":"paid","lvl":"WARNING","usr":{"mail":"kim@example.com"},"card":"4111-1111","path":"/pay"}
{"msg":"alive","lvl":"info","path":"/healthz"}
no JSON at all
END
  sleep 5 & wait $!
done
`;

/**
 * 데이터 정규화 / data normalised.
 *
 * 어댑터인 OpenTelemetry Collector가 앱의 로그를 모두가 아는 형식(OTLP/JSON)으로 바꾸어 표준 출력에 씁니다. The adapter turns what
 * the app logs into the form of all of OpenTelemetry, on its standard output:
 *
 * - 구문 분석: JSON의 필드가 속성이 되고 `msg`가 본문이 됩니다 / parse. JSON이 아닌 줄은 그대로 두고 표시합니다 / what is none is
 *   kept and marked.
 * - 이름 바꾸기: `usr.mail` → `user.email` / rename. 수준은 표준 숫자가 됩니다 / severities become numbers.
 * - 해시: 같은 사람인지는 알 수 있지만 누구인지는 남지 않습니다 / hash.
 * - 지우기: 카드 번호, 그리고 상태를 확인하는 요청(`/healthz`)의 줄 전체 / drop a field, or a whole entry.
 *
 * ```
 * kubectl logs deploy/payments -c normalizer -f
 * ```
 */
export class DataNormalized extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const app = labDeployment(this, 'app', {
      name: 'payments',
      app: 'payments',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const normalizer = new OpenTelemetryAdapter(app, 'normalizer', {
      kind: HelperKind.NATIVE_SIDECAR,
      source: SharedVolume.emptyDir('logs').at('/var/log/payments'),
      transformations: [
        OpenTelemetryTransformation.parseJson({ message: 'msg' }),
        OpenTelemetryTransformation.dropMatching('path', '^/healthz$'),
        OpenTelemetryTransformation.severity('lvl'),
        OpenTelemetryTransformation.rename('usr.mail', 'user.email'),
        OpenTelemetryTransformation.hash('user.email'),
        OpenTelemetryTransformation.drop('card'),
      ],
      configMapName: 'payments-normalizer',
    });
    PodSecurity.restrict(app, { user: 1000 });

    ManifestFormat.of(app)
      .head('데이터 정규화: 자기 방식대로 로그를 쓰는 앱')
      .above('spec.template.spec.initContainers.[name=normalizer]', '어댑터: 표준 형식으로 바꾸어 표준 출력에 씀')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: 고치지 않음');
    ManifestFormat.of(normalizer.configMap).head('컬렉터 설정: 변환의 순서');
  }
}
