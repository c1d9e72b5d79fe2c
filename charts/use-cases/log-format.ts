import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { HelperKind, JsonLogFormat, JsonLogs, ManifestFormat, PodSecurity, SharedVolume } from '../../lib';
import { labDeployment } from '../deployment';

/**
 * 로그 형식: nginx의 로그를 JSON으로 / log format: what nginx logs, as JSON.
 *
 * nginx는 자기 형식대로 파일에 쓰고, 어댑터는 한 줄을 JSON 객체 하나로 바꾸어 표준 출력에 씁니다. 로그 수집기는 nginx의 형식을 몰라도
 * 됩니다. Each line is an object on the adapter's standard output, so that collectors need not know nginx:
 *
 * - 형식은 이름으로 고릅니다. 다른 앱은 `JsonLogFormat.regex`에 정규 표현식을 줍니다 / formats by name, others by a regular
 *   expression.
 * - 상태와 크기는 숫자가, 시각은 ISO 8601이 됩니다 / numbers are numbers, moments are ISO 8601.
 * - 형식에 맞지 않는 줄도 버리지 않고 표시합니다: `"malformed":true` / what does not fit is kept, and marked.
 * - 파일마다 어댑터가 하나입니다. busybox라서 하나에 2 MiB면 됩니다 / an adapter a file, of 2 MiB each.
 * - 네이티브 사이드카이므로 nginx의 마지막 줄까지 나옵니다 / up to the last line of nginx.
 *
 * ```
 * kubectl exec deploy/blog -c nginx -- curl -s localhost
 * kubectl logs deploy/blog -c access-json
 * kubectl logs deploy/blog -c errors-json
 * ```
 */
export class LogFormat extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const nginx = labDeployment(this, 'nginx', {
      name: 'blog',
      app: 'blog',
      main: { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
    });

    const source = SharedVolume.emptyDir('logs').at('/var/log/nginx');
    const kind = HelperKind.NATIVE_SIDECAR;
    const access = new JsonLogs(nginx, 'access-json', {
      kind,
      source,
      file: 'access.log',
      format: JsonLogFormat.nginx(),
      configMapName: 'blog-access-json',
    });
    const errors = new JsonLogs(nginx, 'errors-json', {
      kind,
      source,
      file: 'error.log',
      format: JsonLogFormat.nginxError(),
      configMapName: 'blog-errors-json',
    });
    PodSecurity.restrict(nginx, {
      user: 101,
      lowPorts: true, // nginx는 80 포트를 엽니다 / nginx listens on 80
      containers: { nginx: { writablePaths: ['/var/cache/nginx', '/var/run'] } },
    });

    ManifestFormat.of(nginx)
      .head('로그 형식: nginx와 어댑터 둘')
      .above('spec.template.spec.initContainers.[name=access-json]', '어댑터: 접근 로그를 JSON으로')
      .above('spec.template.spec.initContainers.[name=errors-json]', '어댑터: 오류 로그를 JSON으로')
      .above('spec.template.spec.containers.[name=nginx]', '메인 애플리케이션: 자기 형식대로 파일에 기록');
    ManifestFormat.of(access.configMap).head('접근 로그를 읽는 프로그램');
    ManifestFormat.of(errors.configMap).head('오류 로그를 읽는 프로그램');
  }
}
