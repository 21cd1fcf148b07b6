/** Imports between the files of a checkout, by their syntax trees. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** Files of the checkout that git knows or would add. */
export const filesOf = (root: string): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, maxBuffer: 2 ** 26, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)));

/** Files that import a file directly, by that file. */
export function importers(root: string, files: readonly string[]): Map<string, string[]> {
  const known = new Set(files);
  const found = new Map<string, string[]>();
  for (const importer of files.filter((file) => /\.tsx?$/.test(file))) {
    const imported = new Set<string>();
    const names = importsOf(importer, readFileSync(join(root, importer), 'utf8'));
    for (const name of names.filter((name) => name.startsWith('.'))) {
      const path = posix.join(posix.dirname(importer), name.replace(/\?.*$/, ''));
      const tries = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, `${path}.tsx`, `${path}/index.ts`];
      const file = tries.find((each) => known.has(each));
      if (file !== undefined) imported.add(file);
    }
    for (const file of imported) found.set(file, [...(found.get(file) ?? []), importer]);
  }
  return found;
}

/** Lists what a file loads at run time: imports and exports that are not of types alone, and `import('…')`. */
export function importsOf(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !isTypeOnly(node)) found.push((node.moduleSpecifier as ts.StringLiteral).text);
    if (ts.isExportDeclaration(node) && !node.isTypeOnly && node.moduleSpecifier)
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      if (name && ts.isStringLiteralLike(name)) found.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

const parse = (file: string, text: string): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
