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

const OPENS = ['OpenParen', 'OpenSquareBracket', 'OpenCurlyBracket'];
const CLOSES = ['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket'];
const BLOCKS = ['if', 'for', 'macro', 'call', 'filter', 'set'];

/**
 * Rejects a template that a parser would recurse into too deeply.
 * @throws Error with the reason
 */
export function checkNesting(tokens: readonly Token[]): void {
  // Depth of each open block, counting its `elif`s; operators of each open bracket of a tag.
  const blocks: number[] = [];
  let chains: number[] = [0];
  for (const [i, { type, value }] of tokens.entries()) {
    const before = tokens[i - 1]?.type;
    if (type === 'OpenStatement' || type === 'OpenExpression') chains = [0];
    else if (type === 'Comma') chains[chains.length - 1] = 0;
    else if (OPENS.includes(type)) {
      if (type === 'OpenParen' && before === 'CloseParen') chains[chains.length - 1]!++;
      chains.push(0);
    } else if (CLOSES.includes(type) && chains.length > 1) chains.pop();
    else if (type === 'UnaryOperator' || (type === 'Identifier' && (value === 'not' || value === 'else')))
      chains[chains.length - 1]!++;
    if (before === 'OpenStatement' && type === 'Identifier') {
      if (BLOCKS.includes(value) && opensBlock(tokens, i)) blocks.push(1);
      else if (value === 'elif' && blocks.length > 0) blocks[blocks.length - 1]!++;
      else if (value.startsWith('end')) blocks.pop();
    }
    if (sum(blocks) + chains.length - 1 + sum(chains) > MAX_NESTING) throw tooDeep(MAX_NESTING);
  }
}
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const tooDeep = (max: number): Error => new Error(`it nests more than ${formatCount(max)} levels`);

/** Whether a tag opens a block. `{% set x = 1 %}` doesn't. */
function opensBlock(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]!.value !== 'set') return true;
  for (let i = at; i < tokens.length && !['CloseStatement', 'OpenStatement'].includes(tokens[i]!.type); i++)
    if (tokens[i]!.type === 'Equals') return false;
  return true;
}

const partsOf = (value: unknown): readonly unknown[] =>
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
    const nodes = level.flatMap(partsOf).filter((part) => typeof part === 'object' && part !== null);
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
const STATEMENTS = ['Set', 'If', 'For', 'Macro', 'Break', 'Continue', 'Comment', 'StringLiteral'];

/** @param program whose depth has been checked */
export function shapeOf(program: unknown): TemplateShape {
  const outputs = new Set<Node>();
  const sizes = new Map<Node, number>();
  const visit = (value: unknown): number => {
    let size = 0;
    for (const part of partsOf(value)) size += visit(part);
    if (!isNode(value)) return size;
    for (const block of ['body', 'alternate', 'defaultBlock'])
      for (const part of Array.isArray(value[block]) ? (value[block] as unknown[]) : [])
        if (isNode(part) && !STATEMENTS.includes(part.type)) outputs.add(part);
    if (value.type === 'Macro' || value.type === 'CallStatement') sizes.set(value, size);
    return size + 1;
  };
  visit(program);
  return { outputs, sizes };
}
