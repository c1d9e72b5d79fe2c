import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Ambassador, ConfigFiles, ManifestFormat, SharedVolume, Sidecar } from '../lib';

/**
 * Multi-Container 통신 방법 / how the containers of a pod talk to each other: over localhost, through a shared volume,
 * and as processes that see each other.
 */
export class Communication extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.localhost();
    this.sharedVolume();
    this.sharedProcessNamespace();
  }

  /**
   * 1. Localhost 통신: nginx가 8080 포트로 들어온 요청을 밖으로 전달합니다. `myapp`은 자신의 앱 이미지로 바꾸세요(그대로는
   * ImagePullBackOff).
   */
  private localhost(): void {
    const pod = new k8s.KubePod(this, 'localhost', {
      metadata: { name: 'localhost' },
      spec: { containers: [{ name: 'app', image: 'myapp' }] },
    });
    const config = ConfigFiles.of(
      {
        'default.conf': `server {
    listen 127.0.0.1:{port};

    location / {
        proxy_pass http://{upstream};
    }
}
`,
      },
      { configMapName: 'localhost-proxy-config' },
    );
    new Ambassador(pod, 'proxy', {
      container: { name: 'proxy', image: 'nginx', ports: [{ containerPort: 8080 }] },
      listeners: [{ port: 8080, upstream: 'example.com:80' }],
      files: [config.at('/etc/nginx/conf.d')],
    });
    ManifestFormat.of(pod)
      .head('1. Localhost 통신')
      .endOfLine('spec.containers.[name=app].image', 'localhost:8080으로 다른 컨테이너 접근');
  }

  /** 2. 공유 볼륨: 하나는 쓰고 하나는 읽습니다. */
  private sharedVolume(): void {
    const pod = new k8s.KubePod(this, 'shared-volume', {
      metadata: { name: 'shared-volume' },
      spec: {
        containers: [
          {
            name: 'writer',
            image: 'busybox',
            command: [
              'sh',
              '-c',
              "trap 'exit 0' TERM; while true; do date >> /data/dates.txt; sleep 5 & wait $!; done",
            ],
          },
        ],
      },
    });
    new Sidecar(pod, 'reader', {
      container: {
        name: 'reader',
        image: 'busybox',
        command: ['sh', '-c', "trap 'exit 0' TERM; tail -n +1 -F /data/dates.txt & wait"],
      },
      shares: [SharedVolume.emptyDir('shared-data').at('/data')],
    });
    ManifestFormat.of(pod).head('2. 공유 볼륨');
  }

  /** 3. 프로세스 네임스페이스 공유: app2는 app1의 프로세스를 볼 수 있습니다. IPC는 이것이 없어도 함께 씁니다. */
  private sharedProcessNamespace(): void {
    const pod = new k8s.KubePod(this, 'shared-process-namespace', {
      metadata: { name: 'shared-process-namespace' },
      spec: {
        shareProcessNamespace: true,
        containers: [{ name: 'app1', image: 'busybox', command: ['sleep', '3600'] }],
      },
    });
    new Sidecar(pod, 'app2', {
      container: { name: 'app2', image: 'busybox', command: ['sh', '-c', 'while true; do ps; sleep 30; done'] },
    });
    ManifestFormat.of(pod)
      .head('3. IPC (Inter-Process Communication)')
      .endOfLine('spec.shareProcessNamespace', '프로세스 네임스페이스 공유');
  }
}
