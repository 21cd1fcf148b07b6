/** Error analysis: loss by kind, frequency, position and source of tokens. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Held, Tokenised } from './blocks';
import type { Evaluation, Where } from './evaluation';
import { passagesOf } from './passages';
import { NOT_COUNTED } from './textBaselines';
import { NOT_PREDICTED } from './scores';
import { kindsOf, TOKEN_KINDS, type TokenKind } from './tokenKinds';

/** Losses of a document, [tokens] each. */
interface Losses {
  /** Nats; NOT_PREDICTED for tokens that are context only. */
  loss: ArrayLike<number>;
  /** Position in the model's input, from 1. */
  position(token: number): number;
}

/** A scored document. */
export interface ScoredDocument extends Losses {
  document: Held;
  kinds: readonly TokenKind[];
}

/**
 * @param losses of each document
 * @param training tokens or counts of the training data, for the frequency of tokens
 */
export function whereItFails(
  documents: readonly Held[],
  losses: readonly Losses[],
  tokenizer: Tokenizer,
  training: TrainingCounts & { seed: number },
): Pick<Evaluation, 'where' | 'passages' | 'leftOut'> {
  if (!losses.every(({ loss }) => Array.from(loss).every(Number.isFinite)))
    return { leftOut: [{ name: 'where it fails', reason: 'Losses of the model are not finite numbers.' }] };
  const { seed } = training;
  const counts = countsOf(training, tokenizer.size);
  const scored = documents.map((document, i) => ({ ...losses[i]!, document, kinds: kindsOf(document.ids, tokenizer) }));
  return {
    where: whereOf(scored, tokenizer, counts),
    passages: passagesOf(scored, tokenizer, { counts, seed }),
    leftOut: counts ? [] : [{ name: 'loss by frequency', reason: NOT_COUNTED }],
  };
}

/** Training set, or its token counts. */
interface TrainingCounts {
  train?: readonly Tokenised[] | undefined;
  counts?: ArrayLike<number> | undefined;
}
/** Occurrences of each id in the training data, where known. */
export function countsOf({ train, counts }: TrainingCounts, vocabulary: number): ArrayLike<number> | undefined {
  if (counts || !train) return counts;
  const counted = new Uint32Array(vocabulary);
  for (const { ids } of train) for (const id of ids) counted[id]!++;
  return counted;
}

/** Maximum number of listed sources and documents, worst first. */
const MAX_LISTED = { sources: 50, documents: 20 };
/** Characters of a document's beginning that identify it. */
const MAX_BEGINNING = 80;

/** @param counts of each id in the training data; absent if unknown */
function whereOf(scored: readonly ScoredDocument[], tokenizer: Tokenizer, counts?: ArrayLike<number>): Where {
  const [byPosition, byFrequency] = [new LossByGroup<number>(), new LossByGroup<number>()];
  const [byKind, bySource, byDocument] = [
    new LossByGroup<TokenKind>(),
    new LossByGroup<string>(),
    new LossByGroup<number>(),
  ];
  for (const [i, { document, loss, position: positionOf, kinds }] of scored.entries()) {
    for (const [token, id] of document.ids.entries()) {
      const nats = loss[token]!;
      if (nats === NOT_PREDICTED) continue;
      byPosition.add(Math.ceil(Math.log2(positionOf(token))), nats);
      if (counts) byFrequency.add(frequencyBin(counts[id]!), nats);
      byKind.add(kinds[token]!, nats);
      bySource.add(document.source, nats);
      byDocument.add(i, nats);
    }
  }
  const kindOrder = Object.keys(TOKEN_KINDS);
  return {
    position: byPosition
      .list()
      .map(([power, share]) => ({ ...positionRange(power), ...share }))
      .sort(byFrom),
    ...(counts && {
      frequency: byFrequency
        .list()
        .map(([power, share]) => ({ ...frequencyRange(power), ...share }))
        .sort(byFrom),
    }),
    kind: byKind
      .list()
      .map(([name, share]) => ({ kind: name, ...share }))
      .sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind)),
    source: bySource.worst(MAX_LISTED.sources).map(([name, share]) => ({ name, ...share })),
    document: byDocument.worst(MAX_LISTED.documents).map(([document, share]) => ({
      document,
      source: scored[document]!.document.source,
      begins: tokenizer
        .decode(scored[document]!.document.ids.subarray(0, MAX_BEGINNING))
        .slice(0, MAX_BEGINNING)
        .trim(),
      ...share,
    })),
  };
}
const byFrom = (a: { from: number }, b: { from: number }): number => a.from - b.from;

/** Range of the bin: 1, 2, 3 to 4, 5 to 8, ... */
const positionRange = (power: number) => ({ from: power === 0 ? 1 : 2 ** (power - 1) + 1, to: 2 ** power });

/** Bin of a count: 0 for 0, 1 for 1 to 9, 2 for 10 to 99, ... */
const frequencyBin = (count: number): number => String(count).length - (count === 0 ? 1 : 0);
const frequencyRange = (power: number) =>
  power === 0 ? { from: 0, to: 0 } : { from: 10 ** (power - 1), to: 10 ** power - 1 };

class LossByGroup<K> {
  readonly #sums = new Map<K, { nats: number; tokens: number }>();
  add(key: K, nats: number): void {
    const sum = this.#sums.get(key);
    if (sum) {
      sum.nats += nats;
      sum.tokens++;
    } else this.#sums.set(key, { nats, tokens: 1 });
  }
  list(): [K, { loss: number; tokens: number }][] {
    return [...this.#sums].map(([key, { nats, tokens }]) => [key, { loss: nats / tokens, tokens }]);
  }
  worst(max: number): [K, { loss: number; tokens: number }][] {
    return this.list()
      .sort(([, a], [, b]) => b.loss - a.loss)
      .slice(0, max);
  }
}
