/** Texts in a store: lists them, assigns them to projects, and deletes them. */
import type { BlobStore, Expected, Json, Stored } from '../base/blobStore';
import { collectDrafts, draftKey } from '../base/draft';
import { HomegrownError, toFailure } from '../base/errors';
import {
  changeRecord,
  parseIfReadable,
  parseRecord,
  readAll,
  readRecord,
  readRecordsUnder,
  type Unreadable,
} from '../base/record';
import { CLEANED, CLEANED_TEXTS, type CleanedRecord } from './clean/record';
import { inProjects, TEXT, TEXT_PARTS, textChunksPrefix, textKey, type TextRecord } from './record';

/** Lists the texts of a project, oldest first; without an id, those of all projects. */
export async function listTexts(store: BlobStore, projectId?: string): Promise<TextRecord[]> {
  const { records } = await allTexts(store);
  return records.filter(({ projects }) =>
    projectId === undefined ? projects.length > 0 : projects.includes(projectId),
  );
}

/** Lists texts with an unreadable record, or with parts but neither a record nor a running import. */
export async function unreadableTexts(store: BlobStore): Promise<readonly Unreadable[]> {
  const { unreadable } = await allTexts(store);
  const listed = new Set(await store.keys(textKey('')));
  const ids = new Set((await store.keys(TEXT_PARTS)).map((key) => key.split('/')[1]!));
  const drafts = new Set(await store.keys(draftKey(TEXT_PARTS)));
  // Damage to a cleaned text is reported with the text it was made from.
  for (const key of await store.keys(CLEANED_TEXTS)) ids.delete(key.slice(CLEANED_TEXTS.length));
  const orphanIds = [...ids].filter((id) => !listed.has(textKey(id)) && !drafts.has(draftKey(textChunksPrefix(id))));
  const missing = orphanIds.map((id) => {
    return {
      key: textKey(id),
      failure: toFailure(damaged(`The record of text ${id} is missing, but its parts are stored`)),
    };
  });
  return [...unreadable, ...missing];
}

/** @throws HomegrownError `storage-damaged`, also if there is no such text; `newer-version` */
export async function textOf(store: BlobStore, id: string): Promise<TextRecord> {
  const text = await readText(store, id);
  if (!text) throw noSuchText(id);
  return text;
}

/**
 * Updates a text's record, even if other tabs change it concurrently; may call `change` again.
 * @throws HomegrownError as `textOf` does
 */
export async function updateText(
  store: BlobStore,
  id: string,
  change: (text: TextRecord) => TextRecord,
): Promise<TextRecord> {
  const updated = await changeRecord(store, textKey(id), TEXT, (text) => {
    if (!text) throw noSuchText(id);
    return { record: change(text) };
  });
  return updated!;
}

/** Returns conditions on a project for a commit, once per attempt. @throws if the project is gone */
export type Owner = () => Promise<readonly Expected[]>;
/** Sets no conditions, for the terminal, which has no projects. */
export const NO_OWNER: Owner = () => Promise.resolve([]);

/**
 * Adds a text, which may be deleted, to a project for training or tuning. If the project has it already, its use stays.
 * @throws as `owner` does, and as `textOf`
 */
export async function addToProject(
  store: BlobStore,
  id: string,
  projectId: string,
  owner: Owner = NO_OWNER,
  isTuned = false,
): Promise<TextRecord> {
  const updated = await changeRecord(store, textKey(id), TEXT, async (text) => {
    if (!text) throw noSuchText(id);
    const { removedAt: _, ...restored } = text;
    const { projects, tunes = [] } = restored;
    const record = projects.includes(projectId)
      ? restored
      : inProjects(
          restored,
          [...projects, projectId],
          isTuned || restored.conversations ? [...tunes, projectId] : tunes,
        );
    return { record, expect: await owner() };
  });
  return updated!;
}

/** Removes a text from a project; from its last one, deletes it until `addToProject` undoes or `purgeText` drops it. */
export const removeText = (store: BlobStore, id: string, projectId: string, at: number): Promise<TextRecord> =>
  updateText(store, id, (text) => {
    const projects = text.projects.filter((project) => project !== projectId);
    const remaining = inProjects(text, projects, text.tunes ?? []);
    return { ...remaining, ...(projects.length === 0 && { removedAt: text.removedAt ?? at }) };
  });

/** Drops a deleted text with its cleaned versions, unless a project has it again. */
export async function purgeText(store: BlobStore, id: string): Promise<void> {
  const key = textKey(id);
  for (;;) {
    const stored = await store.get(key);
    if (stored === undefined || parseRecord(stored, key, TEXT).projects.length > 0) return;
    const drop = [key, ...(await store.keys(textChunksPrefix(id)))];
    if (await store.commit({ drop, expect: [[key, stored as Json]] })) break;
  }
  await purgeCleaned(store, ({ of }) => of === id);
}

/**
 * Drops cleaned texts that match `isGone` and are not in use, and those of deleted texts. Keeps all versions of an
 * unreadable text.
 */
export async function purgeCleaned(store: BlobStore, isGone: (cleaned: CleanedRecord) => boolean): Promise<void> {
  const { records } = await readRecordsUnder(store, CLEANED_TEXTS, CLEANED);
  for (const [key, cleaned] of records) {
    const sourceKey = textKey(cleaned.of);
    const source = await store.get(sourceKey);
    const isUnused =
      source === undefined
        ? (await store.keys(textChunksPrefix(cleaned.of))).length === 0
        : isGone(cleaned) && isTrainedDifferently(source, sourceKey, cleaned.id);
    if (!isUnused) continue;
    const drop = [key, ...(await store.keys(textChunksPrefix(cleaned.id)))];
    // Another tab may have started to train on it.
    await store.commit({ drop, expect: [[sourceKey, source as Json | undefined]] });
  }
}
function isTrainedDifferently(text: Stored, key: string, id: string): boolean {
  const record = parseIfReadable(text, key, TEXT);
  return record !== undefined && record.cleaned?.id !== id;
}

/**
 * Cleans up at the start of a session: drops the drafts of interrupted imports, and texts deleted too long ago to
 * restore. Returns the number of both. An import that still runs in another tab fails with `in-use`.
 * @param now milliseconds since 1970
 */
export async function collectOrphans(store: BlobStore, now: number): Promise<number> {
  const drafts = await collectDrafts(store);
  const removed = (await allTexts(store)).records.filter(
    ({ projects, removedAt = 0 }) => projects.length === 0 && removedAt < now - UNDO_MS,
  );
  for (const { id } of removed) await purgeText(store, id);
  await purgeCleaned(store, ({ madeAt }) => madeAt < now - UNDO_MS);
  return drafts + removed.length;
}
/** Minimum time before a deleted text is purged, in which the interface may offer to undo. */
export const UNDO_MS = 60_000;

/** Readable texts, oldest first, and unreadable ones. */
async function allTexts(store: BlobStore): Promise<{ records: TextRecord[]; unreadable: Unreadable[] }> {
  const { records, unreadable } = await readAll(await store.keys(textKey('')), (key) =>
    readText(store, key.slice(textKey('').length)),
  );
  return { records: records.sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1)), unreadable };
}

const readText = (store: BlobStore, id: string): Promise<TextRecord | undefined> =>
  readRecord(store, textKey(id), TEXT);

export const noSuchText = (id: string): HomegrownError => damaged(`There is no text ${id}`);

export const damaged = (problem: string): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `${problem}.`,
    'Your other texts are not affected. Remove this one and add its file again.',
  );
