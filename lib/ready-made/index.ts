export * from './config-reloader';
export * from './envoy';
export * from './git-sync';
export * from './haproxy';
export * from './open-telemetry';
export * from './pgbouncer';
export * from './prometheus-exporter';
