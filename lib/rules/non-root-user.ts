import { isSet, quote, textOf } from './reading/fields';
import { parseImage } from './reading/images';
import { nonRootContainersOf } from './reading/security';
import { PodSubject, Rule } from './rule';

/** Images of Docker Hub whose Dockerfile names its user, so that the kubelet cannot tell it is not root. */
const NAMED_USERS: Readonly<Record<string, string>> = {
  haproxy: 'haproxy',
  memcached: 'memcache',
  kong: 'kong',
  'curlimages/curl': 'curl_user',
  'prom/alertmanager': 'nobody',
  'prom/blackbox-exporter': 'nobody',
  'prom/node-exporter': 'nobody',
  'prom/prometheus': 'nobody',
  'prom/pushgateway': 'nobody',
  'prom/statsd-exporter': 'nobody',
};

export const nonRootUser: Rule<PodSubject> = {
  id: 'non-root-user',
  level: 'default',
  fields: ['securityContext', 'spec.securityContext'],
  summary: 'Where runAsNonRoot is true, runAsUser is not 0, and is there for images whose user is only a name.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
  check({ template }, report) {
    for (const { container, user } of nonRootContainersOf(template)) {
      const { name } = parseImage(textOf(container.fields.image));
      const imageUser = new Map(Object.entries(NAMED_USERS)).get(name.replace(/^(docker\.io\/)?(library\/)?/, ''));
      if (user === 0) {
        report(
          `${container.label} has runAsNonRoot: true and runs as user 0, so the kubelet does not start it; give ` +
            'runAsUser another number',
        );
      } else if (!isSet(user) && imageUser !== undefined) {
        report(
          `${container.label} has runAsNonRoot: true, but its image ${quote(name)} has the non-numeric user ` +
            `${quote(imageUser)}: the kubelet cannot verify user is non-root and does not start it; set runAsUser`,
        );
      }
    }
  },
};
