/**
 * Interpreter of @huggingface/jinja with a budget. Evaluates operands first, then charges an operation before the
 * library applies it to their values.
 */
import type { Interpreter } from '@huggingface/jinja';
import {
  argumentsCost,
  chargeBinary,
  chargeFilter,
  chargeMethod,
  chargeTest,
  type Result,
  type Value,
  written,
} from './templateCosts';
import type { TemplateBudget } from './templateBudget';
import type { Node, TemplateShape } from './templateSyntax';

/** Used parts of @huggingface/jinja. */
export type Jinja = Pick<typeof import('@huggingface/jinja'), 'Environment' | 'Interpreter' | 'parse' | 'tokenize'>;

type Scope = Parameters<Interpreter['evaluate']>[1];
type AnyValue = ReturnType<Interpreter['evaluate']>;
type Evaluate = (node: Node | undefined, environment: Scope) => AnyValue;

/** Node type for a value that is already evaluated. */
const GIVEN = 'Given';
const given = (value: unknown): Node => ({ type: GIVEN, value });

/** Steps per loop iteration: the library creates a scope and a `loop` for each. */
const ROUND = 8;
/** Steps for `break` and `continue`, which the library implements as exceptions. */
const THROWN = 16;
/** Steps for a member access of a string, for which the library creates its methods. */
const METHODS = 8;

/**
 * Returns an interpreter that charges each evaluation first. Takes the library as an argument, so this module loads
 * without it.
 */
export function boundedInterpreter(
  { Environment, Interpreter }: Pick<Jinja, 'Environment' | 'Interpreter'>,
  scope: Scope,
  budget: TemplateBudget,
  shape: TemplateShape,
): Interpreter {
  const interpreter = new Interpreter(scope);
  const evaluate = interpreter.evaluate.bind(interpreter);
  const library: Evaluate = (node, environment) => evaluate(node, environment);
  const counted = new CountedEvaluation(library, Environment, budget, shape);
  // The library evaluates each node through this method.
  interpreter.evaluate = (statement, environment) =>
    counted.evaluate(statement as unknown as Node | undefined, environment);
  return interpreter;
}

class CountedEvaluation {
  constructor(
    private readonly library: Evaluate,
    private readonly Environment: Jinja['Environment'],
    private readonly budget: TemplateBudget,
    private readonly shape: TemplateShape,
  ) {}

  evaluate(node: Node | undefined, environment: Scope): AnyValue {
    if (!node) return this.library(node, environment);
    if (node.type === GIVEN) return node['value'] as AnyValue;
    this.budget.step(1);
    this.budget.enter();
    try {
      const value = this.counted(node, environment);
      // A block outputs the value as text.
      if (this.shape.outputs.has(node)) this.budget.text(written(value, this.budget));
      return value;
    } finally {
      this.budget.leave();
    }
  }

  private value(node: unknown, environment: Scope): Result {
    return this.evaluate(node as Node, environment);
  }

  private counted(node: Node, environment: Scope): AnyValue {
    switch (node.type) {
      case 'StringLiteral':
        this.budget.text((node['value'] as string).length);
        return this.library(node, environment);
      case 'Identifier':
        return this.variable(node, environment);
      case 'BinaryExpression':
        return this.binary(node, environment);
      case 'MemberExpression':
        return this.member(node, environment);
      case 'CallExpression':
        return this.library({ ...node, args: this.args(node['args'], environment) }, environment);
      case 'FilterExpression':
        return this.filter(this.value(node['operand'], environment), node['filter'] as Node, environment);
      case 'FilterStatement':
        return this.filter(this.value({ type: 'Program', body: node['body'] }, environment), node['filter'] as Node, environment); // prettier-ignore
      case 'TestExpression': {
        const operand = this.value(node['operand'], environment);
        chargeTest((node['test'] as Node)['value'], operand, this.budget);
        return this.library({ ...node, operand: given(operand) }, environment);
      }
      case 'For':
        return this.loop(node, environment);
      case 'Macro':
        this.budget.step(this.shape.sizes.get(node) ?? 0);
        return this.library(node, environment);
      case 'CallStatement': {
        this.budget.step(this.shape.sizes.get(node) ?? 0);
        const call = node['call'] as Node;
        return this.library({ ...node, call: { ...call, args: this.args(call['args'], environment) } }, environment);
      }
      case 'Break':
      case 'Continue':
        this.budget.step(THROWN);
        return this.library(node, environment);
      default:
        return this.library(node, environment);
    }
  }

