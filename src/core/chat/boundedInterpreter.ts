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
  textLength,
} from './templateCosts';
import type { TemplateBudget } from './templateBudget';
import type { Node, TemplateShape } from './templateSyntax';

/** Used parts of @huggingface/jinja. */
export type Jinja = Pick<typeof import('@huggingface/jinja'), 'Environment' | 'Interpreter' | 'parse' | 'tokenize'>;

type Scope = Parameters<Interpreter['evaluate']>[1];
type AnyValue = ReturnType<Interpreter['evaluate']>;
type Evaluate = (node: Node | undefined, environment: Scope) => AnyValue;

/** Node type for a value that is already evaluated. */
const EVALUATED = 'Given';
const evaluatedNode = (value: unknown): Node => ({ type: EVALUATED, value });

/** Steps per loop iteration: the library creates a scope and a `loop` for each. */
const STEPS_PER_ITERATION = 8;
/** Steps for `break` and `continue`, which the library implements as exceptions. */
const STEPS_PER_EXCEPTION = 16;
/** Steps for a member access of a string, for which the library creates its methods. */
const STEPS_PER_STRING_MEMBER = 8;

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
  const evaluateInLibrary: Evaluate = (node, environment) => evaluate(node, environment);
  const evaluator = new ChargedEvaluator(evaluateInLibrary, Environment, budget, shape);
  // The library evaluates each node through this method.
  interpreter.evaluate = (statement, environment) =>
    evaluator.evaluate(statement as unknown as Node | undefined, environment);
  return interpreter;
}

class ChargedEvaluator {
  constructor(
    private readonly evaluateInLibrary: Evaluate,
    private readonly Environment: Jinja['Environment'],
    private readonly budget: TemplateBudget,
    private readonly shape: TemplateShape,
  ) {}

  evaluate(node: Node | undefined, environment: Scope): AnyValue {
    if (!node) return this.evaluateInLibrary(node, environment);
    if (node.type === EVALUATED) return node['value'] as AnyValue;
    this.budget.countSteps(1);
    this.budget.enter();
    try {
      const value = this.chargeAndEvaluate(node, environment);
      // A block outputs the value as text.
      if (this.shape.outputs.has(node)) this.budget.countCharacters(textLength(value, this.budget));
      return value;
    } finally {
      this.budget.leave();
    }
  }

  private evaluateResult(node: unknown, environment: Scope): Result {
    return this.evaluate(node as Node, environment);
  }

  private chargeAndEvaluate(node: Node, environment: Scope): AnyValue {
    switch (node.type) {
      case 'StringLiteral':
        this.budget.countCharacters((node['value'] as string).length);
        return this.evaluateInLibrary(node, environment);
      case 'Identifier':
        return this.lookUpVariable(node, environment);
      case 'BinaryExpression':
        return this.evaluateBinary(node, environment);
      case 'MemberExpression':
        return this.evaluateMember(node, environment);
      case 'CallExpression':
        return this.evaluateInLibrary(
          { ...node, args: this.evaluateArguments(node['args'], environment) },
          environment,
        );
      case 'FilterExpression':
        return this.evaluateFilter(
          this.evaluateResult(node['operand'], environment),
          node['filter'] as Node,
          environment,
        );
      case 'FilterStatement':
        return this.evaluateFilter(this.evaluateResult({ type: 'Program', body: node['body'] }, environment), node['filter'] as Node, environment); // prettier-ignore
      case 'TestExpression': {
        const operand = this.evaluateResult(node['operand'], environment);
        chargeTest((node['test'] as Node)['value'], operand, this.budget);
        return this.evaluateInLibrary({ ...node, operand: evaluatedNode(operand) }, environment);
      }
      case 'For':
        return this.evaluateLoop(node, environment);
      case 'Macro':
        this.budget.countSteps(this.shape.sizes.get(node) ?? 0);
        return this.evaluateInLibrary(node, environment);
      case 'CallStatement': {
        this.budget.countSteps(this.shape.sizes.get(node) ?? 0);
        const call = node['call'] as Node;
        return this.evaluateInLibrary(
          { ...node, call: { ...call, args: this.evaluateArguments(call['args'], environment) } },
          environment,
        );
      }
      case 'Break':
      case 'Continue':
        this.budget.countSteps(STEPS_PER_EXCEPTION);
        return this.evaluateInLibrary(node, environment);
      default:
        return this.evaluateInLibrary(node, environment);
    }
  }

  /** Looks a name up in a loop, because the library recurses. Lets the library throw if the name is undefined. */
  private lookUpVariable(node: Node, environment: Scope) {
    const name = node['value'] as string;
    let scope: Scope | undefined = environment;
    for (; scope && !scope.variables.has(name); scope = scope.parent) this.budget.countSteps(0.125);
    const value = scope?.variables.get(name);
    if (!value) return this.evaluateInLibrary(undefined, environment);
    return name === 'namespace' ? withCharge(value, (args) => this.budget.countElements(argumentsCost(args))) : value;
  }

