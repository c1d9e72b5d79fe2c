export * from './log-metric';
export * from './log-metrics';
export * from './log-metrics-props';
