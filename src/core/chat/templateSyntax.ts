/** Syntax tree of a chat template, and its maximum depth, checked before anything recurses into it. */
import { formatCount } from '../base/units';

/** Node of the syntax tree, as in jinja/src/ast.ts. */
export interface Node {
  type: string;
  [part: string]: unknown;
}
export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

interface Token {
  type: string;
  value: string;
}

/** Maximum nesting of brackets, blocks and operators: parser and interpreter recurse into each. */
const MAX_NESTING = 100;
const MAX_TREE_DEPTH = 200;

const OPENING_BRACKETS = ['OpenParen', 'OpenSquareBracket', 'OpenCurlyBracket'];
const CLOSING_BRACKETS = ['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket'];
const BLOCK_TAGS = ['if', 'for', 'macro', 'call', 'filter', 'set'];

/**
 * Rejects a template that a parser would recurse into too deeply.
 * @throws Error with the reason
 */
export function checkNesting(tokens: readonly Token[]): void {
  // Depth of each open block, counting its `elif`s; operators of each open bracket of a tag.
  const blockDepths: number[] = [];
  let operatorCounts: number[] = [0];
  for (const [i, { type, value }] of tokens.entries()) {
    const previousType = tokens[i - 1]?.type;
    if (type === 'OpenStatement' || type === 'OpenExpression') operatorCounts = [0];
    else if (type === 'Comma') operatorCounts[operatorCounts.length - 1] = 0;
    else if (OPENING_BRACKETS.includes(type)) {
      if (type === 'OpenParen' && previousType === 'CloseParen') operatorCounts[operatorCounts.length - 1]!++;
      operatorCounts.push(0);
    } else if (CLOSING_BRACKETS.includes(type) && operatorCounts.length > 1) operatorCounts.pop();
    else if (type === 'UnaryOperator' || (type === 'Identifier' && (value === 'not' || value === 'else')))
      operatorCounts[operatorCounts.length - 1]!++;
    if (previousType === 'OpenStatement' && type === 'Identifier') {
      if (BLOCK_TAGS.includes(value) && opensBlock(tokens, i)) blockDepths.push(1);
      else if (value === 'elif' && blockDepths.length > 0) blockDepths[blockDepths.length - 1]!++;
      else if (value.startsWith('end')) blockDepths.pop();
    }
    if (sum(blockDepths) + operatorCounts.length - 1 + sum(operatorCounts) > MAX_NESTING) throw tooDeep(MAX_NESTING);
  }
}
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const tooDeep = (max: number): Error => new Error(`it nests more than ${formatCount(max)} levels`);

/** Whether a tag opens a block. `{% set x = 1 %}` doesn't. */
function opensBlock(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]!.value !== 'set') return true;
  for (let i = index; i < tokens.length && !['CloseStatement', 'OpenStatement'].includes(tokens[i]!.type); i++)
    if (tokens[i]!.type === 'Equals') return false;
  return true;
}

const childrenOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value)
    ? value
    : value instanceof Map
      ? [...value.keys(), ...value.values()]
      : isNode(value)
        ? Object.values(value)
        : [];

/**
 * Rejects a tree that is too deep to recurse into, such as that of `a + a + a…`.
 * @throws Error with the reason
 */
export function checkDepth(program: unknown): void {
  let level: readonly unknown[] = [program];
  for (let depth = 0; level.length > 0;) {
    const nodes = level.flatMap(childrenOf).filter((part) => typeof part === 'object' && part !== null);
    // A list of nodes isn't a level of its own.
    if (level.some(isNode) && ++depth > MAX_TREE_DEPTH) throw tooDeep(MAX_TREE_DEPTH);
    level = nodes;
  }
}

/** Facts about nodes that the interpreter needs before it runs. */
export interface TemplateShape {
  /** Expressions that a block outputs as text. */
  readonly outputs: ReadonlySet<Node>;
  /** Number of nodes in each macro or call block. All are visited when it's defined. */
  readonly sizes: ReadonlyMap<Node, number>;
}

/** Nodes that output nothing, or whose text is already charged. */
const WITHOUT_OUTPUT = ['Set', 'If', 'For', 'Macro', 'Break', 'Continue', 'Comment', 'StringLiteral'];

/** @param program whose depth has been checked */
export function analyzeTemplate(program: unknown): TemplateShape {
  const outputs = new Set<Node>();
  const sizes = new Map<Node, number>();
  const visit = (value: unknown): number => {
    let size = 0;
    for (const child of childrenOf(value)) size += visit(child);
    if (!isNode(value)) return size;
    for (const block of ['body', 'alternate', 'defaultBlock'])
      for (const child of Array.isArray(value[block]) ? (value[block] as unknown[]) : [])
        if (isNode(child) && !WITHOUT_OUTPUT.includes(child.type)) outputs.add(child);
    if (value.type === 'Macro' || value.type === 'CallStatement') sizes.set(value, size);
    return size + 1;
  };
  visit(program);
  return { outputs, sizes };
}
