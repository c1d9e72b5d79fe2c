export * from './prometheus-exporter';
export * from './prometheus-exporter-options';
export * from './prometheus-scrape';
export * from './nginx-exporter-props';
export * from './redis-exporter-props';
export * from './statsd-exporter-props';
export * from './postgres-exporter-props';
export * from './mysqld-exporter-props';
