import { isSet, quote, textOf } from './reading/fields';
import { servicePortsOf } from './reading/service';
import { dnsLabelProblem } from './reading/syntax';
import { Rule, ServiceSubject } from './rule';

export const servicePortName: Rule<ServiceSubject> = {
  id: 'service-port-name',
  level: 'enforced',
  summary: 'The ports of a Service have names that are DNS labels, each a different one; a single port needs none.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services',
  check(subject, report) {
    const ports = servicePortsOf(subject);
    const names = new Set<string>();
    for (const [index, { fields, label }] of ports.entries()) {
      const name = textOf(fields.name);
      if (name === '') {
        // That it is no string, `field-type` says.
        if (ports.length > 1 && (fields.name === '' || !isSet(fields.name))) {
          report(`${label} of the Service has no name, and there are ${ports.length} ports; required value: name it`);
        }
        continue;
      }
      const problem = dnsLabelProblem(name);
      if (problem !== undefined) {
        report(`ports[${index}] of the Service is named ${quote(name)}; ${problem}; rename it`);
      }
      if (names.has(name)) {
        report(`two ports of the Service are named ${quote(name)}; duplicate value; rename one of them`);
      }
      names.add(name);
    }
  },
};
