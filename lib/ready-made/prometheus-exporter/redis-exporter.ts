import { listOf, onlyFields, nested, port, kind, Shape, text, wholeNumber } from '../../values/shape';
import { Exporter, fromSecret } from './exporter';
import { matching, SECRET_KEY } from './exporter-secrets';
import { RedisExporterProps, RedisKeys } from './redis-exporter-props';

const KEYS: Shape = listOf(
  'patterns',
  onlyFields(
    {
      pattern: nested(
        text,
        kind('a pattern that is not empty', (value) => value !== ''),
      ),
    },
    { database: wholeNumber(0, 2 ** 31 - 1) },
  ),
);

export const REDIS: Exporter<RedisExporterProps> = {
  engine: 'Redis',
  image: 'oliver006/redis_exporter:v1.74.0',
  user: 59000,
  metricsPort: 9121,
  otherPort: ['redisPort', 6379],
  healthPath: '/health',
  settings: {
    redisPort: port,
    // Kubernetes would expand a reference to a variable.
    user: matching(/^(?!.*\$\()[^\s\p{Cc}]+$/u, 'a name without spaces and "$("'),
    passwordSecret: SECRET_KEY,
    countKeys: KEYS,
    checkKeys: KEYS,
  },
  problems: ({ user, passwordSecret }) =>
    user !== undefined && passwordSecret === undefined
      ? ['"user" is given without "passwordSecret", and the exporter would log in without the user; give both']
      : [],
  args: ({ redisPort = 6379, user, countKeys = [], checkKeys = [] }) => [
    `--redis.addr=redis://127.0.0.1:${redisPort}`,
    ...(user === undefined ? [] : [`--redis.user=${user}`]),
    ...(countKeys.length === 0 ? [] : [`--count-keys=${keys(countKeys)}`]),
    ...(checkKeys.length === 0 ? [] : [`--check-keys=${keys(checkKeys)}`]),
  ],
  env: ({ passwordSecret }) => fromSecret('REDIS_PASSWORD', passwordSecret),
};

/** The exporter undoes the encoding, by which commas and "=" can be in a pattern. */
function keys(given: readonly RedisKeys[]): string {
  return given.map(({ pattern, database = 0 }) => `db${database}=${encodeURIComponent(pattern)}`).join(',');
}
