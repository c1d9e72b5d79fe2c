import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { filesIn, project } from '../support/project';

/** What `docs/proof.md` says of tests is so: each that it names is there, under that very title. */

const page = readFileSync(join(project, 'docs/proof.md'), 'utf8');

/** The titles of the tests in a file, as they are written: those of tables have their placeholders. */
function titlesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const constants = new Map<string, string>();
  const titles: string[] = [];
  const textOf = (node: ts.Node): string | undefined => {
    if (ts.isIdentifier(node)) {
      return constants.get(node.text);
    }
    return ts.isStringLiteralLike(node) ? node.text : undefined;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isStringLiteralLike(node.initializer)) {
      constants.set(node.name.getText(), node.initializer.text);
    }
    if (ts.isCallExpression(node) && ['test', 'e2e'].includes(calledBy(node.expression))) {
      const title = node.arguments.length > 0 ? textOf(node.arguments[0]) : undefined;
      titles.push(...(title === undefined ? [] : [title]));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** The name at the beginning of what is called, such as `test` of `test.each(cases)`. */
function calledBy(node: ts.Expression): string {
  if (ts.isIdentifier(node)) {
    return node.text;
  }
  const isLonger = ts.isPropertyAccessExpression(node) || ts.isCallExpression(node);
  return isLonger ? calledBy(node.expression) : '';
}

const titles = new Set(
  ['test', 'packages/cdk8s-kubernetes-validation/test'].flatMap((folder) =>
    filesIn(join(project, folder))
      .filter((file) => /\.(test|e2e)\.ts$/.test(file))
      .flatMap((file) => titlesIn(join(project, folder, file))),
  ),
);

/** What stands in backticks in the last column of tables whose last heading is "Test". */
function namedTests(): string[] {
  const tables = page.split(/\n(?!\|)/).map((text) => text.split('\n').filter((line) => line.startsWith('|')));
  const cells = (line: string): string[] => line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return tables
    .filter(([head = '']) => cells(head).at(-2) === 'Test')
    .flatMap(([, , ...rows]) => rows)
    .flatMap((row) => [...(cells(row).at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

test('each test that docs/proof.md names is there', () => {
  const named = namedTests().filter((name) => name !== 'dist/');
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((name) => !titles.has(name))).toEqual([]);
});

test('each file of the suite on a cluster stands in docs/proof.md, and each that stands there exists', () => {
  const files = filesIn(join(project, 'test/e2e')).filter((file) => file.endsWith('.e2e.ts'));
  const folders = [...page.matchAll(/`(undisturbed\/)`/g)].map(([, folder]) => folder);
  const isNamed = (file: string): boolean =>
    page.includes(`\`${file}\``) || folders.some((folder) => file.startsWith(folder));
  expect(files.filter((file) => !isNamed(file))).toEqual([]);
  const named = [...page.matchAll(/`((?:undisturbed\/)?[\w-]+\.e2e\.ts)`/g)].map(([, file]) => file);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
  const places = [...page.matchAll(/`(test\/[\w/-]+|use-case-[\w-]+)`/g)].map(([, place]) => place);
  const isThere = (place: string): boolean =>
    existsSync(join(project, place)) || existsSync(join(project, 'dist', `${place}.yaml`));
  expect(places.filter((place) => !isThere(place))).toEqual([]);
});
