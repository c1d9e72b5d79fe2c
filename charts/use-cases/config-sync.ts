import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ConfigReloader, GitSync, HelperKind, ManifestFormat, PodSecurity, SharedVolume } from '../../lib';
import { labDeployment } from '../deployment';

/** 앱은 /cgi-bin/reload 요청을 받으면 설정과 내용을 다시 읽습니다 / asked at /cgi-bin/reload, the app reads all again. */
const APP = `mkdir -p /tmp/www/cgi-bin
cat >/tmp/www/cgi-bin/reload <<'END'
#!/bin/sh
{
  echo "greeting: $(cat /etc/noticeboard/greeting)"
  echo "commit: $(basename "$(readlink /srv/site/current)")"
} >/proc/1/fd/1
printf 'Status: 200 OK\\r\\n\\r\\n'
END
chmod +x /tmp/www/cgi-bin/reload
echo "started with: $(ls /srv/site/current/ | xargs)"
trap exit TERM
httpd -f -p 127.0.0.1:8080 -h /tmp/www & wait
`;

const RELOAD = 'http://localhost:8080/cgi-bin/reload';

/**
 * 설정 동기화 / configuration kept in sync.
 *
 * 앱은 파일을 읽을 뿐이고, 두 사이드카가 그 파일을 최신으로 유지합니다. The app reads files; two sidecars keep them as they
 * should be, and tell it.
 *
 * - git-sync가 저장소를 볼륨에 가져옵니다. 앱은 첫 커밋을 가져온 뒤에 시작합니다 / a repository in a volume; the app starts when the
 *   first commit is there.
 * - 링크 `current`는 한 번에 바뀝니다. 앱은 두 커밋이 섞인 파일을 보지 않습니다 / the link changes in one step: no mix of commits.
 * - 앱은 볼륨에 쓸 수 없습니다 / the app cannot write to the volume.
 * - configmap-reload가 ConfigMap의 변경을 보고 앱에 알립니다. Pod는 그대로입니다 / a changed ConfigMap is told to the app; the pod
 *   stays. 그래서 ConfigMap의 이름은 바뀌지 않아야 하고, immutable이면 안 됩니다 / so it keeps its name and is not immutable.
 *
 * ```
 * kubectl patch configmap noticeboard --patch '{"data":{"greeting":"hello again"}}'
 * kubectl logs deploy/noticeboard -c app -f # 1분쯤 뒤에 / within a minute or two
 * ```
 */
export class ConfigSync extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const config = new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: 'noticeboard' },
      data: { greeting: 'hello' },
    });
    const app = labDeployment(this, 'app', {
      name: 'noticeboard',
      app: 'noticeboard',
      main: { name: 'app', image: 'busybox:1.37.0', command: ['sh', '-c', APP] },
    });
    new GitSync(app, 'site-sync', {
      kind: HelperKind.NATIVE_SIDECAR,
      repository: 'https://github.com/octocat/Hello-World.git',
      path: '/srv/site',
      webhook: { url: RELOAD },
    });
    new ConfigReloader(app, 'config-reloader', {
      kind: HelperKind.NATIVE_SIDECAR,
      configs: [SharedVolume.fromConfigMap('config', { name: config.name }).at('/etc/noticeboard')],
      url: RELOAD,
    });
    PodSecurity.restrict(app, { user: 1000, containers: { app: { writablePaths: ['/tmp'] } } });

    ManifestFormat.of(config).head('앱의 설정: 바뀌면 앱에 알림');
    ManifestFormat.of(app)
      .head('설정 동기화: 파일을 읽을 뿐인 앱')
      .above('spec.template.spec.initContainers.[name=site-sync]', '사이드카: 저장소를 볼륨에 가져오는 git-sync')
      .above('spec.template.spec.initContainers.[name=config-reloader]', '사이드카: ConfigMap의 변경을 앱에 알림')
      .above('spec.template.spec.containers.[name=app]', '메인 애플리케이션: 파일을 읽고, 알림을 받으면 다시 읽음');
  }
}
