import { ManifestApp } from '../lib';
import { Exercise3Ambassador } from './exercises/ambassador';
import { Exercise4Metrics } from './exercises/metrics';
import { Exercise2Broken, Exercise2Mended } from './exercises/problem-analysis';
import { Exercise1SidecarLogging } from './exercises/sidecar-logging';
import { addLabs } from './labs';
import { Cache } from './use-cases/cache';
import { CloudSql } from './use-cases/cloud-sql';
import { ConfigSync } from './use-cases/config-sync';
import { DatabaseConnections } from './use-cases/database-connections';
import { ExternalApi } from './use-cases/external-api';
import { LogsByFluentBit } from './use-cases/fluent-bit';
import { JsonMetrics } from './use-cases/json-metrics';
import { LogFormat } from './use-cases/log-format';
import { MonitoringConnected } from './use-cases/log-metrics';
import { LogsCollected } from './use-cases/logs';
import { Metrics } from './use-cases/metrics';
import { DataNormalized } from './use-cases/normalization';
import { ReadWriteSplit } from './use-cases/read-write-split';
import { RetriesAndCircuitBreaker } from './use-cases/retries-and-circuit-breaker';
import { ScrapedMetrics } from './use-cases/scraped-metrics';
import { TlsEdge } from './use-cases/tls-edge';

const app = new ManifestApp({ outputFileExtension: '.yaml' });

addLabs(app);

new Exercise1SidecarLogging(app, 'exercise-1-sidecar-logging');
new Exercise2Broken(app, 'exercise-2-broken');
new Exercise2Mended(app, 'exercise-2-mended');
new Exercise3Ambassador(app, 'exercise-3-ambassador');
new Exercise4Metrics(app, 'exercise-4-metrics');

new LogsCollected(app, 'use-case-logs');
new LogsByFluentBit(app, 'use-case-fluent-bit');
new ScrapedMetrics(app, 'use-case-scraped-metrics');
new ConfigSync(app, 'use-case-config-sync');
new TlsEdge(app, 'use-case-tls-edge');
new Cache(app, 'use-case-cache');
new DatabaseConnections(app, 'use-case-database-connections');
new ReadWriteSplit(app, 'use-case-read-write-split');
new CloudSql(app, 'use-case-cloud-sql');
new ExternalApi(app, 'use-case-external-api');
new RetriesAndCircuitBreaker(app, 'use-case-retries-and-circuit-breaker');
new LogFormat(app, 'use-case-log-format');
new Metrics(app, 'use-case-metrics');
new JsonMetrics(app, 'use-case-json-metrics');
new DataNormalized(app, 'use-case-normalization');
new MonitoringConnected(app, 'use-case-log-metrics');

app.synth();
