import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RULES, isOnByDefault } from '../../lib/rules';
import { findingsIn, idsOf } from './support';

/** The cases of a fixture: `--- # name` begins one, `---` alone a further document of it. */
function casesIn(file: string): { name: string; text: string }[] {
  const text = readFileSync(join(__dirname, '../fixtures/rules', file), 'utf8');
  return text
    .split(/^--- # /m)
    .slice(1)
    .map((part) => ({ name: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n')) }));
}

const valid = casesIn('valid.yaml');
/** `--- # rule, rule: what is wrong`. */
const invalid = casesIn('invalid.yaml').map(({ name, text }) => {
  const [ids, what] = name.split(': ', 2);
  return { what, ids: ids.split(', '), text };
});

test('there are at least 80 manifests', () => {
  expect(valid.length + invalid.length).toBeGreaterThanOrEqual(80);
});

describe('no finding in', () => {
  test.each(valid)('$name', ({ text }) => {
    expect(findingsIn(text)).toEqual([]);
  });

  test.each(readdirSync(join(__dirname, '../goldens')))("the tutorial's %s", (file) => {
    const findings = findingsIn(readFileSync(join(__dirname, '../goldens', file), 'utf8'));
    // Those cannot be changed, and their charts say so; that their loops do not end at SIGTERM is true.
    expect(findings.filter(({ rule }) => rule !== 'sigterm')).toEqual([]);
  });
});

describe('exactly the rules that are broken are found in', () => {
  test.each(invalid)('$what: $ids', ({ ids, text }) => {
    expect(idsOf(findingsIn(text))).toEqual(ids);
  });

  test('the fixture, and it breaks every rule that is on by default and needs needs no version, listener or connection', () => {
    const broken = new Set(invalid.flatMap(({ ids }) => ids));
    const all = RULES.filter(isOnByDefault).map(({ id }) => id);
    const elsewhere = [
      ...['loopback-probe', 'service-loopback-port', 'cluster-dns', 'native-sidecar-version'],
      ...['container-restart-policy', 'config-map-size'],
    ];
    expect(all.filter((id) => !broken.has(id) && !elsewhere.includes(id))).toEqual([]);
  });
});

/** What an author can do. */
const VERBS =
  'add|correct|declare|encode|give|keep|leave|let|list|lower|make|mount|move|name|probe|put|raise|remove|rename|run|say|select|' +
  'set|shorten|sleep|target|use|write';

test('every finding ends with what to do', () => {
  const messages = invalid.flatMap(({ text }) => findingsIn(text).map(({ rule, message }) => `${rule}: ${message}`));
  // Behind the last semicolon, where it is not all of the message: `must match; name it so`, `..., so declare it once`.
  const remedy = new RegExp(`[;:,] (so )?(${VERBS}) [^;]*$`);
  expect(messages.filter((message) => !remedy.test(message))).toEqual([]);
});
