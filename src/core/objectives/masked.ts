import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { onOff } from '../base/field';
import type { Network } from '../models/network';
import type { ForwardContext } from '../models/spec';
import { uniform, unigram } from './baseline';
import { ALL_BY_MASK, drawing, EIGHTY_TEN_TEN, MASK_RATE, masked as maskedRow, masksOf } from './masks';
import { defineObjective, type Tensors } from './objective';
import { windows } from './windows';

const reach = (context: number): number => context;

/**
 * ids [rows, context], some of them masked; places [rows M], indices of the hidden states to predict from; targets
 * [rows M], the original ids, negative in rows with fewer masks. M depends on the context and the mask rate only.
 */
export const masked = defineObjective({
  label: 'Masked language modeling',
  hint: 'fills masked tokens',
  source: 'Devlin et al. 2018, "BERT", arXiv:1810.04805, section 3.1; whole words as in its code',
  kinds: ['encoder'],
  fields: {
    maskRate: MASK_RATE,
    wholeWords: onOff({
      label: 'Whole-word masking',
      help: 'Whole-word masking',
      row: 'main',
      initial: false,
      absent: false,
    }),
  },
  roles: { mask: 1 },
  gives: ['loss', 'masked'],
  headline: 'pseudoPerplexity',
  // In training, a tenth of the targets stay unchanged, and the model sees them.
  isOtherHeldOut: () => true,
  reach,
  inputs(rows, context, { maskRate }) {
    const predicted = { shape: [rows * masksOf(context, maskRate)], dtype: 'int32' } as const;
    return { ids: { shape: [rows, context], dtype: 'int32' }, places: predicted, targets: predicted };
  },
  batches(source, context, tokenizer, { maskRate, wholeWords }) {
    const batches = windows(source, context, {
      reach,
      of(texts, { context: width, seed, step, first }) {
        const max = masksOf(width, maskRate);
        const shares = step === 0 ? ALL_BY_MASK : EIGHTY_TEN_TEN;
        const ids = new Int32Array(texts.length * width);
        const places = new Int32Array(texts.length * max);
        const targets = new Int32Array(texts.length * max).fill(-1);
        let weight = 0;
        for (const [row, text] of texts.entries()) {
          const draw = drawing('masks', { seed, step, row: first + row });
          const hidden = maskedRow(text, tokenizer, { max, wholeWords, shares }, draw);
          ids.set(hidden.shown, row * width);
          for (const [i, place] of hidden.places.entries()) {
            places[row * max + i] = row * width + place;
            targets[row * max + i] = text[place]!;
          }
          weight += hidden.places.length;
        }
        return { arrays: { ids, places, targets }, weight };
      },
    });
    return Promise.resolve(batches);
  },
  evaluatedAs: () => 'maskedTokens',
  baselines: (facts) => [uniform(facts), ...unigram(facts)],
  measuredBaselines: ({ unigramAccuracy }) =>
    unigramAccuracy === undefined
      ? []
      : [{ id: 'unigram', words: 'always the most frequent token', values: { maskedAccuracy: unigramAccuracy } }],
  shows: {
    hint: 'same passage, same blanks',
    prompt: 'mark blanks with ___, or held-out text is used',
  },
  async load() {
    const { atPlaces } = await import('./places');
    const { isLikeliest } = await import('../ops/likeliest');
    const { softmaxCrossEntropy } = await import('../ops/softmaxCrossEntropy');
    const { showFilled } = await import('./showFilled');
    /** Hidden states of the predicted positions, [M, width]. */
    function predicted(network: Network, { ids, places }: Tensors, context?: ForwardContext) {
      const output = network.forward(ids as Tensor2D, context);
      return { ...output, hidden: atPlaces(output.hidden, places!) };
    }
    const lossOf = (output: ReturnType<typeof predicted>, { targets }: Tensors, weight: Tensor) =>
      softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D);
    return {
      loss: (network, inputs, weight, context) => lossOf(predicted(network, inputs, context), inputs, weight),
      measure(network, inputs, weight) {
        const output = predicted(network, inputs);
        return { loss: lossOf(output, inputs, weight), correct: isLikeliest(output, inputs['targets'] as Tensor1D) };
      },
      show: (network, asked, { maskRate }) => showFilled(network, asked, maskRate),
    };
  },
});
