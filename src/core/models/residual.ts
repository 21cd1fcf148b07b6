/** How every architecture drops while it learns, and ends a residual branch, shown to who looks on. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dropout, type DropoutSettings } from '../ops/dropout';
import type { Pass } from './spec';

/** x + what a branch ends in, dropped: one op where nothing is dropped and nobody looks. */
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

/** x, or x and a residual, with a share of x dropped. `purpose` tells this place's masks from those of others. */
export const dropped = (
  { counter, dropout: probability }: Pass,
  x: Tensor2D,
  purpose: string,
  residual?: Tensor2D,
): Tensor2D => dropout(x, counter!, { probability, purpose }, residual) as Tensor2D;

/** What `attend` drops of the weights of attention, in its settings: nothing where the probability is 0. */
export const attentionDropped = (
  { attentionDropout: probability = 0 }: Pick<Pass, 'attentionDropout'>,
  purpose: string,
): { dropout?: DropoutSettings } => (probability > 0 ? { dropout: { probability, purpose } } : {});
