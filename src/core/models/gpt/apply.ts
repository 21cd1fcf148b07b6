import type { Tensor2D } from '@tensorflow/tfjs';
import { dense, norm } from '../../nn/layers';
import { attention } from '../../ops/attention';
import { dropout } from '../../ops/dropout';
import { embedding } from '../../ops/embedding';
import type { Apply } from '../spec';
import type { GptConfig } from './spec';

const EPSILON = 1e-5;

/**
 * ids [B, T] int32, T <= context -> hidden states after the last norm [B T, width].
 * Dropout after the embedding, attention's output and the feed-forward's output (GPT-2's embd and resid); not on attention's
 * probabilities, which a fused kernel never holds as a matrix.
 */
export const apply: Apply<GptConfig> = ({ layers, heads }, params, ids, { dropout: probability, counter }) => {
  const rows = ids.shape[0];
  const matrix = (name: string): Tensor2D => params[`transformer.${name}.weight`] as Tensor2D;
  const drop = (x: Tensor2D, purpose: string, residual?: Tensor2D): Tensor2D =>
    dropout(x, counter!, { probability, purpose }, residual) as Tensor2D;
  /** x + dropped dense(input): one op where nothing is dropped. */
  const added = (x: Tensor2D, layer: string, input: Tensor2D): Tensor2D =>
    probability > 0 ? drop(dense(params, layer, input), layer, x) : dense(params, layer, input, { residual: x });

  let x = embedding(ids, matrix('wte'), matrix('wpe'));
  if (probability > 0) x = drop(x, 'embedding');
  for (let i = 0; i < layers; i++) {
    const h = `transformer.h.${i}`;
    const qkv = dense(params, `${h}.attn.c_attn`, norm(params, `${h}.ln_1`, x, EPSILON)); // [B T, 3 C]
    x = added(x, `${h}.attn.c_proj`, attention(qkv, { rows, heads }));
    const inner = dense(params, `${h}.mlp.c_fc`, norm(params, `${h}.ln_2`, x, EPSILON), { gelu: true }); // [B T, 4 C]
    x = added(x, `${h}.mlp.c_proj`, inner);
  }
  return norm(params, 'transformer.ln_f', x, EPSILON);
};
