/** Counts labels and checks labeled texts before training. */
import type { Documents } from '../../base/document';
import { labelsAsOne } from '../../base/labels';
import { type Job, yieldUntil } from '../../base/job';
import type { TextRecord } from '../record';
import { alikeNames, type Alike } from './alike';
import { MAX_CLASSIFIER_LABELS } from '../../base/limits';
import { ofExample } from './examples';
import { type Leak, WordsByLabel } from './leaks';
import { NearEqual } from './nearEqual';

export interface LabelCount {
  label: string;
  count: number;
}
export interface LabelSurvey {
  /** Number of examples that have a token; of those without any label; and of texts not labeled yet. */
  texts: number;
  none: number;
  unlabeled: number;
  /** Most common first. */
  labels: readonly LabelCount[];
  /** Labels that could be the same. */
  alike: readonly Alike[];
  leaks: readonly Leak[];
  /** Number of near-duplicate texts, and of those with a different label. */
  nearEqual: { texts: number; contrary: number };
  /** Number of texts without a token, and with more than `room` tokens; 0 without a tokenizer. */
  empty: number;
  long: number;
  /** Tokens of the longest text, as far as counted; 0 without a tokenizer. */
  longest: number;
  /** Whether the labels look like texts, and the texts like labels. */
  areSwapped: boolean;
}

export interface Surveying {
  labelKind: NonNullable<TextRecord['labelled']>;
  /** Tokens of a text, and the classifier's maximum number of tokens. */
  tokensOf?: (text: string) => number;
  room?: number;
}

export async function surveyLabels(
  documents: Documents,
  { labelKind, tokensOf, room = Infinity }: Surveying,
  { signal, report }: Job,
): Promise<LabelSurvey> {
  const pause = yieldUntil(signal);
  const counts = new Map<string, number>();
  const [words, alike] = [new WordsByLabel(), new NearEqual()];
  const own: string[] = [];
  const sizes = { labels: 0, texts: 0 };
  const distinct = new Set<string>();
  let [none, unlabeled, empty, long, longest, seen] = [0, 0, 0, 0, 0, 0];
  for await (const { chunks, fields, bytes, sha256 } of documents) {
    if (seen++ % A_TURN === 0) {
      report({ label: 'Counting labels', done: seen, unit: 'texts' });
      await pause();
    }
    const labels = ofExample(fields, labelKind);
    if (!labels) {
      unlabeled++;
      continue;
    }
    let text = '';
    for await (const chunk of chunks()) text += chunk;
    const tokens = tokensOf?.(text);
    // Such a text can be neither trained on nor evaluated.
    if (tokens === 0) {
      empty++;
      continue;
    }
    if ((tokens ?? 0) > room) long++;
    longest = Math.max(longest, tokens ?? 0);
    if (labels.length === 0) none++;
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    words.add(text, labels);
    alike.add(text);
    own.push(labelsAsOne(labels));
    sizes.labels += own.at(-1)!.length;
    sizes.texts += bytes;
    if (distinct.size < MAX_DISTINCT) distinct.add(text.length < 200 ? text : sha256);
  }
  const labels = [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  return {
    texts: own.length,
    none,
    unlabeled,
    labels,
    // No proposals if there are more labels than a classifier supports.
    alike: labels.length > MAX_CLASSIFIER_LABELS ? [] : alikeNames(labels),
    leaks: words.leaks(),
    nearEqual: equalOf(alike.groups(), own),
    empty,
    long,
    longest,
    areSwapped:
      own.length >= MIN &&
      labels.length > own.length / 2 &&
      distinct.size < own.length / 2 &&
      sizes.labels > sizes.texts,
  };
}
/** Texts between pauses. */
const A_TURN = 64;
const MAX_DISTINCT = 100_000;
/** Minimum number of texts to report swapped columns. */
const MIN = 4;

function equalOf(groups: Uint32Array, labels: readonly string[]): LabelSurvey['nearEqual'] {
  const of = new Map<number, Map<string, number>>();
  for (const [place, first] of groups.entries()) {
    const own = of.get(first) ?? new Map<string, number>();
    of.set(first, own.set(labels[place]!, (own.get(labels[place]!) ?? 0) + 1));
  }
  let [texts, contrary] = [0, 0];
  for (const own of of.values()) {
    const all = [...own.values()].reduce((sum, n) => sum + n, 0);
    if (all > 1) texts += all;
    if (own.size > 1) contrary += all;
  }
  return { texts, contrary };
}
