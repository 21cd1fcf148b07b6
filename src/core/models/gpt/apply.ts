import type { Tensor2D } from '@tensorflow/tfjs';
import { attend, positionsOf } from '../../nn/cache';
import { block, dense, mlp, norm, normOfBranch } from '../../nn/layers';
import { dropout } from '../../ops/dropout';
import { embedding, embeddingTied } from '../../ops/embedding';
import type { Apply } from '../spec';
import type { GptConfig } from './spec';

const EPSILON = 1e-5;

/**
 * Dropout after the embedding, attention's output and the feed-forward's output (GPT-2's embd and resid); not on attention's
 * probabilities, which a fused kernel never holds as a matrix.
 */
export const apply: Apply<GptConfig> = ({ layers, heads, untied }, params, ids, context) => {
  const { dropout: probability, counter, recompute, cache } = context;
  const [rows, tokens] = ids.shape;
  const matrix = (name: string): Tensor2D => params[`${name}.weight`] as Tensor2D;
  const drop = (x: Tensor2D, purpose: string, residual?: Tensor2D): Tensor2D =>
    dropout(x, counter!, { probability, purpose }, residual) as Tensor2D;
  /** x + dropped dense(input): one op where nothing is dropped. */
  const added = (x: Tensor2D, layer: string, input: Tensor2D): Tensor2D =>
    probability > 0 ? drop(dense(params, layer, input), layer, x) : dense(params, layer, input, { residual: x });

  const layer = (x: Tensor2D, i: number, h: string): Tensor2D => {
    const [before, past] = normOfBranch(params, `${h}.ln_1`, x, EPSILON);
    const qkv = dense(params, `${h}.attn.c_attn`, before); // [B T, 3 C]
    const attended = added(past, `${h}.attn.c_proj`, attend(qkv, { rows, heads }, i, cache));
    const [between, rest] = normOfBranch(params, `${h}.ln_2`, attended, EPSILON);
    return probability > 0
      ? drop(mlp(params, `${h}.mlp`, between), `${h}.mlp.c_proj`, rest)
      : mlp(params, `${h}.mlp`, between, rest);
  };

  const table = matrix('transformer.wte');
  const positions = positionsOf(matrix('transformer.wpe'), tokens, cache);
  const [embedded, classifier] = untied
    ? [embedding(ids, table, positions), matrix('lm_head')]
    : embeddingTied(ids, table, positions);
  let x = embedded;
  if (probability > 0) x = drop(x, 'embedding');
  for (let i = 0; i < layers; i++) {
    const h = `transformer.h.${i}`;
    x = block(params, h, x, (input) => layer(input, i, h), recompute);
  }
  return { hidden: norm(params, 'transformer.ln_f', x, EPSILON), classifier };
};
