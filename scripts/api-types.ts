/**
 * Writes what the API says of the fields of workloads, Services and ConfigMaps, from the OpenAPI documents that Kubernetes
 * publishes: `npm run api-types`, with Go. Fields that only some of these versions have are in it too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const project = join(__dirname, '..');
const FILE = join(project, 'lib/values/api-types.ts');

/** The oldest version that is asked, the newest, and those between them: their last releases when this was written. */
const RELEASES = ['v1.31.14', 'v1.32.13', 'v1.33.13', 'v1.34.4', 'v1.35.4', 'v1.36.3', 'v1.37.2'];

/** By apiVersion. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ['ConfigMap', 'Pod', 'PodTemplate', 'ReplicationController', 'Service'],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'batch/v1': ['CronJob', 'Job'],
};

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

type Definitions = Readonly<Record<string, Schema>>;

function definitionsOf(release: string): Definitions {
  const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${release}`], {
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '' },
  });
  const { Dir } = JSON.parse(answer) as { Dir: string };
  const text = readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8');
  return (JSON.parse(text) as { definitions: Definitions }).definitions;
}

/** The last part of a definition's name: what the types of one version of an API have different ones of. */
function nameOf(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

/** The types that are more than their schema says, and those without fields. */
const SCALARS: Readonly<Record<string, string>> = {
  FieldsV1: 'any',
  IntOrString: 'intOrString',
  MicroTime: 'time',
  Quantity: 'quantity',
  Time: 'time',
};

/** A type as the file writes it: a scalar or the name of a type, and behind it `[]` for a list, `{}` for a map. */
function typeOf({ $ref, type, format: of, items, additionalProperties }: Schema): string {
  if ($ref !== undefined) {
    const name = nameOf($ref);
    return SCALARS[name] ?? name;
  }
  if (items) {
    return `${typeOf(items)}[]`;
  }
  if (additionalProperties) {
    return `${typeOf(additionalProperties)}{}`;
  }
  switch (type) {
    case 'integer':
      return of ?? 'int64';
    case 'string':
      return of === 'byte' ? 'bytes' : 'string';
    case 'boolean':
      return 'boolean';
    default:
      throw new Error(`what is ${JSON.stringify({ type, of })}?`);
  }
}

/** Each type, and the types of its fields. */
type Types = Map<string, Map<string, string>>;

function collect(definitions: Definitions, definition: string, types: Types, seen: Set<string>): void {
  const name = nameOf(definition);
  if (seen.has(definition) || name in SCALARS) {
    return;
  }
  seen.add(definition);
  const fields = types.get(name) ?? new Map<string, string>();
  types.set(name, fields);
  for (const [field, schema] of Object.entries(definitions[definition].properties ?? {})) {
    const type = typeOf(schema);
    if (fields.has(field) && fields.get(field) !== type) {
      throw new Error(`${name}.${field} is ${fields.get(field)} and ${type}`);
    }
    fields.set(field, type);
    const inner = (schema.items ?? schema.additionalProperties ?? schema).$ref;
    if (inner !== undefined) {
      collect(definitions, inner.slice('#/definitions/'.length), types, seen);
    }
  }
}

const types: Types = new Map();
for (const release of RELEASES) {
  const definitions = definitionsOf(release);
  const seen = new Set<string>();
  for (const [apiVersion, kinds] of Object.entries(KINDS)) {
    const api = apiVersion === 'v1' ? 'core.v1' : apiVersion.replace('/', '.');
    kinds.forEach((kind) => {
      collect(definitions, `io.k8s.api.${api}.${kind}`, types, seen);
    });
  }
}

const minors = [RELEASES[0], RELEASES[RELEASES.length - 1]].map((release) => release.slice(1).replace(/\.\d+$/, ''));
const lines = [...types]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([name, fields]) => `  ${name}: '${[...fields].map(([field, type]) => `${field} ${type}`).join(' ')}',`);
const apiVersions = Object.entries(KINDS).flatMap(([apiVersion, kinds]) =>
  kinds.map((kind) => `  ${kind}: '${apiVersion}',`),
);
const text = `// Generated from the OpenAPI documents of Kubernetes ${minors.join(' to ')} by "npm run api-types".

/** The kinds among them, and the one apiVersion that has each. */
export const API_VERSIONS: Readonly<Record<string, string>> = {
${apiVersions.join('\n')}
};

/** Each type of the API, its fields and their types. */
export const API_TYPES: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`;

async function write(): Promise<void> {
  writeFileSync(FILE, await format(text, { ...(await resolveConfig(FILE)), filepath: FILE }));
}

void write();
