import { Exporter } from './exporter';
import { JsonExporterProps } from './json-exporter-props';
import {
  JSON_MODULES,
  jsonModuleProblems,
  jsonSecretFiles,
  nameOf,
  portOf,
  renderJsonModules,
  targetOf,
} from './json-modules';

const FOLDER = '/etc/json-exporter';
const FILE = 'config.yml';
const METRICS_PORT = 7979;

export const JSON_EXPORTER: Exporter<JsonExporterProps> = {
  engine: 'JSON',
  image: 'quay.io/prometheuscommunity/json-exporter:v0.7.0',
  user: 65534,
  metricsPort: METRICS_PORT,
  healthPath: '/',
  settings: {},
  others: { modules: JSON_MODULES },
  required: ['modules'],
  problems: ({ modules, metricsPort = METRICS_PORT }) => [
    ...modules.flatMap((module, index) =>
      portOf(module) === metricsPort
        ? [`modules[${index}].port and metricsPort are both ${metricsPort}; give metricsPort another port`]
        : [],
    ),
    ...jsonModuleProblems(modules),
  ],
  args: () => [`--config.file=${FOLDER}/${FILE}`],
  files: ({ modules }) => ({ [FILE]: renderJsonModules(modules) }),
  folder: FOLDER,
  secretFiles: ({ modules }) => modules.flatMap(jsonSecretFiles),
  endpoints: ({ modules }) =>
    modules.map((module) => ({
      path: '/probe',
      params: { module: nameOf(module), target: targetOf(module) },
      labels: { module: nameOf(module) },
    })),
};
