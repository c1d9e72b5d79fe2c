export * from './envoy-ambassador';
export * from './envoy-header';
export * from './envoy-settings';
export * from './envoy-tls';
