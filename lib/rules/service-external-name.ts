import { isSet, quote, textOf } from './reading/fields';
import { serviceSpecOf, serviceTypeOf } from './reading/service';
import { dnsSubdomainProblem } from './reading/syntax';
import { Rule, ServiceSubject } from './rule';

export const serviceExternalName: Rule<ServiceSubject> = {
  id: 'service-external-name',
  level: 'enforced',
  summary: 'A Service of type ExternalName has an externalName, a DNS name in lower case.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#externalname',
  check(subject, report) {
    const { externalName } = serviceSpecOf(subject);
    if (serviceTypeOf(subject) !== 'ExternalName' || (isSet(externalName) && typeof externalName !== 'string')) {
      return;
    }
    const name = textOf(externalName).replace(/\.$/, '');
    const problem = name === '' ? 'required value' : dnsSubdomainProblem(name);
    if (problem !== undefined) {
      report(`the Service has externalName ${quote(externalName)}; ${problem}; give the DNS name to point to`);
    }
  },
};
