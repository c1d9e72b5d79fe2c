export * from './envoy';
export * from './haproxy';
export * from './open-telemetry';
