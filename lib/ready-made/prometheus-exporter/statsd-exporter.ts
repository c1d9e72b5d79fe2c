import { enumOf, kind, port } from '../../values/shape';
import { fileOptionProblems } from '../../contributions/helper-shape';
import { Exporter, MILLISECONDS } from './exporter';
import { renderStatsdMappings, STATSD_MAPPINGS, statsdMappingProblems } from './statsd-mappings';
import { StatsdExporterProps, StatsdObserver } from './statsd-exporter-props';
import { hostAndPort } from '../../values/address';
import { quoteList } from '../../values/text';
import { LISTEN_ADDRESSES } from '../settings/listen-address';

const FOLDER = '/etc/statsd-exporter';
const FILE = 'mappings.yaml';

export const STATSD: Exporter<StatsdExporterProps> = {
  engine: 'StatsD',
  image: 'prom/statsd-exporter:v0.30.0',
  user: 65534,
  metricsPort: 9102,
  otherPort: ['port', 8125],
  healthPath: '/-/healthy',
  takesData: true,
  settings: {
    port,
    listenAddress: kind(`one of ${quoteList(LISTEN_ADDRESSES)}`, (value) => LISTEN_ADDRESSES.includes(value as string)),
  },
  others: {
    mappings: STATSD_MAPPINGS,
    observer: enumOf('StatsdObserver', StatsdObserver),
    ttl: MILLISECONDS,
  },
  problems: (props) => [...statsdMappingProblems(props.mappings ?? []), ...fileProblems(props)],
  args: (props) => {
    const address = hostAndPort(props.listenAddress ?? '127.0.0.1', props.port ?? DEFAULT_PORT);
    return [
      `--statsd.listen-udp=${address}`,
      `--statsd.listen-tcp=${address}`,
      ...(hasFile(props) ? [`--statsd.mapping-config=${FOLDER}/${FILE}`] : []),
    ];
  },
  ports: (props) => [
    { containerPort: props.port ?? DEFAULT_PORT, protocol: 'UDP' },
    { containerPort: props.port ?? DEFAULT_PORT },
  ],
  files: (props) => (hasFile(props) ? { [FILE]: renderStatsdMappings(props) } : undefined),
  folder: FOLDER,
};

const DEFAULT_PORT = 8125;

/** Whether there is anything to say that the exporter would not do by itself. */
function hasFile({ mappings = [], observer, ttl }: StatsdExporterProps): boolean {
  return mappings.length > 0 || observer !== undefined || ttl !== undefined;
}

function fileProblems(props: StatsdExporterProps): string[] {
  return hasFile(props) ? [] : fileOptionProblems(props, 'give "mappings", "observer" or "ttl", or leave it out');
}
