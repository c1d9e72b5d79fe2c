import { Chart, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Manifest, PodSpec } from '../../lib/values/pod';

/** A Deployment with one container, as small as it gets. */
export function deployment(scope: Construct, id = 'web', spec: Partial<k8s.PodSpec> = {}): k8s.KubeDeployment {
  return new k8s.KubeDeployment(scope, id, {
    metadata: { name: id },
    spec: { selector: { matchLabels: { app: id } }, template: template(id, spec) },
  });
}

export function template(app = 'web', spec: Partial<k8s.PodSpec> = {}): k8s.PodTemplateSpec {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'app', image: 'nginx:1.27' }], ...spec },
  };
}

/** The documents of a chart. */
export function synthManifests(chart: Chart): Manifest[] {
  return Testing.synth(chart) as Manifest[];
}

/** The pod spec of the first document of a chart. */
export function synthPodSpec(chart: Chart, kind = 'Deployment'): PodSpec {
  const manifest = synthManifests(chart).find((document) => document.kind === kind);
  return podSpecOf(manifest);
}

export function podSpecOf(manifest: Manifest | undefined): PodSpec {
  interface Template {
    spec: PodSpec;
  }
  const { spec, template } = (manifest ?? {}) as {
    spec?: PodSpec & { template?: Template; jobTemplate?: { spec: { template: Template } } };
    template?: Template;
  };
  const found = template?.spec ?? spec?.template?.spec ?? spec?.jobTemplate?.spec.template.spec ?? spec;
  if (!found) {
    throw new Error(`no pod spec in ${JSON.stringify(manifest)}`);
  }
  return found;
}

/** What synthesis complains of, a line each; empty where it does not. */
export function synthErrors(chart: Chart): string[] {
  try {
    Testing.synth(chart);
    return [];
  } catch (error) {
    const [title, ...lines] = (error as Error).message.split('\n');
    if (!title.startsWith('Validation failed')) {
      throw error;
    }
    return lines.map((line) => line.trim());
  }
}