  /** Looks a name up in a loop, because the library recurses. Lets the library throw if the name is undefined. */
  private variable(node: Node, environment: Scope) {
    const name = node['value'] as string;
    let found: Scope | undefined = environment;
    for (; found && !found.variables.has(name); found = found.parent) this.budget.step(0.125);
    const value = found?.variables.get(name);
    if (!value) return this.library(undefined, environment);
    return name === 'namespace' ? charged(value, (args) => this.budget.elements(argumentsCost(args))) : value;
  }

  private binary(node: Node, environment: Scope) {
    const operator = (node['operator'] as { value: string }).value;
    if (operator === 'and' || operator === 'or') return this.library(node, environment);
    const left = this.value(node['left'], environment);
    const right = this.value(node['right'], environment);
    chargeBinary(operator, left, right, this.budget);
    return this.library({ ...node, left: given(left), right: given(right) }, environment);
  }

  private member(node: Node, environment: Scope) {
    const object = this.value(node['object'], environment);
    const property = node['property'] as Node;
    const isSlice = property.type === 'SliceExpression';
    let key = property;
    if (isSlice) {
      const { length } = typeof object?.value === 'string' || Array.isArray(object?.value) ? object.value : [];
      if (typeof object?.value === 'string') this.budget.text(length);
      this.budget.elements(length);
    } else if (node['computed'] === true) {
      const value = this.value(property, environment);
      if (typeof value?.value === 'string') this.budget.text(value.value.length);
      key = given(value);
    }
    if (object?.type === 'StringValue') this.budget.step(METHODS);
    const value = this.library({ ...node, object: given(object), property: key }, environment);
    const name = key.type === GIVEN ? (key['value'] as Value | undefined)?.value : key['value'];
    return charged(value, (args) => chargeMethod(name, object, args, this.budget));
  }

  private filter(operand: Result, filter: Node, environment: Scope) {
    const isCall = filter.type === 'CallExpression';
    const name = isCall ? (filter['callee'] as Node)['value'] : filter['value'];
    // The library reads their arguments as literals.
    const isLiteral = name === 'selectattr' || name === 'rejectattr';
    const args = isCall ? (isLiteral ? (filter['args'] as Node[]) : this.args(filter['args'], environment)) : [];
    chargeFilter(name, operand, args, this.budget);
    return this.library(
      { type: 'FilterExpression', operand: given(operand), filter: isCall ? { ...filter, args } : filter },
      environment,
    );
  }

  private loop(node: Node, environment: Scope) {
    const iterable = node['iterable'] as Node;
    const isSelect = iterable.type === 'SelectExpression';
    const items = this.value(isSelect ? iterable['lhs'] : iterable, new this.Environment(environment));
    const value = items?.value;
    this.budget.step(ROUND * (Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0));
    const known = isSelect ? { ...iterable, lhs: given(items) } : given(items);
    return this.library({ ...node, iterable: known }, environment);
  }

  /** Evaluates the arguments of a call in the library's order: positional first, then keyword. */
  private args(nodes: unknown, environment: Scope): Node[] {
    const all = nodes as readonly Node[];
    const known = new Map<Node, Node>();
    const isNamed = ({ type }: Node): boolean =>
      type === 'KeywordArgumentExpression' || type === 'KeywordSpreadExpression';
    for (const node of [...all.filter((each) => !isNamed(each)), ...all.filter(isNamed)]) {
      if (node.type === 'SpreadExpression' || node.type === 'KeywordSpreadExpression') {
        const argument = this.value(node['argument'], environment);
        this.budget.elements(4 * argumentsCost([argument]));
        known.set(node, { ...node, argument: given(argument) });
      } else if (node.type === 'KeywordArgumentExpression')
        known.set(node, { ...node, value: given(this.value(node['value'], environment)) });
      else known.set(node, given(this.value(node, environment)));
    }
    return all.map((node) => known.get(node)!);
  }
}

/** Wraps a function so that each call is charged first; returns other values unchanged. */
function charged<T extends { type: string; value: unknown }>(value: T, charge: (args: readonly Value[]) => void): T {
  if (value.type !== 'FunctionValue' || COUNTED.has(value)) return value;
  const call = value.value as (args: readonly Value[], scope: unknown) => unknown;
  const counted = Object.assign(Object.create(value) as T, {
    value: (args: readonly Value[], scope: unknown): unknown => {
      charge(args);
      return call(args, scope);
    },
  });
  COUNTED.add(counted);
  return counted;
}
const COUNTED = new WeakSet();
