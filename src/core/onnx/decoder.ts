/** Common ONNX parts of all text-generation models: the inputs, outputs and names that transformers.js expects. */
import { keepTokens } from './layers';
import type { GraphBuilder, Value } from './graph';

interface DecoderSizes {
  layers: number;
  /** Number of key-value heads. */
  heads: number;
  /** Size of one head. */
  size: number;
  vocabulary: number;
  /** Number of tokens that a token sees, including itself; unlimited by default. */
  window?: number;
  /** Sequence classification: no cache, and the caller declares the outputs. */
  classifies?: boolean;
}
/** Values for B rows of T new tokens each, which follow the cached ones: S = cached + T. */
interface Decoder {
  /** int64 [B, T] */
  ids: Value;
  /** int64 [B, T]: number of tokens before each, without padding. */
  positions: Value;
  /** bool [B, 1, T, S]: a token sees itself and earlier tokens within its window, and no padding. */
  keep: Value;
  /** int64 [2]: B, T */
  lead: Value;
  /** int64 [B, S]: 1 = a token, 0 = padding. */
  mask: Value;
  /** Appends a layer's keys or values [B, heads, T, size] to the cached ones: [B, heads, S, size]. */
  remembered(layer: number, kind: 'key' | 'value', newest: Value): Value;
}

/**
 * Declares input_ids [B, T], attention_mask [B, S], past_key_values.N.key|value, and the outputs present.N.key|value
 * and `logits` [B, T, V], which the caller computes. The first cache is empty; transformers.js makes it from these
 * sizes: it knows the name batch_size and takes any other name as 0. Positions follow from the mask, so a left-padded
 * row gives the same results as the row alone.
 */
export function decoder(g: GraphBuilder, sizes: DecoderSizes): Decoder {
  const { layers, heads, size, vocabulary, window, classifies = false } = sizes;
  const ids = g.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = g.input('attention_mask', 'int64', [
    'batch_size',
    classifies ? 'sequence_length' : 'total_sequence_length',
  ]);
  if (!classifies) g.output({ name: 'logits' }, 'float', ['batch_size', 'sequence_length', vocabulary]);
  for (let layer = 0; layer < (classifies ? 0 : layers); layer++) {
    for (const kind of ['key', 'value']) {
      g.input(`past_key_values.${layer}.${kind}`, 'float', ['batch_size', heads, 'past_sequence_length', size]);
      const present = { name: `present.${layer}.${kind}` };
      g.output(present, 'float', ['batch_size', heads, 'total_sequence_length', size]);
    }
  }
  const [zero, one, first, second] = [g.integers(0), g.integers(1), g.integers([0]), g.integers([1])];
  const all = g.op('Shape', [mask], { start: 1 }); // S [1]
  const before = g.op('Sub', [all, g.op('Shape', [ids], { start: 1 })]); // S - T [1]
  const counted = g.op('Max', [g.op('Sub', [g.op('CumSum', [mask, one]), one]), zero]); // [B, S]
  const keys = g.op('Range', [zero, g.op('Squeeze', [all, first]), one]); // [S]
  const queries = g.op('Unsqueeze', [g.op('Slice', [keys, before, all, first]), second]); // [T, 1]
  const past = g.op('LessOrEqual', [keys, queries]);
  const seen =
    window === undefined
      ? past
      : g.op('And', [past, g.op('Greater', [keys, g.op('Sub', [queries, g.integers(window)])])]);
  return {
    ids,
    positions: g.op('Slice', [counted, before, all, second]),
    keep: g.op('And', [keepTokens(g, mask), seen]),
    lead: g.op('Shape', [ids]),
    mask,
    remembered(layer, kind, newest) {
      if (classifies) return newest;
      const past = { name: `past_key_values.${layer}.${kind}` };
      return g.op('Concat', [past, newest], { axis: 2 }, `present.${layer}.${kind}`);
    },
  };
}
