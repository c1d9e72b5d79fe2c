import { isIP } from 'node:net';
import { quote, textOf } from './reading/fields';
import { isHeadless, serviceSpecOf, serviceTypeOf } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const serviceClusterIp: Rule<ServiceSubject> = {
  id: 'service-cluster-ip',
  level: 'enforced',
  summary: 'The clusterIP of a Service is an IP address or "None", and fits its type.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#headless-services',
  check(subject, report) {
    const type = serviceTypeOf(subject);
    const clusterIP = textOf(serviceSpecOf(subject).clusterIP);
    if (isHeadless(subject) && (type === 'NodePort' || type === 'LoadBalancer')) {
      report(
        `the Service has clusterIP "None"; may not be set to 'None' for ${type} services; remove it, or set type to ` +
          'ClusterIP',
      );
    } else if (clusterIP !== '' && type === 'ExternalName') {
      report(`the Service has clusterIP ${quote(clusterIP)}; may not be set for ExternalName services; remove it`);
    } else if (clusterIP !== '' && clusterIP !== 'None' && !isAddress(clusterIP)) {
      report(
        `the Service has clusterIP ${quote(clusterIP)}; must be a valid IP address; write ` +
          (clusterIP.toLowerCase() === 'none' ? '"None", with a capital letter' : 'one, or leave it out'),
      );
    }
  },
};

/** The API server still reads zeros before a number, as in 10.0.0.01. */
function isAddress(text: string): boolean {
  return isIP(text.replaceAll(/(^|\.)0+(?=\d)/g, '$1')) !== 0 && !text.includes('%');
}
