import { port } from '../../values/shape';
import { Exporter, URL_PATH } from './exporter';
import { NginxExporterProps } from './nginx-exporter-props';

export const NGINX: Exporter<NginxExporterProps> = {
  engine: 'nginx',
  image: 'nginx/nginx-prometheus-exporter:1.4.1',
  user: 1001,
  metricsPort: 9113,
  otherPort: ['statusPort', 8080],
  healthPath: '/',
  settings: {
    statusPort: port,
    statusPath: URL_PATH,
  },
  // Its --nginx.timeout has no effect: version 1.4.1 reads it and waits for ever all the same.
  args: ({ statusPort = 8080, statusPath = '/stub_status' }) => [
    `--nginx.scrape-uri=http://127.0.0.1:${statusPort}${statusPath}`,
  ],
};
