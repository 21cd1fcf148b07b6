/** A model put on disk, a folder or a file: checked before the work, written whole or not at all. */
import { access, constants, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badSettings, HomegrownError } from '../src/core/base/errors';
import type { ByteStream } from '../src/core/files/byteSource';
import { filesOf, isModelFile } from './folder';
import { checkFolder, checkNotPart, LIST, listOf } from './listed';
import { checkTarget, makeFolder, realPath, unwritable } from './target';
import { commit, syncFolder, type Transaction, transaction } from './transaction';

/**
 * Refuses a folder that could not be written at the end, or that holds what is not ours.
 * @param inputs files and folders that the command reads
 * @param coming the files to be written, as far as they are known
 */
export function checkOutFolder(out: string, inputs: readonly string[], coming: readonly string[]): Promise<void> {
  return typed(out, async () => {
    await checkTarget(out, inputs);
    await checkNotPart(await realPath(out));
    await tried(out, async ({ path }) => {
      await checkFolder(out, [...coming, LIST]);
      if (await stat(path).catch(() => null)) await access(path, constants.W_OK);
    });
  });
}

/** Refuses all but a regular file, or none, where a model could be written as one; `from` is what it is read from. */
export async function checkOutFile(out: string, from: string): Promise<void> {
  const read = (await filesOf(from)).filter(({ name }) => isModelFile(name)).map(({ path }) => path);
  return typed(out, async () => {
    const found = await stat(out).catch(() => null);
    if (found?.isDirectory()) throw unwritable(out, 'it is a folder, and this format is a file');
    if (found && !found.isFile())
      throw unwritable(out, 'it is a device, a pipe or a socket, and only files are replaced');
    const real = await realPath(out);
    await checkNotPart(real);
    const inputs = await Promise.all([from, ...read].map((path) => realPath(path)));
    const isBeside = (await realPath(from)) === dirname(real) && isModelFile(basename(real));
    if (isBeside || inputs.includes(real))
      throw unwritable(out, `it is a place that the model in ${from} is read from`);
    if ((await stat(dirname(real))).isDirectory()) await transaction(out, () => Promise.resolve());
  });
}

/** A turn there, and folders that were made for it gone again. */
async function tried(out: string, use: (at: Transaction) => Promise<void>): Promise<void> {
  const made = await makeFolder(dirname(await realPath(out)));
  try {
    await transaction(out, use);
  } finally {
    for (const folder of made) await rmdir(folder).catch(() => undefined);
  }
}

/** What the system refuses, as what was typed wrong. */
async function typed(out: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof HomegrownError || code === undefined) throw error;
    throw unwritable(out, WHY[code] ?? `the system says ${code}`);
  }
}
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there (EACCES)',
  EPERM: 'this user may not write there (EPERM)',
  EROFS: 'that disk is read only (EROFS)',
  ENAMETOOLONG: 'its name is too long (ENAMETOOLONG)',
  ENOTDIR: 'a file is where a folder would have to be (ENOTDIR)',
  ENOENT: 'there is no such folder (ENOENT)',
  ELOOP: 'its links lead in a circle (ELOOP)',
  ENOSPC: 'the disk is full (ENOSPC)',
};

/** @returns the bytes of the files */
export async function writeFolder(path: string, files: readonly ByteStream[]): Promise<number> {
  await makeFolder(dirname(await realPath(path)));
  return transaction(path, (at) => fill(at, path, files));
}

/** The folder of a turn gets these files, and a list of them, in the place of those that Homegrown had there. */
export async function fill(at: Transaction, path: string, files: readonly ByteStream[]): Promise<number> {
  const names = files.map(({ name }) => name);
  await checkFolder(path, [...names, LIST]);
  try {
    for (const file of [...files, listOf(names)]) await writeStream(join(at.draft, file.name), file);
    for (const folder of new Set([...names.map((name) => dirname(join(at.draft, name))), at.draft]))
      await syncFolder(folder);
  } catch (error) {
    await rm(at.draft, { recursive: true, force: true });
    throw error;
  }
  await commit(at, at.draft);
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** These files of a folder take the place of those of their names, one after the other; all others, and the list, stay. */
export async function replace({ path, draft }: Transaction, files: readonly ByteStream[]): Promise<void> {
  try {
    for (const file of files) await writeStream(join(draft, file.name), file);
    for (const { name } of files) await rename(join(draft, name), join(path, name));
    await syncFolder(path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Writes beside the file and then takes its place; where `path` is a link, the place of what it leads to. */
export async function writeFile(path: string, file: ByteStream): Promise<number> {
  return transaction(path, async ({ path: real, draft }) => {
    const found = await stat(real).catch(() => null);
    if (found && !found.isFile()) throw badSettings(`${path} is not a file.`, 'Name another with --out.');
    const whole = join(draft, basename(real));
    try {
      await writeStream(whole, file);
      await rename(whole, real);
      await syncFolder(dirname(real));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return file.size;
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
