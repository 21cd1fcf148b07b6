/** An objective for tests, which no metric measures. Tests add it to the list. */
import type * as tf from '@tensorflow/tfjs';
import type { Objective } from '../core/objectives/objective';
import { windows } from '../core/objectives/windows';

/** Predicts the token after the next, unless that ends a text. */
export const skip: Objective = {
  label: 'The token after the next',
  source: 'Here',
  kinds: ['decoder'],
  fields: {},
  roles: { end: 1 },
  gives: ['loss', 'text'],
  headline: 'loss',
  evaluatedAs: () => ({ unmeasured: 'The model predicts the token after the next, which no metric measures.' }),
  reach: (context) => context + 2,
  inputs: (rows, context) => ({
    ids: { shape: [rows, context], dtype: 'int32' },
    afterNext: { shape: [rows * context], dtype: 'int32' },
  }),
  batches(source, context, tokenizer) {
    const end = tokenizer.idOf('end');
    const reach = (width: number) => width + 2;
    const skipping = windows(source, context, {
      reach,
      shared: 2,
      of(texts, { context: width }) {
        const from = (start: number) =>
          Int32Array.from(texts.flatMap((ids) => [...ids.subarray(start, start + width)]));
        const afterNext = from(2).map((id) => (id === end ? -1 : id));
        return { arrays: { ids: from(0), afterNext }, weight: afterNext.filter((id) => id >= 0).length };
      },
    });
    return Promise.resolve(skipping);
  },
  baselines: ({ vocabulary }) => [
    {
      id: 'die',
      loss: Math.log(vocabulary),
      words: 'a die',
      label: 'die',
      hint: '',
      before: 'Worse than a die',
    },
  ],
  shows: { hint: 'the same prompt' },
  async load() {
    const { softmaxCrossEntropy } = await import('../core/ops/softmaxCrossEntropy');
    return {
      loss(network, { ids, afterNext }, weight, context) {
        const output = network.forward(ids as tf.Tensor2D, context);
        return softmaxCrossEntropy(output, afterNext as tf.Tensor1D, weight as tf.Tensor1D);
      },
      show: (_, { prompt }) => Promise.resolve(`${prompt}…`),
    };
  },
};
