export * from './adapter';
export * from './ambassador';
export * from './helper';
export * from './sidecar';
export * from './wait-for';
