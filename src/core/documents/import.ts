import type { BlobStore, Json } from '../base/blobStore';
import { type Draft, openDraft } from '../base/draft';
import { sha256Hex } from '../base/hash';
import type { Job } from '../base/job';
import { cutTo, MAX_FILE_NAME } from '../base/textLimits';
import { isUnreadable, storedRecord } from '../base/record';
import { formatCount } from '../base/units';
import { BlockWriter } from './blocks';
import { ChunkWriter } from './chunks';
import type { ConversationReader } from './conversations';
import { originalsFirst } from './copies';
import { DropReader, type Duplicate, type KnownFiles, type RefusedFile } from './dropReader';
import { inProcess, type Readers } from './guard/readers';
import { copyInto, isUnchanged, joinable, removalFromProject } from './joining';
import type { LabeledAs } from './labels/readLabeled';
import { addToProject, listTexts, NO_OWNER, type Owner, removeText } from './library';
import { filesOf } from './open';
import { readFile, type TextSource } from './readFile';
import { ReadProgress } from './readProgress';
import { FIRST_PROJECT, TEXT, textChunksPrefix, textKey, type TextRecord } from './record';
import type { PassedOver } from './savedPages';

export type { Duplicate } from './dropReader';

export type ImportOutcome =
  | { kind: 'added'; text: TextRecord }
  | ({ kind: 'duplicate'; of: TextRecord } & Pick<Duplicate, 'equals'>);
export interface DropOutcome {
  /** Null if nothing in the drop is new and readable. */
  text: TextRecord | null;
  /** Number of files added to the text, including companion files. */
  added: number;
  /** Id of the text that was merged into `text` and taken out of the project. */
  joined?: string;
  /** Refused files and the reasons. */
  refused: readonly RefusedFile[];
  /** Number of table rows without text, which become no documents. */
  empty: number;
  /** Skipped files: system files and parts of saved pages in archives, and parts of a file that was refused. */
  passedOver: readonly PassedOver[];
  /** Files whose documents are in the project already. */
  duplicates: readonly Duplicate[];
}
export interface ImportSettings {
  addedAt: number;
  /** Project that gets the text; absent: the first one. */
  projectId?: string;
  /** Conditions on that project, which may be deleted during the import. */
  owner?: Owner;
  licence?: string | null;
  /** Whether that project uses the text for tuning and not for training. */
  isTuned?: boolean;
  /** Reader for files of conversations; absent: the files are text. */
  conversations?: ConversationReader;
  /** Format of labels; the documents are labeled examples. */
  labeledAs?: LabeledAs;
  /** Excludes all documents from the validation and test sets. */
  trainOnly?: true;
  /** Id of a text to merge the files into, if it can still take them. */
  joins?: string;
  /** Runs the readers; absent: in this thread, where a reader that never ends can't be stopped. */
  readers?: Readers;
}

/**
 * Imports a file as a text, unless the project already has it.
 * @throws HomegrownError `bad-file`, `storage-full`; the signal's reason when stopped
 */
export async function importText(
  source: TextSource,
  store: BlobStore,
  settings: ImportSettings,
  job: Job,
): Promise<ImportOutcome> {
  const { text, refused, duplicates } = await importDrop([source], store, settings, job);
  if (refused[0]) throw refused[0].error;
  if (text) return { kind: 'added', text };
  const { of, equals } = duplicates[0]!;
  return { kind: 'duplicate', of: of!, equals };
}

/**
 * Imports the files of a drop as one text, a document per file or table row, chunk by chunk, so that memory stays
 * bounded. The text is listed only once all of it is stored; a failure or a stop discards the draft. Reports and skips
 * files that aren't text or that the project already has. If another project has the same text, both share it.
 * @throws HomegrownError `storage-full`; as `owner` does; the signal's reason when stopped
 */
