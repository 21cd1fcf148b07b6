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
  return asPathError(out, async () => {
    await checkTarget(out, inputs);
    await checkNotPart(await realPath(out));
    return withCleanup(out, async ({ path }) => {
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
  const modelPaths = (await filesOf(from)).filter(({ name }) => isModelFile(name)).map(({ path }) => path);
  return asPathError(out, async () => {
    const stats = await stat(out).catch(() => null);
    if (stats?.isDirectory()) throw unwritable(out, 'it is a folder, but this format is a file');
    if (stats && !stats.isFile()) throw unwritable(out, 'it is a device, a pipe or a socket; only files are replaced');
    const real = await realPath(out);
    await checkNotPart(real);
    const inputs = await Promise.all([from, ...modelPaths].map((path) => realPath(path)));
    const isInSameFolder = (await realPath(from)) === dirname(real) && isModelFile(basename(real));
    if (isInSameFolder || inputs.includes(real)) throw unwritable(out, `the model in ${from} is read from there`);
    await stat(dirname(real));
    return transaction(out, ({ path }) => markOf(path));
  });
}

/** A transaction whose new folders are removed again. */
async function withCleanup<T>(out: string, work: (place: Transaction) => Promise<T>): Promise<T> {
  const createdFolders = await makeFolder(dirname(await realPath(out)));
  try {
    return await transaction(out, work);
  } finally {
    for (const folder of createdFolders) await rmdir(folder).catch(() => undefined);
  }
}

/** An error of the system as a wrong path. */
async function asPathError<T>(out: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof HomegrownError || code === undefined) throw error;
    throw unwritable(out, REASONS[code] ?? `the system reports ${code}`);
  }
}
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission to write there (EACCES)',
  EPERM: 'this user has no permission to write there (EPERM)',
  EROFS: 'that disk is read-only (EROFS)',
  ENAMETOOLONG: 'its name is too long (ENAMETOOLONG)',
  ENOTDIR: 'a file is where a folder should be (ENOTDIR)',
  ENOENT: 'there is no such folder (ENOENT)',
  ELOOP: 'its links form a loop (ELOOP)',
  ENOSPC: 'the disk is full (ENOSPC)',
};

/** Reads a draft, a folder or a file, before it takes its place. @throws to remove the draft */
type VerifyDraft = (draft: string) => Promise<unknown>;

/**
 * Writes a folder.
 * @param mark the mark that its check returned: if another command has written there since, the folder goes next to it
 */
export async function writeFolder(
  path: string,
  files: readonly ByteStream[],
  mark?: string,
  verify?: VerifyDraft,
): Promise<Written> {
  await makeFolder(dirname(await realPath(path)));
  return transaction(path, async (place) => {
    if (await isNewer(place, mark)) return writeFolder(await nextTo(path), files, undefined, verify);
    return { place: path, bytes: await fill(place, path, files, { ...(verify && { verify }) }) };
  });
}

const isNewer = async ({ path }: Transaction, mark: string | undefined): Promise<boolean> =>
  mark !== undefined && (await markOf(path)) !== mark;

/** Returns a free name next to another command's result, and says so in one line. */
export async function nextTo(path: string, extension = ''): Promise<string> {
  const place = await freeName(path.replace(/[\\/]+$/, ''), undefined, extension);
  stderr.write(`Another command has written to ${path} since this one started. This result is in ${place}.\n`);
  return place;
}

/** Replaces Homegrown's files in the folder of a transaction, and their list. */
export async function fill(
  place: Transaction,
  path: string,
  files: readonly ByteStream[],
  { unfinished, verify }: { unfinished?: Unfinished | undefined; verify?: VerifyDraft } = {},
): Promise<number> {
  const names = files.map(({ name }) => name);
  await checkFolder(path, [...names, LIST]);
  try {
    for (const file of [...files, listOf(names, unfinished)]) await writeStream(join(place.draft, file.name), file);
    for (const folder of new Set([...names.map((name) => dirname(join(place.draft, name))), place.draft]))
      await syncFolder(folder);
    await verify?.(place.draft);
  } catch (error) {
    await rm(place.draft, { recursive: true, force: true });
    throw error;
  }
  await commit(place, place.draft);
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
 * @param mark as of a folder
 */
export async function writeFile(path: string, file: ByteStream, mark?: string, verify?: VerifyDraft): Promise<Written> {
  return transaction(path, async (place) => {
    const { path: real, draft } = place;
    if (await isNewer(place, mark)) return writeFile(await nextTo(path, extname(path)), file, undefined, verify);
    const stats = await stat(real).catch(() => null);
    if (stats && !stats.isFile()) throw badSettings(`${path} is not a file.`, 'Choose another --out.');
    const draftPath = join(draft, basename(real));
    try {
      await writeStream(draftPath, file);
      await verify?.(draftPath);
      await rename(draftPath, real);
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
