export * from './pod-checks';
export * from './pod-rules';
