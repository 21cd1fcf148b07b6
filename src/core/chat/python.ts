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
export function rangeWithoutOuterSpace(text: string, isStripped = isSpace): [from: number, to: number] {
  let [from, to] = [0, text.length];
  while (from < to && isStripped(text[from]!)) from++;
  while (to > from && isStripped(text[to - 1]!)) to--;
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
  const characterSet = typeof characters === 'string' ? new Set(characters) : null;
  const [from, to] = rangeWithoutOuterSpace(text, characterSet ? (character) => characterSet.has(character) : isSpace);
  return text.slice(side === 'rstrip' ? 0 : from, side === 'lstrip' ? text.length : to);
}

/** Functions that a changed template calls, by names that no template can use. */
export const templateFunctions = (
  budget: TemplateBudget,
): Record<string, (...given: readonly unknown[]) => unknown> => ({
  [STRIP]: (side, text, characters) => {
    if (typeof text === 'string') budget.countCharacters(text.length);
    return strip(side as string, text, characters);
  },
});
const STRIP = 'a strip';

const identifierName = (node: unknown): unknown =>
  isNode(node) && node.type === 'Identifier' ? node['value'] : undefined;
const identifier = (value: string): Node => ({ type: 'Identifier', value });
const stripCall = (side: unknown, text: unknown, args: readonly unknown[]): Node => ({
  type: 'CallExpression',
  callee: identifier(STRIP),
  args: [{ type: 'StringLiteral', value: side }, text, ...args],
});

/** Rewrites a parsed template as described above, at any depth. @param value tree whose depth has been checked */
export function matchPython(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) matchPython(item);
  if (value instanceof Map) for (const pair of value) matchPython(pair);
  if (!isNode(value)) return;
  for (const child of Object.values(value)) matchPython(child);
  const replaced = replacement(value);
  if (replaced) Object.assign(value, replaced);
}

function replacement(node: Node): Node | null {
  if (node.type === 'FilterExpression') {
    const { operand, filter } = node as Node & { filter: Node };
    if (identifierName(filter) === 'trim') return stripCall('strip', operand, []);
    if (filter.type === 'CallExpression' && identifierName(filter['callee']) === 'trim')
      return stripCall('strip', operand, filter['args'] as Node[]);
  }
  if (node.type === 'CallExpression' && isNode(node['callee']) && node['callee'].type === 'MemberExpression') {
    const { object, property, computed } = node['callee'];
    const side = identifierName(property);
    if (computed !== true && (side === 'strip' || side === 'lstrip' || side === 'rstrip'))
      return stripCall(side, object, node['args'] as Node[]);
  }
  return null;
}
