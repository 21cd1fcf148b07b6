import { decoder } from '../../onnx/decoder';
import type { GraphBuilder, Value } from '../../onnx/graph';
import { labelScores, pooling } from '../../onnx/labels';
import { attention, classifier, dense, embedding, gelu, layerNorm, splitHeads } from '../../onnx/layers';
import type { Sized } from '../interop';

const EPSILON = 1e-5;

/** GPT-2 as in forward.ts, with a key-value cache for generation. */
export function onnx(g: GraphBuilder, { config, vocabulary }: Sized): void {
  const { layers, heads, width, classes } = config;
  const size = width / heads;
  const sizes = { layers, heads, size, vocabulary, classifies: classes !== undefined };
  const { ids, positions, keep, lead, mask, remembered } = decoder(g, sizes);
  const { goesOn, scored } = pooling(g, mask, config);
  let x = g.op('Add', [embedding(g, 'transformer.wte', ids), embedding(g, 'transformer.wpe', positions)]); // [B, T, C]
  for (let i = 0; i < layers; i++) {
    const h = `transformer.h.${i}`;
    const qkv = dense(g, `${h}.attn.c_attn`, layerNorm(g, `${h}.ln_1`, x, EPSILON)); // [B, T, 3 C]
    const split = g.ops('Split', [qkv], 3, { axis: -1, num_outputs: 3 });
    const [q, newK, newV] = split.map((part) => splitHeads(g, part, heads, size)) as [Value, Value, Value];
    const [k, v] = [remembered(i, 'key', newK), remembered(i, 'value', newV)];
    const mixed = goesOn(i, attention(g, { q, k, v, keep }, heads, size));
    x = g.op('Add', [goesOn(i, x), dense(g, `${h}.attn.c_proj`, mixed)]);
    const inner = gelu(g, dense(g, `${h}.mlp.c_fc`, layerNorm(g, `${h}.ln_2`, x, EPSILON))); // [B, T, H]
    x = g.op('Add', [x, dense(g, `${h}.mlp.c_proj`, inner)]);
  }
  const hidden = layerNorm(g, 'transformer.ln_f', x, EPSILON);
  if (classes) labelScores(g, g.weight('score.weight'), scored(hidden));
  else classifier(g, g.weight(config.untied ? 'lm_head.weight' : 'transformer.wte.weight'), hidden, lead, 'logits');
}
