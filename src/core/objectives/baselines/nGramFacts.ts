/** Losses of a unigram, a bigram and a trigram model on the validation set: what a model of the next token must beat. */
import type { Pause } from '../../base/job';
import type { PartSource } from '../../shards/manifest';
import { beginOf } from '../../tokenizer/prompt';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { BaselineFacts } from '../facts';
import { type NGramOrder, nGrams } from './nGrams';

/** Training tokens that are counted while data are built: about 16 MB of English. Counting more would hold up the first step. */
export const MAX_COUNTED_TOKENS = 2 ** 22;

/** By the names that facts, evaluations and the terminal have. */
export const N_GRAM_ORDERS = { unigram: 1, bigram: 2, trigram: 3 } as const satisfies Record<string, NGramOrder>;

/** Documents one after another, each after the token that a text begins with. */
export interface Sequence {
  ids: Uint32Array;
  /** Tokens of each document, without the token before it. */
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

/** The places of the documents' own tokens, in their order. */
export function* placesIn({ lengths }: Sequence): Generator<number, void> {
  let at = 0;
  for (const length of lengths) {
    for (let i = 1; i <= length; i++) yield at + i;
    at += length + 1;
  }
}

/** Empty if the training part is too long to count, or if there is nothing to measure on. */
export async function measureNGrams(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
  pause: Pause,
): Promise<Pick<BaselineFacts, 'nGrams'>> {
  if (train.tokens > MAX_COUNTED_TOKENS || validation.tokens > MAX_COUNTED_TOKENS) return {};
  const begin = beginOf(tokenizer);
  const [counted, held] = [await sequenceIn(train, begin), await sequenceIn(validation, begin)];
  if (held.lengths.length === 0) return {};
  await pause();
  const models = nGrams(counted.ids, tokenizer.size);
  const nats = { unigram: 0, bigram: 0, trigram: 0 };
  let tokens = 0;
  for (const at of placesIn(held)) {
    nats.unigram += models.loss(1, held.ids, at);
    nats.bigram += models.loss(2, held.ids, at);
    nats.trigram += models.loss(3, held.ids, at);
    if (++tokens % A_TURN === 0) await pause();
  }
  return {
    nGrams: { unigram: nats.unigram / tokens, bigram: nats.bigram / tokens, trigram: nats.trigram / tokens },
  };
}
/** Tokens until others have a turn. */
const A_TURN = 2 ** 15;

async function sequenceIn(part: PartSource, begin: number): Promise<Sequence> {
  const all = await part.read(0, part.tokens);
  const borders = (await part.documents()) ?? [{ start: 0, tokens: part.tokens }];
  const documents = borders.flatMap(({ start, tokens }) =>
    tokens === 0 ? [] : [{ ids: all.subarray(start, start + tokens) }],
  );
  return sequenceOf(documents, begin);
}
