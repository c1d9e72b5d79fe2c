export * from './header-value';
