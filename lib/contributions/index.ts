export * from './config-files';
export * from './helper-options';
export * from './init-order';
export * from './restricted-options';
export * from './shared-volume';
