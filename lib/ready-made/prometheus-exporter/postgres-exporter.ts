import { flag, port } from '../../values/shape';
import { Exporter, fromSecret } from './exporter';
import { matching, SECRET_KEY } from './exporter-secrets';
import { PostgresExporterProps } from './postgres-exporter-props';

export const POSTGRES: Exporter<PostgresExporterProps> = {
  engine: 'PostgreSQL',
  image: 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1',
  user: 65534,
  metricsPort: 9187,
  otherPort: ['postgresPort', 5432],
  healthPath: '/',
  settings: {
    // Kubernetes would expand a reference to a variable, and the exporter ends a name at a space.
    user: matching(/^(?!.*\$\()[^\s\p{Cc}]+$/u, 'the name of a user, without spaces and "$("'),
    passwordSecret: SECRET_KEY,
    postgresPort: port,
    database: matching(/^[^\s\p{Cc}]+$/u, 'the name of a database, without spaces'),
    tls: flag,
    settingsMetrics: flag,
  },
  required: ['user', 'passwordSecret'],
  args: ({ settingsMetrics = true }) => (settingsMetrics ? [] : ['--disable-settings-metrics']),
  env: ({ user, passwordSecret, postgresPort = 5432, database = 'postgres', tls = false }) => [
    {
      name: 'DATA_SOURCE_URI',
      value: `127.0.0.1:${postgresPort}/${encodeURIComponent(database)}?sslmode=${tls ? 'require' : 'disable'}`,
    },
    { name: 'DATA_SOURCE_USER', value: user },
    ...fromSecret('DATA_SOURCE_PASS', passwordSecret),
  ],
};
