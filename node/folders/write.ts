/** Writes a folder or a file: checked before the work, all or nothing, and never over a newer one. */
import { access, constants, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { badSettings, HomegrownError } from '../../src/core/base/errors';
import type { ByteStream } from '../../src/core/files/byteSource';
import { filesOf, isModelFile } from './folder';
import { checkFolder, checkKind, checkNotPart, LIST, listOf, type Unfinished } from './listed';
import { markOf } from './mark';
import { checkTarget, makeFolder, realPath, unwritable } from './target';
import { stderr } from '../output';
import { commit, freeName, syncFolder, type Transaction, transaction } from './transaction';

/** The path and the bytes of a written result. */
export interface Written {
  place: string;
  bytes: number;
}

/** The exit code of a command that wrote its whole result next to `--out`. */
export const WRITTEN_NEXT_TO = 3;
export const codeOf = (out: string, { place }: Written): number => (place === out ? 0 : WRITTEN_NEXT_TO);

/**
 * Refuses a folder that can't be written, or that has foreign files.
 * @param inputs files and folders that the command reads and that no flag names
 * @param coming the files to be written, as far as they are known
 * @returns the mark of the folder, by which a write knows whether another command has written there since
 */
export function checkOutFolder(out: string, inputs: readonly string[], coming: readonly string[]): Promise<string> {
  return typed(out, async () => {
    await checkTarget(out, inputs);
    await checkNotPart(await realPath(out));
    return tried(out, async ({ path }) => {
      await checkFolder(out, [...coming, LIST]);
      await checkKind(out, coming);
      if (await stat(path).catch(() => null)) await access(path, constants.W_OK);
      return markOf(path);
    });
  });
}

/**
 * Refuses anything but a regular file or a free path.
 * @param from the model that the command reads
 * @returns the mark of the file, as of a folder
 */
export async function checkOutFile(out: string, from: string): Promise<string> {
  const read = (await filesOf(from)).filter(({ name }) => isModelFile(name)).map(({ path }) => path);
  return typed(out, async () => {
    const found = await stat(out).catch(() => null);
    if (found?.isDirectory()) throw unwritable(out, 'it is a folder, but this format is a file');
    if (found && !found.isFile()) throw unwritable(out, 'it is a device, a pipe or a socket; only files are replaced');
    const real = await realPath(out);
    await checkNotPart(real);
    const inputs = await Promise.all([from, ...read].map((path) => realPath(path)));
    const isInSameFolder = (await realPath(from)) === dirname(real) && isModelFile(basename(real));
    if (isInSameFolder || inputs.includes(real)) throw unwritable(out, `the model in ${from} is read from there`);
    await stat(dirname(real));
    return transaction(out, ({ path }) => markOf(path));
  });
}

/** A transaction whose new folders are removed again. */
async function tried<T>(out: string, use: (at: Transaction) => Promise<T>): Promise<T> {
  const made = await makeFolder(dirname(await realPath(out)));
  try {
    return await transaction(out, use);
  } finally {
    for (const folder of made) await rmdir(folder).catch(() => undefined);
  }
}

/** An error of the system as a wrong path. */
async function typed<T>(out: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof HomegrownError || code === undefined) throw error;
    throw unwritable(out, WHY[code] ?? `the system reports ${code}`);
  }
}
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission to write there (EACCES)',
  EPERM: 'this user has no permission to write there (EPERM)',
  EROFS: 'that disk is read-only (EROFS)',
  ENAMETOOLONG: 'its name is too long (ENAMETOOLONG)',
  ENOTDIR: 'a file is where a folder should be (ENOTDIR)',
  ENOENT: 'there is no such folder (ENOENT)',
  ELOOP: 'its links form a loop (ELOOP)',
  ENOSPC: 'the disk is full (ENOSPC)',
};

/**
 * Writes a folder.
 * @param since the mark that its check returned: if another command has written there since, the folder goes next to it
 */
export async function writeFolder(path: string, files: readonly ByteStream[], since?: string): Promise<Written> {
  await makeFolder(dirname(await realPath(path)));
  return transaction(path, async (at) => {
    if (await isNewer(at, since)) return writeFolder(await nextTo(path), files);
    return { place: path, bytes: await fill(at, path, files) };
  });
}

const isNewer = async ({ path }: Transaction, since: string | undefined): Promise<boolean> =>
  since !== undefined && (await markOf(path)) !== since;

/** Returns a free name next to another command's result, and says so in one line. */
export async function nextTo(path: string, extension = ''): Promise<string> {
  const place = await freeName(path.replace(/[\\/]+$/, ''), undefined, extension);
  stderr.write(`Another command has written to ${path} since this one started. This result is in ${place}.\n`);
  return place;
}

/** Replaces Homegrown's files in the folder of a transaction, and their list. */
export async function fill(
  at: Transaction,
  path: string,
  files: readonly ByteStream[],
  unfinished?: Unfinished,
): Promise<number> {
  const names = files.map(({ name }) => name);
  await checkFolder(path, [...names, LIST]);
  try {
    for (const file of [...files, listOf(names, unfinished)]) await writeStream(join(at.draft, file.name), file);
    for (const folder of new Set([...names.map((name) => dirname(join(at.draft, name))), at.draft]))
      await syncFolder(folder);
  } catch (error) {
    await rm(at.draft, { recursive: true, force: true });
    throw error;
  }
  await commit(at, at.draft);
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Replaces some files of a folder, one after the other; all others and the list stay. */
export async function replace({ path, draft }: Transaction, files: readonly ByteStream[]): Promise<void> {
  try {
    for (const file of files) await writeStream(join(draft, file.name), file);
    for (const { name } of files) await rename(join(draft, name), join(path, name));
    await syncFolder(path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Writes a draft, then renames it into place. If `path` is a link, replaces its target.
 * @param since as of a folder
 */
export async function writeFile(path: string, file: ByteStream, since?: string): Promise<Written> {
  return transaction(path, async (at) => {
    const { path: real, draft } = at;
    if (await isNewer(at, since)) return writeFile(await nextTo(path, extname(path)), file);
    const found = await stat(real).catch(() => null);
    if (found && !found.isFile()) throw badSettings(`${path} is not a file.`, 'Choose another --out.');
    const whole = join(draft, basename(real));
    try {
      await writeStream(whole, file);
      await rename(whole, real);
      await syncFolder(dirname(real));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return { place: path, bytes: file.size };
  });
}

async function writeStream(path: string, file: ByteStream): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'w');
  try {
    for await (const chunk of file.chunks()) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
