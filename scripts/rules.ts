/**
 * Writes what follows from the list of rules: their constants and their table. `npm run rules`, which `npm run docs`
 * runs first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { RULES } from '../lib/rules';

const project = join(__dirname, '..');

const CONSTANTS = join(project, 'lib/checks/pod-rules.ts');
const PAGE = join(project, 'docs/rules/README.md');

/** A class rather than an enum, whose members are no strings in other languages than TypeScript. */
function constants(): string {
  const members = RULES.map(
    ({ id, level, summary }) =>
      `  /** ${level}: ${summary} */\n  public static readonly ${id.toUpperCase().replaceAll('-', '_')}: string = '${id}';\n`,
  );
  return `// Generated from lib/rules/index.ts by "npm run rules".

/**
 * The ids of the rules, for \`PodChecks.ignore\` and \`PodChecks.require\`: \`docs/rules\` has a page about each.
 *
 * @example
 *
 * PodChecks.of(web).ignore(PodRules.PORT_NAME_SHARED, 'no Service uses the name');
 */
export class PodRules {
${members.join('\n')}
  private constructor() {
    // Only constants.
  }
}
`;
}

/** The page with the table that it ends with anew. */
function withTable(page: string): string {
  const rows = RULES.map(({ id, level, summary }) => `| [${id}](${id}.md) | ${level} | ${summary} |`);
  return [
    page.slice(0, page.indexOf('| Rule')) + '| Rule | Level | What it asks for |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function write(filepath: string, text: string): Promise<void> {
  writeFileSync(filepath, await format(text, { ...(await resolveConfig(filepath)), filepath }));
}

void write(CONSTANTS, constants());
void write(PAGE, withTable(readFileSync(PAGE, 'utf8')));
