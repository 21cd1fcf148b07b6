/**
 * Aligns templates with Jinja in Python where @huggingface/jinja 0.5 differs. Changes the parsed template so that both
 * render the same:
 *
 * - white space is Python's: it includes U+0085 and four control characters, but not U+FEFF;
 * - `strip('\n')` and `| trim('\n')` strip these characters only, not all white space.
 */
import type { TemplateBudget } from './templateBudget';
import { isNode, type Node } from './templateSyntax';

/** `str.isspace`: https://docs.python.org/3/library/stdtypes.html#str.isspace */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isSpace = (character: string): boolean => SPACE.test(character);

/** Returns the range of a text inside its outer white space; for white space only, twice the length. */
export function innerOf(text: string, isTaken = isSpace): [from: number, to: number] {
  let [from, to] = [0, text.length];
  while (from < to && isTaken(text[from]!)) from++;
  while (to > from && isTaken(text[to - 1]!)) to--;
  return from === to ? [text.length, text.length] : [from, to];
}

/**
 * Implements Python's `strip`, `lstrip` and `rstrip`.
 * @param characters to strip; absent: white space
 */
function strip(side: string, text: unknown, characters?: unknown): string {
  // Like Jinja's undefined values.
  if (text === undefined) return '';
  if (typeof text !== 'string') throw new Error('it strips whitespace from a value that isn’t text');
  const chosen = typeof characters === 'string' ? new Set(characters) : null;
  const [from, to] = innerOf(text, chosen ? (character) => chosen.has(character) : isSpace);
  return text.slice(side === 'rstrip' ? 0 : from, side === 'lstrip' ? text.length : to);
}

/** Functions that a changed template calls, by names that no template can use. */
export const calledFunctions = (budget: TemplateBudget): Record<string, (...given: readonly unknown[]) => unknown> => ({
  [STRIP]: (side, text, characters) => {
    if (typeof text === 'string') budget.text(text.length);
    return strip(side as string, text, characters);
  },
});
const STRIP = 'a strip';

const nameIn = (node: unknown): unknown => (isNode(node) && node.type === 'Identifier' ? node['value'] : undefined);
const named = (value: string): Node => ({ type: 'Identifier', value });
const stripCall = (side: unknown, text: unknown, args: readonly unknown[]): Node => ({
  type: 'CallExpression',
  callee: named(STRIP),
  args: [{ type: 'StringLiteral', value: side }, text, ...args],
});

/** Rewrites a parsed template as described above, at any depth. @param value tree whose depth has been checked */
export function asInPython(value: unknown): void {
  if (Array.isArray(value)) for (const each of value) asInPython(each);
  if (value instanceof Map) for (const pair of value) asInPython(pair);
  if (!isNode(value)) return;
  for (const part of Object.values(value)) asInPython(part);
  const made = replacement(value);
  if (made) Object.assign(value, made);
}

function replacement(node: Node): Node | null {
  if (node.type === 'FilterExpression') {
    const { operand, filter } = node as Node & { filter: Node };
    if (nameIn(filter) === 'trim') return stripCall('strip', operand, []);
    if (filter.type === 'CallExpression' && nameIn(filter['callee']) === 'trim')
      return stripCall('strip', operand, filter['args'] as Node[]);
  }
  if (node.type === 'CallExpression' && isNode(node['callee']) && node['callee'].type === 'MemberExpression') {
    const { object, property, computed } = node['callee'];
    const side = nameIn(property);
    if (computed !== true && (side === 'strip' || side === 'lstrip' || side === 'rstrip'))
      return stripCall(side, object, node['args'] as Node[]);
  }
  return null;
}
