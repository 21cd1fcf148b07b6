/** Which label a text has, by which words are common in texts of each: what counting words comes to. */
import { likeliest } from '../base/likeliest';
import type { LabelledText } from './labelBaselines';

/**
 * Multinomial, of words of two letters or more in lower case, each counted once more than it occurs; words that are in no text
 * that was learnt from say nothing, and of like labels the first is taken.
 * @param learnt one text at least
 * Source: McCallum & Nigam 1998, "A Comparison of Event Models for Naive Bayes Text Classification"; as MultinomialNB after
 * CountVectorizer in scikit-learn 1
 */
export function naiveBayes(learnt: readonly LabelledText[]): (text: string) => string {
  const labels = [...new Set(learnt.map(({ label }) => label))].sort();
  const places = new Map(labels.map((label, place) => [label, place]));
  const texts = new Float64Array(labels.length);
  const words = new Float64Array(labels.length);
  /** Of each word, how often it occurs in texts of each label. */
  const counts = new Map<string, Float64Array>();
  for (const { text, label } of learnt) {
    const place = places.get(label)!;
    texts[place]!++;
    for (const word of countedWords(text)) {
      const own = counts.get(word) ?? new Float64Array(labels.length);
      counts.set(word, own);
      own[place]!++;
      words[place]!++;
    }
  }
  return (text) => {
    const scores = labels.map((_, place) => Math.log(texts[place]! / learnt.length));
    for (const word of countedWords(text)) {
      const own = counts.get(word);
      if (own)
        for (const place of labels.keys())
          scores[place]! += Math.log((own[place]! + 1) / (words[place]! + counts.size));
    }
    return labels[likeliest(scores)]!;
  };
}

/** As CountVectorizer's usual pattern `(?u)\b\w\w+\b`. */
const countedWords = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
