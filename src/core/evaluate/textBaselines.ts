/** What a text costs without a model, and how often what is likeliest to it comes. */
import { type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import { N_GRAM_ORDERS, placesIn, sequenceOf } from '../objectives/baselines/nGramFacts';
import { nGrams } from '../objectives/baselines/nGrams';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Held, MOST_COUNTED, type Tokenised } from './blocks';
import type { Evaluation } from './evaluation';
import { LIKELIHOOD_IDS, likelihoodOf, type Sums } from './likelihood';

const COUNTED = Object.keys(N_GRAM_ORDERS) as (keyof typeof N_GRAM_ORDERS)[];

/** @param train documents that are counted; without them nothing is known of which tokens are common */
export async function textBaselines(
  documents: readonly Held[],
  tokenizer: Tokenizer,
  train?: readonly Tokenised[],
  pause: Pause = yieldToEventLoop,
): Promise<Pick<Evaluation, 'baselines' | 'leftOut'>> {
  const tokens = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  const told = (sums: Pick<Sums, 'nats' | 'first' | 'firstFive'>) =>
    Object.fromEntries(
      LIKELIHOOD_IDS.filter((id) => !likelihoodOf(id).isOfSureness).map((id) => [
        id,
        likelihoodOf(id).of({ ...sums, tokens, bytes, bins: [] }),
      ]),
    );
  const texts = documents.map(({ text, ids }) => text ?? tokenizer.decode(ids));
  const packed = await gzipBytes(new TextEncoder().encode(texts.join('')));
  const baselines: Evaluation['baselines'] = {
    uniform: told({
      nats: tokens * Math.log(tokenizer.size),
      first: tokens / tokenizer.size,
      firstFive: (tokens * Math.min(5, tokenizer.size)) / tokenizer.size,
    }),
    ...(bytes > 0 && { gzip: { bitsPerByte: (8 * packed) / bytes } }),
  };
  if (!train) return { baselines, leftOut: COUNTED.map((name) => ({ name, reason: NOT_COUNTED })) };
  const begin = beginOf(tokenizer);
  const [counted, read] = [sequenceOf(train, begin), sequenceOf(documents, begin)];
  const models = nGrams(counted.ids, tokenizer.size);
  for (const name of COUNTED) {
    const order = N_GRAM_ORDERS[name];
    const sums = { nats: 0, first: 0, firstFive: 0 };
    let measured = 0;
    for (const at of placesIn(read)) {
      sums.nats += models.loss(order, read.ids, at);
      const place = models.likeliest(order, read.ids, at).indexOf(read.ids[at]!);
      if (place === 0) sums.first++;
      if (place >= 0) sums.firstFive++;
      if (++measured % AT_ONCE === 0) await pause();
    }
    baselines[name] = told(sums);
  }
  return { baselines, leftOut: [] };
}
/** Tokens that take some tens of ms. */
const AT_ONCE = 4096;
export const NOT_COUNTED = `What the model learnt from is not given, or is more than ${formatCount(MOST_COUNTED)} tokens, so that nothing is counted.`;

/** By the platform's own: level 6, as the command has it. */
async function gzipBytes(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const packing = new CompressionStream('gzip');
  const writer = packing.writable.getWriter();
  void writer.write(bytes).then(() => writer.close());
  let all = 0;
  const reader = packing.readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) all += next.value.length;
  return all;
}
