/** Which tests of a checkout generate cases (fast-check), by their syntax trees. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

const GENERATORS = ['fast-check', 'propertyRuns'];

/** Tests that find more with more generated cases, as `file:line`. Lists too many rather than too few. */
export function propertyTests(root: string, files: readonly string[]): string[] {
  const known = new Set(files);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const read = (file: string): ts.SourceFile | undefined => {
    if (!parsed.has(file)) {
      const text = known.has(file) ? readFileSync(join(root, file), 'utf8') : '';
      // Only files that name a generator, or import a file of testing/, can generate.
      const tree = /fast-check|propertyRuns|\/testing\//.test(text) ? parse(file, text) : undefined;
      parsed.set(file, tree);
    }
    return parsed.get(file);
  };
  return files.flatMap((file) => {
    const tree = read(file);
    if (!tree) return [];
    const names = generatingNames(tree, (from) => {
      const imported = from.startsWith('.') ? read(`${posix.join(posix.dirname(file), from)}.ts`) : undefined;
      return imported ? generatingNames(imported) : new Set();
    });
    return linesOfTests(tree, names).map((line) => `${file}:${line}`);
  });
}

/**
 * Names that a file declares or imports and that lead to a generator. `namesOf` gives those of a module that the file imports.
 */
export function generatingNames(tree: ts.SourceFile, namesOf?: (module: string) => ReadonlySet<string>): Set<string> {
  const names = new Set<string>();
  const declared: [names: string[], node: ts.Node][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const from = (node.moduleSpecifier as ts.StringLiteral).text;
      const isGenerator = GENERATORS.includes(posix.basename(from));
      const theirNames = isGenerator ? undefined : namesOf?.(from);
      for (const [theirs, ours] of importedNames(node)) if (isGenerator || theirNames?.has(theirs)) names.add(ours);
      return;
    }
    if (isTest(node)) return;
    if (ts.isVariableDeclaration(node)) declared.push([boundNames(node.name), node]);
    if (ts.isFunctionDeclaration(node) && node.name) declared.push([[node.name.text], node]);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (let size = -1; size < names.size;) {
    size = names.size;
    for (const [ours, node] of declared) if (mentions(node, names)) for (const name of ours) names.add(name);
  }
  return names;
}

/** Lines of `test(…)` and `it(…)` that mention one of the names, as V8 places these calls. */
export function linesOfTests(tree: ts.SourceFile, names: ReadonlySet<string>): number[] {
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (isTest(node)) {
      if (mentions(node, names)) lines.push(tree.getLineAndCharacterOfPosition(placeOf(node.expression)).line + 1);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return lines;
}

const isTest = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && ['test', 'it'].includes(rootName(node.expression));

/** `test` of `test.each(…)`. */
function rootName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isCallExpression(node) || ts.isPropertyAccessExpression(node) ? rootName(node.expression) : '';
}

/** Position of the second bracket of `test.each(…)(…)`. */
function placeOf(callee: ts.Expression): number {
  if (ts.isCallExpression(callee)) return callee.end;
  return ts.isPropertyAccessExpression(callee) ? callee.name.getStart() : callee.getStart();
}

function mentions(node: ts.Node, names: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node)) return names.has(node.text);
  if (ts.isTypeNode(node)) return false;
  if (ts.isPropertyAccessExpression(node)) return mentions(node.expression, names);
  // Keys of objects and patterns are no names.
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) return mentions(node.initializer, names);
  if (ts.isBindingElement(node))
    return [node.name, node.initializer].some((each) => each !== undefined && mentions(each, names));
  if (ts.isCallExpression(node) && node.arguments.some(isFixedNumberOfRuns)) return false;
  const own = namesDeclaredBy(node);
  const visible = own.length > 0 ? new Set([...names].filter((name) => !own.includes(name))) : names;
  return ts.forEachChild(node, (child) => mentions(child, visible)) ?? false;
}

/** Names that shadow outer ones in a function, a block or a loop. Their values are visited at the declaration. */
function namesDeclaredBy(node: ts.Node): readonly string[] {
  if (ts.isFunctionLike(node)) return node.parameters.flatMap(({ name }) => boundNames(name));
  if (ts.isBlock(node))
    return node.statements.flatMap((each) => (ts.isVariableStatement(each) ? namesIn(each.declarationList) : []));
  const isLoop = ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isForStatement(node);
  return isLoop && node.initializer && ts.isVariableDeclarationList(node.initializer) ? namesIn(node.initializer) : [];
}
const namesIn = ({ declarations }: ts.VariableDeclarationList): string[] =>
  declarations.flatMap(({ name }) => boundNames(name));

/** `{ numRuns: 200 }`: the same number of cases in each tier. */
const isFixedNumberOfRuns = (node: ts.Node): boolean =>
  ts.isObjectLiteralExpression(node) &&
  node.properties.some(
    (each) =>
      ts.isPropertyAssignment(each) && each.name.getText() === 'numRuns' && ts.isNumericLiteral(each.initializer),
  );

function importedNames({ importClause }: ts.ImportDeclaration): [theirs: string, ours: string][] {
  const { name, namedBindings } = importClause ?? {};
  const found: [string, string][] = name ? [['default', name.text]] : [];
  if (namedBindings && ts.isNamespaceImport(namedBindings)) return [...found, ['*', namedBindings.name.text]];
  const named = namedBindings?.elements ?? [];
  return [...found, ...named.map((each): [string, string] => [(each.propertyName ?? each.name).text, each.name.text])];
}

const boundNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((each) => (ts.isBindingElement(each) ? boundNames(each.name) : []));

export const parse = (file: string, text: string): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
