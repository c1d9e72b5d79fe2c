import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Adapter, AdapterOutput, ManifestFormat, SharedVolume } from '../lib';
import { labDeployment } from './deployment';

/**
 * nginx의 combined 형식 접근 로그 한 줄을 JSON 객체 하나로 바꿉니다 / turns each line of nginx's combined format into a
 * JSON object.
 *
 * nginx는 따옴표와 출력할 수 없는 문자를 `\xHH`로 적으므로, 따옴표로 나누어도 안전하고 `\u00HH`로 바꾸면 JSON이 됩니다.
 * `fflush()`가 없으면 awk는 버퍼가 찰 때까지 출력하지 않습니다.
 */
const LOGS_TO_JSON = `# 접근 로그를 한 줄씩 JSON으로 변환
trap 'exit 0' TERM
tail -n +1 -F /var/log/nginx/access.log | awk -F '"' '
{
  gsub(/\\\\x/, "\\\\u00")
  client = $1; sub(/ .*/, "", client)
  user = $1; sub(/^[^ ]+ - /, "", user); sub(/ \\[[^]]*\\] $/, "", user)
  time = $1; sub(/^.*\\[/, "", time); sub(/\\].*$/, "", time)
  split($3, counts, " ")
  printf "{\\"client\\":\\"%s\\",\\"user\\":\\"%s\\",\\"time\\":\\"%s\\",", client, user, time
  printf "\\"request\\":\\"%s\\",\\"status\\":%d,\\"bytes\\":%d,", $2, counts[1], counts[2]
  printf "\\"referer\\":\\"%s\\",\\"agent\\":\\"%s\\"}\\n", $4, $6
  fflush()
}' &
wait
`;

/**
 * Adapter 패턴 - 로그 포맷 변환 / the Adapter pattern: raw logs in, JSON out.
 *
 * nginx는 접근 로그를 자기 형식대로 볼륨에 쓰고, 어댑터는 그것을 읽어 한 줄에 JSON 객체 하나씩 표준 출력으로 내보냅니다.
 * 로그 수집기는 nginx의 형식을 알 필요가 없습니다.
 *
 * `kubectl logs deploy/adapter-json-logs -c json-logs`
 */
export class AdapterJsonLogs extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const nginx = labDeployment(this, 'nginx', {
      name: 'adapter-json-logs',
      app: 'adapter-json-logs',
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
    });

    new Adapter(nginx, 'json-logs', {
      container: { name: 'json-logs', image: 'busybox', command: ['sh', '-c', LOGS_TO_JSON] },
      source: SharedVolume.emptyDir('logs').at('/var/log/nginx'),
      output: AdapterOutput.stdout(),
    });

    ManifestFormat.of(nginx)
      .above('spec.template.spec.volumes', '공유 볼륨')
      .above('spec.template.spec.containers.[name=nginx]', '메인 컨테이너: 원본 로그를 파일에 기록')
      .above('spec.template.spec.containers.[name=json-logs]', '어댑터: 로그를 JSON으로 변환하여 표준 출력으로');
  }
}
