import { clusterNameIn } from '../values/address';
import { quoteList } from '../values/text';
import { containersOf, specOf } from './reading/containers';
import { Fields, fieldsOf, isSet, itemsOf, quote } from './reading/fields';
import { isOnHostNetwork } from './reading/ports';
import { isCustom, PodSubject, Rule } from './rule';

export const clusterDns: Rule<PodSubject> = {
  id: 'cluster-dns',
  level: 'default',
  fields: ['spec.hostNetwork', 'spec.dnsPolicy'],
  summary: 'A helper that connects to a name of the cluster is in a pod that asks the DNS of the cluster.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy',
  check(subject, report) {
    const { template, connections = [] } = subject;
    const spec = specOf(template);
    const onHost = isOnHostNetwork(template);
    if (!asksNode(spec, onHost, isCustom(subject))) {
      return;
    }
    const aliases = itemsOf(spec.hostAliases).flatMap(({ hostnames }) => hostnames);
    for (const { name, label } of containersOf(template)) {
      const places = new Set(connections.filter(({ container }) => container === name).map(({ to }) => to));
      const unknown = [...places].filter((place) => {
        const host = clusterNameIn(place);
        return host !== undefined && !aliases.includes(host);
      });
      if (unknown.length > 0) {
        report(
          `${label} connects to ${quoteList(unknown)}, ${unknown.length > 1 ? 'names' : 'a name'} of the cluster, which ` +
            `the pod cannot look up, as ${onHost ? 'on the host network' : `with dnsPolicy ${quote(spec.dnsPolicy)}`} it ` +
            `asks the DNS of its node; ${onHost ? 'set "dnsPolicy: ClusterFirstWithHostNet"' : 'leave out "dnsPolicy"'}`,
        );
      }
    }
  },
};

/** On the host network "ClusterFirst" is "Default". */
function asksNode({ dnsPolicy, dnsConfig }: Fields, onHost: boolean, mayBeFilledIn: boolean): boolean {
  if (itemsOf(fieldsOf(dnsConfig).nameservers).length > 0) {
    return false;
  }
  return dnsPolicy === 'Default' || (onHost && (isSet(dnsPolicy) ? dnsPolicy === 'ClusterFirst' : !mayBeFilledIn));
}
