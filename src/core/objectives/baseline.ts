/** Losses of models without training, whichever tokens are predicted. */
import type { Baseline, Chosen } from './objective';

type Facts = Omit<Chosen, 'classes'>;

export const uniform = ({ vocabulary }: Facts): Baseline => ({
  loss: Math.log(vocabulary),
  words: 'a uniform guess',
  label: 'uniform guess',
  longLabel: 'uniform guess',
  hint: 'every entry equally likely: where training begins',
  before: 'Worse than a uniform guess',
});

/** Nothing where the data were not counted. Of tokens that are hidden by chance it is the same as of all. */
export const unigram = ({ data }: Facts): readonly Baseline[] =>
  data
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
    : [];
