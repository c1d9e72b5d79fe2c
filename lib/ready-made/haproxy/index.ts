export * from './haproxy-ambassador';
export * from './haproxy-settings';
