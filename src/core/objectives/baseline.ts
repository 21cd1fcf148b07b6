/** Losses of n-gram models and of a uniform guess. */
import { upperFirst } from '../base/firstLetter';
import type { Baseline, Chosen } from './objective';

/**
 * Verdict on a model that a baseline beats, the same on Train, Runs and Evaluate. Says what an n-gram model counts, for
 * people who don't know these models.
 * @param words name of the baseline, as in `better than a trigram model`
 */
export const stillBeats = (id: string, words: string): string => `${named(id, words)} still beats it`;
/** Weaker verdict if the evaluated text is too short to be sure. */
export const mayStillBeat = (id: string, words: string): string => `${named(id, words)} may still beat it`;
const named = (id: string, words: string): string => COUNTING[id] ?? upperFirst(words);
const COUNTING: Readonly<Record<string, string>> = {
  unigram: 'Counting words',
  bigram: 'Counting word pairs',
  trigram: 'Counting word triples',
};

/** Sentence after the evidence of a finished run that a baseline beats; empty unless it was improving when training ended. */
export const stillImproving = (improving: boolean): string =>
  improving ? ' It was still improving when training ended.' : '';

type Facts = Omit<Chosen, 'classes'>;

export const uniform = ({ vocabulary }: Facts): Baseline => ({
  id: 'uniform',
  loss: Math.log(vocabulary),
  words: 'a uniform guess',
  label: 'uniform',
  hint: 'every token equally likely, as before training',
  before: 'Worse than a uniform guess',
});

/** Unigram baseline; empty if the data weren't counted. Randomly masked tokens have the same loss as all tokens. */
export const unigram = ({ data }: Facts): readonly Baseline[] => (data ? [unigramOf(data.unigramLoss)] : []);

/** N-gram baselines of next-token prediction, as far as the record of the data has them. */
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
      hint: 'counts which token follows which',
      before: stillBeats('bigram', 'a bigram model'),
      milestone: 'Knows word pairs',
    },
    {
      id: 'trigram',
      loss: counted.trigram,
      words: 'a trigram model',
      label: 'trigram',
      hint: 'counts which token follows which two',
      before: stillBeats('trigram', 'a trigram model'),
      milestone: 'Knows word triples',
    },
  ];
}

const unigramOf = (loss: number): Baseline => ({
  id: 'unigram',
  loss,
  words: 'a unigram model',
  label: 'unigram',
  hint: 'counts how common each token is',
  before: 'Learning which tokens are common',
  milestone: 'Knows common words',
});
