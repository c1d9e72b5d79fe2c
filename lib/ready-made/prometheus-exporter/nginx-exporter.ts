import { port } from '../../values/shape';
import { goDuration } from '../../values/go-duration';
import { Exporter, matching, MILLISECONDS } from './exporter';
import { NginxExporterProps } from './nginx-exporter-props';

/** The path of a URL; a `%` that encodes nothing would be an error at each scrape. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!&()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/;

export const NGINX: Exporter<NginxExporterProps> = {
  engine: 'nginx',
  image: 'nginx/nginx-prometheus-exporter:1.4.1',
  user: 1001,
  metricsPort: 9113,
  otherPort: ['statusPort', 8080],
  healthPath: '/',
  settings: {
    statusPort: port,
    statusPath: matching(PATH, 'the path of a URL, which starts with "/" and has anything unusual percent-encoded'),
    timeout: MILLISECONDS,
  },
  args: ({ statusPort = 8080, statusPath = '/stub_status', timeout }) => [
    `--nginx.scrape-uri=http://127.0.0.1:${statusPort}${statusPath}`,
    ...(timeout ? [`--nginx.timeout=${goDuration(timeout)}`] : []),
  ],
};
