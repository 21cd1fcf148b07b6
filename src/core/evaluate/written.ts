/** Sampled continuations of held-out prompts, with the original ones. */
import { unwatched, type Job, type Pause, yieldToEventLoop } from '../base/job';
import { stream, uniform } from '../base/rng';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import { decoder } from '../sample/decoder';
import { sampleToken } from '../sample/sampleToken';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Tokenised } from './blocks';
import { WRITING } from './writing';

/** Continuations of the same number of bytes, both cut before an unfinished word. */
interface Written {
  given: string;
  real: string;
}

/**
 * @param documents with at least one token in all
 * @param seed of prompts and samples
 * @throws HomegrownError `diverged` if logits aren't finite or overflow
 */
export async function written(
  network: Network,
  tokenizer: Tokenizer,
  documents: readonly Tokenised[],
  seed: number,
  { pause = yieldToEventLoop, report = unwatched.report }: { pause?: Pause; report?: Job['report'] } = {},
): Promise<readonly Written[]> {
  const texts: Written[] = [];
  const decoding = decoder(network);
  try {
    for (const [text, { beginning, rest }] of beginnings(documents, seed).entries()) {
      report({ label: 'Writing', done: text, of: WRITING.texts, unit: 'texts' });
      const ids = [beginOf(tokenizer), ...beginning];
      const given: number[] = [];
      let bytes = 0;
      while (given.length < WRITING.tokens && bytes < WRITING.bytes) {
        const logits = await decoding.next(ids);
        checkOverflow(logits);
        const { id } = sampleToken(logits, PLAIN, uniform(seed, 'written', text, given.length));
        await pause();
        if (id === tokenizer.endOfText) break;
        ids.push(id);
        given.push(id);
        bytes += tokenizer.bytes(id).length;
      }
      texts.push({ given: whole(tokenizer, given, bytes), real: whole(tokenizer, rest, bytes) });
    }
  } finally {
    decoding.dispose();
  }
  return texts;
}
const PLAIN = { temperature: 1, topK: 0, topP: 1 };

/** Prompts, one from each of WRITING.texts equal stretches of all documents; at most half of a document. */
function beginnings(documents: readonly Tokenised[], seed: number) {
  const all = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  const at = stream(seed, 'beginnings', 0);
  return Array.from({ length: WRITING.texts }, (_, text) => {
    let place = Math.floor(((text + at(text) / 2 ** 32) * all) / WRITING.texts);
    const { ids } = documents.find((document) => {
      if (place < document.ids.length) return true;
      place -= document.ids.length;
      return false;
    })!;
    const length = Math.min(WRITING.beginning, Math.floor(ids.length / 2));
    const from = Math.max(0, Math.min(place, ids.length - length - WRITING.tokens));
    return { beginning: ids.subarray(from, from + length), rest: ids.subarray(from + length) };
  });
}

/** Decodes up to `max` bytes, and cuts at the last whitespace. */
function whole(tokenizer: Tokenizer, ids: ArrayLike<number>, max: number): string {
  const own: number[] = [];
  let bytes = 0;
  for (let i = 0; i < ids.length && bytes < max; i++) {
    bytes += tokenizer.bytes(ids[i]!).length;
    own.push(ids[i]!);
  }
  const text = tokenizer.decode(own);
  const end = text.search(/\s\S*$/u);
  return end > 0 ? text.slice(0, end) : text;
}
