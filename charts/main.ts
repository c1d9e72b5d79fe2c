import { ManifestApp } from '../lib';
import { AdapterJsonLogs } from './adapter-json-logs';
import { AppWithExporter } from './app-with-exporter';
import { BestPractices } from './best-practices';
import { Communication } from './communication';
import { MultiDep } from './multi-dep';
import { MultiDepFixed } from './multi-dep-fixed';
import { RedisWithProxy } from './redis-with-proxy';
import { SidecarLogging } from './sidecar-logging';

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
