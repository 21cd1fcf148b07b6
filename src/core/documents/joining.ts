/** Adds documents to a text: a new text with the documents of both replaces it in the project. */
import type { BlobStore, Expected, Json, Stored } from '../base/blobStore';
import { parseIfReadable, storedRecord } from '../base/record';
import type { BlockWriter, ReadFile } from './blocks';
import type { ChunkWriter } from './chunks';
import { inFiles } from './open';
import { inProjects, isToTune, TEXT, textKey, type TextRecord } from './record';

/** An original text, and its stored record, to detect later changes. */
interface JoinableText {
  text: TextRecord;
  stored: Stored;
}

/**
 * Returns a text that documents can be added to for a project. Undefined if the project doesn't train on it, or if it
 * is too large to copy. Undefined too if the user cleaned or relabeled it, left documents out or stated a license.
 */
export async function joinable(store: BlobStore, id: string, projectId: string): Promise<JoinableText | undefined> {
  const key = textKey(id);
  const stored = await store.get(key);
  // The text's page reports an unreadable record.
  const text = stored === undefined ? undefined : parseIfReadable(stored, key, TEXT);
  if (!text) return undefined;
  const isPlain = text.indexed && !text.leftOut && !text.cleaned && !text.labelling && text.licence === null;
  const isRead = !text.conversations && !text.labelled && !isToTune(text, projectId);
  const isJoinable = isPlain && isRead && text.projects.includes(projectId) && text.bytes <= MAX_JOINED_BYTES;
  return isJoinable ? { text, stored: stored! } : undefined;
}
const MAX_JOINED_BYTES = 64 * 2 ** 20;

/** Whether the text hasn't changed since `joinable` returned it. */
export const isUnchanged = async (store: BlobStore, { text, stored }: JoinableText): Promise<boolean> =>
  JSON.stringify(await store.get(textKey(text.id))) === JSON.stringify(stored);

/** Copies all documents of a text to the start of another. @throws HomegrownError `storage-damaged` */
export async function copyInto(
  store: BlobStore,
  text: TextRecord,
  { chunks, blocks }: { chunks: ChunkWriter; blocks: BlockWriter },
): Promise<void> {
  let currentFile: ReadFile | undefined;
  for await (const { document, file } of inFiles(store, text)) {
    if (currentFile && currentFile !== file) blocks.end(currentFile);
    currentFile = file;
    for await (const chunk of document.chunks()) await chunks.write(chunk);
    const { title = '', sha256, characters, bytes, fields, spans } = document;
    await blocks.add({ title, sha256, characters, bytes, ...(fields && { fields }), ...(spans && { spans }) });
  }
  if (currentFile) blocks.end(currentFile);
}

/** Takes the joined text out of the project, in the new text's commit. @param removedAt milliseconds since 1970 */
export function removalFromProject(
  { text, stored }: JoinableText,
  projectId: string,
  removedAt: number,
): { put: [string, Json]; expect: Expected } {
  const key = textKey(text.id);
  const projects = text.projects.filter((project) => project !== projectId);
  const remainingRecord = {
    ...inProjects(text, projects, text.tunes ?? []),
    ...(projects.length === 0 && { removedAt }),
  };
  return { put: [key, storedRecord(TEXT, remainingRecord)], expect: [key, stored as Json] };
}
