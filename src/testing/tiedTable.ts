/** A loss that uses one table twice: for lookups and for scores. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { embedding, type embeddingTied } from '../core/ops/embedding';
import { softmaxCrossEntropy } from '../core/ops/softmaxCrossEntropy';
import { floats } from './checkOp';

/** B rows of T ids from a vocabulary of V; C columns. */
interface Sizes {
  B: number;
  T: number;
  V: number;
  C: number;
}
type Op = typeof embeddingTied;

/** Gradient by the tape, which adds the two parts itself. */
export const byTwoWays: Op = (ids, tokens, positions) => [embedding(ids, tokens, positions), tokens];

/** table [V, C] and positions [T, C], on the host. */
export const tableOf = ({ T, V, C }: Sizes): { table: Float32Array; positions: Float32Array } => ({
  table: floats([V, C]).data,
  positions: floats([T, C], 1, 1).data,
});

export function lossOf(op: Op, { B, T, V }: Sizes, table: Tensor, positions: Tensor): tf.Scalar {
  // A few ids occur often, and most of a large vocabulary never.
  const id = (i: number): number => (i * i + 3 * i) % Math.min(V, 41);
  const at = Array.from({ length: B * T }, (_, i) => id(i));
  const ids = tf.tensor2d(at, [B, T], 'int32');
  const targets = tf.tensor1d(
    at.map((_, i) => (i % 7 === 3 ? -1 : (id(i + 1) * 5) % V)),
    'int32',
  );
  const [hidden, classifier] = op(ids, table as Tensor2D, positions as Tensor2D);
  return softmaxCrossEntropy({ hidden, classifier }, targets, tf.tensor1d([at.length], 'int32'));
}

/** The loss, and its gradients with respect to table and positions, on the current backend. */
export async function gradientsOf(op: Op, sizes: Sizes): Promise<Float32Array[]> {
  const { V, T, C } = sizes;
  const host = tableOf(sizes);
  const tensors = tf.tidy(() => {
    const inputs = [tf.tensor(host.table, [V, C]), tf.tensor(host.positions, [T, C])];
    const { value, grads } = tf.valueAndGrads((...x: Tensor[]) => lossOf(op, sizes, x[0]!, x[1]!))(inputs);
    return [value, ...grads];
  });
  const values = await Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data<'float32'>())));
  tf.dispose(tensors);
  return values;
}
