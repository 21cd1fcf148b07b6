import type { BlobStore, Json } from '../base/blobStore';
import { type Draft, openDraft } from '../base/draft';
import { badFile, type HomegrownError, isBadFile } from '../base/errors';
import { sha256Hex } from '../base/hash';
import type { Job } from '../base/job';
import { cutTo, MAX_FILE_NAME } from '../base/textLimits';
import { isUnreadable, storedRecord } from '../base/record';
import { formatCount } from '../base/units';
import { BlockWriter } from './blocks';
import { ChunkWriter } from './chunks';
import type { ConversationReader } from './conversations';
import { originalsFirst } from './copies';
import type { LabeledAs } from './labels/readLabeled';
import { copyInto, isUnchanged, joinable, takenOut } from './joining';
import { addToProject, listTexts, NO_OWNER, type Owner, removeText } from './library';
import { inItsEncoding } from './encodings';
import { inProcess, type Readers } from './guard/readers';
import { beginningOf } from './readHead';
import { filesOf } from './open';
import { type ArchiveFormatId, archiveCalled, tableCalled } from './formats';
import { type GivenFile, readFile, type TableChoice, type TextSource } from './readFile';
import { FIRST_PROJECT, TEXT, textChunksPrefix, textKey, type TextRecord } from './record';
import { piecesOf } from '../files/byteSource';
import { type PassedOver, SavedPages } from './savedPages';
import { isSystemFile } from './system';
import { filesIn } from './unpack';
import { type ByteCount, ReadProgress } from './readProgress';

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
  refused: readonly { name: string; error: HomegrownError }[];
  /** Number of table rows without text, which become no documents. */
  empty: number;
  /** Skipped files: system files and parts of saved pages in archives, and parts of a file that was refused. */
  passedOver: readonly PassedOver[];
  /** Files whose documents are in the project already. */
  duplicates: readonly Duplicate[];
}
export interface Duplicate {
  name: string;
  /** Name of the file that it equals. */
  equals: string;
  /** Text that has that file; null if the file is in this drop. */
  of: TextRecord | null;
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
  const {
    addedAt,
    projectId = FIRST_PROJECT,
    owner = NO_OWNER,
    licence = null,
    isTuned = false,
    conversations,
    labeledAs,
    trainOnly,
    joins,
    readers = inProcess,
  } = settings;
  const sources = originalsFirst(dropped);
  const refused: DropOutcome['refused'][number][] = [];
  const duplicates: Duplicate[] = [];
  const passedOver: PassedOver[] = [];
  let empty = 0;
  /** Files by their hashes. */
  const there = new Map<string, Omit<Duplicate, 'name'>>();
  const unreadable = new Set<string>();
  const kind: Pick<TextRecord, 'conversations' | 'labelled' | 'trainOnly'> = {
    ...(conversations && { conversations: true }),
    ...(labeledAs && { labelled: labeledAs.between ? 'several' : 'one' }),
    ...(trainOnly && { trainOnly }),
  };
  // The same JSON row is a different document as text and as a conversation.
  const isAlike = (text: TextRecord): boolean =>
    text.conversations === kind.conversations && text.labelled === kind.labelled && text.trainOnly === kind.trainOnly;
  for (const text of (await listTexts(store, projectId)).filter(isAlike)) {
    try {
      for (const { name, sha256 } of await filesOf(store, text)) there.set(sha256, { equals: name, of: text });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.add(text.id); // Opening it reports the error; others can still be added.
    }
  }
  const old = joins === undefined || unreadable.has(joins) ? undefined : await joinable(store, joins, projectId);
  const summary = () => ({ refused, empty, passedOver, duplicates });
  const read = await readerOf(conversations, labeledAs);
  const stoppable: Readers = (kind, format, file) => readers(kind, format, file, job.signal);
  const watch = new ReadProgress(sources, job);
  const { id, draft } = await begin(store, sources[0]!.name, watch.of, addedAt);
  try {
    const [chunks, blocks] = [new ChunkWriter(id, draft), new BlockWriter(id, draft)];
    if (old) await copyInto(store, old.text, { chunks, blocks });
    const before = { documents: blocks.documents, files: blocks.names.length };
    const take = async (
      given: GivenFile,
      bytes: () => AsyncIterable<Uint8Array>,
      count: ByteCount,
    ): Promise<boolean> => {
      const mark = chunks.mark();
      const back = (): void => {
        chunks.back(mark);
        blocks.back();
      };
      try {
        const file = await inItsEncoding(given.reading?.encoding, (encoding) => {
          if (encoding) back();
          count.bytes = 0;
          return read(given, { chunks, blocks, readers: stoppable }, bytes(), count, encoding);
        });
        const hash = await blocks.hashOfFile();
        const same = there.get(hash);
        if (same === undefined) {
          there.set(hash, { equals: given.name, of: null });
          blocks.end(file);
          empty += file.empty ?? 0;
          return true;
        }
        duplicates.push({ name: given.name, ...same });
      } catch (error) {
        if (!isBadFile(error)) throw error;
        refused.push({ name: given.name, error });
      }
      back();
      return false;
    };
    let parts = 0;
    const takeApart = async (source: TextSource, format: ArchiveFormatId, count: ByteCount): Promise<void> => {
      const { name, reading, tableIn } = source;
      let files = 0;
      // In a streamed archive, pages usually come before their folders.
      const pages = new SavedPages();
      try {
        for await (const { name, bytes, companions } of filesIn(watch.archive(source, count), format)) {
          files++;
          pages.add(name);
          const why = isSystemFile(name) ? 'hidden' : pages.holds(name) ? 'saved page' : undefined;
          if (why) {
            passedOver.push({ name, why });
            continue;
          }
          const table = (tableIn ?? tableByName)(name);
          const reread = reading?.encoding ? twice(name, bytes) : () => bytes;
          const own = { bytes: 0 };
          const open = (path: string) => watch.packed(name, companions!.open(path), own);
          const belonging = companions && { companions: { ...companions, open } };
          await take(
            { name, ...(table && { table }), ...(reading && { reading }), ...belonging },
            () => watch.packed(name, reread(), own),
            own,
          );
        }
        if (files === 0) throw badFile(`${name} contains no files.`, 'Choose one with text files.');
      } catch (error) {
        if (!isBadFile(error)) throw error;
        refused.push({ name, error });
      }
    };
    const { groups, belonging } = await groupsOf(conversations ? [] : sources);
    for (const source of sources) {
      watch.next();
      if (belonging.has(source)) continue;
      const count = { bytes: 0 };
      const format = source.table || source.isPlain ? undefined : archiveCalled(source.name);
      const others = groups.get(source);
      const open = (path: string) => watch.stream(again(others!.files.get(path)!), count);
      if (format) await takeApart(source, format, count);
      else if (others) {
        const { named, files } = others;
        const given = { ...source, companions: { ...named, paths: new Set(files.keys()), open } };
        if (await take(given, () => watch.stream(again(source), count), count)) parts += files.size;
        else for (const { name } of files.values()) passedOver.push({ name, why: 'part' });
      } else await take({ ...source, ...watch.places(source, count) }, () => watch.stream(source, count), count);
    }
    job.signal.throwIfAborted();
    const { documents, names, size, characters, bytes, formats } = blocks;
    const added = names.length - before.files + parts;
    if (documents === before.documents) {
      await draft.discard();
      return { text: null, added: 0, ...summary() };
    }
    const hash = await blocks.hash();
    const elsewhere = (await listTexts(store)).find(
      (text) => text.sha256 === hash && isAlike(text) && !unreadable.has(text.id),
    );
    if (elsewhere) {
      await draft.discard();
      const text = await addToProject(store, elsewhere.id, projectId, owner, isTuned);
      if (old) await removeText(store, old.text.id, projectId, addedAt);
      return { text, added, ...(old && { joined: old.text.id }), ...summary() };
    }
    const drop = [...(await chunks.end()), ...(await blocks.finish())];
    if (drop.length > 0) await draft.drop(drop);
    const labels = blocks.labelCount();
    const text: TextRecord = {
      version: 4,
      id,
      name: dropName(names),
      projects: [projectId],
      ...(isTuned && { tunes: [projectId] }),
      ...kind,
      ...(!labeledAs && labels !== undefined && { labels }),
      sha256: hash,
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
      addedAt: old?.text.addedAt ?? addedAt,
      licence,
    };
    const out = old && takenOut(old, projectId, addedAt);
    const put: [string, Json][] = [[textKey(id), storedRecord(TEXT, text)], ...(out ? [out.put] : [])];
    while (!(await draft.finish(put, [...(await owner()), ...(out ? [out.expect] : [])]))) {
      // Retries if only the project was saved meanwhile; if the joined text changed, imports the files as a new text.
      if (!old || (await isUnchanged(store, old))) continue;
      await draft.discard();
      const { joins: _, ...alone } = settings;
      return await importDrop(dropped, store, alone, job);
    }
    return { text, added, ...(old && { joined: old.text.id }), ...summary() };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

async function readerOf(
  conversations: ConversationReader | undefined,
  labels: LabeledAs | undefined,
): Promise<typeof readFile> {
  if (conversations) return (await import('./conversations')).readConversations.bind(null, conversations);
  if (labels) return (await import('./labels/readLabeled')).readLabeled.bind(null, labels);
  return readFile;
}

/** Makes a one-time stream readable again: buffers what was read, then continues with the rest. */
function twice(name: string, bytes: AsyncIterable<Uint8Array>): () => AsyncGenerator<Uint8Array> {
  const rest = bytes[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  return async function* () {
    if (size > MAX_HELD_BYTES)
      throw badFile(
        `${name} is not UTF-8, and too large to convert inside its archive.`,
        'Unpack it, and add the file on its own.',
      );
    for (const piece of held) yield piece;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      size += next.value.length;
      if (size > MAX_HELD_BYTES) held.length = 0;
      else held.push(next.value);
      yield next.value;
    }
  };
}
/** Bytes of a packed file that are buffered for a second read. */
const MAX_HELD_BYTES = 2 ** 26;

const tableByName = (name: string): TableChoice | undefined => {
  const format = tableCalled(name);
  return format && { format, columns: 'recognised' };
};

/** Groups files: main files with their companions, by path relative to the common folder; and the set of companions. */
async function groupsOf(sources: readonly TextSource[]) {
  // Groups only files that the user made no choices for and that can be read again.
  const free = sources.filter(
    ({ isPlain, table, size }) => !isPlain && size > 0 && (!table || table.columns === 'recognised'),
  );
  const byName = new Map(free.map((source) => [source.name, source]));
  const { groupExports } = await import('./groupExports');
  const found = await groupExports([...byName.keys()], (name) => beginningOf(again(byName.get(name)!).stream()));
  const groups = new Map<TextSource, { named: { name?: string }; files: ReadonlyMap<string, TextSource> }>();
  for (const [name, { folder, others, areAttached }] of found) {
    const files = new Map(others.map((path) => [path, byName.get(folder + path)!]));
    const named = folder === '' || areAttached ? {} : { name: folder.slice(0, -1) };
    groups.set(byName.get(name)!, { named, files });
  }
  return { groups, belonging: new Set([...groups.values()].flatMap(({ files }) => [...files.values()])) };
}

/** Returns a source that can be read more than once. */
const again = (source: TextSource): TextSource => {
  const { places } = source;
  return places ? { ...source, stream: () => piecesOf(places) } : source;
};

/** Name of a drop: its only file's, its common folder's, or the number of files. */
function dropName(names: readonly string[]): string {
  if (names.length === 1) return cutTo(names[0]!, MAX_FILE_NAME);
  const [folder = '', ...rest] = names[0]!.split('/');
  const isOneFolder = rest.length > 0 && names.every((name) => name.startsWith(`${folder}/`));
  return isOneFolder ? cutTo(folder, MAX_FILE_NAME) : `${formatCount(names.length)} files`;
}

/** Returns a unique id for the text, and a draft for its parts. */
async function begin(
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
