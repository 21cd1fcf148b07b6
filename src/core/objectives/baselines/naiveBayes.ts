/** Naive Bayes classifiers over word counts. */
import { likeliest } from '../../base/likeliest';
import type { LabeledText, SeveralLabels } from './labelBaselines';

/**
 * Multinomial naive Bayes over lowercase words of two letters or more, with add-one smoothing. Ignores words that are not in
 * the training set; ties go to the first label.
 * @param training at least one text
 * Source: McCallum & Nigam 1998, "A Comparison of Event Models for Naive Bayes Text Classification"; as MultinomialNB after
 * CountVectorizer in scikit-learn 1
 */
export function naiveBayes(training: readonly LabeledText[]): (text: string) => string {
  const labels = [...new Set(training.map(({ label }) => label))].sort();
  const places = new Map(labels.map((label, place) => [label, place]));
  const texts = new Float64Array(labels.length);
  const words = new Float64Array(labels.length);
  /** Occurrences of each word in texts of each label. */
  const counts = new Map<string, Float64Array>();
  for (const { text, label } of training) {
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
    const scores = labels.map((_, place) => Math.log(texts[place]! / training.length));
    for (const word of countedWords(text)) {
      const own = counts.get(word);
      if (own)
        for (const place of labels.keys())
          scores[place]! += Math.log((own[place]! + 1) / (words[place]! + counts.size));
    }
    return labels[likeliest(scores)]!;
  };
}

/**
 * One-vs-rest naive Bayes for texts with any number of labels. A label that all texts have is predicted for all.
 * @param training at least one text, with the indices of its labels
 * @param labels number of labels
 * Source: as OneVsRestClassifier(MultinomialNB()) after CountVectorizer in scikit-learn 1
 */
export function naiveBayesOfEach(
  training: readonly SeveralLabels[],
  labels: number,
): (text: string) => readonly number[] {
  const texts = new Float64Array(labels);
  const words = new Float64Array(labels);
  /** Occurrences of each word in all texts, and in texts of each label. */
  const counts = new Map<string, { all: number; of: Map<number, number> }>();
  let all = 0;
  for (const { text, places } of training) {
    for (const place of places) texts[place]!++;
    for (const word of countedWords(text)) {
      const own = counts.get(word) ?? { all: 0, of: new Map<number, number>() };
      counts.set(word, own);
      own.all++;
      all++;
      for (const place of places) {
        own.of.set(place, (own.of.get(place) ?? 0) + 1);
        words[place]!++;
      }
    }
  }
  /** Log odds of each label: prior, and per word that no text with the label has. */
  const before = Array.from(texts, (own) => Math.log(own) - Math.log(training.length - own));
  const each = Array.from(words, (own) => Math.log(all - own + counts.size) - Math.log(own + counts.size));
  return (text) => {
    const known = countedWords(text).flatMap((word) => counts.get(word) ?? []);
    const absent = known.reduce((sum, own) => sum - Math.log(own.all + 1), 0);
    const scores = before.map((own, place) => own + known.length * each[place]! + absent);
    for (const own of known)
      for (const [place, count] of own.of)
        scores[place]! += Math.log(count + 1) - Math.log(own.all - count + 1) + Math.log(own.all + 1);
    return [...scores.keys()].filter((place) => scores[place]! > 0);
  };
}

/** Words by CountVectorizer's default pattern `(?u)\b\w\w+\b`. */
const countedWords = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
