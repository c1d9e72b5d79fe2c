import * as cdk8s from 'cdk8s';
import * as constructs from 'constructs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { filesIn, project } from '../support/project';

/** An example of the documentation. */
export interface Snippet {
  /** The file and line, or the class, where it stands. */
  readonly place: string;
  readonly code: string;
  /** The file that it writes, where that is printed below it. */
  readonly manifest?: string;
}

interface Documented {
  readonly docs?: { readonly example?: string };
}

interface Type extends Documented {
  readonly name: string;
  readonly kind: 'class' | 'enum' | 'interface';
  readonly methods?: readonly (Documented & { readonly name: string })[];
}

/** What the library exports, as its last build says. */
export function publicTypes(): Type[] {
  const assembly = JSON.parse(readFileSync(join(project, '.jsii'), 'utf8')) as { types: Record<string, Type> };
  return Object.values(assembly.types);
}

/** The TypeScript blocks of all pages. They import what they need, and a YAML block behind one is what it writes. */
export function snippetsOfPages(): Snippet[] {
  const pages = [
    'README.md',
    'README.ko.md',
    'CONTRIBUTING.md',
    ...filesIn(join(project, 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  return pages.flatMap((page) => {
    const text = readFileSync(join(project, page), 'utf8');
    return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 0: block, 1: code }) => ({
      place: `${page}:${String(text.slice(0, index).split('\n').length)}`,
      code,
      manifest: /^[^#]*?^```yaml\n(.*?)^```$/ms.exec(text.slice(index + block.length).split('```ts')[0])?.[1],
    }));
  });
}

/** The examples of docstrings, with imports of what they name. */
export function snippetsOfDocstrings(): Snippet[] {
  const types = publicTypes();
  const modules: [string, string[]][] = [
    ['cdk8s-pod-patterns', types.map(({ name }) => name)],
    ['cdk8s', Object.keys(cdk8s)],
    ['cdk8s-plus-28', ['k8s']],
    ['constructs', Object.keys(constructs)],
  ];
  return types.flatMap((type) =>
    [type, ...(type.methods ?? []).map((method) => ({ ...method, name: `${type.name}.${method.name}` }))].flatMap(
      ({ name, docs }) => {
        const code = docs?.example;
        if (code === undefined) {
          return [];
        }
        const wanted = undeclaredNamesIn(code);
        const imports = modules.map(
          ([module, names]) => `import { ${names.filter((name) => wanted.has(name)).join(', ')} } from '${module}';\n`,
        );
        return [{ place: name, code: imports.join('') + code }];
      },
    ),
  );
}

/** The names that code uses and does not declare. */
export function undeclaredNamesIn(code: string): Set<string> {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const declares =
        (ts.isVariableDeclaration(parent) ||
          ts.isBindingElement(parent) ||
          ts.isParameter(parent) ||
          ts.isClassDeclaration(parent) ||
          ts.isFunctionDeclaration(parent) ||
          ts.isImportSpecifier(parent) ||
          ts.isNamespaceImport(parent)) &&
        parent.name === node;
      const isProperty =
        (ts.isPropertyAssignment(parent) && parent.name === node) ||
        (ts.isPropertyAccessExpression(parent) && parent.name === node);
      if (declares) {
        declared.add(node.text);
      } else if (!isProperty) {
        used.add(node.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2022, true));
  return new Set([...used].filter((name) => !declared.has(name)));
}
