/** What operations of a chat template cost, counted before they run: characters, list elements and steps. */
import type { TemplateBudget } from './templateBudget';
import type { Node } from './templateSyntax';

/** A value of @huggingface/jinja. A filter may give none: `first` of an empty list. */
export interface Value {
  type: string;
  value: unknown;
}

/** Lists and mappings inside each other that are written as JSON. */
const MAX_NESTED = 100;
/** JSON may write a character as `\u0001`. */
const ESCAPED = 6;
/** A search compares up to so many characters at each place at once. */
const AT_ONCE = 8;

interface JsonForm {
  /** Characters between two entries, and of white space for each level. */
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

/** Characters that a value has as JSON, at most. Counts a step for each part: a list may hold another many times. */
function jsonLength(value: Value | undefined, budget: TemplateBudget, form = PLAIN, depth = 0): number {
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

/** Characters that a value has as text. */
export const written = (value: Value | undefined, budget: TemplateBudget): number => {
  if (isText(value)) return value.value.length;
  return sizeOf(value) === 0 ? 32 : jsonLength(value, budget);
};

/** Elements of lists and mappings among arguments. */
export const argumentsCost = (args: readonly Value[]): number => args.reduce((sum, each) => sum + sizeOf(each), 0);

/** Characters that a search for `pattern` compares, at most. */
const searched = (text: string, pattern: string): number => text.length * Math.ceil((pattern.length + 1) / AT_ONCE);

function occurrences(text: string, pattern: string, budget: TemplateBudget): number {
  budget.text(searched(text, pattern));
  if (pattern === '') return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + pattern.length)) count++;
  return count;
}

/** Charges for a comparison: texts of one length are compared whole, and JavaScript writes a list out to compare it with a text. */
function chargeEqual(left: Value, right: Value, budget: TemplateBudget): void {
  if (isText(left) && isText(right)) {
    if (left.value.length === right.value.length) budget.text(left.value.length);
    return;
  }
  const isPlain = ({ value }: Value): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  if (isPlain(left) === isPlain(right)) return;
  for (const each of [left, right]) if (sizeOf(each) > 0) budget.text(jsonLength(each, budget));
}

export function chargeBinary(operator: string, left: Value, right: Value, budget: TemplateBudget): void {
  if (operator === '==' || operator === '!=') return chargeEqual(left, right, budget);
  if (operator === 'in' || operator === 'not in') return chargeIn(left, right, budget);
  const areLists = Array.isArray(left.value) && Array.isArray(right.value);
  if (operator === '+' && areLists) return budget.elements(sizeOf(left) + sizeOf(right));
  if (operator !== '~' && (operator !== '+' || !(isText(left) || isText(right)))) return;
  const length = written(left, budget) + written(right, budget);
  budget.string(length);
  // Engines join texts when they are read, once.
  budget.text(length / AT_ONCE);
}

function chargeIn(left: Value, right: Value, budget: TemplateBudget): void {
  if (isText(right)) return isText(left) ? budget.text(searched(right.value, left.value)) : undefined;
  if (Array.isArray(right.value)) budget.elements(right.value.length);
  if (!isText(left)) return;
  budget.text(left.value.length);
  if (!Array.isArray(right.value)) return;
  for (const each of right.value as Value[]) if (isText(each)) chargeEqual(left, each, budget);
}

export function chargeTest(name: unknown, operand: Value, budget: TemplateBudget): void {
  if ((name === 'lower' || name === 'upper') && isText(operand)) budget.text(operand.value.length);
}

/** Charges for a method of a text or a mapping. */
export function chargeMethod(name: unknown, object: Value, args: readonly Value[], budget: TemplateBudget): void {
  if (isText(object)) return chargeTextMethod(name, object.value, args, budget);
  if (name === 'dictsort') chargeSort(object, budget);
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

/** Texts are compared without case, each time again. */
function chargeSort(operand: Value, budget: TemplateBudget): void {
  const items = itemsOf(operand) ?? [];
  const compared = items.length * Math.ceil(Math.log2(items.length + 1));
  budget.step(compared / 2);
  // By a value, or by an attribute of each.
  const longest = items.reduce((max, [key, item]) => Math.max(max, key.length, longestText(item)), 0);
  budget.text(compared * longest);
}
function longestText(item: Value | undefined): number {
  if (isText(item)) return item.value.length;
  if (!item || sizeOf(item) === 0) return 0;
  return Math.max(...itemsOf(item)!.map(([, part]) => (isText(part) ? part.value.length : 0)), 0);
}

/** Filters that take no longer for a long value than for a short one. */
const SHORT = ['safe', 'length', 'list', 'first', 'last', 'default'];

export function chargeFilter(name: unknown, operand: Value, args: readonly Node[], budget: TemplateBudget): void {
  if (SHORT.includes(name as string)) return;
  const { byPlace, byName } = argumentsOf(args);
  if (name === 'tojson') return chargeJson(operand, byName, budget);
  if (isText(operand)) return chargeTextFilter(name, operand.value, byPlace, byName, budget);
  if (!operand || sizeOf(operand) === 0) return;
  budget.elements(sizeOf(operand));
  if (name === 'dictsort' || name === 'sort') return chargeSort(operand, budget);
  if (operand.value instanceof Map) return budget.step(sizeOf(operand) / 2);
  const items = operand.value as readonly Value[];
  const own = (each: Value | undefined): number => (isText(each) ? each.value.length : 0);
  if (name === 'join' || name === 'string') {
    const separator = own(byPlace[0] ?? byName.get('separator'));
    let length = 0;
    for (const each of items) budget.string((length += separator + written(each, budget)));
    if (name === 'string') budget.string((length *= ESCAPED));
    budget.text(length);
  } else if (name === 'map') budget.step(items.length * (1 + own(byName.get('attribute')) / AT_ONCE));
  else if (name === 'unique') for (const each of items) budget.text(own(each));
  else if (name === 'selectattr' || name === 'rejectattr') {
    const attribute = args[0]?.['value'];
    for (const { value } of items)
      if (value instanceof Map) budget.text(own((value as Map<unknown, Value>).get(attribute)));
  }
}

function chargeTextFilter(
  name: unknown,
  text: string,
  byPlace: readonly Value[],
  byName: ReadonlyMap<string, Value>,
  budget: TemplateBudget,
): void {
  if (name === 'string' || (name === 'join' && byPlace.length + byName.size === 0)) return;
  if (name !== 'join' && name !== 'indent') return chargeTextMethod(name, text, byPlace, budget);
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

/** Values of arguments that are known. */
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
