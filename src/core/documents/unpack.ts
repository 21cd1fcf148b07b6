/**
 * Reads the files in an archive, also in a nested one. Archives are read in this thread, not in a worker (guard/).
 * Their readers are our own, make one pass in small pieces, and count entries and bytes (`Tally`).
 */
import { badFile, isBadFile } from '../base/errors';
import { visibleName } from '../base/fileName';
import { formatBytes, formatCount } from '../base/units';
import { failing } from '../files/byteSource';
import { beginningOf } from './readHead';
import { MAX_UNPACKED_BYTES, MAX_NESTED_ARCHIVES, MAX_ENTRIES } from './limits';
import { type ArchiveFormatId, archiveCalled, FORMATS } from './formats';
import type { ArchiveEntry, ArchiveReader, CompanionFiles, ListedEntry, OpenFile } from './formats/format';

interface PackedFile {
  /** Name of the archive, and the path in it. */
  name: string;
  /** Throws `bad-file` if the file can't be read. */
  bytes: AsyncIterable<Uint8Array>;
  /** Companion files, which are only read with this file. */
  companions?: CompanionFiles;
}

/** @throws HomegrownError `bad-file` if the rest of the archive can't be read */
export const filesIn = (file: OpenFile, format: ArchiveFormatId): AsyncGenerator<PackedFile> =>
  filesWithin(file, [format], new Tally(file.name));

/** @param formats of the enclosing archives, then of this one */
async function* filesWithin(
  file: OpenFile,
  formats: readonly ArchiveFormatId[],
  tally: Tally,
): AsyncGenerator<PackedFile> {
  const format = formats.at(-1)!;
  const reader: ArchiveReader = await FORMATS[format].unpack();
  const entries: AsyncIterable<EntryWithCompanions> =
    'list' in reader ? withCompanions(file.name, await reader.list(file), tally) : reader.entries(file);
  for await (const { path, bytes, companions } of entries) {
    tally.countFile();
    const innerFormat = archiveCalled(path);
    // A .tar.gz counts as one archive.
    const name = isOnlyPacked(format) && innerFormat ? file.name : `${file.name}/${visibleName(path)}`;
    if (!innerFormat) yield { name, bytes: tally.countBytes(bytes), ...(companions && { companions }) };
    else if (!canNest(innerFormat, formats)) yield { name, bytes: failing(tooDeep(name)) };
    else
      try {
        yield* filesWithin({ name, bytes, note: file.note }, [...formats, innerFormat], tally);
      } catch (error) {
        // Other files in the archive can be read.
        if (!isBadFile(error)) throw error;
        yield { name, bytes: failing(error) };
      }
  }
}

type EntryWithCompanions = ArchiveEntry & { companions?: CompanionFiles };

/** Yields each file, with its companions if it has any. */
async function* withCompanions(
  name: string,
  entries: readonly ListedEntry[],
  tally: Tally,
): AsyncGenerator<EntryWithCompanions> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const { groupExports } = await import('./groupExports');
  const groups = await groupExports([...byPath.keys()], (path) => beginningOf(byPath.get(path)!.bytes()));
  const companionPaths = new Set(
    [...groups.values()].flatMap(({ folder, others: relativePaths }) => relativePaths.map((path) => folder + path)),
  );
  for (const { path, bytes } of entries) {
    const { folder, others: relativePaths, areAttached } = groups.get(path) ?? {};
    const open = (path: string) => tally.countBytes(byPath.get(`${folder}${path}`)!.bytes());
    const groupName = [name, ...(folder ? [folder.slice(0, -1)] : [])].join('/');
    if (companionPaths.has(path)) tally.countFile();
    else {
      const companions = relativePaths && {
        paths: new Set(relativePaths),
        open,
        ...(!areAttached && { name: groupName }),
      };
      yield { path, bytes: bytes(), ...(companions && { companions }) };
    }
  }
}

function canNest(format: ArchiveFormatId, outerFormats: readonly ArchiveFormatId[]): boolean {
  if (isOnlyPacked(format)) return !isOnlyPacked(outerFormats.at(-1)!);
  return outerFormats.filter((outer) => !isOnlyPacked(outer)).length < MAX_NESTED_ARCHIVES;
}
/** Formats of a single packed file. */
const isOnlyPacked = (format: ArchiveFormatId): boolean => format === 'gz' || format === 'bz2';

const tooDeep = (name: string): Error =>
  badFile(
    `${name} is nested too deep: Homegrown unpacks an archive inside an archive, but no deeper.`,
    'Unpack it, and add its files.',
  );

/** Unpacked totals of an archive with its nested ones. */
class Tally {
  private files = 0;
  private bytes = 0;

  constructor(private readonly name: string) {}

  countFile(): void {
    if (++this.files > MAX_ENTRIES)
      throw badFile(
        `${this.name} contains more than ${formatCount(MAX_ENTRIES)} files.`,
        'The files before that are added. Split it into several archives.',
      );
    this.check();
  }

  async *countBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.bytes += piece.length;
      this.check();
      yield piece;
    }
  }

  private check(): void {
    if (this.bytes > MAX_UNPACKED_BYTES)
      throw badFile(
        `${this.name} unpacks to more than ${formatBytes(MAX_UNPACKED_BYTES)}.`,
        'The files before that are added. Split it into several archives.',
      );
  }
}
