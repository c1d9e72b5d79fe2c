export * from './pod-checks';
