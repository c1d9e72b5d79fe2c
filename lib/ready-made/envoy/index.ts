export * from './envoy-ambassador';
export * from './envoy-edge-tls';
export * from './envoy-log-field';
export * from './envoy-options';
export * from './envoy-settings';
export * from './envoy-sidecar';
export * from './envoy-sidecar-settings';
export * from './envoy-tls';
