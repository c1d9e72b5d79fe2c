import { fieldsOf, quote, textOf } from './reading/fields';
import { serviceSpecOf } from './reading/service';
import { labelValueProblem, qualifiedNameProblem } from './reading/syntax';
import { Rule, ServiceSubject } from './rule';

export const serviceSelector: Rule<ServiceSubject> = {
  id: 'service-selector',
  level: 'enforced',
  summary: 'The selector of a Service holds labels that pods can have.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  check(subject, report) {
    for (const [key, value] of Object.entries(fieldsOf(serviceSpecOf(subject).selector))) {
      const problem = qualifiedNameProblem(key);
      if (problem !== undefined) {
        report(`the Service selects by the label ${quote(key)}; ${problem}; correct it`);
      }
      const valueProblem = labelValueProblem(textOf(value));
      if (valueProblem !== undefined) {
        report(`the Service selects by ${quote(key)} with the value ${quote(value)}; ${valueProblem}`);
      }
    }
  },
};
