import { yieldToEventLoop } from '../core/base/job';
import { contextWindow } from '../core/sample/contextWindow';
import { BLOCK, type Reader } from '../core/models/page';

/**
 * Returns scores of the token after a text. Doesn't read again what the reader still has from the last call, and yields
 * to the event loop between blocks. Null when stopped.
 */
export function nextScores(
  reader: Reader,
  context: number,
): (ids: readonly number[], signal: AbortSignal) => Promise<Float32Array | null> {
  const held: number[] = [];
  return async (ids, signal) => {
    const seen = contextWindow(ids, context);
    let from = 0;
    while (from < seen.length - 1 && seen[from] === held[from]) from++;
    held.length = from;
    while (from < seen.length) {
      const block = seen.slice(from, from + BLOCK);
      reader.read(block, from);
      held.push(...block);
      from += block.length;
      await yieldToEventLoop();
      if (signal.aborted) return null;
    }
    return reader.scores();
  };
}
