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
const MAX_ESCAPE_FACTOR = 6;
/** Characters that a search compares at once at each place. */
const CHARACTERS_PER_STEP = 8;

interface JsonFormat {
  /** Characters between two entries, and of indentation per level. */
  separator: number;
  indent: number;
}
const DEFAULT_JSON: JsonFormat = { separator: 2, indent: 0 };

const itemsOf = ({ value }: Value): readonly (readonly [string, Value])[] | null =>
  Array.isArray(value)
    ? (value as Value[]).map((item) => ['', item] as const)
    : value instanceof Map
      ? [...(value as Map<string, Value>)]
      : null;
const sizeOf = (value: Value | undefined): number =>
  Array.isArray(value?.value) ? value.value.length : value?.value instanceof Map ? value.value.size : 0;
const isText = (value: Value | undefined): value is { type: string; value: string } =>
  typeof value?.value === 'string' && value.type === 'StringValue';

/** Upper bound of a value's length as JSON. Charges a step for each part: a list may contain another many times. */
function jsonLength(value: Result, budget: TemplateBudget, format = DEFAULT_JSON, depth = 0): number {
  budget.countSteps(0.5);
  if (isText(value)) return MAX_ESCAPE_FACTOR * value.value.length + 2;
  if (sizeOf(value) === 0) return 32;
  if (depth === MAX_NESTED) throw new Error(`it writes a list with more than ${MAX_NESTED} lists inside each other`);
  const overhead = format.separator + format.indent * (depth + 1) + 8;
  let length = overhead;
  for (const [key, item] of itemsOf(value!)!) {
    length += MAX_ESCAPE_FACTOR * key.length + overhead + jsonLength(item, budget, format, depth + 1);
    budget.checkString(length);
  }
  return length;
}

/** Length of a value as text. */
export const textLength = (value: Result, budget: TemplateBudget): number => {
  if (isText(value)) return value.value.length;
  return sizeOf(value) === 0 ? 32 : jsonLength(value, budget);
};

/** Number of elements of all lists and mappings among the arguments. */
export const argumentsCost = (args: readonly Result[]): number =>
  args.reduce((sum, argument) => sum + sizeOf(argument), 0);

/** Upper bound of the characters that a search for `pattern` compares. */
const searchCost = (text: string, pattern: string): number =>
  text.length * Math.ceil((pattern.length + 1) / CHARACTERS_PER_STEP);

function countOccurrences(text: string, pattern: string, budget: TemplateBudget): number {
  budget.countCharacters(searchCost(text, pattern));
  if (pattern === '') return text.length + 1;
  let count = 0;
  for (let index = text.indexOf(pattern); index >= 0; index = text.indexOf(pattern, index + pattern.length)) count++;
  return count;
}

/** Charges for comparing texts of equal length, or a list with a text, for which JavaScript serializes the list. */
function chargeEqual(left: Result, right: Result, budget: TemplateBudget): void {
  if (isText(left) && isText(right)) {
    if (left.value.length === right.value.length) budget.countCharacters(left.value.length);
    return;
  }
  const isScalar = (operand: Result): boolean => ['string', 'number', 'boolean'].includes(typeof operand?.value);
  if (isScalar(left) === isScalar(right)) return;
  for (const operand of [left, right]) if (sizeOf(operand) > 0) budget.countCharacters(jsonLength(operand, budget));
}

export function chargeBinary(operator: string, left: Result, right: Result, budget: TemplateBudget): void {
  if (operator === '==' || operator === '!=') chargeEqual(left, right, budget);
  else if (operator === 'in' || operator === 'not in') chargeIn(left, right, budget);
  else if (operator === '+' && Array.isArray(left?.value) && Array.isArray(right?.value))
    budget.countElements(sizeOf(left) + sizeOf(right));
  else if (operator === '~' || (operator === '+' && (isText(left) || isText(right))))
    chargeConcatenation(left, right, budget);
}

function chargeConcatenation(left: Result, right: Result, budget: TemplateBudget): void {
  const length = textLength(left, budget) + textLength(right, budget);
  budget.checkString(length);
  // Engines join texts lazily, once, when they are read.
  budget.countCharacters(length / CHARACTERS_PER_STEP);
}

function chargeIn(left: Result, right: Result, budget: TemplateBudget): void {
  const list = Array.isArray(right?.value) ? (right.value as Value[]) : [];
  budget.countElements(list.length);
  if (!isText(left)) return;
  budget.countCharacters(isText(right) ? searchCost(right.value, left.value) : left.value.length);
  for (const item of list) if (isText(item)) chargeEqual(left, item, budget);
}

export function chargeTest(name: unknown, operand: Result, budget: TemplateBudget): void {
  if ((name === 'lower' || name === 'upper') && isText(operand)) budget.countCharacters(operand.value.length);
}

/** Charges for a method of a text or a mapping. */
export function chargeMethod(name: unknown, object: Result, args: readonly Value[], budget: TemplateBudget): void {
  if (isText(object)) chargeTextMethod(name, object.value, args, budget);
  else if (name === 'dictsort' && object) chargeSort(object, budget);
  else if (name !== 'get') budget.countSteps(sizeOf(object) / 2);
}

function chargeTextMethod(name: unknown, text: string, args: readonly Value[], budget: TemplateBudget): void {
  const [first, second] = args;
  if (name === 'startswith' || name === 'endswith') {
    const patterns = Array.isArray(first?.value) ? (first.value as Value[]) : [first];
    budget.countElements(patterns.length);
    for (const pattern of patterns)
      if (isText(pattern)) budget.countCharacters(Math.min(pattern.value.length, text.length));
  } else if (name === 'split') {
    budget.countCharacters(text.length);
    budget.countSteps(isText(first) ? countOccurrences(text, first.value, budget) / 2 : text.length / 8);
  } else if (name === 'replace' && isText(first) && isText(second)) {
    const count = countOccurrences(text, first.value, budget);
    const length = text.length + count * second.value.length;
    budget.checkString(length);
    budget.countCharacters(length);
    budget.countSteps(count / 2);
  } else {
    budget.countCharacters(text.length);
    if (name === 'title') budget.countSteps(text.length / 8);
  }
}

