export * from './pgbouncer-ambassador';
export * from './pgbouncer-settings';
export * from './pgbouncer-tls';
export * from './pgbouncer-users';
