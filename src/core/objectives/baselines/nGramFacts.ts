/** Losses and accuracies of n-gram models on the validation set, which a next-token model must beat. */
import type { Pause } from '../../base/job';
import type { PartSource } from '../../shards/manifest';
import { beginOf } from '../../tokenizer/prompt';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { BaselineFacts } from '../facts';
import { type NGramOrder, nGrams } from './nGrams';

/** Maximum number of tokens to count while data are built: about 16 MB of English. More would delay the first step. */
export const MAX_COUNTED_TOKENS = 2 ** 22;

/** Orders by the names that facts, evaluations and the terminal use. */
export const N_GRAM_ORDERS = { unigram: 1, bigram: 2, trigram: 3 } as const satisfies Record<string, NGramOrder>;
export type NGramName = keyof typeof N_GRAM_ORDERS;
const N_GRAM_NAMES = Object.keys(N_GRAM_ORDERS) as NGramName[];

/** Sums over the tokens of a text: nats, top-1 hits and top-5 hits. */
interface NGramSums {
  nats: number;
  top1: number;
  top5: number;
}

/** Concatenated documents, each after a start token. */
interface Sequence {
  ids: Uint32Array;
  /** Number of tokens of each document, without its start token. */
  lengths: readonly number[];
}

export function sequenceOf(documents: readonly { ids: Uint32Array }[], begin: number): Sequence {
  const lengths = documents.map(({ ids }) => ids.length);
  const ids = new Uint32Array(lengths.reduce((sum, length) => sum + length + 1, 0));
  let at = 0;
  for (const document of documents) {
    ids[at] = begin;
    ids.set(document.ids, at + 1);
    at += document.ids.length + 1;
  }
  return { ids, lengths };
}

/** Indices of the documents' tokens, in order, without start tokens. */
function* placesIn({ lengths }: Sequence): Generator<number, void> {
  let at = 0;
  for (const length of lengths) {
    for (let i = 1; i <= length; i++) yield at + i;
    at += length + 1;
  }
}

/** Counts n-grams in one text, and sums their losses and hits on another. */
export async function sumNGrams(
  train: Sequence,
  held: Sequence,
  vocabulary: number,
  pause: Pause,
): Promise<Record<NGramName, NGramSums>> {
  const models = nGrams(train.ids, vocabulary);
  const sums = { unigram: noSums(), bigram: noSums(), trigram: noSums() };
  let tokens = 0;
  for (const name of N_GRAM_NAMES) {
    const [order, sum] = [N_GRAM_ORDERS[name], sums[name]];
    for (const at of placesIn(held)) {
      sum.nats += models.loss(order, held.ids, at);
      const rank = models.likeliest(order, held.ids, at).indexOf(held.ids[at]!);
      if (rank === 0) sum.top1++;
      if (rank >= 0) sum.top5++;
      if (++tokens % A_TURN === 0) await pause();
    }
  }
  return sums;
}
/** Number of tokens between pauses: some tens of milliseconds. */
const A_TURN = 4096;
const noSums = (): NGramSums => ({ nats: 0, top1: 0, top5: 0 });

type NGramFacts = Pick<BaselineFacts, 'nGrams' | 'nGramTop'>;

/** N-gram losses and accuracies; empty if a part is too long to count, or if the validation set has no tokens. */
export async function measureNGrams(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
  pause: Pause,
): Promise<NGramFacts> {
  if (train.tokens > MAX_COUNTED_TOKENS || validation.tokens > MAX_COUNTED_TOKENS) return {};
  const begin = beginOf(tokenizer);
  const [counted, held] = [await sequenceIn(train, begin), await sequenceIn(validation, begin)];
  if (held.lengths.length === 0) return {};
  await pause();
  const { unigram, bigram, trigram } = await sumNGrams(counted, held, tokenizer.size, pause);
  const tokens = tokensOf(held);
  const top = ({ top1, top5 }: NGramSums) => ({ top1, top5 });
  return {
    nGrams: { unigram: unigram.nats / tokens, bigram: bigram.nats / tokens, trigram: trigram.nats / tokens },
    nGramTop: { unigram: top(unigram), bigram: top(bigram), trigram: top(trigram) },
  };
}

/**
 * Returns the sums that `measureNGrams` stored; undefined for records of older builds.
 * @param tokens number of tokens of the validation set
 */
export function storedNGrams({ nGrams: losses, nGramTop }: NGramFacts, tokens: number) {
  if (!losses || !nGramTop) return undefined;
  const sums = (name: NGramName): NGramSums => ({ nats: losses[name] * tokens, ...nGramTop[name] });
  return { unigram: sums('unigram'), bigram: sums('bigram'), trigram: sums('trigram') };
}

const tokensOf = ({ lengths }: Sequence): number => lengths.reduce((sum, length) => sum + length, 0);

async function sequenceIn(part: PartSource, begin: number): Promise<Sequence> {
  const all = await part.read(0, part.tokens);
  const borders = (await part.documents()) ?? [{ start: 0, tokens: part.tokens }];
  const documents = borders.flatMap(({ start, tokens }) =>
    tokens === 0 ? [] : [{ ids: all.subarray(start, start + tokens) }],
  );
  return sequenceOf(documents, begin);
}
