export * from './adapter';
export * from './ambassador';
export * from './sidecar';
export * from './wait-for';
