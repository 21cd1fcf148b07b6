/** Losses of models that only count tokens, or nothing. */
import type { Baseline, Chosen } from './objective';

type Facts = Omit<Chosen, 'classes'>;

export const uniform = ({ vocabulary }: Facts): Baseline => ({
  id: 'uniform',
  loss: Math.log(vocabulary),
  words: 'a uniform guess',
  label: 'uniform',
  hint: 'every token equally likely: where training begins',
  before: 'Worse than a uniform guess',
});

/** Empty if the data were not counted. The loss on randomly masked tokens is the same as on all tokens. */
export const unigram = ({ data }: Facts): readonly Baseline[] => (data ? [unigramOf(data.unigramLoss)] : []);

/** Of next-token prediction: unigram, bigram and trigram model, as far as the record of the data has them. */
export function nGramBaselines(facts: Facts): readonly Baseline[] {
  const counted = facts.data?.nGrams;
  if (!counted) return unigram(facts);
  return [
    unigramOf(counted.unigram),
    {
      id: 'bigram',
      loss: counted.bigram,
      words: 'a bigram model',
      label: 'bigram',
      hint: 'counts which token follows which; below it, the model uses more than the last token',
      before: 'A bigram model still beats it',
      milestone: 'Knows word pairs',
    },
    {
      id: 'trigram',
      loss: counted.trigram,
      words: 'a trigram model',
      label: 'trigram',
      hint: 'counts which token follows which two; a fair opponent',
      before: 'A trigram model still beats it',
      milestone: 'Knows word triples',
    },
  ];
}

const unigramOf = (loss: number): Baseline => ({
  id: 'unigram',
  loss,
  words: 'a unigram model',
  label: 'unigram',
  hint: 'knows only how common each token is; below it, the model has learned from context',
  before: 'Finding out which tokens are common',
  milestone: 'Knows common words',
});
