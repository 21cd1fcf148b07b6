import { decoder } from '../../onnx/decoder';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { labelScores, pooling } from '../../onnx/labels';
import { attention, classifier, dense, embedding, rmsNorm, rotary, silu, splitHeads } from '../../onnx/layers';
import type { Sized } from '../interop';
import { branchNorms, columnsOf, type LlamaConfig, windowOf } from './sizes';

/** Llama as in forward.ts, with a cache of rotated keys and of values for generation. */
export function onnx(g: GraphBuilder, { config, vocabulary }: Sized<LlamaConfig>): void {
  const { layers, heads, kvHeads, hidden, theta, normEpsilon, qkNorm, norm, classes } = config;
  const [ofAttention, ofFeedForward] = branchNorms(config);
  const window = windowOf(config);
  const { head: size, q: Q, k: K } = columnsOf(config);
  const { ids, positions, keep, lead, mask, remembered } = decoder(g, {
    ...{ layers, heads: kvHeads, size, vocabulary, classifies: classes !== undefined },
    ...(window !== undefined && { window }),
  });
  const turned = rotary(g, positions, size, theta);
  const split = (x: Value, ...sizes: number[]): readonly Value[] =>
    g.ops('Split', [x, g.integers(sizes)], sizes.length, { axis: -1 });
  const { goesOn, scored } = pooling(g, mask, config);
  let x = embedding(g, 'model.embed_tokens', ids); // [B, T, C]
  for (let i = 0; i < layers; i++) {
    const h = `model.layers.${i}`;
    const normed = (layer: string, x: Value): Value => rmsNorm(g, `${h}.${layer}`, x, normEpsilon);
    const before = (layer: string, x: Value): Value => (norm === 'before' ? normed(layer, x) : x);
    const after = (layer: string, x: Value): Value => (norm === 'after' ? normed(layer, x) : x);
    /** Splits rows into heads, with QK-norm if any: [B, T, n] -> [B, n / size, T, size]. */
    const placed = (layer: string, x: Value, count: number): Value => {
      const ofRow = splitHeads(g, qkNorm === 'rows' ? normed(`self_attn.${layer}`, x) : x, count, size);
      return turned(qkNorm === 'heads' ? normed(`self_attn.${layer}`, ofRow) : ofRow);
    };
    const qkv = dense(g, `${h}.self_attn.qkv_proj`, before(ofAttention, x));
    const [q, k, v] = split(qkv, Q, K, K) as [Value, Value, Value];
    const mixed = attention(
      g,
      {
        q: placed('q_norm', q, heads),
        k: remembered(i, 'key', placed('k_norm', k, kvHeads)),
        v: remembered(i, 'value', splitHeads(g, v, kvHeads, size)),
        keep,
      },
      heads,
      size,
      kvHeads,
    );
    const attended = dense(g, `${h}.self_attn.o_proj`, goesOn(i, mixed));
    x = g.op('Add', [goesOn(i, x), after(ofAttention, attended)]);
    const gateUp = dense(g, `${h}.mlp.gate_up_proj`, before(ofFeedForward, x));
    const [gate, up] = split(gateUp, hidden, hidden) as [Value, Value];
    const y = dense(g, `${h}.mlp.down_proj`, g.op('Mul', [silu(g, gate), up]));
    x = g.op('Add', [x, after(ofFeedForward, y)]);
  }
  const last = rmsNorm(g, 'model.norm', x, normEpsilon);
  if (classes) labelScores(g, g.weight('score.weight'), scored(last));
  else classifier(g, g.weight(config.untied ? 'lm_head.weight' : 'model.embed_tokens.weight'), last, lead, 'logits');
}
