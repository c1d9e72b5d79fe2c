import { isSet, quote } from './reading/fields';
import { portsOf } from './reading/ports';
import { portNumberProblem } from './reading/syntax';
import { PodSubject, Rule, isCustom } from './rule';

export const portNumber: Rule<PodSubject> = {
  id: 'port-number',
  level: 'enforced',
  fields: ['ports'],
  summary: 'A containerPort or hostPort is a whole number from 1 to 65535.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports',
  check(subject, report) {
    for (const { container, fields } of portsOf(subject.template)) {
      const problem = portNumberProblem(fields.containerPort);
      if (!isSet(fields.containerPort)) {
        if (!isCustom(subject)) {
          report(`${container.label} declares a port without containerPort; required value: give its number`);
        }
      } else if (problem !== undefined) {
        report(`${container.label} declares containerPort ${quote(fields.containerPort)}; ${problem}`);
      }
      // hostPort 0 is how Kubernetes writes that there is none.
      if (isSet(fields.hostPort) && fields.hostPort !== 0) {
        const hostProblem = portNumberProblem(fields.hostPort);
        if (hostProblem !== undefined) {
          report(`${container.label} declares hostPort ${quote(fields.hostPort)}; ${hostProblem}`);
        }
      }
    }
  },
};
