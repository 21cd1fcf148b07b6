/** Pinned steps, which the user keeps in addition to the two newest and the best, and the space for them. */
import type { BlobStore } from '../base/blobStore';
import { badSettings } from '../base/errors';
import type { Changed } from '../base/record';
import { formatBytes, formatCount } from '../base/units';
import { changeHead, type Head, savedIds, stepOf } from './head';
import { roomForLight, within } from './plan';
import { keysOf, readIntact } from './step';

interface Sizes {
  /** Bytes of the largest complete step. */
  whole: number;
  /** Bytes of all pinned steps. */
  pinned: number;
  /** Readable light steps. Unreadable ones have an unknown size, and stay. */
  light: readonly { id: string; bytes: number }[];
}

/** Known sizes of a head's steps; an unreadable step counts as 0. */
export async function sizesOf(store: BlobStore, runId: string, head: Head): Promise<Sizes> {
  const manifests = await Promise.all(savedIds(head).map((id) => readIntact(store, runId, id)));
  const readable = new Map(manifests.flatMap((manifest) => (manifest ? [[manifest.id, manifest]] : [])));
  const bytes = (id: string): number => readable.get(id)?.bytes ?? 0;
  return {
    whole: Math.max(
      0,
      ...[...readable.values()].map((manifest) => (manifest.holds === 'weights' ? 0 : manifest.bytes)),
    ),
    pinned: head.pinned.reduce((sum, id) => sum + bytes(id), 0),
    light: head.light.flatMap((id) => (readable.has(id) ? [{ id, bytes: bytes(id) }] : [])),
  };
}

/** Most complete saved copy of a step: one with optimizer state if there is one, else weights alone. */
export async function mostCompleteCopy(
  store: BlobStore,
  runId: string,
  head: Head,
  step: number,
): Promise<string | undefined> {
  const ids = savedIds(head).filter((id) => stepOf(id) === step);
  if (ids.length < 2) return ids[0];
  const manifests = await Promise.all(ids.map((id) => readIntact(store, runId, id)));
  return ids.find((_, i) => manifests[i] && manifests[i].holds !== 'weights') ?? ids[0];
}

/**
 * Pins a saved step, complete or weights alone, and removes the earliest light steps to make room. Works from any tab,
 * even while another one trains the run.
 * @throws HomegrownError `bad-settings` if the step is not saved, or the budget has no room for it
 */
export async function pinStep(store: BlobStore, runId: string, step: number, budget: number): Promise<void> {
  await changeHead(store, runId, async (head) => {
    const id = await mostCompleteCopy(store, runId, head, step);
    if (id === undefined) throw badSettings(`Step ${formatCount(step)} is no longer saved`, 'Pin a listed checkpoint.');
    if (head.pinned.includes(id)) return undefined;
    const pinned = { ...head, pinned: [...head.pinned, id], light: head.light.filter((other) => other !== id) };
    const sizes = await sizesOf(store, runId, pinned);
    const room = roomForLight(sizes, budget);
    if (room < 0) {
      throw badSettings(
        `With it, this run’s checkpoints would take ${formatBytes(budget - room)}; the limit is ${formatBytes(budget)}`,
        'Unpin another checkpoint, or raise the limit.',
      );
    }
    return dropExcessLight(store, runId, pinned, sizes, budget);
  });
}

/** Removes light steps, earliest first, until a run is within its budget. Works from any tab, like pinning. */
export async function boundLight(store: BlobStore, runId: string, budget: number): Promise<void> {
  await changeHead(store, runId, async (head) => {
    const changed = await dropExcessLight(store, runId, head, await sizesOf(store, runId, head), budget);
    return changed.record.light.length < head.light.length ? changed : undefined;
  });
}

/** Head without the light steps that don't fit, and the keys of those to drop. */
async function dropExcessLight(
  store: BlobStore,
  runId: string,
  head: Head,
  sizes: Sizes,
  budget: number,
): Promise<Changed<Head>> {
  const fitting = within(roomForLight(sizes, budget), sizes.light);
  const removedIds = sizes.light.flatMap((step) => (fitting.includes(step) ? [] : [step.id]));
  const drop = (await Promise.all(removedIds.map((id) => keysOf(store, runId, id)))).flat();
  return { record: { ...head, light: head.light.filter((id) => !removedIds.includes(id)) }, drop };
}

/**
 * Unpins a step, and removes it unless it is saved for another reason. If two pinned copies have this number, unpins
 * one: the copy that is also saved for another reason, else the one that was pinned last.
 */
export async function unpinStep(store: BlobStore, runId: string, step: number): Promise<void> {
  await changeHead(store, runId, async (head) => {
    const ids = head.pinned.filter((id) => stepOf(id) === step);
    const savedOtherwise = savedIds({ ...head, pinned: [] });
    const id = ids.find((other) => savedOtherwise.includes(other)) ?? ids.at(-1);
    if (id === undefined) return undefined;
    const unpinned = { ...head, pinned: head.pinned.filter((other) => other !== id) };
    const removedIds = savedIds(head).filter((other) => !savedIds(unpinned).includes(other));
    const drop = (await Promise.all(removedIds.map((other) => keysOf(store, runId, other)))).flat();
    return { record: unpinned, drop };
  });
}
