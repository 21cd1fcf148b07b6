import type { Tensor2D } from '@tensorflow/tfjs';
import { attend, positionsOf } from '../../nn/cache';
import { block, dense, type FeedForwardKind, mlp, type Norm, norm, preNorm } from '../../nn/layers';
import { embedding, embeddingTied } from '../../ops/embedding';
import { goesOn, scored } from '../pooled';
import { added, attentionDropped, dropped } from '../residual';
import { seenWeights } from '../seenWeights';
import type { BlockActivation, Forward, HookName, Output, Pass } from '../spec';

/** Differences among architectures that otherwise equal GPT-2: same parameter names; missing biases are skipped. */
export interface Style {
  norm: Norm;
  feedForward: FeedForwardKind;
}
const GPT2: Style = { norm: { kind: 'layerNorm', epsilon: 1e-5 }, feedForward: { activation: 'gelu-tanh' } };

export const forward: Forward = { decode: (pass, ids) => decode(pass, ids, GPT2) };

/**
 * Runs GPT-2's decoder. Dropout after the embedding, attention's output and the feed-forward's output (GPT-2's embd and
 * resid), and with its own probability on attention weights (attn).
 */
export function decode(pass: Pass, ids: Tensor2D, style: Style): Output {
  const { params, cache, documents, dropout: probability, recompute, hook } = pass;
  const { layers, untied, classes } = pass.config;
  const see = (name: HookName, x: Tensor2D): Tensor2D => (hook ? hook(name, x) : x);
  const matrix = (name: string): Tensor2D => params[`${name}.weight`] as Tensor2D;

  const table = matrix('transformer.wte');
  const positions = positionsOf(matrix('transformer.wpe'), ids.shape[1], cache);
  const [embedded, classifier] =
    (untied ?? classes)
      ? [embedding(ids, table, positions, documents?.places), matrix(classes ? 'score' : 'lm_head')]
      : embeddingTied(ids, table, positions, documents?.places);
  let x = see('embedding', probability > 0 ? dropped(pass, embedded, 'embedding') : embedded);
  for (let i = 0; i < layers; i++) x = block(x, (input) => layer(pass, input, i, ids.shape[0], style), recompute);
  const hidden = see('norm', norm(params, 'transformer.ln_f', x, style.norm));
  return { hidden: classes ? scored(pass, hidden) : hidden, classifier };
}

/** x [B T, C] -> [B T, C], or in the last layer only the scored rows */
function layer(pass: Pass, x: Tensor2D, i: number, rows: number, style: Style): Tensor2D {
  const { params, hook } = pass;
  const h = `transformer.h.${i}`;
  const at =
    (site: BlockActivation) =>
    (value: Tensor2D): Tensor2D =>
      hook ? hook(`blocks.${i}.${site}`, value) : value;
  const [before, past] = preNorm(params, `${h}.ln_1`, x, style.norm);
  const qkv = at('attention.qkv')(dense(params, `${h}.attn.c_attn`, at('attention.norm')(before))); // [B T, 3 C]
  const settings = { rows, heads: pass.config.heads, ...attentionDropped(pass, `${h}.attn`), ...seenWeights(pass, i) };
  const heads = goesOn(pass, i, at('attention.heads')(attend(qkv, settings, i, pass)));
  const attended = added(pass, goesOn(pass, i, past), `${h}.attn.c_proj`, at('attention.out'), (to) =>
    dense(params, `${h}.attn.c_proj`, heads, to),
  );
  const [between, residual] = preNorm(params, `${h}.ln_2`, at('middle')(attended), style.norm);
  const normed = at('mlp.norm')(between);
  const inner = hook && at('mlp.inner');
  const y = added(pass, residual, `${h}.mlp.c_proj`, at('mlp.out'), (to) =>
    mlp(params, [`${h}.mlp.c_fc`, `${h}.mlp.c_proj`], normed, style.feedForward, { ...to, inner }),
  );
  return at('out')(y);
}
