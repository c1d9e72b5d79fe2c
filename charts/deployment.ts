import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** 모든 실습이 쓰는 Deployment의 뼈대 / what the Deployments of all labs have in common. */
export interface LabDeploymentProps {
  /** Deployment의 이름 / its name. */
  readonly name: string;
  /** 셀렉터와 Pod의 레이블 `app` / the label `app` of selector and pods. */
  readonly app: string;
  /** Pod에만 붙는 레이블 / further labels of the pods. */
  readonly podLabels?: Record<string, string>;
  /** 메인 컨테이너 / the main container. */
  readonly main: k8s.Container;
  /** 메인 컨테이너가 마운트하는 볼륨 / the volumes it mounts. */
  readonly volumes?: k8s.Volume[];
}

/** 메인 컨테이너 하나로 시작하고, 나머지는 패턴이 더합니다 / one main container: the patterns add the others. */
export function labDeployment(
  scope: Construct,
  id: string,
  { name, app, podLabels = {}, main, volumes }: LabDeploymentProps,
): k8s.KubeDeployment {
  return new k8s.KubeDeployment(scope, id, {
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app, ...podLabels } },
        spec: { volumes, containers: [main] },
      },
    },
  });
}
