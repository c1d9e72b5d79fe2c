export * from './inner-workload';
export * from './kubernetes-version';
export * from './workloads';
