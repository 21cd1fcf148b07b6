/** What is reached without learning, whichever tokens are predicted. */
import type { Baseline, Chosen } from './objective';

type Facts = Omit<Chosen, 'classes'>;

export const blindly = ({ vocabulary }: Facts): Baseline => ({
  loss: Math.log(vocabulary),
  words: 'guessing blindly',
  label: 'guessing blindly',
  longLabel: 'guessing blindly, ln V',
  hint: 'every entry equally likely: where training begins',
  before: 'Getting worse than guessing blindly',
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
