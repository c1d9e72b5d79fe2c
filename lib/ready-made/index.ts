export * from './envoy';
export * from './haproxy';
export * from './json-logs';
export * from './log-metrics';
export * from './nginx-cache';
export * from './open-telemetry';
export * from './pgbouncer';
export * from './prometheus-exporter';
