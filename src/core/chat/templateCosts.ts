/** Costs of template operations, charged before they run: characters, list elements and steps. */
import type { TemplateBudget } from './templateBudget';
import type { Node } from './templateSyntax';

/** A value of @huggingface/jinja. */
export interface Value {
  type: string;
  value: unknown;
}
/** Result of an expression. `first` of an empty list has none. */
export type Result = Value | undefined;

/** Maximum nesting of lists and mappings written as JSON. */
const MAX_NESTED = 100;
/** Maximum factor by which JSON escapes lengthen a text: `\u0001`. */
const ESCAPED = 6;
/** Characters that a search compares at once at each place. */
const AT_ONCE = 8;

interface JsonForm {
  /** Characters between two entries, and of indentation per level. */
  separator: number;
  indent: number;
}
const PLAIN: JsonForm = { separator: 2, indent: 0 };

const itemsOf = ({ value }: Value): readonly (readonly [string, Value])[] | null =>
  Array.isArray(value)
    ? (value as Value[]).map((each) => ['', each] as const)
    : value instanceof Map
      ? [...(value as Map<string, Value>)]
      : null;
const sizeOf = (value: Value | undefined): number =>
  Array.isArray(value?.value) ? value.value.length : value?.value instanceof Map ? value.value.size : 0;
const isText = (value: Value | undefined): value is { type: string; value: string } =>
  typeof value?.value === 'string' && value.type === 'StringValue';

/** Upper bound of a value's length as JSON. Charges a step for each part: a list may contain another many times. */
function jsonLength(value: Result, budget: TemplateBudget, form = PLAIN, depth = 0): number {
  budget.step(0.5);
  if (isText(value)) return ESCAPED * value.value.length + 2;
  if (sizeOf(value) === 0) return 32;
  if (depth === MAX_NESTED) throw new Error(`it writes a list with more than ${MAX_NESTED} lists inside each other`);
  const around = form.separator + form.indent * (depth + 1) + 8;
  let length = around;
  for (const [key, part] of itemsOf(value!)!) {
    length += ESCAPED * key.length + around + jsonLength(part, budget, form, depth + 1);
    budget.string(length);
  }
  return length;
}

/** Length of a value as text. */
export const written = (value: Result, budget: TemplateBudget): number => {
  if (isText(value)) return value.value.length;
  return sizeOf(value) === 0 ? 32 : jsonLength(value, budget);
};

/** Number of elements of all lists and mappings among the arguments. */
export const argumentsCost = (args: readonly Result[]): number => args.reduce((sum, each) => sum + sizeOf(each), 0);

/** Upper bound of the characters that a search for `pattern` compares. */
const searched = (text: string, pattern: string): number => text.length * Math.ceil((pattern.length + 1) / AT_ONCE);

function occurrences(text: string, pattern: string, budget: TemplateBudget): number {
  budget.text(searched(text, pattern));
  if (pattern === '') return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + pattern.length)) count++;
  return count;
}

/** Charges for comparing texts of equal length, or a list with a text, for which JavaScript serializes the list. */
function chargeEqual(left: Result, right: Result, budget: TemplateBudget): void {
  if (isText(left) && isText(right)) {
    if (left.value.length === right.value.length) budget.text(left.value.length);
    return;
  }
  const isPlain = (each: Result): boolean => ['string', 'number', 'boolean'].includes(typeof each?.value);
  if (isPlain(left) === isPlain(right)) return;
  for (const each of [left, right]) if (sizeOf(each) > 0) budget.text(jsonLength(each, budget));
}

export function chargeBinary(operator: string, left: Result, right: Result, budget: TemplateBudget): void {
  if (operator === '==' || operator === '!=') chargeEqual(left, right, budget);
  else if (operator === 'in' || operator === 'not in') chargeIn(left, right, budget);
  else if (operator === '+' && Array.isArray(left?.value) && Array.isArray(right?.value))
    budget.elements(sizeOf(left) + sizeOf(right));
  else if (operator === '~' || (operator === '+' && (isText(left) || isText(right)))) chargeJoined(left, right, budget);
}

function chargeJoined(left: Result, right: Result, budget: TemplateBudget): void {
  const length = written(left, budget) + written(right, budget);
  budget.string(length);
  // Engines join texts lazily, once, when they are read.
  budget.text(length / AT_ONCE);
}

function chargeIn(left: Result, right: Result, budget: TemplateBudget): void {
  const list = Array.isArray(right?.value) ? (right.value as Value[]) : [];
  budget.elements(list.length);
  if (!isText(left)) return;
  budget.text(isText(right) ? searched(right.value, left.value) : left.value.length);
  for (const each of list) if (isText(each)) chargeEqual(left, each, budget);
}

export function chargeTest(name: unknown, operand: Result, budget: TemplateBudget): void {
  if ((name === 'lower' || name === 'upper') && isText(operand)) budget.text(operand.value.length);
}

/** Charges for a method of a text or a mapping. */
export function chargeMethod(name: unknown, object: Result, args: readonly Value[], budget: TemplateBudget): void {
  if (isText(object)) chargeTextMethod(name, object.value, args, budget);
  else if (name === 'dictsort' && object) chargeSort(object, budget);
  else if (name !== 'get') budget.step(sizeOf(object) / 2);
}

function chargeTextMethod(name: unknown, text: string, args: readonly Value[], budget: TemplateBudget): void {
  const [first, second] = args;
  if (name === 'startswith' || name === 'endswith') {
    const patterns = Array.isArray(first?.value) ? (first.value as Value[]) : [first];
    budget.elements(patterns.length);
    for (const each of patterns) if (isText(each)) budget.text(Math.min(each.value.length, text.length));
  } else if (name === 'split') {
    budget.text(text.length);
    budget.step(isText(first) ? occurrences(text, first.value, budget) / 2 : text.length / 8);
  } else if (name === 'replace' && isText(first) && isText(second)) {
    const count = occurrences(text, first.value, budget);
    const length = text.length + count * second.value.length;
    budget.string(length);
    budget.text(length);
    budget.step(count / 2);
  } else {
    budget.text(text.length);
    if (name === 'title') budget.step(text.length / 8);
  }
}

