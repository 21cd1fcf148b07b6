import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { ACCUMULATE } from '../src/core/ops/accumulate';
import { ADAMW } from '../src/core/ops/adamw';
import { GLOBAL_NORM } from '../src/core/ops/globalNorm';
import { SGD } from '../src/core/ops/sgd';
import { allocate } from '../src/core/ops/variables';
import { modelOf, type Shape } from './step';
import type { Work } from './work';

/** Ops that cover all weights at once. */
export function* updates(shape: Shape): Generator<Work> {
  const { id, config, vocabulary } = modelOf(shape);
  const table = modelSpec(id).params(config, vocabulary);
  const shapes = Object.values(table).map(({ shape }) => [...shape]);
  const n = countParams(table);

  /** Work of both implementations on `lists` lists of tensors as large as the weights; ours are adjacent. */
  const over = (
    op: string,
    bytes: number,
    lists: number,
    act: (implementation: 'webgpu' | 'reference', lists: readonly (readonly Variable[])[]) => void,
  ): Work => {
    const zeros = (shape: number[]) => ({ shape, data: new Float32Array(tf.util.sizeFromShape(shape)) });
    const held = Array.from({ length: lists }, () => allocate(shapes.map(zeros)));
    const together = held.map(({ variables }) => variables);
    const apart = held.map(() => shapes.map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape)))));
    return {
      op,
      bytes,
      make: () => [],
      ours: () => act('webgpu', together),
      theirs: () => act('reference', apart),
      end() {
        for (const each of held) each.dispose();
        tf.dispose(apart);
      },
    };
  };
  const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, momentum: 0.9, weightDecay: 0.1, clip: 1 };

  yield over('globalNorm of all weights', 4 * n, 1, (implementation, [x]) => void GLOBAL_NORM[implementation]!(x!));
  yield over('adamw over all weights', 28 * n, 4, (implementation, [w, g, m, v]) => {
    const slots = w!.map((parameter, i) => ({ parameter, gradient: g![i]!, m: m![i]!, v: v![i]!, decay: true }));
    ADAMW[implementation]!(slots, tf.tensor1d([1e-3, 0.1, 0.01]), tf.scalar(1), settings);
  });
  yield over('sgd over all weights', 20 * n, 3, (implementation, [w, g, v]) => {
    const slots = w!.map((parameter, i) => ({ parameter, gradient: g![i]!, v: v![i]!, decay: true }));
    SGD[implementation]!(slots, tf.tensor1d([1e-3]), tf.scalar(1), settings);
  });
  yield over('accumulate over all weights', 12 * n, 2, (implementation, [a, g]) => ACCUMULATE[implementation]!(a!, g!));
}
