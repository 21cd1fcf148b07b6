import type { Tensor2D } from '@tensorflow/tfjs';
import type { Pass } from './spec';

/** Settings of `attention` that show its weights to the hook; empty if it may stay fused. */
export const seenWeights = (
  { hook, unfusedAttention }: Pick<Pass, 'hook' | 'unfusedAttention'>,
  i: number,
  site: 'attention' | 'cross' = 'attention',
): { weights?: (p: Tensor2D) => Tensor2D } =>
  hook && unfusedAttention ? { weights: (p) => hook(`blocks.${i}.${site}.weights`, p) } : {};
