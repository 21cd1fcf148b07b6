/** Reads events of a fork's ancestors up to the forked step, because the fork's own journal begins there. */
import type { BlobStore } from '../base/blobStore';
import { unlessUnreadable } from '../base/record';
import { isLasting, type LastingEvent } from '../train/run';
import { readJournal } from './journal';
import { readRun, type RunRecord } from './record';

/** Returns events in the order of steps, up to the forked one. A missing or unreadable ancestor ends them. */
export async function readAncestors(
  store: BlobStore,
  { id, parent }: Pick<RunRecord, 'id' | 'parent'>,
): Promise<readonly LastingEvent[]> {
  let ownEvents: readonly LastingEvent[] = [];
  let until = Infinity;
  const seen = new Set([id]);
  for (let from = parent; from?.how === 'fork' && !seen.has(from.runId);) {
    seen.add(from.runId);
    until = Math.min(until, from.step);
    const own = (await readJournal(store, from.runId)).filter(isLasting);
    ownEvents = [...own.filter(({ step }) => step <= until), ...ownEvents];
    from = (await unlessUnreadable(readRun(store, from.runId)))?.parent;
  }
  return ownEvents;
}
