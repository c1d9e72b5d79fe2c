export * from './cloud-sql-credentials';
export * from './cloud-sql-proxy';
export * from './cloud-sql-settings';
