/** Sequence-classification head in ONNX operators: pooling and label scores. */
import type { GraphBuilder, Value, Weight } from './graph';
import { multiply } from './layers';
import { ELEMENT } from './proto';

/** Tokens of a text that are scored. */
type Pooled = 'first' | 'mean' | 'last';
/** Sizes of a model that classifies sequences. */
interface Classifying {
  layers: number;
  classes?: { pooling: Pooled } | undefined;
}

/**
 * Pools x [B, T, C] to [B, C] over the tokens of the mask, int64 [B, T], with padding on either side. If one token is
 * scored, only that token passes the last layer after its attention.
 */
export function pooling(g: GraphBuilder, mask: Value, { layers, classes }: Classifying) {
  const which = classes?.pooling ?? 'mean';
  let counted: Value | undefined; // [B, T]
  const pooled = (x: Value): Value => {
    counted ??= g.op('Cast', [weights(g, mask, which)], { to: ELEMENT.float });
    const sums = g.op('MatMul', [g.op('Unsqueeze', [counted, g.integers([1])]), x]); // [B, 1, C]
    const sum = g.op('Squeeze', [sums, g.integers([1])]);
    return which === 'mean' ? g.op('Div', [sum, g.op('ReduceSum', [counted, g.integers([1])])]) : sum;
  };
  return {
    /** Pools before the part of layer i after its attention, if only one token is scored and i is the last layer. */
    goesOn: (i: number, x: Value): Value => (which !== 'mean' && i === layers - 1 ? pooled(x) : x),
    /** Pools the last layer's output if that hasn't happened yet. */
    scored: (x: Value): Value => (which === 'mean' ? pooled(x) : x),
  };
}

/** Returns each token's pooling weight, before division by their sum. */
function weights(g: GraphBuilder, mask: Value, which: Pooled): Value {
  if (which === 'mean') return mask;
  const before = g.op('CumSum', [mask, g.integers(1)]); // number of tokens up to and including each
  const place = which === 'first' ? g.integers(1) : g.op('ReduceSum', [mask, g.integers([1])]); // [B, 1]
  return g.op('And', [g.op('Equal', [before, place]), g.op('Cast', [mask], { to: ELEMENT.bool })]);
}

/** x [B, C] -> the output `logits` [B, labels]; matrix [labels, C] */
export function labelScores(g: GraphBuilder, matrix: Weight, x: Value, bias?: Weight): void {
  const [labels] = matrix.shape as [number, number];
  g.output({ name: LOGITS }, 'float', ['batch_size', labels]);
  const scores = multiply(g, x, matrix, 'Gemm', { transB: 1 });
  if (bias) g.op('Add', [scores, bias], {}, LOGITS);
  else g.op('Identity', [scores], {}, LOGITS);
}
const LOGITS = 'logits';
