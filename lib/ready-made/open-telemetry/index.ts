export * from './open-telemetry-adapter';
export * from './open-telemetry-input';
export * from './open-telemetry-output';
export * from './open-telemetry-settings';
export * from './open-telemetry-sidecar';
export * from './open-telemetry-tls';
export * from './open-telemetry-transformation';