/** Charges for a sort, which lowercases texts at each comparison. */
function chargeSort(operand: Value, budget: TemplateBudget): void {
  const items = itemsOf(operand) ?? [];
  const compared = items.length * Math.ceil(Math.log2(items.length + 1));
  budget.step(compared / 2);
  // The key is a value or an attribute of each item.
  const longest = items.reduce((max, [key, item]) => Math.max(max, key.length, longestText(item)), 0);
  budget.text(compared * longest);
}
function longestText(item: Value | undefined): number {
  if (isText(item)) return item.value.length;
  if (!item || sizeOf(item) === 0) return 0;
  return Math.max(...itemsOf(item)!.map(([, part]) => (isText(part) ? part.value.length : 0)), 0);
}

/** Filters whose time doesn't depend on the length of the value. */
const SHORT = ['safe', 'length', 'list', 'first', 'last', 'default'];

export function chargeFilter(name: unknown, operand: Result, args: readonly Node[], budget: TemplateBudget): void {
  if (!operand || SHORT.includes(name as string)) return;
  const { byPlace, byName } = argumentsOf(args);
  if (name === 'tojson') chargeJson(operand, byName, budget);
  else if (isText(operand)) chargeTextFilter(name, operand.value, byPlace, byName, budget);
  else if (name === 'dictsort' || name === 'sort') chargeSort(operand, budget);
  else if (operand.value instanceof Map) budget.step(sizeOf(operand) / 2);
  else if (Array.isArray(operand.value)) {
    budget.elements(operand.value.length);
    const separator = ownLength(byPlace[0] ?? byName.get('separator'));
    const attribute = name === 'map' ? ownLength(byName.get('attribute')) : args[0]?.['value'];
    chargeListFilter(name, operand.value as Value[], { separator, attribute }, budget);
  }
}

const ownLength = (each: Result): number => (isText(each) ? each.value.length : 0);

/**
 * @param separator length of the separator
 * @param attribute length of the attribute's name; for `selectattr`, the name itself
 */
function chargeListFilter(
  name: unknown,
  items: readonly Value[],
  { separator, attribute }: { separator: number; attribute: unknown },
  budget: TemplateBudget,
): void {
  if (name === 'join' || name === 'string') {
    let length = 0;
    for (const each of items) budget.string((length += separator + written(each, budget)));
    if (name === 'string') budget.string((length *= ESCAPED));
    budget.text(length);
  } else if (name === 'map') budget.step(items.length * (1 + (attribute as number) / AT_ONCE));
  else if (name === 'unique') for (const each of items) budget.text(ownLength(each));
  else if (name === 'selectattr' || name === 'rejectattr')
    for (const { value } of items)
      if (value instanceof Map) budget.text(ownLength((value as Map<unknown, Value>).get(attribute)));
}

function chargeTextFilter(
  name: unknown,
  text: string,
  byPlace: readonly Value[],
  byName: ReadonlyMap<string, Value>,
  budget: TemplateBudget,
): void {
  if (name === 'string' || (name === 'join' && byPlace.length + byName.size === 0)) return;
  if (name !== 'join' && name !== 'indent') {
    chargeTextMethod(name, text, byPlace, budget);
    return;
  }
  const separator = byPlace[0] ?? byName.get('separator');
  const width = Number((byPlace[0] ?? byName.get('width'))?.value ?? 4);
  const parts = name === 'join' ? text.length : occurrences(text, '\n', budget) + 1;
  const length = text.length + parts * (name === 'indent' ? width : isText(separator) ? separator.value.length : 0);
  budget.string(length);
  budget.text(length);
  budget.step(parts / 4);
}

function chargeJson(operand: Value, byName: ReadonlyMap<string, Value>, budget: TemplateBudget): void {
  const indent = Number(byName.get('indent')?.value ?? 0);
  const separators = byName.get('separators')?.value;
  const separator = Array.isArray(separators)
    ? (separators as Value[]).reduce((sum, each) => sum + (isText(each) ? each.value.length : 0), 0)
    : PLAIN.separator;
  if (!(indent >= 0 && indent <= MAX_INDENT)) throw new Error(`it indents JSON by more than ${MAX_INDENT} characters`);
  const length = jsonLength(operand, budget, { separator, indent });
  budget.string(length);
  budget.text(length);
}
const MAX_INDENT = 100;

/** Argument values that are already evaluated, positional and by keyword. */
function argumentsOf(args: readonly Node[]): { byPlace: readonly Value[]; byName: ReadonlyMap<string, Value> } {
  const byPlace: Value[] = [];
  const byName = new Map<string, Value>();
  const valueOf = (node: unknown): Value => (node as Node)['value'] as Value;
  for (const node of args) {
    if (node.type === 'KeywordArgumentExpression')
      byName.set((node['key'] as Node)['value'] as string, valueOf(node['value']));
    else if (node.type === 'SpreadExpression') {
      const list = valueOf(node['argument']).value;
      if (Array.isArray(list)) for (const each of list as Value[]) byPlace.push(each);
    } else if (node.type === 'KeywordSpreadExpression') {
      const map = valueOf(node['argument']).value;
      if (map instanceof Map) for (const [key, each] of map as Map<string, Value>) byName.set(key, each);
    } else if (node.type === 'Given') byPlace.push(valueOf(node));
  }
  return { byPlace, byName };
}
