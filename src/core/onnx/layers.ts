/**
 * Layers as ONNX operators, for any architecture: they find their weights by Hugging Face's naming, as those of core/nn
 * do. Activations are f32. If matrices are f16, their inputs are rounded to f16 and the product is cast back to f32. So
 * sums over layers, norms and softmax keep their precision.
 */
import type { Attributes, GraphBuilder, Value, Weight } from './graph';
import { ELEMENT } from './proto';

/** x [..., I] -> x W + b [..., O], W [I, O]; without a bias if the layer has none */
export function dense(g: GraphBuilder, layer: string, x: Value): Value {
  const product = multiply(g, x, g.weight(`${layer}.weight`), 'MatMul');
  return g.has(`${layer}.bias`) ? g.op('Add', [product, g.weight(`${layer}.bias`)]) : product;
}

/**
 * x [..., I] -> x W^T [..., O], W [O, I]: a matrix tied to the embedding is stored once. `lead` holds the sizes before
 * I, int64 [n]; `name` is the output's. `bias` [O] is optional.
 */
export function classifier(g: GraphBuilder, matrix: Weight, x: Value, lead: Value, name: string, bias?: Value): Value {
  const [rows, columns] = matrix.shape as [number, number];
  const flat = g.op('Reshape', [x, g.integers([-1, columns])]);
  const product = multiply(g, flat, matrix, 'Gemm', { transB: 1 });
  const scores = bias ? g.op('Add', [product, bias]) : product;
  return g.op('Reshape', [scores, g.op('Concat', [lead, g.integers([rows])], { axis: 0 })], {}, name);
}

/** ids [...] -> rows of the table [..., C] */
export function embedding(g: GraphBuilder, layer: string, ids: Value): Value {
  const table = g.weight(`${layer}.weight`);
  const rows = g.op('Gather', [table, ids]);
  return table.type === 'float' ? rows : g.op('Cast', [rows], { to: ELEMENT.float });
}

/** x [..., C] -> [..., C] */
export const layerNorm = (g: GraphBuilder, layer: string, x: Value, epsilon: number): Value =>
  g.op('LayerNormalization', [x, g.weight(`${layer}.weight`), g.weight(`${layer}.bias`)], {
    axis: -1,
    epsilon: { real: epsilon },
  });

/** x [..., C] -> [..., C], by the root mean square of the last axis; opset 20 lacks it. `name`: of an output. */
export function rmsNorm(g: GraphBuilder, layer: string, x: Value, epsilon: number, name?: string): Value {
  const mean = g.op('ReduceMean', [g.op('Mul', [x, x]), g.integers([-1])]);
  const root = g.op('Sqrt', [g.op('Add', [mean, g.real(epsilon)])]);
  return g.op('Mul', [g.op('Div', [x, root]), g.weight(`${layer}.weight`)], {}, name);
}

/** x / (1 + e^-x) */
export const silu = (g: GraphBuilder, x: Value): Value => g.op('Mul', [x, g.op('Sigmoid', [x])]);

/**
 * positions int64 [B, T] -> a function that applies rotary embeddings to heads [B, H, T, d]. Pairs are the halves of a
 * head; pair i rotates by theta^(-2 i / d) radians a token (rotate_half of transformers).
 */
export function rotary(g: GraphBuilder, positions: Value, size: number, theta: number): (heads: Value) => Value {
  const turns = g.real(Array.from({ length: size / 2 }, (_, i) => theta ** ((-2 * i) / size)));
  const places = g.op('Unsqueeze', [g.op('Cast', [positions], { to: ELEMENT.float }), g.integers([1, 3])]);
  const angles = g.op('Mul', [places, turns]); // [B, 1, T, d / 2]
  const [cos, sin] = [g.op('Cos', [angles]), g.op('Sin', [angles])];
  return (heads) => {
    const [a, b] = g.ops('Split', [heads], 2, { axis: -1, num_outputs: 2 }) as [Value, Value];
    const first = g.op('Sub', [g.op('Mul', [a, cos]), g.op('Mul', [b, sin])]);
    const second = g.op('Add', [g.op('Mul', [b, cos]), g.op('Mul', [a, sin])]);
    return g.op('Concat', [first, second], { axis: -1 });
  };
}

/** Tanh approximation by default, which GPT-2 calls gelu_new; `none`: exact, by the error function. */
export const gelu = (g: GraphBuilder, x: Value, approximate: 'tanh' | 'none' = 'tanh'): Value =>
  g.op('Gelu', [x], { approximate });

/** [B, T, H d] -> [B, H, T, d] */
export function splitHeads(g: GraphBuilder, x: Value, heads: number, size: number): Value {
  return g.op('Transpose', [g.op('Reshape', [x, g.integers([0, 0, heads, size])])], { perm: [0, 2, 1, 3] });
}

/**
 * q [B, H, T, d], k and v [B, H, S, d], keep bool [B, 1, T or 1, S] -> [B, T, H d]. With fewer key-value heads, k and v
 * [B, K, S, d], H / K adjacent query heads share each. Masked keys get no weight. A row that keeps nothing (padding)
 * gets a finite mean, because NaN would spread into every row that multiplies it with 0. `scale` of the scores is 1 /
 * sqrt(d) by default; `bias` [1, H, T, S] is added to them.
 */
export function attention(
  g: GraphBuilder,
  { q, k, v, keep, ...more }: { q: Value; k: Value; v: Value; keep: Value; bias?: Value; scale?: number },
  heads: number,
  size: number,
  kvHeads = heads,
): Value {
  const each = (x: Value): Value => {
    if (kvHeads === heads) return x;
    const repeated = g.op('Expand', [
      g.op('Unsqueeze', [x, g.integers([2])]),
      g.integers([1, 1, heads / kvHeads, 1, 1]),
    ]);
    return g.op('Reshape', [repeated, g.integers([0, heads, -1, size])]);
  };
  const { bias, scale = 1 / Math.sqrt(size) } = more;
  const scaled = scale === 1 ? q : g.op('Mul', [q, g.real(scale)]);
  const products = g.op('MatMul', [scaled, g.op('Transpose', [each(k)], { perm: [0, 1, 3, 2] })]);
  const scores = bias ? g.op('Add', [products, bias]) : products;
  const weights = g.op('Softmax', [g.op('Where', [keep, scores, g.real(-1e30)])], { axis: -1 });
  const mixed = g.op('Transpose', [g.op('MatMul', [weights, each(v)])], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [mixed, g.integers([0, 0, heads * size])]);
}

/** attention_mask int64 [B, S], 1 = a token, 0 = padding -> keep bool [B, 1, 1, S]: the whole mask of an encoder. */
export const keepTokens = (g: GraphBuilder, mask: Value): Value =>
  g.op('Unsqueeze', [g.op('Cast', [mask], { to: ELEMENT.bool }), g.integers([1, 2])]);

/** Multiplies x by a matrix in its storage type. */
export function multiply(g: GraphBuilder, x: Value, matrix: Weight, type: string, attributes: Attributes = {}): Value {
  if (matrix.type === 'float') return g.op(type, [x, matrix], attributes);
  const product = g.op(type, [g.op('Cast', [x], { to: ELEMENT.float16 }), matrix], attributes);
  return g.op('Cast', [product], { to: ELEMENT.float });
}
