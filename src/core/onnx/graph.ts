import { bytesOf, type HostTensor, type NamedTensors } from '../checkpoint/tensors';
import { toHalf } from '../base/half';
import type { LazyBytes } from './lazyBytes';
import type { Attribute, Dimension, ElementType, Graph, Initializer, Node, ValueInfo } from './proto';

/** Edge of the graph, by name. */
export interface Value {
  readonly name: string;
}
/** Storage type of matrices. Vectors, activations, inputs and outputs are always f32. */
export type Precision = 'f32' | 'f16';
/** Weight; its storage type decides how it is multiplied. */
export interface Weight extends Value {
  readonly type: 'float' | 'float16';
  readonly shape: readonly number[];
}
export type Attributes = Readonly<Record<string, Attribute>>;

/** Graph under construction: each method adds something and returns a reference to it. */
export interface GraphBuilder {
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value;
  output(value: Value, type: ElementType, shape: readonly Dimension[]): void;
  /** Returns whether the model has this tensor. */
  has(name: string): boolean;
  /** Adds one of the model's tensors, under its own name; stored once, even if requested several times. */
  weight(name: string): Weight;
  /** int64 constant: a scalar, or a list. */
  integers(values: number | readonly number[]): Value;
  /** f32 constant: a scalar, or a list. */
  real(values: number | readonly number[]): Value;
  /** Adds one operator of opset 20. `name` is for graph outputs; other edges are numbered. */
  op(type: string, inputs: readonly Value[], attributes?: Attributes, name?: string): Value;
  /** Adds an operator with several outputs. */
  ops(type: string, inputs: readonly Value[], outputs: number, attributes?: Attributes): readonly Value[];
  finish(): Graph;
}

export function graphBuilder(name: string, weights: NamedTensors, precision: Precision): GraphBuilder {
  const nodes: Node[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const initializers = new Map<string, Initializer>();
  let edges = 0;
  const add = (type: string, from: readonly Value[], to: readonly string[], attributes: Attributes): Value[] => {
    nodes.push({ type, inputs: from.map((value) => value.name), outputs: to, attributes });
    return to.map((edge) => ({ name: edge }));
  };
  const edge = (type: string): string => `${type}_${edges++}`;
  const constant = (key: string, type: ElementType, shape: readonly number[], data: Uint8Array): Value => {
    if (!initializers.has(key)) initializers.set(key, { name: key, type, shape, data });
    return { name: key };
  };
  return {
    input(input, type, shape) {
      inputs.push({ name: input, type, shape });
      return { name: input };
    },
    output: (value, type, shape) => void outputs.push({ name: value.name, type, shape }),
    has: (name) => weights.has(name),
    weight(weight) {
      const tensor = weights.get(weight)!;
      const { shape } = tensor;
      const type = precision === 'f16' && shape.length > 1 ? 'float16' : 'float';
      const data = type === 'float' ? floats(tensor) : halves(tensor);
      if (!initializers.has(weight)) initializers.set(weight, { name: weight, type, shape, data });
      return { name: weight, type, shape };
    },
    integers(values) {
      const [list, shape] = typeof values === 'number' ? [[values], []] : [values, [values.length]];
      const data = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
      return constant(`int64 ${JSON.stringify(values)}`, 'int64', shape, data);
    },
    real(values) {
      const [list, shape] = typeof values === 'number' ? [[values], []] : [values, [values.length]];
      return constant(`float ${list.join()}`, 'float', shape, new Uint8Array(Float32Array.from(list).buffer));
    },
    op: (type, from, attributes = {}, result = edge(type)) => add(type, from, [result], attributes)[0]!,
    ops: (type, from, count, attributes = {}) =>
      add(
        type,
        from,
        Array.from({ length: count }, () => edge(type)),
        attributes,
      ),
    finish: () => ({ name, inputs, outputs, nodes, initializers: [...initializers.values()] }),
  };
}

const floats = (tensor: HostTensor): LazyBytes => ({
  size: tensor.data.byteLength,
  *chunks() {
    const bytes = bytesOf(tensor);
    for (let at = 0; at < bytes.length; at += 4 * PIECE) yield bytes.subarray(at, at + 4 * PIECE);
  },
});
const halves = ({ data }: HostTensor): LazyBytes => ({
  size: data.length * 2,
  *chunks() {
    for (let at = 0; at < data.length; at += PIECE) yield new Uint8Array(toHalf(data.subarray(at, at + PIECE)).buffer);
  },
});
/** Elements written at a time. */
const PIECE = 1 << 18;
