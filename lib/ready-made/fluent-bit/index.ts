export * from './fluent-bit-logs';
export * from './fluent-bit-output';
export * from './fluent-bit-parser';
export * from './fluent-bit-settings';
export * from './fluent-bit-sidecar';
export * from './fluent-bit-tls';
