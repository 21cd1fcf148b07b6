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
  let events: readonly LastingEvent[] = [];
  let lastStep = Infinity;
  const seen = new Set([id]);
  for (let ancestor = parent; ancestor?.how === 'fork' && !seen.has(ancestor.runId);) {
    seen.add(ancestor.runId);
    lastStep = Math.min(lastStep, ancestor.step);
    const ancestorEvents = (await readJournal(store, ancestor.runId)).filter(isLasting);
    events = [...ancestorEvents.filter(({ step }) => step <= lastStep), ...events];
    ancestor = (await unlessUnreadable(readRun(store, ancestor.runId)))?.parent;
  }
  return events;
}