/** Charges for a sort, which lowercases texts at each comparison. */
function chargeSort(operand: Value, budget: TemplateBudget): void {
  const items = itemsOf(operand) ?? [];
  const comparisons = items.length * Math.ceil(Math.log2(items.length + 1));
  budget.countSteps(comparisons / 2);
  // The key is a value or an attribute of each item.
  const longest = items.reduce((max, [key, item]) => Math.max(max, key.length, longestText(item)), 0);
  budget.countCharacters(comparisons * longest);
}
function longestText(item: Value | undefined): number {
  if (isText(item)) return item.value.length;
  if (!item || sizeOf(item) === 0) return 0;
  return Math.max(...itemsOf(item)!.map(([, part]) => (isText(part) ? part.value.length : 0)), 0);
}

/** Filters whose time doesn't depend on the length of the value. */
const CONSTANT_TIME_FILTERS = ['safe', 'length', 'list', 'first', 'last', 'default'];

export function chargeFilter(name: unknown, operand: Result, args: readonly Node[], budget: TemplateBudget): void {
  if (!operand || CONSTANT_TIME_FILTERS.includes(name as string)) return;
  const { positional, keywords } = evaluatedArguments(args);
  if (name === 'tojson') chargeJson(operand, keywords, budget);
  else if (isText(operand)) chargeTextFilter(name, operand.value, positional, keywords, budget);
  else if (name === 'dictsort' || name === 'sort') chargeSort(operand, budget);
  else if (operand.value instanceof Map) budget.countSteps(sizeOf(operand) / 2);
  else if (Array.isArray(operand.value)) {
    budget.countElements(operand.value.length);
    const separator = textLengthOrZero(positional[0] ?? keywords.get('separator'));
    const attribute = name === 'map' ? textLengthOrZero(keywords.get('attribute')) : args[0]?.['value'];
    chargeListFilter(name, operand.value as Value[], { separator, attribute }, budget);
  }
}

const textLengthOrZero = (value: Result): number => (isText(value) ? value.value.length : 0);

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
    for (const item of items) budget.checkString((length += separator + textLength(item, budget)));
    if (name === 'string') budget.checkString((length *= MAX_ESCAPE_FACTOR));
    budget.countCharacters(length);
  } else if (name === 'map') budget.countSteps(items.length * (1 + (attribute as number) / CHARACTERS_PER_STEP));
  else if (name === 'unique') for (const item of items) budget.countCharacters(textLengthOrZero(item));
  else if (name === 'selectattr' || name === 'rejectattr')
    for (const { value } of items)
      if (value instanceof Map) budget.countCharacters(textLengthOrZero((value as Map<unknown, Value>).get(attribute)));
}

function chargeTextFilter(
  name: unknown,
  text: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  budget: TemplateBudget,
): void {
  if (name === 'string' || (name === 'join' && positional.length + keywords.size === 0)) return;
  if (name !== 'join' && name !== 'indent') {
    chargeTextMethod(name, text, positional, budget);
    return;
  }
  const separator = positional[0] ?? keywords.get('separator');
  const width = Number((positional[0] ?? keywords.get('width'))?.value ?? 4);
  const parts = name === 'join' ? text.length : countOccurrences(text, '\n', budget) + 1;
  const length = text.length + parts * (name === 'indent' ? width : isText(separator) ? separator.value.length : 0);
  budget.checkString(length);
  budget.countCharacters(length);
  budget.countSteps(parts / 4);
}

function chargeJson(operand: Value, keywords: ReadonlyMap<string, Value>, budget: TemplateBudget): void {
  const indent = Number(keywords.get('indent')?.value ?? 0);
  const separators = keywords.get('separators')?.value;
  const separator = Array.isArray(separators)
    ? (separators as Value[]).reduce((sum, item) => sum + (isText(item) ? item.value.length : 0), 0)
    : DEFAULT_JSON.separator;
  if (!(indent >= 0 && indent <= MAX_INDENT)) throw new Error(`it indents JSON by more than ${MAX_INDENT} characters`);
  const length = jsonLength(operand, budget, { separator, indent });
  budget.checkString(length);
  budget.countCharacters(length);
}
const MAX_INDENT = 100;

/** Argument values that are already evaluated, positional and by keyword. */
function evaluatedArguments(args: readonly Node[]): {
  positional: readonly Value[];
  keywords: ReadonlyMap<string, Value>;
} {
  const positional: Value[] = [];
  const keywords = new Map<string, Value>();
  const valueOf = (node: unknown): Value => (node as Node)['value'] as Value;
  for (const node of args) {
    if (node.type === 'KeywordArgumentExpression')
      keywords.set((node['key'] as Node)['value'] as string, valueOf(node['value']));
    else if (node.type === 'SpreadExpression') {
      const list = valueOf(node['argument']).value;
      if (Array.isArray(list)) for (const item of list as Value[]) positional.push(item);
    } else if (node.type === 'KeywordSpreadExpression') {
      const map = valueOf(node['argument']).value;
      if (map instanceof Map) for (const [key, item] of map as Map<string, Value>) keywords.set(key, item);
    } else if (node.type === 'Given') positional.push(valueOf(node));
  }
  return { positional, keywords };
}
