import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { filesIn, project } from '../support/project';
import { DIST } from './support/dist';
import { e2e } from './support/e2e';
import { Manifest, refusals } from './support/refusals';

/** What the API server says of manifests; nothing is made. */

e2e('every manifest in dist/ is accepted strictly, without a warning', async (namespace) => {
  const dist = join(project, 'dist');
  const said = await namespace.tryKubectl(['apply', '--dry-run=server', '--validate=strict', '-f', dist]);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  const documents = DIST.flatMap((file) => parseAllDocuments(readFileSync(join(dist, file), 'utf8')));
  // In the order in which they stand in the files.
  const made = [...said.stdout.matchAll(/^[^/]+\/(\S+) created \(server dry run\)$/gm)].map(([, name]) => name);
  const names = documents.map(
    (document) => (document.toJS() as { readonly metadata: { readonly name: string } }).metadata.name,
  );
  expect(made).toEqual(names);
});

interface Example {
  readonly place: string;
  readonly heading: string;
  readonly text: string;
  readonly manifests: readonly Manifest[];
}

/** The manifests and pod specs that stand in the documentation; an excerpt has a line that is left out, `# …`. */
function examples(): Example[] {
  const pages = ['README.md', 'README.ko.md', ...filesIn(join(project, 'docs')).map((file) => `docs/${file}`)];
  return pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      readFileSync(join(project, page), 'utf8')
        .split(/^(?=## )/m)
        .flatMap((section) =>
          [...section.matchAll(/```yaml\n((?:(?!# …)[^`])*?)```/g)].map(([, text]) => ({
            place: page,
            heading: /^## (.*)$/m.exec(section)?.[1] ?? '',
            text,
            manifests: parseAllDocuments(text).flatMap((document) => manifestsOf(document.toJS())),
          })),
        ),
    );
}

/** A document that is a pod spec is one of a pod; other fragments are not for the API server. */
function manifestsOf(document: unknown): Manifest[] {
  const fields = (document ?? {}) as Partial<Manifest> & { readonly containers?: unknown };
  if (fields.apiVersion !== undefined && fields.kind !== undefined) {
    return [document as Manifest];
  }
  const isPodSpec = fields.containers !== undefined;
  return isPodSpec ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec: document } as Manifest] : [];
}

/** An example may name the version of Kubernetes that it is for; later servers say otherwise. */
function isForOlderServer(text: string): boolean {
  const version = /^# Kubernetes 1\.(\d+)$/m.exec(text);
  return version !== null && Number(version[1]) < Number(process.env.E2E_MINOR);
}

/** What a server refuses although the rule can be switched off: only a strict one does, or one that has these zones. */
const REFUSED_BY_THIS_SERVER = ['docs/rules/unknown-field.md', 'docs/rules/cron-time-zone.md'];

e2e('every manifest in the documentation is accepted, but for those that break an enforced rule', async (namespace) => {
  const all = examples().filter(({ manifests }) => manifests.length > 0);
  expect(all.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const example of all.filter(({ text }) => !isForOlderServer(text))) {
    const enforced = readFileSync(join(project, example.place), 'utf8').includes('**Enforced:**');
    const isToBeRefused =
      (enforced || REFUSED_BY_THIS_SERVER.includes(example.place)) && example.heading === 'Breaks it';
    const said = await refusals(namespace, example.manifests);
    if ((said !== '') !== isToBeRefused) {
      wrong.push(`${example.place}, ${example.heading}: ${said || 'accepted'}\n${example.text}`);
    }
  }
  expect(wrong).toEqual([]);
});
