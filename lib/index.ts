export * from './checks';
export * from './contributions';
export * from './manifests';
export * from './patterns';
export * from './ready-made';
export * from './weaving';
export * from './workloads';
