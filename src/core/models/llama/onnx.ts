import { decoder } from '../../onnx/decoder';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { attention, classifier, dense, embedding, rmsNorm, rotary, silu, splitHeads } from '../../onnx/layers';
import type { Sized } from '../interop';
import { columnsOf, type LlamaConfig, windowOf } from './sizes';

/** Llama as forward.ts computes it, with a cache of keys, which are turned, and values. */
export function onnx(g: GraphBuilder, { config, vocabulary }: Sized<LlamaConfig>): void {
  const { layers, heads, kvHeads, hidden, theta, normEpsilon, qkNorm } = config;
  const window = windowOf(config);
  const { head: size, q: Q, k: K } = columnsOf(config);
  const { ids, positions, keep, lead, remembered } = decoder(g, {
    ...{ layers, heads: kvHeads, size, vocabulary },
    ...(window !== undefined && { window }),
  });
  const turned = rotary(g, positions, size, theta);
  const split = (x: Value, ...sizes: number[]): readonly Value[] =>
    g.ops('Split', [x, g.integers(sizes)], sizes.length, { axis: -1 });
  let x = embedding(g, 'model.embed_tokens', ids); // [B, T, C]
  for (let i = 0; i < layers; i++) {
    const h = `model.layers.${i}`;
    const placed = (norm: string, x: Value): Value =>
      turned(qkNorm ? rmsNorm(g, `${h}.self_attn.${norm}`, x, normEpsilon) : x);
    const before = rmsNorm(g, `${h}.input_layernorm`, x, normEpsilon);
    const [q, k, v] = split(dense(g, `${h}.self_attn.qkv_proj`, before), Q, K, K) as [Value, Value, Value];
    const mixed = attention(
      g,
      {
        q: placed('q_norm', splitHeads(g, q, heads, size)),
        k: remembered(i, 'key', placed('k_norm', splitHeads(g, k, kvHeads, size))),
        v: remembered(i, 'value', splitHeads(g, v, kvHeads, size)),
        keep,
      },
      heads,
      size,
      kvHeads,
    );
    x = g.op('Add', [x, dense(g, `${h}.self_attn.o_proj`, mixed)]);
    const between = rmsNorm(g, `${h}.post_attention_layernorm`, x, normEpsilon);
    const [gate, up] = split(dense(g, `${h}.mlp.gate_up_proj`, between), hidden, hidden) as [Value, Value];
    x = g.op('Add', [x, dense(g, `${h}.mlp.down_proj`, g.op('Mul', [silu(g, gate), up]))]);
  }
  const table = g.weight(config.untied ? 'lm_head.weight' : 'model.embed_tokens.weight');
  classifier(g, table, rmsNorm(g, 'model.norm', x, normEpsilon), lead, 'logits');
}
