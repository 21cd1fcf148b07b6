import type { Tensor2D } from '@tensorflow/tfjs';
import { attend } from '../../core/nn/cache';
import { block, dense, mlp, norm, preNorm } from '../../core/nn/layers';
import { embeddingTied } from '../../core/ops/embedding';
import type { Forward } from '../../core/models/spec';
import type { ToyConfig } from './spec';

const NORM = { kind: 'rmsNorm', epsilon: 1e-5 } as const;

/** RMSNorm, rotary positions, grouped-query attention, a gated feed-forward network; no biases. */
export const forward: Forward<ToyConfig> = {
  decode(pass, ids) {
    const { config, params, recompute } = pass;
    const { layers, heads, kvHeads } = config;
    const rows = ids.shape[0];
    const attention = { rows, heads, kvHeads, rope: { base: 10_000 } };
    const layer = (x: Tensor2D, i: number): Tensor2D => {
      const h = `blocks.${i}`;
      const [before, past] = preNorm(params, `${h}.norm_1`, x, NORM);
      const mixed = attend(dense(params, `${h}.qkv`, before), attention, i, pass);
      const [between, residual] = preNorm(
        params,
        `${h}.norm_2`,
        dense(params, `${h}.out`, mixed, { residual: past }),
        NORM,
      );
      return mlp(
        params,
        [`${h}.mlp.c_fc`, `${h}.mlp.c_proj`],
        between,
        { activation: 'silu', gated: true },
        { residual },
      );
    };
    const [embedded, classifier] = embeddingTied(ids, params['tokens.weight'] as Tensor2D);
    let x = embedded;
    for (let i = 0; i < layers; i++) x = block(x, (input) => layer(input, i), recompute);
    return { hidden: norm(params, 'norm', x, NORM), classifier };
  },
};
