import type { BlobStore, Change } from './blobStore';
import { HomegrownError } from './errors';
import { isUnreadable, readAll, type Unreadable } from './record';

/**
 * Values written under a prefix in several commits that count only once the last is made. A mark under `draft/<prefix>`
 * says that it is not: what a crash leaves is found by it, and every commit needs it.
 */
export interface Draft {
  /** @throws HomegrownError `in-use` when another tab has collected the draft */
  put(values: Change['put']): Promise<void>;
  /** The last commit: these values, and the mark goes. */
  finish(values: Change['put']): Promise<void>;
  /** Drops all that was written. What cannot be dropped now is collected later. */
  discard(): Promise<void>;
}

/** Null when there is anything under the prefix, or a draft for it. @param prefix `<folder>/<id>/` */
export async function openDraft(store: BlobStore, prefix: string): Promise<Draft | null> {
  if (!PREFIX.test(prefix)) throw new RangeError(`${JSON.stringify(prefix)} is no prefix for a draft`);
  const mark = draftKey(prefix);
  const values = await store.keys(prefix);
  if (values.length > 0 || !(await store.commit({ put: [[mark, true]], expect: [[mark, undefined]] }))) return null;
  const commit = async (change: Change): Promise<void> => {
    if (await store.commit({ ...change, expect: [[mark, true]] })) return;
    throw new HomegrownError(
      'in-use',
      'Another tab removed this unfinished work.',
      'Nothing was kept of it. Start it again.',
    );
  };
  return {
    put: (put = []) => commit({ put }),
    finish: (put = []) => commit({ put, drop: [mark] }),
    discard: () => discardDraft(store, prefix).catch(() => undefined),
  };
}

export async function discardDraft(store: BlobStore, prefix: string): Promise<void> {
  await store.commit({ drop: [...(await store.keys(prefix)), draftKey(prefix)] });
}

/**
 * At the start of a session: drops every draft that did not end, and returns how many there were. A mark that is not as
 * `openDraft` writes it says nothing of what may go: it stays, and so does everything else.
 */
export async function collectDrafts(store: BlobStore): Promise<number> {
  let collected = 0;
  for (const mark of await store.keys(draftKey(''))) {
    const prefix = mark.slice(draftKey('').length);
    if (!PREFIX.test(prefix) || (await readMark(store, mark)) !== true) continue;
    await discardDraft(store, prefix);
    collected++;
  }
  return collected;
}

/** Marks that are not as `openDraft` writes them. */
export async function unreadableDrafts(store: BlobStore): Promise<readonly Unreadable[]> {
  const { unreadable } = await readAll(await store.keys(draftKey('')), async (mark) => {
    if (PREFIX.test(mark.slice(draftKey('').length)) && (await store.get(mark)) === true) return undefined;
    throw new HomegrownError('storage-damaged', `The mark of unfinished work at ${mark} cannot be read`);
  });
  return unreadable;
}

/** Undefined also where the disk does not give it back. */
const readMark = (store: BlobStore, mark: string): Promise<unknown> =>
  store.get(mark).catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });

export const draftKey = (prefix: string): string => `draft/${prefix}`;
/** One thing's own folder: a shorter prefix would take those of others along. */
const PREFIX = /^[\w-]+\/[\w-]+\/$/;
