/** The files that lie in an archive, also in one that lies in it. */
import { badFile, HomegrownError } from '../base/errors';
import { formatBytes, formatCount } from '../base/units';
import { failing } from '../files/byteSource';
import { LARGEST_UNPACKED, MOST_ARCHIVES, MOST_ENTRIES } from './limits';
import { type ArchiveFormatId, archiveCalled, FORMATS } from './read';
import type { OpenFile } from './read/format';

export interface PackedFile {
  /** The archive's, and where it lies in it. */
  name: string;
  /** Throws `bad-file` where it cannot be read. */
  bytes: AsyncIterable<Uint8Array>;
}

/** @throws HomegrownError `bad-file` where nothing more can be read of it */
export const filesIn = (file: OpenFile, format: ArchiveFormatId): AsyncGenerator<PackedFile> =>
  filesWithin(file, [format], new Tally(file.name));

/** @param formats of the archive, after those that it lies in */
async function* filesWithin(
  file: OpenFile,
  formats: readonly ArchiveFormatId[],
  tally: Tally,
): AsyncGenerator<PackedFile> {
  const format = formats.at(-1)!;
  const { entries } = await FORMATS[format].unpack();
  for await (const { path, bytes } of entries(file)) {
    tally.file();
    const inner = archiveCalled(path);
    // A .tar.gz is one archive to whoever has it.
    const name = isOnlyPacked(format) && inner ? file.name : `${file.name}/${path}`;
    if (!inner) yield { name, bytes: tally.counted(bytes) };
    else if (!mayLieIn(inner, formats)) yield { name, bytes: failing(tooDeep(name)) };
    else
      try {
        yield* filesWithin({ name, bytes, note: file.note }, [...formats, inner], tally);
      } catch (error) {
        // Those beside it can be read.
        if (!isBadFile(error)) throw error;
        yield { name, bytes: failing(error) };
      }
  }
}

function mayLieIn(format: ArchiveFormatId, others: readonly ArchiveFormatId[]): boolean {
  if (isOnlyPacked(format)) return !isOnlyPacked(others.at(-1)!);
  return others.filter((each) => !isOnlyPacked(each)).length < MOST_ARCHIVES;
}
/** Of a single file. */
const isOnlyPacked = (format: ArchiveFormatId): boolean => format === 'gz' || format === 'bz2';

const tooDeep = (name: string): Error =>
  badFile(
    `${name} is packed more often than is unpacked, which is an archive in an archive.`,
    'Unpack it, and add what is in it.',
  );

/** Whatever is wrong with it: others can be read. */
export const isBadFile = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && (error.code === 'bad-file' || error.code === 'bad-encoding');

/** What has been unpacked of an archive and of all that lies in it. */
class Tally {
  private files = 0;
  private bytes = 0;

  constructor(private readonly name: string) {}

  file(): void {
    if (++this.files > MOST_ENTRIES)
      throw badFile(
        `${this.name} holds more than ${formatCount(MOST_ENTRIES)} files.`,
        'Those up to there are read. Split it into several archives.',
      );
    this.check();
  }

  async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.bytes += piece.length;
      this.check();
      yield piece;
    }
  }

  private check(): void {
    if (this.bytes > LARGEST_UNPACKED)
      throw badFile(
        `${this.name} unpacks to more than ${formatBytes(LARGEST_UNPACKED)}.`,
        'Those up to there are read. Split it into several archives.',
      );
  }
}
