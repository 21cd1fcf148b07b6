/** Reads the files of a drop into a draft: archives file by file, and exports with their companion files. */
import { badFile, type HomegrownError, isBadFile } from '../base/errors';
import { piecesOf } from '../files/byteSource';
import type { BlockWriter } from './blocks';
import type { ChunkWriter } from './chunks';
import { inItsEncoding } from './encodings';
import { type ArchiveFormatId, archiveCalled, tableCalled } from './formats';
import type { Readers } from './guard/readers';
import { beginningOf } from './readHead';
import type { GivenFile, readFile, TableChoice, TextSource } from './readFile';
import type { ByteCount, ReadProgress } from './readProgress';
import type { TextRecord } from './record';
import { type PassedOver, SavedPages } from './savedPages';
import { isSystemFile } from './system';
import { filesIn } from './unpack';

export interface RefusedFile {
  name: string;
  error: HomegrownError;
}
export interface Duplicate {
  name: string;
  /** Name of the file that it equals. */
  equals: string;
  /** Text that has that file; null if the file is in this drop. */
  of: TextRecord | null;
}
/** Files that the project or the drop has, by the hashes of their documents. */
export type KnownFiles = Map<string, Omit<Duplicate, 'name'>>;

interface Destination {
  chunks: ChunkWriter;
  blocks: BlockWriter;
}

export class DropReader {
  readonly refused: RefusedFile[] = [];
  readonly duplicates: Duplicate[] = [];
  readonly passedOver: PassedOver[] = [];
  /** Number of table rows without text. */
  empty = 0;
  /** Number of companion files that were added with their main files. */
  companionFiles = 0;

  constructor(
    private readonly destination: Destination,
    private readonly options: {
      read: typeof readFile;
      readers: Readers;
      progress: ReadProgress;
      knownFiles: KnownFiles;
    },
  ) {}

  /** @param isGrouped whether exports of several files are read as one */
  async readAll(sources: readonly TextSource[], isGrouped: boolean): Promise<void> {
    const { progress } = this.options;
    const { groups, companions } = await groupCompanions(isGrouped ? sources : []);
    for (const source of sources) {
      progress.next();
      if (companions.has(source)) continue;
      const byteCount = { bytes: 0 };
      const format = source.table || source.isPlain ? undefined : archiveCalled(source.name);
      const group = groups.get(source);
      if (format) await this.readArchive(source, format, byteCount);
      else if (group) await this.readGroup(source, group, byteCount);
      else
        await this.read(
          { ...source, ...progress.places(source, byteCount) },
          () => progress.stream(source, byteCount),
          byteCount,
        );
    }
  }

  /** Reads a main file with its companions. */
  private async readGroup(source: TextSource, { nameOverride, files }: Group, byteCount: ByteCount): Promise<void> {
    const { progress } = this.options;
    const open = (path: string) => progress.stream(rereadable(files.get(path)!), byteCount);
    const file = { ...source, companions: { ...nameOverride, paths: new Set(files.keys()), open } };
    if (await this.read(file, () => progress.stream(rereadable(source), byteCount), byteCount))
      this.companionFiles += files.size;
    else for (const { name } of files.values()) this.passedOver.push({ name, why: 'part' });
  }

  private async readArchive(source: TextSource, format: ArchiveFormatId, byteCount: ByteCount): Promise<void> {
    const { progress } = this.options;
    let fileCount = 0;
    // In a streamed archive, pages usually come before their folders.
    const pages = new SavedPages();
    try {
      for await (const packed of filesIn(progress.archive(source, byteCount), format)) {
        const { name } = packed;
        fileCount++;
        pages.add(name);
        const skipReason = isSystemFile(name) ? 'hidden' : pages.holds(name) ? 'saved page' : undefined;
        if (skipReason) this.passedOver.push({ name, why: skipReason });
        else await this.readPacked(source, packed);
      }
      if (fileCount === 0) throw badFile(`${source.name} contains no files.`, 'Choose one with text files.');
    } catch (error) {
      if (!isBadFile(error)) throw error;
      this.refused.push({ name: source.name, error });
    }
  }

