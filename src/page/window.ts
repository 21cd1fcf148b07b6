import { breathe } from '../core/base/job';
import { BLOCK, type Reader } from './gpt';

/**
 * Index of the first token that the model sees of a text: when the context is full, it lets go of the older half. As
 * core/sample/decoder.ts, which cannot be had without TensorFlow.js.
 */
export function firstSeen(length: number, context: number): number {
  const half = Math.max(1, Math.floor(context / 2));
  return Math.max(0, Math.ceil((length - context) / half)) * half;
}

/**
 * Scores of the token after a text. What the reader still holds from the last call is not read again, and between blocks
 * the event loop gets a turn. Null when stopped.
 */
export function nextScores(
  reader: Reader,
  context: number,
): (ids: readonly number[], signal: AbortSignal) => Promise<Float32Array | null> {
  const held: number[] = [];
  return async (ids, signal) => {
    const seen = ids.slice(firstSeen(ids.length, context));
    let from = 0;
    while (from < seen.length - 1 && seen[from] === held[from]) from++;
    held.length = from;
    while (from < seen.length) {
      const block = seen.slice(from, from + BLOCK);
      reader.read(block, from);
      held.push(...block);
      from += block.length;
      await breathe();
      if (signal.aborted) return null;
    }
    return reader.scores();
  };
}
