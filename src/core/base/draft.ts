import type { BlobStore, Change } from './blobStore';
import { HomegrownError } from './errors';

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

/** Null when there is anything under the prefix, or a draft for it. */
export async function openDraft(store: BlobStore, prefix: string): Promise<Draft | null> {
  const mark = markOf(prefix);
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
  await store.commit({ drop: [...(await store.keys(prefix)), markOf(prefix)] });
}

/** At the start of a session: drops every draft that did not end, and returns how many there were. */
export async function collectDrafts(store: BlobStore): Promise<number> {
  const marks = await store.keys(markOf(''));
  for (const mark of marks) await discardDraft(store, mark.slice(markOf('').length));
  return marks.length;
}

const markOf = (prefix: string): string => `draft/${prefix}`;
