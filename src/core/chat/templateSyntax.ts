/** The syntax tree of a chat template, and how deep it may be before anything recurses into it. */
import { formatCount } from '../base/units';

/** A node of the syntax tree, as jinja/src/ast.ts has it. */
export interface Node {
  type: string;
  [part: string]: unknown;
}
export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

interface Token {
  type: string;
  value: string;
}

/** Brackets, blocks and operators inside each other: a parser and an interpreter recurse into each. */
const MAX_NESTING = 100;
const MAX_TREE_DEPTH = 200;

const OPENS = ['OpenParen', 'OpenSquareBracket', 'OpenCurlyBracket'];
const CLOSES = ['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket'];
const BLOCKS = ['if', 'for', 'macro', 'call', 'filter', 'set'];

/**
 * Refuses a template that a parser would recurse into too deeply.
 * @throws Error with the reason
 */
export function checkNesting(tokens: readonly Token[]): void {
  // For each open block its `elif`s and itself; for each open bracket of a tag its chain of operators.
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

/** `{% set x = 1 %}` ends with its tag. */
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
 * Refuses a tree that is too deep to recurse into, as that of `a + a + a…`.
 * @throws Error with the reason
 */
export function checkDepth(program: unknown): void {
  let level: readonly unknown[] = [program];
  for (let depth = 0; level.length > 0;) {
    const nodes = level.flatMap(partsOf).filter((part) => typeof part === 'object' && part !== null);
    // A list of nodes is no level of its own.
    if (level.some(isNode) && ++depth > MAX_TREE_DEPTH) throw tooDeep(MAX_TREE_DEPTH);
    level = nodes;
  }
}

/** What an interpreter must know of nodes before it runs. */
export interface TemplateShape {
  /** Expressions that a block writes as text. */
  readonly outputs: ReadonlySet<Node>;
  /** [node] -> how many nodes a macro or a call block has, which are all visited when it is defined. */
  readonly sizes: ReadonlyMap<Node, number>;
}

/** What writes nothing, or whose text has been counted already. */
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
