/** Baselines of a text: uniform, n-gram models and gzip. */
import { type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import {
  N_GRAM_ORDERS,
  type NGramName,
  joinDocuments,
  storedNGrams,
  sumNGrams,
} from '../objectives/baselines/nGramFacts';
import type { BaselineFacts } from '../objectives/facts';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Held, MAX_COUNTED_TOKENS, type Tokenised } from './blocks';
import type { Evaluation } from './evaluation';
import { LIKELIHOOD_IDS, likelihoodOf, type Sums } from './likelihood';

const N_GRAM_NAMES = Object.keys(N_GRAM_ORDERS) as NGramName[];

/** Sources of the n-gram baselines; without either, they are left out. */
interface NGramSources {
  /** Documents to count. */
  train?: readonly Tokenised[] | undefined;
  /** Facts of the data whose validation set `documents` are; counts nothing if they include n-gram results. */
  facts?: BaselineFacts | undefined;
}

export async function textBaselines(
  documents: readonly Held[],
  tokenizer: Tokenizer,
  { train, facts }: NGramSources,
  pause: Pause = yieldToEventLoop,
): Promise<Pick<Evaluation, 'baselines' | 'leftOut'>> {
  const tokens = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  const figuresOf = (sums: Pick<Sums, 'nats' | 'first' | 'firstFive'>) =>
    Object.fromEntries(
      LIKELIHOOD_IDS.filter((id) => !likelihoodOf(id).needsConfidence).map((id) => [
        id,
        likelihoodOf(id).fromSums({ ...sums, tokens, bytes, bins: [] }),
      ]),
    );
  const texts = documents.map(({ text, ids }) => text ?? tokenizer.decode(ids));
  const gzipSize = await gzipBytes(new TextEncoder().encode(texts.join('')));
  const baselines: Evaluation['baselines'] = {
    uniform: figuresOf({
      nats: tokens * Math.log(tokenizer.size),
      first: tokens / tokenizer.size,
      firstFive: (tokens * Math.min(5, tokenizer.size)) / tokenizer.size,
    }),
    ...(bytes > 0 && { gzip: { bitsPerByte: (8 * gzipSize) / bytes } }),
  };
  const stored = facts && storedNGrams(facts, tokens);
  if (!stored && !train) return { baselines, leftOut: N_GRAM_NAMES.map((name) => ({ name, reason: NOT_COUNTED })) };
  const begin = beginOf(tokenizer);
  const sums =
    stored ?? (await sumNGrams(joinDocuments(train!, begin), joinDocuments(documents, begin), tokenizer.size, pause));
  for (const name of N_GRAM_NAMES) {
    const { nats, top1, top5 } = sums[name];
    baselines[name] = figuresOf({ nats, first: top1, firstFive: top5 });
  }
  return { baselines, leftOut: [] };
}
export const NOT_COUNTED = `The training text is missing or has more than ${formatCount(MAX_COUNTED_TOKENS)} tokens.`;

/** Size in bytes with the platform's gzip at level 6, like the gzip command. */
async function gzipBytes(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const compressor = new CompressionStream('gzip');
  const writer = compressor.writable.getWriter();
  void writer.write(bytes).then(() => writer.close());
  let size = 0;
  const reader = compressor.readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.length;
  return size;
}
