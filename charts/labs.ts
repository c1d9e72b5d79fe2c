import { App } from 'cdk8s';
import { AdapterJsonLogs } from './adapter-json-logs';
import { AppWithExporter } from './app-with-exporter';
import { BestPractices } from './best-practices';
import { Communication } from './communication';
import { MultiDep } from './multi-dep';
import { MultiDepFixed } from './multi-dep-fixed';
import { RedisWithProxy } from './redis-with-proxy';
import { SidecarLogging } from './sidecar-logging';

/** 튜토리얼의 실습 다섯 개와 예제 조각들 / the tutorial's five labs, and its fragments. */
export function addLabs(app: App): void {
  new SidecarLogging(app, 'sidecar-logging');
  new MultiDep(app, 'multi-dep');
  new MultiDepFixed(app, 'multi-dep-fixed');
  new AppWithExporter(app, 'app-with-exporter');
  new RedisWithProxy(app, 'redis-with-proxy');

  new AdapterJsonLogs(app, 'adapter-json-logs');
  new Communication(app, 'communication');
  new BestPractices(app, 'best-practices');
}
