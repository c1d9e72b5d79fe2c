export * from './manifest-app';
export * from './manifest-format';
export * from './manifest-style';
