/**
 * Layers as operators of ONNX, for any architecture: they find their weights by Hugging Face's naming, as those of core/nn do.
 * Activations are f32. Where matrices are f16, what is multiplied with them is rounded to f16 and the product is f32 again, so
 * that sums over layers, norms and softmax keep their precision.
 */
import type { Attributes, GraphBuilder, Value, Weight } from './graph';
import { ELEMENT } from './proto';

/** x [..., I] -> x W + b [..., O], W [I, O] */
export function dense(g: GraphBuilder, layer: string, x: Value): Value {
  const matrix = g.weight(`${layer}.weight`);
  return g.op('Add', [multiply(g, x, matrix, 'MatMul'), g.weight(`${layer}.bias`)]);
}

/**
 * x [..., I] -> x W^T [..., O], W [O, I]: a matrix that is also an embedding is in the file once, as it is. `lead` holds the
 * sizes before I, int64 [n]; `name` is the output's.
 */
export function classifier(g: GraphBuilder, matrix: Weight, x: Value, lead: Value, name: string): Value {
  const [rows, columns] = matrix.shape as [number, number];
  const flat = g.op('Reshape', [x, g.integers([-1, columns])]);
  const product = multiply(g, flat, matrix, 'Gemm', { transB: 1 });
  return g.op('Reshape', [product, g.op('Concat', [lead, g.integers([rows])], { axis: 0 })], {}, name);
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

/** The approximation by tanh, which GPT-2 calls gelu_new. */
export const gelu = (g: GraphBuilder, x: Value): Value => g.op('Gelu', [x], { approximate: 'tanh' });

/** [B, T, H d] -> [B, H, T, d] */
export function splitHeads(g: GraphBuilder, x: Value, heads: number, size: number): Value {
  return g.op('Transpose', [g.op('Reshape', [x, g.integers([0, 0, heads, size])])], { perm: [0, 2, 1, 3] });
}

/**
 * q [B, H, T, d], k and v [B, H, S, d], keep bool [B, 1, T or 1, S] -> [B, T, H d]. What is not kept gets no weight; a row that
 * keeps nothing (padding) gets some finite mean, for NaN would spread into every row that multiplies it with 0.
 */
export function attention(
  g: GraphBuilder,
  { q, k, v, keep }: { q: Value; k: Value; v: Value; keep: Value },
  heads: number,
  size: number,
): Value {
  const scaled = g.op('Mul', [q, g.real(1 / Math.sqrt(size))]);
  const scores = g.op('MatMul', [scaled, g.op('Transpose', [k], { perm: [0, 1, 3, 2] })]);
  const weights = g.op('Softmax', [g.op('Where', [keep, scores, g.real(-1e30)])], { axis: -1 });
  const mixed = g.op('Transpose', [g.op('MatMul', [weights, v])], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [mixed, g.integers([0, 0, heads * size])]);
}

/** attention_mask int64 [B, S], 1 = a token, 0 = padding -> keep bool [B, 1, 1, S]: all that an encoder needs. */
export const keepTokens = (g: GraphBuilder, mask: Value): Value =>
  g.op('Unsqueeze', [g.op('Cast', [mask], { to: ELEMENT.bool }), g.integers([1, 2])]);

function multiply(g: GraphBuilder, x: Value, matrix: Weight, type: string, attributes: Attributes = {}): Value {
  if (matrix.type === 'float') return g.op(type, [x, matrix], attributes);
  const product = g.op(type, [g.op('Cast', [x], { to: ELEMENT.float16 }), matrix], attributes);
  return g.op('Cast', [product], { to: ELEMENT.float });
}
