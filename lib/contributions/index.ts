export * from './config-files';
export * from './helper-options';
export * from './init-order';
export * from './ready-made';
export * from './ready-made-options';
export * from './restricted-options';
export * from './shared-volume';
