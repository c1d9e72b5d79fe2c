export * from './kubernetes-version';
export * from './workloads';
