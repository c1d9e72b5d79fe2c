import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PodRules } from '../../lib';
import { WEAVING_RULES } from '../../lib/findings/finding';
import { RULES, RuleInfo } from '../../lib/rules';
import { filesIn } from '../support/project';
import { findingsIn, idsOf } from './support';

const FOLDER = join(__dirname, '../../docs/rules');
const LIBRARY = join(__dirname, '../../lib');

const LEVELS = {
  enforced: '**Enforced:** the API server rejects what breaks it.',
  default: '**On by default:** the API server lets it pass, or only warns.',
  'opt-in': '**Opt-in:** checked only where it is required.',
};

function switchingOff({ id, level }: RuleInfo): string {
  switch (level) {
    case 'enforced':
      return 'It cannot be switched off, as the API server enforces it.';
    case 'default':
      return `\`PodChecks.of(workload).ignore('${id}', 'the reason')\``;
    case 'opt-in':
      return `It is off unless it is required: \`PodChecks.of(workload).require('${id}')\``;
  }
}

/** The text under a heading; the empty string where there is none. */
function section(page: string, heading: string): string {
  return (
    page
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`))
      ?.slice(heading.length)
      .trim() ?? ''
  );
}

/** The ids that the example under a heading breaks; comments in it name the version of Kubernetes it is for
 * and what a container listens on or connects to. */
function idsOfExample(page: string, heading: string, rule: RuleInfo): string[] {
  const example = /```yaml\n(.*)```/s.exec(section(page, heading))?.[1] ?? '';
  const kubernetesVersion = /^# Kubernetes (.*)$/m.exec(example)?.[1];
  const [, address = '', port = '', container] = /^# Listens on (.*):(\d+): (.*)$/m.exec(example) ?? [];
  const listeners = container ? [{ container, address, port: Number(port), protocol: 'TCP' }] : [];
  const [, to = '', client] = /^# Connects to (.*): (.*)$/m.exec(example) ?? [];
  const connections = client ? [{ container: client, to }] : [];
  return idsOf(findingsIn(example, { kubernetesVersion, listeners, connections, required: [rule.id] }));
}

test('every rule is a file of its own, and every file a rule', () => {
  const files = readdirSync(join(LIBRARY, 'rules')).filter((file) => file.endsWith('.ts'));
  const others = ['index.ts', 'rule.ts'];
  expect(files.filter((file) => !others.includes(file)).sort()).toEqual(RULES.map(({ id }) => `${id}.ts`).sort());
  const alien = RULES.filter(
    ({ id }) => !readFileSync(join(LIBRARY, 'rules', `${id}.ts`), 'utf8').includes(`id: '${id}'`),
  );
  expect(alien).toEqual([]);
});

// When this fails: `npm run rules`, which also writes the table.
test('every rule has a constant, which says what it asks for', () => {
  const nameOf = (id: string): string => id.toUpperCase().replaceAll('-', '_');
  expect(Object.entries(PodRules)).toEqual(RULES.map(({ id }) => [nameOf(id), id]));
  const code = readFileSync(join(LIBRARY, 'checks/pod-rules.ts'), 'utf8');
  const undocumented = RULES.filter(({ level, summary }) => !code.includes(`/** ${level}: ${summary} */`));
  expect(undocumented).toEqual([]);
});

test('every rule has a page, and every page a rule', () => {
  const pages = readdirSync(FOLDER).filter((file) => file !== 'README.md');
  expect(pages.sort()).toEqual(RULES.map(({ id }) => `${id}.md`).sort());
});

describe('the page of weaving', () => {
  const page = readFileSync(join(FOLDER, '../weaving/README.md'), 'utf8');

  test('has a section with a remedy for each of its findings, and is linked', () => {
    const sections = [...page.matchAll(/^## (.*)$/gm)].map(([, id]) => id);
    expect(sections).toEqual(WEAVING_RULES);
    expect(sections.filter((id) => !section(page, id).includes('**Remedy:** '))).toEqual([]);
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain('](../weaving/README.md)');
  });

  test('has nothing that is not found any more, and no rule that can be switched off', () => {
    const code = filesIn(LIBRARY)
      .filter((file) => basename(file) !== 'finding.ts')
      .map((file) => readFileSync(join(LIBRARY, file), 'utf8'))
      .join('');
    expect(WEAVING_RULES.filter((id) => !code.includes(`'${id}'`))).toEqual([]);
    expect(RULES.filter(({ id }) => (WEAVING_RULES as readonly string[]).includes(id))).toEqual([]);
  });
});

test('the index lists every rule with its level and summary', () => {
  const rows = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .map((line) => plain(line).replaceAll(/ +/g, ' '));
  expect(rows).toEqual(RULES.map(({ id, level, summary }) => `| [${id}](${id}.md) | ${level} | ${summary} |`));
});

/** A text without the backslashes that Prettier puts before characters Markdown could misread. */
function plain(text: string): string {
  return text.replaceAll('\\', '');
}

describe.each(RULES.map((rule) => [rule.id, rule] as const))('the page of %s', (id, rule) => {
  const page = readFileSync(join(FOLDER, `${id}.md`), 'utf8');

  test('says what the rule asks for, where it comes from and how it is switched off', () => {
    const [title, summary, level] = page.split('\n\n');
    expect(title).toBe(`# ${id}`);
    expect(plain(summary)).toBe(rule.summary);
    expect(level).toBe(LEVELS[rule.level]);
    expect(section(page, 'Switching it off')).toBe(switchingOff(rule));
    expect(section(page, 'Source')).toBe(`<${rule.source}>`);
    expect(section(page, 'Remedy')).not.toBe('');
  });

  // A mebibyte of example is not worth printing; its boundary is tested beside the other ones.
  if (id !== 'config-map-size') {
    test('has an example that breaks this rule and no other', () => {
      expect(idsOfExample(page, 'Breaks it', rule)).toEqual([id]);
    });
  }

  test('has an example that keeps it', () => {
    expect(idsOfExample(page, 'Keeps it', rule)).toEqual([]);
  });
});