  private evaluateBinary(node: Node, environment: Scope) {
    const operator = (node['operator'] as { value: string }).value;
    if (operator === 'and' || operator === 'or') return this.evaluateInLibrary(node, environment);
    const left = this.evaluateResult(node['left'], environment);
    const right = this.evaluateResult(node['right'], environment);
    chargeBinary(operator, left, right, this.budget);
    return this.evaluateInLibrary({ ...node, left: evaluatedNode(left), right: evaluatedNode(right) }, environment);
  }

  private evaluateMember(node: Node, environment: Scope) {
    const object = this.evaluateResult(node['object'], environment);
    const property = node['property'] as Node;
    const isSlice = property.type === 'SliceExpression';
    let key = property;
    if (isSlice) {
      const { length } = typeof object?.value === 'string' || Array.isArray(object?.value) ? object.value : [];
      if (typeof object?.value === 'string') this.budget.countCharacters(length);
      this.budget.countElements(length);
    } else if (node['computed'] === true) {
      const value = this.evaluateResult(property, environment);
      if (typeof value?.value === 'string') this.budget.countCharacters(value.value.length);
      key = evaluatedNode(value);
    }
    if (object?.type === 'StringValue') this.budget.countSteps(STEPS_PER_STRING_MEMBER);
    const value = this.evaluateInLibrary({ ...node, object: evaluatedNode(object), property: key }, environment);
    const name = key.type === EVALUATED ? (key['value'] as Value | undefined)?.value : key['value'];
    return withCharge(value, (args) => chargeMethod(name, object, args, this.budget));
  }

  private evaluateFilter(operand: Result, filter: Node, environment: Scope) {
    const isCall = filter.type === 'CallExpression';
    const name = isCall ? (filter['callee'] as Node)['value'] : filter['value'];
    // The library reads their arguments as literals.
    const isLiteral = name === 'selectattr' || name === 'rejectattr';
    const args = isCall
      ? isLiteral
        ? (filter['args'] as Node[])
        : this.evaluateArguments(filter['args'], environment)
      : [];
    chargeFilter(name, operand, args, this.budget);
    return this.evaluateInLibrary(
      { type: 'FilterExpression', operand: evaluatedNode(operand), filter: isCall ? { ...filter, args } : filter },
      environment,
    );
  }

  private evaluateLoop(node: Node, environment: Scope) {
    const iterable = node['iterable'] as Node;
    const hasCondition = iterable.type === 'SelectExpression';
    const items = this.evaluateResult(hasCondition ? iterable['lhs'] : iterable, new this.Environment(environment));
    const value = items?.value;
    this.budget.countSteps(
      STEPS_PER_ITERATION * (Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0),
    );
    const evaluatedIterable = hasCondition ? { ...iterable, lhs: evaluatedNode(items) } : evaluatedNode(items);
    return this.evaluateInLibrary({ ...node, iterable: evaluatedIterable }, environment);
  }

  /** Evaluates the arguments of a call in the library's order: positional first, then keyword. */
  private evaluateArguments(nodes: unknown, environment: Scope): Node[] {
    const argumentNodes = nodes as readonly Node[];
    const evaluated = new Map<Node, Node>();
    const isKeyword = ({ type }: Node): boolean =>
      type === 'KeywordArgumentExpression' || type === 'KeywordSpreadExpression';
    for (const node of [...argumentNodes.filter((node) => !isKeyword(node)), ...argumentNodes.filter(isKeyword)]) {
      if (node.type === 'SpreadExpression' || node.type === 'KeywordSpreadExpression') {
        const argument = this.evaluateResult(node['argument'], environment);
        this.budget.countElements(4 * argumentsCost([argument]));
        evaluated.set(node, { ...node, argument: evaluatedNode(argument) });
      } else if (node.type === 'KeywordArgumentExpression')
        evaluated.set(node, { ...node, value: evaluatedNode(this.evaluateResult(node['value'], environment)) });
      else evaluated.set(node, evaluatedNode(this.evaluateResult(node, environment)));
    }
    return argumentNodes.map((node) => evaluated.get(node)!);
  }
}

/** Wraps a function so that each call is charged first; returns other values unchanged. */
function withCharge<T extends { type: string; value: unknown }>(value: T, charge: (args: readonly Value[]) => void): T {
  if (value.type !== 'FunctionValue' || WRAPPED.has(value)) return value;
  const call = value.value as (args: readonly Value[], scope: unknown) => unknown;
  const wrapped = Object.assign(Object.create(value) as T, {
    value: (args: readonly Value[], scope: unknown): unknown => {
      charge(args);
      return call(args, scope);
    },
  });
  WRAPPED.add(wrapped);
  return wrapped;
}
const WRAPPED = new WeakSet();
