/** What a classifier scores of a text, and its scores, as operators of ONNX. */
import type { GraphBuilder, Value, Weight } from './graph';
import { multiply } from './layers';
import { ELEMENT } from './proto';

/** Which tokens of a text are scored. */
export type Pooled = 'first' | 'mean' | 'last';

/** x [B, T, C] -> [B, C], of what the mask, int64 [B, T], says are tokens; on whichever side of them padding is. */
export function pooled(g: GraphBuilder, x: Value, mask: Value, which: Pooled): Value {
  const counted = g.op('Cast', [weights(g, mask, which)], { to: ELEMENT.float }); // [B, T]
  const sums = g.op('MatMul', [g.op('Unsqueeze', [counted, g.integers([1])]), x]); // [B, 1, C]
  const sum = g.op('Squeeze', [sums, g.integers([1])]);
  return which === 'mean' ? g.op('Div', [sum, g.op('ReduceSum', [counted, g.integers([1])])]) : sum;
}

/** What each token counts, before all are divided by what they are together. */
function weights(g: GraphBuilder, mask: Value, which: Pooled): Value {
  if (which === 'mean') return mask;
  const before = g.op('CumSum', [mask, g.integers(1)]); // of the tokens up to each, and it
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
