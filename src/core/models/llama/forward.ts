import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { attend } from '../../nn/cache';
import { block, dense, mlp, norm, type Norm, postNorm, preNorm } from '../../nn/layers';
import { embedding, embeddingTied } from '../../ops/embedding';
import { goesOn, scored } from '../pooled';
import { added, attentionDropped, dropped } from '../residual';
import { seenWeights } from '../seenWeights';
import type { BlockActivation, Forward, HookName, Pass } from '../spec';
import { branchNorms, type LlamaConfig, windowOf } from './sizes';

/** Dropout is where GPT-2 has it: after the embedding, on attention weights, and at the end of each residual branch. */
export const forward: Forward<LlamaConfig> = {
  decode(pass, ids) {
    const { config, params, recompute, hook } = pass;
    const see = (name: HookName, x: Tensor2D): Tensor2D => (hook ? hook(name, x) : x);
    const table = params['model.embed_tokens.weight'] as Tensor2D;
    const { classes } = config;
    const [embedded, classifier] =
      (config.untied ?? classes)
        ? [embedding(ids, table), params[classes ? 'score.weight' : 'lm_head.weight'] as Tensor2D]
        : embeddingTied(ids, table);
    let x = see('embedding', pass.dropout > 0 ? dropped(pass, embedded, 'embedding') : embedded);
    for (let i = 0; i < config.layers; i++) x = block(x, (input) => layer(pass, input, i, ids.shape[0]), recompute);
    const hidden = see('norm', norm(params, 'model.norm', x, normOf(config)));
    return { hidden: classes ? scored(pass, hidden) : hidden, classifier };
  },
};

const normOf = ({ normEpsilon }: LlamaConfig) => ({ kind: 'rmsNorm', epsilon: normEpsilon }) as const satisfies Norm;

/** x [B T, C] -> [B T, C], or in the last layer only the scored rows */
function layer(pass: Pass<LlamaConfig>, x: Tensor2D, i: number, rows: number): Tensor2D {
  const { config, params, hook } = pass;
  const { heads, kvHeads } = config;
  const window = windowOf(config);
  const h = `model.layers.${i}`;
  const at =
    (site: BlockActivation) =>
    (value: Tensor2D): Tensor2D =>
      hook ? hook(`blocks.${i}.${site}`, value) : value;
  const [ofAttention, ofFeedForward] = branchNorms(config);
  const attention = branch(pass, `${h}.${ofAttention}`, x);
  const read = at('attention.norm')(attention.reads);
  const qkv = at('attention.qkv')(dense(params, `${h}.self_attn.qkv_proj`, read)); // [B T, Q + 2 K]
  const how = {
    ...{ rows, heads, kvHeads, rope: rotary(pass, `${h}.self_attn`) },
    ...(window !== undefined && { window }),
    ...attentionDropped(pass, `${h}.self_attn`),
    ...seenWeights(pass, i),
  };
  const mixed = goesOn(pass, i, at('attention.heads')(attend(qkv, how, i, pass))); // [B T, Q]
  const attended = added(pass, goesOn(pass, i, attention.past), `${h}.self_attn.o_proj`, at('attention.out'), (to) =>
    attention.end(to, (within) => dense(params, `${h}.self_attn.o_proj`, mixed, within)),
  );
  const feedForward = branch(pass, `${h}.${ofFeedForward}`, at('middle')(attended));
  const normed = at('mlp.norm')(feedForward.reads);
  const inner = hook && at('mlp.inner');
  const layers = [`${h}.mlp.gate_up_proj`, `${h}.mlp.down_proj`] as const;
  const y = added(pass, feedForward.past, layers[1], at('mlp.out'), (to) =>
    feedForward.end(to, (within) =>
      mlp(params, layers, normed, { activation: 'silu', gated: true }, { ...within, inner }),
    ),
  );
  return at('out')(y);
}

type To = { residual?: Tensor2D };
/** Residual branch of x with its norm: returns its input, the residual, and the function that adds its output. */
function branch({ config, params }: Pass<LlamaConfig>, layer: string, x: Tensor2D) {
  const how = normOf(config);
  if (config.norm === 'after') {
    const end = (to: To, f: (within: To) => Tensor2D): Tensor2D => postNorm(params, layer, f({}), how, to);
    return { reads: x, past: x, end };
  }
  const [reads, past] = preNorm(params, layer, x, how);
  return { reads, past, end: (to: To, f: (within: To) => Tensor2D): Tensor2D => f(to) };
}

/** Settings of rotary embeddings for queries and keys, with QK-norm if the model has it. */
function rotary({ config: { qkNorm: over, theta, normEpsilon }, params }: Pass<LlamaConfig>, layer: string) {
  const gain = (name: string) => params[`${layer}.${name}.weight`] as Tensor;
  if (over === 'none') return { base: theta };
  return { base: theta, qkNorm: { over, q: gain('q_norm'), k: gain('k_norm'), epsilon: normEpsilon } };
}