export async function importDrop(
  dropped: readonly TextSource[],
  store: BlobStore,
  settings: ImportSettings,
  job: Job,
): Promise<DropOutcome> {
  const { addedAt, projectId = FIRST_PROJECT, joins, conversations, labeledAs, readers = inProcess } = settings;
  const sources = originalsFirst(dropped);
  const kind = kindOf(settings);
  const { knownFiles, unreadable } = await filesOfProject(store, projectId, kind);
  const joined = joins === undefined || unreadable.has(joins) ? undefined : await joinable(store, joins, projectId);
  const read = await readerOf(conversations, labeledAs);
  const stoppable: Readers = (kind, format, file) => readers(kind, format, file, job.signal);
  const progress = new ReadProgress(sources, job);
  const { id, draft } = await openTextDraft(store, sources[0]!.name, progress.totalBytes, addedAt);
  try {
    const [chunks, blocks] = [new ChunkWriter(id, draft), new BlockWriter(id, draft)];
    if (joined) await copyInto(store, joined.text, { chunks, blocks });
    const before = { documents: blocks.documents, files: blocks.names.length };
    const reader = new DropReader({ chunks, blocks }, { read, readers: stoppable, progress, knownFiles });
    await reader.readAll(sources, !conversations);
    job.signal.throwIfAborted();
    const added = blocks.names.length - before.files + reader.companionFiles;
    const { refused, empty, passedOver, duplicates } = reader;
    const summary = { refused, empty, passedOver, duplicates };
    if (blocks.documents === before.documents) {
      await draft.discard();
      return { text: null, added: 0, ...summary };
    }
    const isSame = (text: TextRecord): boolean => isAlike(text, kind) && !unreadable.has(text.id);
    const text = await storeText({ store, settings, id, draft, chunks, blocks, joined }, kind, isSame);
    if (text) return { text, added, ...(joined && { joined: joined.text.id }), ...summary };
    // The joined text changed meanwhile: imports the files as a new text.
    const { joins: _, ...withoutJoin } = settings;
    return await importDrop(dropped, store, withoutJoin, job);
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** Properties that decide how a file's rows are read: the same JSON row is another document in a conversation. */
type TextKind = Pick<TextRecord, 'conversations' | 'labelled' | 'trainOnly'>;

const kindOf = ({ conversations, labeledAs, trainOnly }: ImportSettings): TextKind => ({
  ...(conversations && { conversations: true }),
  ...(labeledAs && { labelled: labeledAs.between ? 'several' : 'one' }),
  ...(trainOnly && { trainOnly }),
});
const isAlike = (text: TextRecord, kind: TextKind): boolean =>
  text.conversations === kind.conversations && text.labelled === kind.labelled && text.trainOnly === kind.trainOnly;

/** Files of the project's texts of a kind, and the ids of texts that can't be read. */
async function filesOfProject(store: BlobStore, projectId: string, kind: TextKind) {
  const knownFiles: KnownFiles = new Map();
  const unreadable = new Set<string>();
  for (const text of (await listTexts(store, projectId)).filter((text) => isAlike(text, kind))) {
    try {
      for (const { name, sha256 } of await filesOf(store, text)) knownFiles.set(sha256, { equals: name, of: text });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.add(text.id); // Opening it reports the error; others can still be added.
    }
  }
  return { knownFiles, unreadable };
}

interface ReadDrop {
  store: BlobStore;
  settings: ImportSettings;
  id: string;
  draft: Draft;
  chunks: ChunkWriter;
  blocks: BlockWriter;
  /** Text that the new one replaces. */
  joined: Awaited<ReturnType<typeof joinable>>;
}

/**
 * Lists the text, or shares an equal one of another project.
 * @returns null, with the draft discarded, if the joined text changed during the import
 */
async function storeText(
  drop: ReadDrop,
  kind: TextKind,
  isSame: (text: TextRecord) => boolean,
): Promise<TextRecord | null> {
  const { store, settings, id, draft, chunks, blocks, joined } = drop;
  const { addedAt, projectId = FIRST_PROJECT, owner = NO_OWNER, isTuned = false } = settings;
  const sha256 = await blocks.hash();
  const sharedText = (await listTexts(store)).find((text) => text.sha256 === sha256 && isSame(text));
  if (sharedText) {
    await draft.discard();
    const text = await addToProject(store, sharedText.id, projectId, owner, isTuned);
    if (joined) await removeText(store, joined.text.id, projectId, addedAt);
    return text;
  }
  const obsolete = [...(await chunks.end()), ...(await blocks.finish())];
  if (obsolete.length > 0) await draft.drop(obsolete);
  const text = recordOf(drop, kind, sha256);
  const removal = joined && removalFromProject(joined, projectId, addedAt);
  const put: [string, Json][] = [[textKey(id), storedRecord(TEXT, text)], ...(removal ? [removal.put] : [])];
  while (!(await draft.finish(put, [...(await owner()), ...(removal ? [removal.expect] : [])]))) {
    // Retries if only the project was saved meanwhile.
    if (!joined || (await isUnchanged(store, joined))) continue;
    await draft.discard();
    return null;
  }
  return text;
}

function recordOf({ settings, id, chunks, blocks, joined }: ReadDrop, kind: TextKind, sha256: string): TextRecord {
  const { addedAt, projectId = FIRST_PROJECT, licence = null, isTuned = false, labeledAs } = settings;
  const { documents, names, size, characters, bytes, formats } = blocks;
  const labels = blocks.labelCount();
  return {
    version: 4,
    id,
    name: dropName(names),
    projects: [projectId],
    ...(isTuned && { tunes: [projectId] }),
    ...kind,
    ...(!labeledAs && labels !== undefined && { labels }),
    sha256,
    size,
    characters,
    bytes,
    records: chunks.lengths.length,
    chunkBytes: chunks.lengths,
    documents,
    files: names.length,
    indexed: true,
    leftOut: null,
    formats: [...formats],
    notes: blocks.notes(),
    addedAt: joined?.text.addedAt ?? addedAt,
    licence,
  };
}

async function readerOf(
  conversations: ConversationReader | undefined,
  labels: LabeledAs | undefined,
): Promise<typeof readFile> {
  if (conversations) return (await import('./conversations')).readConversations.bind(null, conversations);
  if (labels) return (await import('./labels/readLabeled')).readLabeled.bind(null, labels);
  return readFile;
}

/** Name of a drop: its only file's, its common folder's, or the number of files. */
function dropName(names: readonly string[]): string {
  if (names.length === 1) return cutTo(names[0]!, MAX_FILE_NAME);
  const [folder = '', ...innerPath] = names[0]!.split('/');
  const isOneFolder = innerPath.length > 0 && names.every((name) => name.startsWith(`${folder}/`));
  return isOneFolder ? cutTo(folder, MAX_FILE_NAME) : `${formatCount(names.length)} files`;
}

/** Returns a unique id for the text, and a draft for its parts. */
async function openTextDraft(
  store: BlobStore,
  name: string,
  size: number,
  addedAt: number,
): Promise<{ id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([name, size, addedAt, attempt]))).slice(0, 16);
    const draft = await openDraft(store, textChunksPrefix(id));
    if (draft) return { id, draft };
  }
}
