export * from './haproxy';
export * from './open-telemetry';
