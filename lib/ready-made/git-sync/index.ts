export * from './git-access';
export * from './git-sync';
export * from './git-sync-settings';
