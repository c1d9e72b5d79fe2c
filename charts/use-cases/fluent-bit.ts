import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  FluentBitOutput,
  FluentBitParser,
  FluentBitSidecar,
  HelperKind,
  ManifestFormat,
  PodSecurity,
  SharedVolume,
} from '../../lib';
import { labDeployment } from '../deployment';
import { gateway } from './gateway';

/** 앱은 JSON을 파일에 쓰고, 가끔 JSON이 아닌 줄도 씁니다 / the app writes JSON to a file, and now and then something else. */
const APP = `# JSON 로그를 파일에만 쓰는 앱
log() { echo "{\\"time\\":\\"$(date -u +%FT%TZ)\\",\\"level\\":\\"$1\\",\\"message\\":\\"$2\\"}" >>/var/log/guestbook/guestbook.log; }
trap 'log warn "last words"; exit' TERM
entry=0
while true; do
  entry=$((entry + 1))
  log info "entry $entry"
  [ $((entry % 10)) = 0 ] && echo "no JSON at all" >>/var/log/guestbook/guestbook.log
  sleep 1 & wait $!
done
`;

/**
 * 로그 수집과 전송, Fluent Bit로 / logs collected and shipped, by Fluent Bit.
 *
 * `use-case-logs`와 같은 일을 합니다. 특별한 이유가 없으면 그쪽의 Collector를 쓰세요. The same as `use-case-logs`, whose Collector
 * is recommended where nothing speaks for this one.
 *
 * - JSON 한 줄이 기록 하나가 됩니다. JSON이 아닌 줄도 버리지 않고 `log` 필드에 둡니다 / each line of JSON is a record; what is none is
 *   kept, in the field `log`.
 * - 로그의 시각은 읽은 때가 아니라 앱이 쓴 때입니다 / the time is the app's, not that of reading.
 * - 받는 쪽이 멈추면 파일에서 기다립니다. 다시 시작해도 읽던 곳부터, 보내지 못한 것부터 이어 갑니다 / while the other side is down lines
 *   wait in the file; what was read and not sent is kept over a restart.
 * - OTLP/HTTP로 보내고, 같은 기록을 표준 출력에도 씁니다 / sent by OTLP over HTTP, and shown on the standard output.
 * - 네이티브 사이드카라서 앱의 마지막 한 줄까지 보냅니다 / as a native sidecar it ships the last words.
 *
 * ```
 * kubectl logs deploy/guestbook -c log-shipper -f
 * kubectl logs deploy/guestbook-gateway -c viewer -f
 * ```
 */
export class LogsByFluentBit extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    gateway(this, 'guestbook-gateway', 'logs', 4318);

    const app = labDeployment(this, 'app', {
      name: 'guestbook',
      app: 'guestbook',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    const shipper = new FluentBitSidecar(app, 'log-shipper', {
      kind: HelperKind.NATIVE_SIDECAR,
      logs: [
        {
          source: SharedVolume.emptyDir('logs').at('/var/log/guestbook'),
          parser: FluentBitParser.json({ timeField: 'time', timeFormat: '%Y-%m-%dT%H:%M:%S%z' }),
        },
      ],
      outputs: [FluentBitOutput.otlpHttp('http://guestbook-gateway:4318'), FluentBitOutput.stdout()],
      configMapName: 'guestbook-log-shipper',
    });
    PodSecurity.restrict(app, { user: 1000 });

    ManifestFormat.of(app)
      .head('Fluent Bit로 로그 수집과 전송: 파일에 쓰는 앱')
      .above('spec.template.spec.initContainers.[name=log-shipper]', '사이드카: 앱보다 먼저 시작하고 나중에 종료')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: JSON을 파일에 쓸 뿐임');
    ManifestFormat.of(shipper.configMap).head('Fluent Bit 설정: 파일에서 읽어 OTLP/HTTP와 표준 출력으로 보냄');
  }
}
