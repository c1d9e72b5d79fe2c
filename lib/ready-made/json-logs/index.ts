export * from './json-log-format';
export * from './json-log-type';
export * from './json-logs';
