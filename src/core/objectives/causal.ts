import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Objective } from './objective';
import { readWindows } from './windows';

/** ids [rows, context] and targets [rows context], the token that follows each; a negative one is masked: nothing counts it. */
export const causal = {
  label: 'The next token',
  source: 'Bengio et al. 2003, "A Neural Probabilistic Language Model", JMLR 3',
  kinds: ['decoder'],
  roles: [],
  gives: ['loss', 'bytes'],
  headline: 'perplexity',
  ahead: 1,
  inputs: (rows, context) => ({
    ids: { shape: [rows, context], dtype: 'int32' },
    targets: { shape: [rows * context], dtype: 'int32' },
  }),
  async batch(source, { starts, context }) {
    const windows = await readWindows(source, starts, context + 1);
    const ids = new Int32Array(starts.length * context);
    const targets = new Int32Array(starts.length * context);
    for (const [row, window] of windows.entries()) {
      ids.set(window.subarray(0, context), row * context);
      targets.set(window.subarray(1), row * context);
    }
    return causalBatch(ids, targets);
  },
  baselines: ({ vocabulary, data }) => [
    {
      loss: Math.log(vocabulary),
      words: 'guessing blindly',
      label: 'guessing blindly',
      longLabel: 'guessing blindly, ln V',
      hint: 'every entry equally likely: where training begins',
      before: 'Getting worse than guessing blindly',
    },
    ...(data
      ? [
          {
            loss: data.unigramLoss,
            words: 'knowing only which tokens are common',
            label: 'unigram',
            longLabel: 'knowing only which tokens are common, unigram',
            hint: 'always guessing by the counts of the training part; below it, the model has learnt from context',
            before: 'Finding out which tokens are common',
          },
        ]
      : []),
  ],
  async load() {
    const { softmaxCrossEntropy } = await import('../ops/softmaxCrossEntropy');
    const { sampleText } = await import('../sample/sampleText');
    return {
      loss(network, { ids, targets }, weight, context) {
        const { hidden, classifier } = network.forward(ids as Tensor2D, context);
        return softmaxCrossEntropy(hidden, classifier, targets as Tensor1D, weight as Tensor1D);
      },
      show: sampleText,
    };
  },
} as const satisfies Objective;

/** Its batch of tokens and the one that follows each. */
export const causalBatch = (ids: Int32Array, targets: Int32Array) => ({
  arrays: { ids, targets },
  weight: targets.reduce((count, target) => (target < 0 ? count : count + 1), 0),
});
