/** Dropout and residual additions of every architecture, visible to hooks. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dropout, type DropoutSettings } from '../ops/dropout';
import type { Pass } from './spec';

/** Adds a branch's output to x, with dropout: one op if there is neither dropout nor a hook. */
export function added(
  pass: Pass,
  x: Tensor2D,
  purpose: string,
  see: (x: Tensor2D) => Tensor2D,
  branch: (to: { residual?: Tensor2D }) => Tensor2D,
): Tensor2D {
  const isDropping = pass.dropout > 0;
  if (!pass.hook) return isDropping ? dropped(pass, branch({}), purpose, x) : branch({ residual: x });
  const seen = see(isDropping ? dropped(pass, branch({}), purpose) : branch({}));
  return tf.add(seen, x);
}

/** Applies dropout to x, and adds the residual if given. `purpose` separates this place's masks from others. */
export const dropped = (
  { counter, dropout: probability }: Pass,
  x: Tensor2D,
  purpose: string,
  residual?: Tensor2D,
): Tensor2D => dropout(x, counter!, { probability, purpose }, residual) as Tensor2D;

/** Dropout settings of attention weights for `attend`; empty if the probability is 0. */
export const attentionDropped = (
  { attentionDropout: probability = 0 }: Pick<Pass, 'attentionDropout'>,
  purpose: string,
): { dropout?: DropoutSettings } => (probability > 0 ? { dropout: { probability, purpose } } : {});
