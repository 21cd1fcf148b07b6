import type { BlobStore, Change, Expected } from './blobStore';
import { HomegrownError } from './errors';
import { type Kind, readAll, readRecord, type Unreadable } from './record';
import { z } from './zod';

/**
 * Values written under a prefix in several commits that count only after the last one. A mark under `draft/<prefix>`
 * exists until then. Every commit requires the mark, and cleanup after a crash finds the leftovers by it.
 */
export interface Draft {
  /** @throws HomegrownError `in-use` when another tab has collected the draft */
  put(values: Change['put']): Promise<void>;
  /** Drops values written earlier. @throws as `put` does */
  drop(keys: Change['drop']): Promise<void>;
  /**
   * Makes the last commit: writes these values and removes the mark. If an expectation fails, writes nothing: false.
   * @throws as `put` does
   */
  finish(values: Change['put'], expect?: readonly Expected[]): Promise<boolean>;
  /** Drops everything written. A later `collectDrafts` removes what can't be dropped now. */
  discard(): Promise<void>;
}

/** Returns null if anything exists under the prefix, or a draft for it. @param prefix `<folder>/<id>/` */
export async function openDraft(store: BlobStore, prefix: string): Promise<Draft | null> {
  if (!PREFIX.test(prefix)) throw new RangeError(`${JSON.stringify(prefix)} is no prefix for a draft`);
  const mark = draftKey(prefix);
  const values = await store.keys(prefix);
  if (values.length > 0 || !(await store.commit({ put: [[mark, true]], expect: [[mark, undefined]] }))) return null;
  const underway = new Set<Promise<unknown>>();
  const commit = async (change: Change, expect: readonly Expected[] = []): Promise<boolean> => {
    const own = store.commit({ ...change, expect: [[mark, true], ...expect] });
    underway.add(own);
    if (await own.finally(() => underway.delete(own))) return true;
    if ((await store.get(mark)) === true) return false;
    throw new HomegrownError(
      'in-use',
      'Another tab removed this unfinished work.',
      'Nothing was kept of it. Start it again.',
    );
  };
  return {
    put: async (put = []) => {
      await commit({ put });
    },
    drop: async (drop = []) => {
      await commit({ drop });
    },
    finish: (put = [], expect = []) => commit({ put, drop: [mark] }, expect),
    async discard() {
      // A commit that lands after the keys are listed would leave values that nothing tracks.
      await Promise.allSettled(underway);
      await discardDraft(store, prefix).catch(() => undefined);
    },
  };
}

export async function discardDraft(store: BlobStore, prefix: string): Promise<void> {
  await store.commit({ drop: [...(await store.keys(prefix)), draftKey(prefix)] });
}

/**
 * Drops every unfinished draft at the start of a session, and returns their number. Keeps a mark that `openDraft`
 * can't have written, and all values, because nothing says which to drop.
 */
export async function collectDrafts(store: BlobStore): Promise<number> {
  const { records: prefixes } = await readMarks(store);
  for (const prefix of prefixes) await discardDraft(store, prefix);
  return prefixes.length;
}

/** Marks that `openDraft` can't have written. */
export const unreadableDrafts = async (store: BlobStore): Promise<readonly Unreadable[]> =>
  (await readMarks(store)).unreadable;

const readMarks = async (store: BlobStore): Promise<{ records: string[]; unreadable: Unreadable[] }> =>
  readAll(await store.keys(DRAFTS), async (mark) => {
    if (!(await readRecord(store, mark, DRAFT))) return undefined;
    const prefix = mark.slice(DRAFTS.length);
    if (PREFIX.test(prefix)) return prefix;
    throw new HomegrownError('storage-damaged', `${DRAFT.what(mark)} has an invalid place`);
  });

export const DRAFTS = 'draft/';
export const draftKey = (prefix: string): string => `${DRAFTS}${prefix}`;
export const DRAFT: Kind<true> = {
  what: (key) => `The record of unfinished work at ${key}`,
  version: 1,
  schema: z.literal(true),
  upgrades: [],
};
/** Folder of a single item. A shorter prefix would match other items too. */
const PREFIX = /^[\w-]+\/[\w-]+\/$/;
