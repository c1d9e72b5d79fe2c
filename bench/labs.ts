/** The tutorial's labs and fragments, without the exercises and use cases of `charts/main.ts`. */
import { AdapterJsonLogs } from '../charts/adapter-json-logs';
import { AppWithExporter } from '../charts/app-with-exporter';
import { BestPractices } from '../charts/best-practices';
import { Communication } from '../charts/communication';
import { MultiDep } from '../charts/multi-dep';
import { MultiDepFixed } from '../charts/multi-dep-fixed';
import { RedisWithProxy } from '../charts/redis-with-proxy';
import { SidecarLogging } from '../charts/sidecar-logging';
import { ManifestApp } from '../lib';

const app = new ManifestApp({ outputFileExtension: '.yaml' });
new SidecarLogging(app, 'sidecar-logging');
new MultiDep(app, 'multi-dep');
new MultiDepFixed(app, 'multi-dep-fixed');
new AppWithExporter(app, 'app-with-exporter');
new RedisWithProxy(app, 'redis-with-proxy');
new AdapterJsonLogs(app, 'adapter-json-logs');
new Communication(app, 'communication');
new BestPractices(app, 'best-practices');
app.synth();
