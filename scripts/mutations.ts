/**
 * Small defects that can be put into a file, one at a time. They come from the syntax tree alone, so no mutation is known to
 * type-check.
 */
import { createHash } from 'node:crypto';
import ts from 'typescript';

export const KINDS = [
  'negated condition',
  'off by one',
  'swapped operands',
  'removed call',
  'changed constant',
] as const;

/** A mutation is found again by all fields but `line` and `start`, so lines may move around it. */
export interface Mutation {
  file: string;
  kind: (typeof KINDS)[number];
  original: string;
  replacement: string;
  /** The line on which the original starts, without indentation. */
  context: string;
  /** Counts earlier mutations of the file whose other fields are equal. */
  occurrence: number;
  line: number;
  /** Offset of the original in the file, in UTF-16 units. */
  start: number;
}

export const keyOf = ({ file, kind, original, replacement, context, occurrence }: Mutation): string =>
  [file, kind, original, replacement, context, occurrence].join('\0');

/** Puts a mutation into the text that it was found in. */
export const apply = (text: string, { start, original, replacement }: Mutation): string =>
  text.slice(0, start) + replacement + text.slice(start + original.length);

/** Lists every mutation of a file, in the order of the syntax tree. */
export function mutationsOf(file: string, text: string): Mutation[] {
  const source = parse(file, text);
  const lines = text.split('\n');
  const found: Mutation[] = [];
  const seen = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || DECLARES_ONLY.has(node.kind)) return;
    for (const [kind, target, replacement] of changesOf(node, source)) {
      const start = target.getStart(source);
      const { line } = source.getLineAndCharacterOfPosition(start);
      const context = lines[line]!.trim();
      const original = text.slice(start, target.end);
      const mutation = { file, kind, original, replacement, context, occurrence: 0, line: line + 1, start };
      const key = keyOf(mutation);
      mutation.occurrence = seen.get(key) ?? 0;
      seen.set(key, mutation.occurrence + 1);
      found.push(mutation);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Draws `count` mutations, as many of each kind as possible. Each mutation's rank is a hash of the seed and its key, so
 * a changed file doesn't affect the draw from other files.
 */
export function sample(mutations: readonly Mutation[], seed: number, count: number): Mutation[] {
  const ranked = mutations
    .map((mutation) => ({
      mutation,
      rank: createHash('sha256')
        .update(`${seed}\0${keyOf(mutation)}`)
        .digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const byKind = KINDS.map((kind) => ranked.filter(({ mutation }) => mutation.kind === kind));
  const drawn: Mutation[] = [];
  for (let i = 0; drawn.length < count && byKind.some((kind) => i < kind.length); i++)
    drawn.push(...byKind.flatMap((kind) => kind[i]?.mutation ?? []).slice(0, count - drawn.length));
  return drawn;
}

const parse = (file: string, text: string): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);

const DECLARES_ONLY = new Set([
  ts.SyntaxKind.InterfaceDeclaration,
  ts.SyntaxKind.TypeAliasDeclaration,
  ts.SyntaxKind.ImportDeclaration,
  ts.SyntaxKind.ExportDeclaration,
]);
const TOGGLED: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
};
const ARITHMETIC = new Set([
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
]);

type Change = [kind: Mutation['kind'], target: ts.Node, replacement: string];

function changesOf(node: ts.Node, source: ts.SourceFile): Change[] {
  const condition = conditionOf(node);
  if (condition) return [['negated condition', condition, `!(${condition.getText(source)})`]];
  if (ts.isBinaryExpression(node)) return binaryChanges(node, source);
  if (ts.isExpressionStatement(node) && isCall(node.expression)) return [['removed call', node, ';']];
  if (ts.isNumericLiteral(node) && !isName(node)) return [['changed constant', node, String(changed(node.text))]];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [['changed constant', node, 'false']];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [['changed constant', node, 'true']];
  return [];
}

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  return ts.isForStatement(node) || ts.isConditionalExpression(node) ? node.condition : undefined;
}

function binaryChanges(node: ts.BinaryExpression, source: ts.SourceFile): Change[] {
  const [left, right] = [node.left.getText(source), node.right.getText(source)];
  const { kind } = node.operatorToken;
  const operator = node.operatorToken.getText(source);
  const toggled = TOGGLED[kind];
  const changes: Change[] = [];
  if (toggled) changes.push(['off by one', node, `${left} ${toggled} ${right}`]);
  const addsOne = (kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.MinusToken) && right === '1';
  if (addsOne) changes.push(['off by one', node, left]);
  if (toggled || ARITHMETIC.has(kind)) changes.push(['swapped operands', node, `(${right}) ${operator} (${left})`]);
  return changes;
}

/** Whether an expression is a call whose result is not used, awaited or not. */
function isCall(expression: ts.Expression): boolean {
  if (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression)) return isCall(expression.expression);
  return ts.isCallExpression(expression) && expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
}

const isName = (node: ts.Node): boolean => ts.isPropertyAssignment(node.parent) && node.parent.name === node;

/** One more for a small integer, else the double. `text` is decimal, as the parser wrote it. */
function changed(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value < 1000 ? value + 1 : 2 * value;
}
