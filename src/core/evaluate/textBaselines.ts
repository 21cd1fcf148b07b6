/** What a text costs without a model, and how often what is likeliest to it comes. */
import { type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Held, MOST_COUNTED, type Tokenised } from './blocks';
import type { Evaluation } from './evaluation';
import type { BaselineId } from './figures';
import { LIKELIHOOD_IDS, likelihoodOf, type Sums } from './likelihood';
import { canCount, nGrams } from './nGrams';

const COUNTED = ['unigram', 'bigram', 'trigram'] as const satisfies readonly BaselineId[];

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
  const [counted, read] = [joined(train, begin), joined(documents, begin)];
  const leftOut: Evaluation['leftOut'] = [];
  for (const [i, name] of COUNTED.entries()) {
    const order = (i + 1) as 1 | 2 | 3;
    if (!canCount(tokenizer.size, order)) {
      leftOut.push({
        name,
        reason: `Of ${formatCount(tokenizer.size)} entries too many rows of ${order} can be made.`,
      });
      continue;
    }
    const model = nGrams(counted, tokenizer.size, order);
    const sums = { nats: 0, first: 0, firstFive: 0 };
    let at = 0;
    for (const { ids } of documents) {
      at++; // what stands before
      for (const id of ids) {
        sums.nats += model.loss(read, at);
        const place = model.likeliest(read, at++).indexOf(id);
        if (place === 0) sums.first++;
        if (place >= 0) sums.firstFive++;
        if (at % AT_ONCE === 0) await pause();
      }
    }
    baselines[name] = told(sums);
  }
  return { baselines, leftOut };
}
/** Tokens that take some tens of ms. */
const AT_ONCE = 4096;
export const NOT_COUNTED = `What the model learnt from is not given, or is more than ${formatCount(MOST_COUNTED)} tokens, so that nothing is counted.`;

/** One after another, each after what stands before every text. */
function joined(documents: readonly Tokenised[], begin: number): Uint32Array {
  const all = new Uint32Array(documents.reduce((sum, { ids }) => sum + ids.length + 1, 0));
  let at = 0;
  for (const { ids } of documents) {
    all[at] = begin;
    all.set(ids, at + 1);
    at += ids.length + 1;
  }
  return all;
}

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
