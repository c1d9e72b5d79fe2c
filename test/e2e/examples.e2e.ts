import { parseAllDocuments } from 'yaml';
import { resultsOf } from '../examples/results';
import { snippetsOfDocstrings, snippetsOfPages } from '../examples/snippets';
import { e2e } from './support/e2e';
import { Manifest, refusals } from './support/refusals';

/** Runs all examples, which keeps this process busy for as long as other tests would wait for the API server. */

e2e('every manifest that the examples of pages and docstrings write is accepted', async (namespace) => {
  const results = [...resultsOf([...snippetsOfPages(), ...snippetsOfDocstrings()])];
  const wrong: string[] = [];
  let count = 0;
  for (const [{ place }, { written }] of results) {
    const manifests = parseAllDocuments(written).map((document) => document.toJS() as Manifest);
    const known = manifests.filter(({ apiVersion }) => isOfKubernetes(apiVersion));
    count += known.length;
    const said = await refusals(namespace, known);
    if (said !== '') {
      wrong.push(`${place}: ${said}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(50);
});

/** Custom resources stand in examples, too, and this cluster does not know them. */
function isOfKubernetes(apiVersion: string): boolean {
  return /^(v1|apps\/v1|batch\/v1)$/.test(apiVersion);
}
