import { enumOf, listOf, port } from '../../values/shape';
import { Exporter, fromSecret } from './exporter';
import { matching, SECRET_KEY } from './exporter-secrets';
import { MysqldCollector, MysqldExporterProps } from './mysqld-exporter-props';

export const MYSQLD: Exporter<MysqldExporterProps> = {
  engine: 'MySQL',
  image: 'prom/mysqld-exporter:v0.16.0',
  user: 65534,
  metricsPort: 9104,
  otherPort: ['mysqldPort', 3306],
  healthPath: '/',
  settings: {
    // The exporter expands variables in it, and ends it at a colon.
    user: matching(/^[A-Za-z0-9_.@+-]{1,80}$/, 'the name of a user, of letters, digits, "_", ".", "@", "+" and "-"'),
    passwordSecret: SECRET_KEY,
    mysqldPort: port,
    collectors: listOf('MysqldCollector', enumOf('MysqldCollector', MysqldCollector)),
  },
  required: ['user', 'passwordSecret'],
  args: ({ user, mysqldPort = 3306, collectors = [] }) => [
    `--mysqld.address=127.0.0.1:${mysqldPort}`,
    `--mysqld.username=${user}`,
    ...[...new Set(collectors)].map((collector) => `--collect.${collector}`),
  ],
  env: ({ passwordSecret }) => fromSecret('MYSQLD_EXPORTER_PASSWORD', passwordSecret),
};
