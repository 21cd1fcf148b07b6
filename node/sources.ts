/** Files and pipes as sources of bytes. A file that changes while it is read is refused. */
import { constants, open as openFile, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { badFile, type HomegrownError } from '../src/core/base/errors';
import { visibleName } from '../src/core/base/fileName';
import { formatCount } from '../src/core/base/units';
import type { TextSource } from '../src/core/documents';
import type { ByteSource } from '../src/core/files/byteSource';
import { interruption } from './interruption';
import { stderr } from './output';

/** A file that a person named, opened. */
export interface OpenedFile {
  path: string;
  source: TextSource;
}

/** A source that is read from its start to its end: a file, a pipe, or a file of /proc, which reports no size. */
export async function textFile(path: string): Promise<TextSource> {
  const stats = await statFile(path);
  if (stats.isDirectory()) throw badFile(`${path} is a folder.`, 'Name the files in it.');
  const name = visibleName(basename(path));
  if (stats.isFIFO()) return { name, size: 0, stream: () => piecesOfPipe(path) };
  const kind = specialKind(stats);
  if (kind !== undefined) throw badFile(`${path} is ${kind}; only files and pipes can be read.`);
  return { name, size: stats.size, stream: () => piecesOfFile(path, stats), places: placesIn(path, stats) };
}

/** A file that is read at random offsets. */
export async function byteFile(path: string): Promise<ByteSource> {
  const stats = await statFile(path);
  if (!stats.isFile()) throw badFile(`${path} doesn't allow random access.`, 'Copy it to a regular file first.');
  return placesIn(path, stats);
}

interface Kinds {
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}
/** `a socket`; undefined for a file, a folder and a link. */
export function specialKind(stats: Kinds): string | undefined {
  if (stats.isFIFO()) return 'a pipe (FIFO)';
  if (stats.isSocket()) return 'a socket';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'a device' : undefined;
}

async function* piecesOfFile(path: string, before: Stats): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for await (const piece of file.createReadStream({ highWaterMark: PIECE, autoClose: false }))
      yield piece as Uint8Array;
    checkUnchanged(path, before, await file.stat());
  } finally {
    await file.close();
  }
}
const PIECE = 2 ** 20;

const placesIn = (path: string, before: Stats): ByteSource => ({
  size: before.size,
  async read(offset, length) {
    const file = await open(path);
    try {
      checkUnchanged(path, before, await file.stat());
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
        if (bytesRead === 0) throw changed(path, `ended at byte ${formatCount(offset + at)}`);
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  },
});

/** Files of /proc report no size, and another time at each call. */
function checkUnchanged(path: string, before: Stats, after: Stats): void {
  if (before.size !== after.size)
    throw changed(path, `had ${formatCount(before.size)} bytes, then ${formatCount(after.size)}`);
  if (after.size > 0 && before.mtimeMs !== after.mtimeMs) throw changed(path, 'was written during that time');
}

const changed = (path: string, reason: string): HomegrownError =>
  badFile(
    `${path} changed while it was read: it ${reason}.`,
    'None of it was used. Try again when no program writes to it.',
  );

/**
 * Reads a pipe without a thread that waits in the system, so that a signal can end the wait. Linux opens a pipe without a
 * writer; elsewhere the opening waits.
 */
async function* piecesOfPipe(path: string): AsyncGenerator<Uint8Array> {
  const signal = interruption();
  const wait = setTimeout(() => {
    stderr.write(`Waiting for a program to write to the pipe ${path}. Press Ctrl-C to stop.\n`);
  }, PATIENCE_MS);
  try {
    const flags = process.platform === 'linux' ? constants.O_RDONLY | constants.O_NONBLOCK : constants.O_RDONLY;
    const socket = new Socket({ fd: await promisify(openFile)(path, flags), readable: true, writable: false });
    const stop = (): unknown => socket.destroy(signal?.reason as Error);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    try {
      for await (const piece of socket) {
        clearTimeout(wait);
        yield piece as Uint8Array;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      socket.destroy();
    }
  } finally {
    clearTimeout(wait);
  }
}
/** Milliseconds until a message says that a pipe is empty. */
const PATIENCE_MS = 1000;

async function statFile(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw badFile(`There is no file ${path}.`);
    throw error;
  }
}
