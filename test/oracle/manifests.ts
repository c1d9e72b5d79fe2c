import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { groupOf, isBuiltInGroup } from '../../lib/values/api-groups';
import { PodTemplate } from '../../lib/values/pod';
import { filesIn, project } from '../support/project';

/** An object in wire format. */
export interface ApiManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Manifests of this repository, and what is said of them where they stand. */
export interface Case {
  readonly place: string;
  readonly name: string;
  readonly manifests: readonly ApiManifest[];
}

const GROUPS: Record<string, string> = {
  CronJob: 'batch/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
};

/** The documents of a text that are objects, or pod specs, which stand for a pod; other fragments are left out. */
export function manifestsIn(text: string): ApiManifest[] {
  return parseAllDocuments(text, { uniqueKeys: false }).flatMap((document) => complete(document.toJS()));
}

/** What is about one field says no more than that: the rest is what every object of the kind has. */
function complete(document: unknown): ApiManifest[] {
  const fields = (document ?? {}) as Record<string, unknown>;
  if (typeof fields.kind !== 'string') {
    return 'containers' in fields ? complete({ kind: 'Pod', spec: document }) : [];
  }
  const { kind, metadata = {}, ...rest } = fields;
  return [{ apiVersion: GROUPS[kind] ?? 'v1', kind, ...rest, metadata: { name: 'a', ...(metadata as object) } }];
}

/** The cases of a fixture: `--- # name` begins one, `---` alone a further document of it. */
function fixture(file: string): Case[] {
  return readFileSync(join(project, 'test/fixtures/rules', file), 'utf8')
    .split(/^--- # /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { place: file, name: part.slice(0, end), manifests: manifestsIn(part.slice(end)) };
    });
}

/** The examples of the documentation that stand under certain headings. */
function examples(isMeant: (heading: string, page: string) => boolean): Case[] {
  const pages = filesIn(project).filter((file) => /^(README.*|docs\/.*|packages\/[^/]+\/README)\.md$/.test(file));
  return pages.flatMap((place) => {
    const page = readFileSync(join(project, place), 'utf8');
    return page.split(/^(?=## )/m).flatMap((section) => {
      const heading = /^## (.*)$/m.exec(section)?.[1] ?? '';
      const texts = isMeant(heading, page) ? [...section.matchAll(/```yaml\n(.*?)```/gs)] : [];
      // What leaves something out is no manifest.
      const whole = texts.filter(([, text]) => !text.includes('…'));
      return whole.map(([, text]) => ({ place, name: heading, manifests: manifestsIn(text) }));
    });
  });
}

function files(folder: string): Case[] {
  return filesIn(join(project, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({
      place: folder,
      name: file,
      manifests: manifestsIn(readFileSync(join(project, folder, file), 'utf8')),
    }));
}

const BREAKS = 'Breaks it';

/** What this repository calls right: what it writes, what it copies, what it recommends, and what rules let pass. */
export function validCases(): Case[] {
  return [
    ...files('dist'),
    ...files('test/goldens'),
    ...fixture('valid.yaml'),
    ...examples((heading) => heading !== BREAKS),
  ].filter(({ manifests }) => manifests.length > 0);
}

/** One object of every kind that the server's code judges. */
export function everyKind(): ApiManifest[] {
  const file = 'packages/cdk8s-kubernetes-validation/test/fixtures/kinds.yaml';
  return manifestsIn(readFileSync(join(project, file), 'utf8'));
}

/** Whether it is of a kind that Kubernetes does not have itself. */
export function isCustom({ apiVersion }: ApiManifest): boolean {
  return !isBuiltInGroup(groupOf(apiVersion));
}

/**
 * The object, and the pod that its controller would make of its template: some mistakes are found only then, and are no less
 * a rejection for that.
 */
export function withPod(manifest: ApiManifest): ApiManifest[] {
  const nested = manifest as { spec?: { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } };
  const template = nested.spec?.jobTemplate?.spec?.template ?? nested.spec?.template;
  const metadata = { ...template?.metadata, name: 'a' };
  return template ? [manifest, { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec }] : [manifest];
}

/** What it calls wrong. */
export function invalidCases(): Case[] {
  return [...fixture('invalid.yaml'), ...examples((heading) => heading === BREAKS)].filter(
    ({ manifests }) => manifests.length > 0,
  );
}
