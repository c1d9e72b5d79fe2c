export * from './inner-workload';
export * from './image-registry';
export * from './kubernetes-version';
export * from './workloads';