  private async readPacked({ reading, tableIn }: TextSource, { name, bytes, companions }: PackedFile): Promise<void> {
    const { progress } = this.options;
    const table = (tableIn ?? tableByName)(name);
    const stream = reading?.encoding ? replayable(name, bytes) : () => bytes;
    const byteCount = { bytes: 0 };
    const open = (path: string) => progress.packedFile(name, companions!.open(path), byteCount);
    const file = {
      name,
      ...(table && { table }),
      ...(reading && { reading }),
      ...(companions && { companions: { ...companions, open } }),
    };
    await this.read(file, () => progress.packedFile(name, stream(), byteCount), byteCount);
  }

  /** Reads one file. @returns whether it was added; otherwise the draft is as before */
  private async read(file: GivenFile, bytes: () => AsyncIterable<Uint8Array>, byteCount: ByteCount): Promise<boolean> {
    const { chunks, blocks } = this.destination;
    const { read, readers, knownFiles } = this.options;
    const mark = chunks.mark();
    const rollBack = (): void => {
      chunks.rollBack(mark);
      blocks.rollBack();
    };
    try {
      const result = await inItsEncoding(file.reading?.encoding, (encoding) => {
        if (encoding) rollBack();
        byteCount.bytes = 0;
        return read(file, { chunks, blocks, readers }, bytes(), byteCount, encoding);
      });
      const hash = await blocks.hashOfFile();
      const duplicate = knownFiles.get(hash);
      if (duplicate === undefined) {
        knownFiles.set(hash, { equals: file.name, of: null });
        blocks.end(result);
        this.empty += result.empty ?? 0;
        return true;
      }
      this.duplicates.push({ name: file.name, ...duplicate });
    } catch (error) {
      if (!isBadFile(error)) throw error;
      this.refused.push({ name: file.name, error });
    }
    rollBack();
    return false;
  }
}
type PackedFile = ReturnType<typeof filesIn> extends AsyncIterable<infer File> ? File : never;

/** Makes a one-time stream readable again: buffers what was read, then continues with the rest. */
function replayable(name: string, bytes: AsyncIterable<Uint8Array>): () => AsyncGenerator<Uint8Array> {
  const unread = bytes[Symbol.asyncIterator]();
  const buffered: Uint8Array[] = [];
  let size = 0;
  return async function* () {
    if (size > MAX_BUFFERED_BYTES)
      throw badFile(
        `${name} is not UTF-8, and too large to convert inside its archive.`,
        'Unpack it, and add the file on its own.',
      );
    for (const piece of buffered) yield piece;
    for (let next = await unread.next(); !next.done; next = await unread.next()) {
      size += next.value.length;
      if (size > MAX_BUFFERED_BYTES) buffered.length = 0;
      else buffered.push(next.value);
      yield next.value;
    }
  };
}
/** Bytes of a packed file that are buffered for a second read. */
const MAX_BUFFERED_BYTES = 2 ** 26;

const tableByName = (name: string): TableChoice | undefined => {
  const format = tableCalled(name);
  return format && { format, columns: 'recognised' };
};

/** Companions of a main file by path relative to the common folder, whose name the group has. */
interface Group {
  nameOverride: { name?: string };
  files: ReadonlyMap<string, TextSource>;
}

/** Groups files: main files with their companions; and the set of companions. */
async function groupCompanions(sources: readonly TextSource[]) {
  // Groups only files that the user made no choices for and that can be read again.
  const groupable = sources.filter(
    ({ isPlain, table, size }) => !isPlain && size > 0 && (!table || table.columns === 'recognised'),
  );
  const sourcesByName = new Map(groupable.map((source) => [source.name, source]));
  const { groupExports } = await import('./groupExports');
  const exports = await groupExports([...sourcesByName.keys()], (name) =>
    beginningOf(rereadable(sourcesByName.get(name)!).stream()),
  );
  const groups = new Map<TextSource, Group>();
  for (const [name, { folder, others, areAttached }] of exports) {
    const files = new Map(others.map((path) => [path, sourcesByName.get(folder + path)!]));
    const nameOverride = folder === '' || areAttached ? {} : { name: folder.slice(0, -1) };
    groups.set(sourcesByName.get(name)!, { nameOverride, files });
  }
  return { groups, companions: new Set([...groups.values()].flatMap(({ files }) => [...files.values()])) };
}

/** Returns a source that can be read more than once. */
const rereadable = (source: TextSource): TextSource => {
  const { places } = source;
  return places ? { ...source, stream: () => piecesOf(places) } : source;
};
