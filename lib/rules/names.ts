import { containersOf, isSet, itemsOf, quote, repeated, specOf, textOf } from './read';
import { PodSubject, Rule, isCustom } from './rule';
import { dnsLabelProblem } from './syntax';

const POD_REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container';

const hasContainer: Rule<PodSubject> = {
  id: 'has-container',
  level: 'enforced',
  summary: 'A pod has at least one regular container.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#containers',
  check(subject, report) {
    const { initContainers, containers } = specOf(subject.template);
    if (itemsOf(containers).length === 0 && !isCustom(subject)) {
      const others = itemsOf(initContainers).length;
      report(
        `the pod has no regular container${others > 0 ? `, only ${others} init` : ''}; required value: give it one`,
      );
    }
  },
};

const containerName: Rule<PodSubject> = {
  id: 'container-name',
  level: 'enforced',
  summary: "A container's name is a DNS label of at most 63 characters.",
  source: POD_REFERENCE,
  check(subject, report) {
    for (const { name, place, fields } of containersOf(subject.template)) {
      if (!isSet(fields.name)) {
        if (!isCustom(subject)) {
          report(`${place} has no name; required value: name it`);
        }
        continue;
      }
      const problem = dnsLabelProblem(name);
      if (problem !== undefined) {
        report(`${place} is named ${quote(fields.name)}; ${problem}; rename it`);
      }
    }
  },
};

const containerNameUnique: Rule<PodSubject> = {
  id: 'container-name-unique',
  level: 'enforced',
  summary: 'No two containers of a pod have one name, be they regular, init or ephemeral.',
  source: POD_REFERENCE,
  check({ template }, report) {
    const ephemeral = itemsOf(specOf(template).ephemeralContainers).map(({ name }, index) => ({
      name: textOf(name),
      place: `ephemeralContainers[${index}]`,
    }));
    const named = [...containersOf(template), ...ephemeral].filter(({ name }) => name !== '');
    for (const { key, items } of repeated(named, ({ name }) => name)) {
      report(
        `${items.map(({ place }) => place).join(' and ')} share the name ${quote(key)}; ` +
          'duplicate value: give each container a name of its own',
      );
    }
  },
};

export const NAME_RULES: readonly Rule<PodSubject>[] = [hasContainer, containerName, containerNameUnique];
