export * from './adapter';
export * from './ambassador';
export * from './helper';
export * from './init-order';
export * from './kubernetes-version';
export * from './pod-security';
export * from './shared-volume';
export * from './sidecar';
