export * from './haproxy';
