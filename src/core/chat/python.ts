/**
 * Where @huggingface/jinja 0.5 does otherwise than Jinja in Python, by which others chat with the model, a template is changed
 * after it is parsed, so that both write the same:
 *
 * - white space is Python's: U+0085 and four control characters are some, and U+FEFF is none;
 * - `strip('\n')` and `| trim('\n')` take these characters alone, and not all white space.
 *
 * And its loops are counted: those of a stranger may lie in each other without end.
 */

/** `str.isspace`: https://docs.python.org/3/library/stdtypes.html#str.isspace */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isSpace = (character: string): boolean => SPACE.test(character);

/** Where what lies within white space begins and ends in a text; twice its length where it is nothing else. */
export function innerOf(text: string, isTaken = isSpace): [from: number, to: number] {
  let [from, to] = [0, text.length];
  while (from < to && isTaken(text[from]!)) from++;
  while (to > from && isTaken(text[to - 1]!)) to--;
  return from === to ? [text.length, text.length] : [from, to];
}

/** As Python's `strip`, `lstrip` and `rstrip`. @param characters to take off; absent: white space */
function strip(side: string, text: unknown, characters?: unknown): string {
  // As Jinja has what is not defined.
  if (text === undefined) return '';
  if (typeof text !== 'string') throw new Error('white space is taken off what is no text');
  const chosen = typeof characters === 'string' ? new Set(characters) : null;
  const [from, to] = innerOf(text, chosen ? (character) => chosen.has(character) : isSpace);
  return text.slice(side === 'rstrip' ? 0 : from, side === 'lstrip' ? text.length : to);
}

/** Rounds of all loops of a template while it writes one conversation. */
const MOST_ROUNDS = 1_000_000;

/** What a changed template calls, by names that none can have. Made anew for each conversation. */
export function calledFunctions(): Record<string, (...given: readonly unknown[]) => unknown> {
  let rounds = 0;
  return {
    [STRIP]: (side, text, characters) => strip(side as string, text, characters),
    [ROUND]: () => {
      if (++rounds > MOST_ROUNDS) throw new Error(`its loops go round more than ${MOST_ROUNDS} times`);
    },
  };
}
const [STRIP, ROUND] = ['a strip', 'a round'];

/** A node of the syntax tree, as jinja/src/ast.ts has it. */
interface Node {
  type: string;
  [part: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const nameIn = (node: unknown): unknown => (isNode(node) && node.type === 'Identifier' ? node['value'] : undefined);
const named = (value: string): Node => ({ type: 'Identifier', value });
const call = (name: string, args: readonly unknown[]): Node => ({ type: 'CallExpression', callee: named(name), args });
const stripCall = (side: unknown, text: unknown, args: readonly unknown[]): Node =>
  call(STRIP, [{ type: 'StringLiteral', value: side }, text, ...args]);

/** Changes a parsed template as said above, wherever in it. */
export function asInPython(value: unknown): void {
  if (Array.isArray(value)) for (const each of value) asInPython(each);
  if (value instanceof Map) for (const pair of value) asInPython(pair);
  if (!isNode(value)) return;
  for (const part of Object.values(value)) asInPython(part);
  const made = replacement(value);
  if (made) Object.assign(value, made);
  // A macro may call itself.
  if (value.type === 'For' || value.type === 'Macro' || value.type === 'CallStatement')
    value['body'] = [call(ROUND, []), ...(value['body'] as Node[])];
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
