/** Converts labeled texts to rows of ids for a classifier. */
import { badSettings } from '../base/errors';
import { stream } from '../base/rng';
import { counted, formatCount, formatShare } from '../base/units';
import { placesAmong } from '../base/labels';
import { longEvidence, longJudgement, type LongTexts, longTexts } from '../base/longTexts';
import type { Classes } from '../models/spec';
import { rowArrays, widthOf, type Window, windowsOf } from '../sample/textRows';
import type { PartSource, TokenSource } from '../shards/manifest';
import { aroundText } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Batch, type Batches, drawnOf } from './batch';
import type { InRows } from './objective';
import { spread } from './pairRows';

interface Labeled {
  start: number;
  tokens: number;
  /** Indices of its labels among the classifier's. */
  labels: readonly number[];
}

/**
 * Nonempty texts of a part whose label the classifier has; with several labels per text, also those without any.
 * @throws HomegrownError `bad-settings` if there are none
 */
export async function labeledIn(source: TokenSource, { labels, several }: Classes): Promise<readonly Labeled[]> {
  const documents = (await (source as Partial<PartSource>).documents?.()) ?? [];
  const placesOf = placesAmong(labels, several);
  const found = documents.flatMap(({ start, tokens, label }): Labeled[] => {
    const own = tokens === 0 || label === null ? undefined : placesOf(label);
    return own ? [{ start, tokens, labels: own }] : [];
  });
  if (found.length === 0)
    throw badSettings(
      'The text has no labels.',
      'Add a table with a text column and a label column, or one folder of texts per label.',
    );
  return found;
}

/** Number of texts with each label, [labels]. */
function countLabels(texts: readonly Pick<Labeled, 'labels'>[], labels: number): Uint32Array {
  const counts = new Uint32Array(labels);
  for (const { labels: own } of texts) for (const place of own) counts[place]!++;
  return counts;
}

/**
 * Weight of a text by its label, [labels], so that all labels have equal total weight and the mean weight is 1. Like
 * `balanced` of scikit-learn's compute_class_weight. A label without texts has weight 0.
 */
export function balancedWeights(counts: ArrayLike<number>): Float64Array {
  const all = Array.from(counts);
  const [texts, occurring] = [all.reduce((sum, count) => sum + count, 0), all.filter((count) => count > 0).length];
  return Float64Array.from(all, (count) => (count === 0 ? 0 : texts / (occurring * count)));
}

export interface LabelSettings {
  classWeights: boolean;
}

/**
 * Draws rows with replacement; each evaluation reads the same ones, grouped by length. Weighs labels in training only, so
 * that evaluations compare with other runs and with baselines.
 */
export async function labelRows(
  source: TokenSource,
  context: number,
  tokenizer: Tokenizer,
  classes: Classes,
  isEncoder: boolean,
  { classWeights }: LabelSettings,
): Promise<Batches> {
  const texts = await labeledIn(source, classes);
  const { labels, pooling, several, inWindows = false } = classes;
  const weights = classWeights && !several ? balancedWeights(countLabels(texts, labels.length)) : undefined;
  const [before, after] = aroundText(tokenizer, isEncoder);
  const room = context - before.length - after.length;
  const parts = texts.map(({ tokens }) => windowsOf(tokens, room, inWindows));
  const rowOf = async ({ start }: Labeled, [from, to]: Window): Promise<readonly number[]> => [
    ...before,
    ...(await source.read(start + from, to - from)),
    ...after,
  ];
  async function batchOf(
    some: readonly (readonly [text: number, window: number])[],
    width: number,
    countOf: (label: number) => number = () => 1,
  ): Promise<Batch> {
    const rows: (readonly number[])[] = [];
    const wanted = new Float32Array(some.length * labels.length);
    for (const [row, [text, window]] of some.entries()) {
      rows.push(await rowOf(texts[text]!, parts[text]![window]!));
      for (const label of texts[text]!.labels) wanted[row * labels.length + label] = countOf(label);
    }
    return { arrays: { ...rowArrays(rows, width, pooling, tokenizer.endOfText), wanted }, weight: some.length };
  }
  return {
    training({ seed, step, first, rows }) {
      const text = stream(seed, 'batch', step);
      const window = stream(seed, 'window', step);
      const some = Array.from({ length: rows }, (_, i) => {
        const which = drawnOf(texts.length, text(first + i));
        return [which, drawnOf(parts[which]!.length, window(first + i))] as const;
      });
      return batchOf(some, context, weights && ((label) => weights[label]!));
    },
    async *evaluation(max) {
      // Reads one window of each text, so that all have equal weight; the same each time, and all texts if the limit
      // allows.
      const count = Math.max(1, Math.min(texts.length, Math.floor(max.tokens / context)));
      const draw = stream(0, 'window', 0);
      const chosen = spread(count, texts.length).map(
        (text) => [text, drawnOf(parts[text]!.length, draw(text))] as const,
      );
      const lengthOf = ([text, window]: readonly [number, number]): number => {
        const [from, to] = parts[text]![window]!;
        return before.length + to - from + after.length;
      };
      const sorted = [...chosen].sort((a, b) => lengthOf(a) - lengthOf(b));
      for (let i = 0; i < sorted.length; i += max.rows) {
        const some = sorted.slice(i, i + max.rows);
        const width = widthOf(lengthOf(some.at(-1)!), context);
        yield { ...(await batchOf(some, width)), rows: some.length, context: width };
      }
    },
  };
}

/** Layout of a part's rows. */
export async function labelsInRows(
  source: TokenSource,
  context: number,
  tokenizer: Tokenizer,
  classes: Classes,
  isEncoder: boolean,
): Promise<InRows> {
  const { inWindows = false } = classes;
  const texts = await labeledIn(source, classes);
  const room = context - aroundText(tokenizer, isEncoder).flat().length;
  const long = longTexts(
    texts.map(({ tokens }) => tokens),
    room,
  );
  const windows = texts.reduce((sum, { tokens }) => sum + windowsOf(tokens, room, inWindows).length, 0);
  const isCut = !inWindows && long !== undefined;
  return {
    rows: windows,
    words: `${counted(texts.length, 'text')} with labels.${long ? ` ${longWords(long, inWindows ? windows : undefined)}` : ''}`,
    isCut,
    ...(isCut && { long }),
  };
}

function longWords(long: LongTexts, windows: number | undefined): string {
  const share = `${longJudgement(long)} (${formatShare(long.texts / long.of)})`;
  if (windows === undefined) return `${share}. ${longEvidence(long)}.`;
  return `${share} and ${long.texts === 1 ? 'is' : 'are'} read in ${formatCount(windows - long.of + long.texts)} windows of ${formatCount(long.room)} tokens.`;
}
