import { isSet, quote } from './reading/fields';
import { servicePortsOf } from './reading/service';
import { Rule, ServiceSubject } from './rule';

export const servicePortUnique: Rule<ServiceSubject> = {
  id: 'service-port-unique',
  level: 'enforced',
  summary: 'No two ports of a Service have one number, or one nodePort, with the same protocol.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services',
  check(subject, report) {
    for (const field of ['port', 'nodePort'] as const) {
      const seen = new Set<string>();
      for (const { fields, protocol } of servicePortsOf(subject)) {
        const number = fields[field];
        const key = `${quote(number)}/${protocol}`;
        if (isSet(number) && number !== 0 && seen.has(key)) {
          report(`two ports of the Service have ${field} ${key}; duplicate value; give one of them another number`);
        }
        seen.add(key);
      }
    }
  },
};
