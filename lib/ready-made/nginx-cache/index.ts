export * from './nginx-cache-ambassador';
export * from './nginx-cache-condition';
export * from './nginx-cache-key';
export * from './nginx-cache-settings';
export * from './nginx-cache-tls';
