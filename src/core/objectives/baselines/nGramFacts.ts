/**
 * Unigram, bigram and trigram baselines. They are counted on the training part and measured on the validation set; a
 * next-token model that learned something beats them.
 */
import type { Pause } from '../../base/job';
import type { PartSource } from '../../shards/manifest';
import { beginOf } from '../../tokenizer/prompt';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { BaselineFacts } from '../facts';
import { type NGramOrder, nGrams } from './nGrams';

/** Maximum number of tokens in a part for which baselines are measured: about 16 MB of English. Counting more would delay the first step. */
export const MAX_COUNTED_TOKENS = 2 ** 22;

/** Order of each model, by the name that stored facts, evaluations and the terminal use. */
export const N_GRAM_ORDERS = { unigram: 1, bigram: 2, trigram: 3 } as const satisfies Record<string, NGramOrder>;
export type NGramName = keyof typeof N_GRAM_ORDERS;
const N_GRAM_NAMES = Object.keys(N_GRAM_ORDERS) as NGramName[];

/** Results of one model, summed over the scored tokens. */
interface NGramSums {
  /** Sum of the losses, in nats. */
  nats: number;
  /** Number of tokens that the model ranks first. */
  top1: number;
  /** Number of tokens that the model ranks among its first five. */
  top5: number;
}

/** Documents joined into one sequence, each after a begin token. */
interface JoinedDocuments {
  /** All tokens, with the begin tokens. */
  ids: Uint32Array;
  /** Number of tokens of each document, without its begin token. */
  lengths: readonly number[];
}

/** @param begin id of the begin token */
export function joinDocuments(documents: readonly { ids: Uint32Array }[], begin: number): JoinedDocuments {
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

/** Yields the indices in `ids` of the tokens to score: all but the begin tokens. */
function* scoredPositions({ lengths }: JoinedDocuments): Generator<number, void> {
  let at = 0;
  for (const length of lengths) {
    for (let i = 1; i <= length; i++) yield at + i;
    at += length + 1;
  }
}

/**
 * Counts the n-grams of `train`, and sums the losses and hits of the three models on `heldOut`.
 * @param vocabulary number of tokens in the vocabulary
 */
export async function sumNGrams(
  train: JoinedDocuments,
  heldOut: JoinedDocuments,
  vocabulary: number,
  pause: Pause,
): Promise<Record<NGramName, NGramSums>> {
  const models = nGrams(train.ids, vocabulary);
  const sums = { unigram: noSums(), bigram: noSums(), trigram: noSums() };
  let scored = 0;
  for (const name of N_GRAM_NAMES) {
    const [order, sum] = [N_GRAM_ORDERS[name], sums[name]];
    for (const at of scoredPositions(heldOut)) {
      sum.nats += models.loss(order, heldOut.ids, at);
      const rank = models.likeliest(order, heldOut.ids, at).indexOf(heldOut.ids[at]!);
      if (rank === 0) sum.top1++;
      if (rank >= 0) sum.top5++;
      if (++scored % TOKENS_PER_PAUSE === 0) await pause();
    }
  }
  return sums;
}
/** Number of scored tokens between two pauses: some tens of milliseconds. */
const TOKENS_PER_PAUSE = 4096;
const noSums = (): NGramSums => ({ nats: 0, top1: 0, top5: 0 });

type NGramFacts = Pick<BaselineFacts, 'nGrams' | 'nGramTop'>;

/**
 * Measures the baselines on the validation set: mean losses in nats per token, and numbers of hits.
 * @returns no facts if a part has more than `MAX_COUNTED_TOKENS` tokens, or the validation set has none
 */
export async function measureNGrams(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
  pause: Pause,
): Promise<NGramFacts> {
  if (train.tokens > MAX_COUNTED_TOKENS || validation.tokens > MAX_COUNTED_TOKENS) return {};
  const begin = beginOf(tokenizer);
  const [joinedTrain, heldOut] = [await readJoined(train, begin), await readJoined(validation, begin)];
  if (heldOut.lengths.length === 0) return {};
  await pause();
  const { unigram, bigram, trigram } = await sumNGrams(joinedTrain, heldOut, tokenizer.size, pause);
  const tokens = countScored(heldOut);
  const hits = ({ top1, top5 }: NGramSums) => ({ top1, top5 });
  return {
    nGrams: { unigram: unigram.nats / tokens, bigram: bigram.nats / tokens, trigram: trigram.nats / tokens },
    nGramTop: { unigram: hits(unigram), bigram: hits(bigram), trigram: hits(trigram) },
  };
}

/**
 * Returns the sums behind facts that `measureNGrams` returned; undefined if older builds stored them without hits.
 * @param tokens number of tokens of the validation set, without begin tokens
 */
export function storedNGrams({ nGrams: losses, nGramTop }: NGramFacts, tokens: number) {
  if (!losses || !nGramTop) return undefined;
  const sums = (name: NGramName): NGramSums => ({ nats: losses[name] * tokens, ...nGramTop[name] });
  return { unigram: sums('unigram'), bigram: sums('bigram'), trigram: sums('trigram') };
}

const countScored = ({ lengths }: JoinedDocuments): number => lengths.reduce((sum, length) => sum + length, 0);

/** Reads a part. One without document borders counts as one document; empty documents are left out. */
async function readJoined(part: PartSource, begin: number): Promise<JoinedDocuments> {
  const all = await part.read(0, part.tokens);
  const spans = (await part.documents()) ?? [{ start: 0, tokens: part.tokens }];
  const documents = spans.flatMap(({ start, tokens }) =>
    tokens === 0 ? [] : [{ ids: all.subarray(start, start + tokens) }],
  );
  return joinDocuments(documents, begin);
}
