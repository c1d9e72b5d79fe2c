/**
 * What the verdict on an object costs: that of the API server's code in cdk8s-kubernetes-validation, and that of the
 * rules on fields here. Printed as JSON, by a process of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KubernetesValidation } from '../packages/cdk8s-kubernetes-validation/lib';
import { checkObject } from '../lib/rules';
import { Manifest } from '../lib/values/pod';
import { median } from './run';

const PACKAGE = join(__dirname, '../packages/cdk8s-kubernetes-validation');

const FIELD_RULES: readonly string[] = ['field-type', 'unknown-field', 'field-value', 'required-field'];

/** An object of every kind that the package judges, under another name each time. */
function objects(rounds: number): Manifest[] {
  const text = readFileSync(join(PACKAGE, 'test/fixtures/kinds.yaml'), 'utf8');
  const kinds = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  return Array.from({ length: rounds }, (_, round) =>
    kinds.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, name: `a-${round}` } })),
  ).flat();
}

function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const all = objects(40);
const before = process.memoryUsage().rss;
const first = seconds(() => KubernetesValidation.judge(all[0]));
const each = all.map((manifest) => seconds(() => KubernetesValidation.judge(manifest)));
const megabytes = (process.memoryUsage().rss - before) / 1e6;
const known = objects(400).filter(({ kind }) =>
  ['ConfigMap', 'Service', 'Pod', 'Deployment', 'CronJob'].includes(kind ?? ''),
);
const ofFields = seconds(() => {
  known.forEach((manifest) => checkObject({ manifest }, ({ id }) => FIELD_RULES.includes(id)));
});
console.log(
  JSON.stringify({
    first,
    milliseconds: median(each) * 1e3,
    megabytes,
    fieldMilliseconds: (ofFields * 1e3) / known.length,
  }),
);
