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
interface Continuation {
  generated: string;
  original: string;
}

/**
 * @param documents with at least one token in all
 * @param seed of prompts and samples
 * @throws HomegrownError `diverged` if logits aren't finite or overflow
 */
export async function sampleContinuations(
  network: Network,
  tokenizer: Tokenizer,
  documents: readonly Tokenised[],
  seed: number,
  { pause = yieldToEventLoop, report = unwatched.report }: { pause?: Pause; report?: Job['report'] } = {},
): Promise<readonly Continuation[]> {
  const texts: Continuation[] = [];
  const decoding = decoder(network);
  try {
    for (const [index, { prompt, original }] of drawPrompts(documents, seed).entries()) {
      report({ label: 'Writing', done: index, of: WRITING.texts, unit: 'texts' });
      const ids = [beginOf(tokenizer), ...prompt];
      const sampled: number[] = [];
      let bytes = 0;
      while (sampled.length < WRITING.tokens && bytes < WRITING.bytes) {
        const logits = await decoding.next(ids);
        checkOverflow(logits);
        const { id } = sampleToken(logits, SAMPLING, uniform(seed, 'written', index, sampled.length));
        await pause();
        if (id === tokenizer.endOfText) break;
        ids.push(id);
        sampled.push(id);
        bytes += tokenizer.bytes(id).length;
      }
      texts.push({ generated: cutAtWord(tokenizer, sampled, bytes), original: cutAtWord(tokenizer, original, bytes) });
    }
  } finally {
    decoding.dispose();
  }
  return texts;
}
const SAMPLING = { temperature: 1, topK: 0, topP: 1 };

/** Prompts, one from each of WRITING.texts equal stretches of all documents; at most half of a document. */
function drawPrompts(documents: readonly Tokenised[], seed: number) {
  const total = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  const draw = stream(seed, 'beginnings', 0);
  return Array.from({ length: WRITING.texts }, (_, index) => {
    let offset = Math.floor(((index + draw(index) / 2 ** 32) * total) / WRITING.texts);
    const { ids } = documents.find((document) => {
      if (offset < document.ids.length) return true;
      offset -= document.ids.length;
      return false;
    })!;
    const length = Math.min(WRITING.beginning, Math.floor(ids.length / 2));
    const start = Math.max(0, Math.min(offset, ids.length - length - WRITING.tokens));
    return { prompt: ids.subarray(start, start + length), original: ids.subarray(start + length) };
  });
}

/** Decodes up to `max` bytes, and cuts at the last whitespace. */
function cutAtWord(tokenizer: Tokenizer, ids: ArrayLike<number>, maxBytes: number): string {
  const kept: number[] = [];
  let bytes = 0;
  for (let i = 0; i < ids.length && bytes < maxBytes; i++) {
    bytes += tokenizer.bytes(ids[i]!).length;
    kept.push(ids[i]!);
  }
  const text = tokenizer.decode(kept);
  const end = text.search(/\s\S*$/u);
  return end > 0 ? text.slice(0, end) : text;
}
