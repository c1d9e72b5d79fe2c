import { ENVIRONMENT } from '../../contributions/helper-shape';
import { rangeProblem } from '../../values/address';
import { milliseconds } from '../../values/go-duration';
import { DEFAULT_LISTEN_ADDRESS, listenAddressProblem } from '../../values/listen-address';
import { enumOf, fields, flag, listOf, made, named, onlyFields, shown } from '../../values/shape';
import { DEFAULT_HEALTH_PORT } from './cloud-sql-args';
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
    ...named('listenAddress', 'maxConnections', 'quotaProject', 'healthPort'),
    credentials: made('_chain', 'CloudSqlCredentials, as in CloudSqlCredentials.workloadIdentity()'),
    stopDelay: milliseconds(0),
    lazyRefresh: flag,
  },
);

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
  const { instances, listenAddress = DEFAULT_LISTEN_ADDRESS, maxConnections, quotaProject } = settings;
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
    ...portProblems(settings),
    ...listenAddressProblem(listenAddress),
    // 0 would be no limit.
    ...(maxConnections === undefined ? [] : rangeProblem('maxConnections', maxConnections, 1, 1_000_000)),
    ...(quotaProject === undefined
      ? []
      : matchProblem('quotaProject', quotaProject, PROJECT_ID, 'the id of a project, such as "my-shop"')),
  ];
}

function matchProblem(what: string, value: unknown, pattern: RegExp, wanted: string): string[] {
  return typeof value === 'string' && pattern.test(value) ? [] : [`${what} is ${shown(value)}; give ${wanted}`];
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

function portProblems({ instances, healthPort = DEFAULT_HEALTH_PORT }: CloudSqlSettings): string[] {
  const ports = [
    ...instances.map(({ listen }, index) => [`instances[${index}].listen`, listen] as const),
    ['healthPort', healthPort] as const,
  ];
  return ports.flatMap(([what, port], index) => {
    const first = ports.findIndex(([, other]) => other === port);
    return first === index
      ? rangeProblem(what, port, 1, 65535)
      : [`${ports[first][0]} and ${what} are both ${port}; give each a port of its own`];
  });
}
