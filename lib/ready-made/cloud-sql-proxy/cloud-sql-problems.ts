import { ENVIRONMENT } from '../../contributions/helper-shape';
import { argument } from '../settings/argument';
import { countProblem, durationProblem, portProblems } from '../settings/limits';
import { lacksValue } from '../../values/missing-value';
import { DEFAULT_LISTEN_ADDRESS, listenAddressProblem } from '../settings/listen-address';
import {
  dataKey,
  enumOf,
  fields,
  flag,
  listOf,
  made,
  named,
  objectName,
  onlyFields,
  optionsOf,
  shown,
} from '../../values/shape';
import { DEFAULT_HEALTH_PORT } from './cloud-sql-args';
import { CloudSqlCredentials } from './cloud-sql-credentials';
import { CloudSqlNetwork, CloudSqlSettings } from './cloud-sql-settings';

/** Settings in so far as their names, numbers and addresses can be looked at. */
const SETTINGS = fields(
  {
    instances: listOf(
      'instances',
      onlyFields(named('connectionName', 'listen'), {
        network: enumOf('CloudSqlNetwork', CloudSqlNetwork),
        iamLogin: flag,
        env: ENVIRONMENT,
      }),
    ),
  },
  {
    ...named('listenAddress', 'maxConnections', 'quotaProject', 'healthPort', 'shutdownTimeout'),
    credentials: made('_account', 'CloudSqlCredentials, as in CloudSqlCredentials.workloadIdentity()', 'pod', 'key'),
    lazyRefresh: flag,
  },
);

/** The name of a database's user, `orders@my-shop.iam`, is shorter. */
const ACCOUNT = argument(
  /^[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com$/,
  'a service account, such as "orders@my-shop.iam.gserviceaccount.com"',
);
const IMPERSONATION = { impersonate: ACCOUNT, delegates: listOf('service accounts', ACCOUNT) };
const CREDENTIALS = {
  pod: optionsOf(onlyFields({}, IMPERSONATION)),
  key: optionsOf(onlyFields({ secret: objectName }, { key: dataKey, ...IMPERSONATION })),
};

/** It may belong to a domain. */
const PROJECT = '(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]';
const PROJECT_ID = new RegExp(`^${PROJECT}$`);
const CONNECTION_NAME = new RegExp(`^${PROJECT}:[a-z]+-[a-z]+[0-9]+:[a-z](?:[a-z0-9-]{0,96}[a-z0-9])?$`);

/** All that is wrong with settings, a sentence each; none if the proxy takes them as they are meant. */
export function cloudSqlProblems(settings: CloudSqlSettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { instances, listenAddress = DEFAULT_LISTEN_ADDRESS, healthPort = DEFAULT_HEALTH_PORT } = settings;
  const { credentials, maxConnections, quotaProject, shutdownTimeout } = settings;
  return [
    ...(instances.length === 0 ? ['there is no instance; give at least one in "instances"'] : []),
    ...instances.flatMap(({ connectionName }, index) =>
      matchProblem(
        `instances[${index}].connectionName`,
        connectionName,
        CONNECTION_NAME,
        '"project:region:instance", as "gcloud sql instances describe" tells it',
      ),
    ),
    ...iamProblems(settings),
    ...portProblems([
      ...instances.map(({ listen }, index) => [`instances[${index}].listen`, listen] as const),
      ['healthPort', healthPort],
    ]),
    ...listenAddressProblem(listenAddress),
    ...(credentials ? credentialsProblems(credentials) : []),
    // 0 would be no limit.
    ...countProblem('maxConnections', maxConnections),
    ...durationProblem('shutdownTimeout', shutdownTimeout, 0),
    ...(quotaProject === undefined
      ? []
      : matchProblem('quotaProject', quotaProject, PROJECT_ID, 'the id of a project, such as "my-shop"')),
  ];
}

function matchProblem(what: string, value: unknown, pattern: RegExp, wanted: string): string[] {
  return typeof value === 'string' && pattern.test(value) && !lacksValue(value)
    ? []
    : [`${what} is ${shown(value)}; give ${wanted}`];
}

/** The proxy has one certificate for an instance: it would ask Google for another one at each turn, twice a minute at most. */
function iamProblems({ instances }: CloudSqlSettings): string[] {
  const names = new Set(instances.map(({ connectionName }) => connectionName));
  return [...names].flatMap((name) => {
    const same = instances.filter(({ connectionName }) => connectionName === name);
    return new Set(same.map(({ iamLogin = false }) => iamLogin)).size > 1
      ? [`the instance ${shown(name)} is there with and without "iamLogin"; give all of them the same`]
      : [];
  });
}

function credentialsProblems({ _account, _options }: CloudSqlCredentials): readonly string[] {
  const misshapen = CREDENTIALS[_account](_options, 'credentials');
  const { impersonate, delegates = [] } = misshapen.length > 0 ? {} : _options;
  return impersonate === undefined && delegates.length > 0
    ? ['credentials.delegates lead to no service account; give that in "impersonate"']
    : misshapen;
}
